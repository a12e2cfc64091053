"""Random programs that the model once stumbled over, or did otherwise than Linux."""

from __future__ import annotations

import pytest

from nsh.machine.invariants import violations
from tests.conformance.__main__ import write
from tests.kernel._comparing import compare
from tests.kernel._genes import LONGEST, SHORTEST
from tests.kernel._linux import Linux, Silent

ONCE = {
    832: "who is woken by SIGCONT before its child can tell that it goes on",
    43624: "inits one in the other, each waiting for the next to be the last in its space",
    100646: "a stopped process that dies with its namespace while its group is orphaned",
    116505: "whose children come first when a thread that is not the first calls execve",
    125096: "whose children come first when such a thread ends the process",
}


@pytest.mark.parametrize("seed", ONCE)
def test_it_does_no_more(seed: int) -> None:
    writer = write(seed)
    assert SHORTEST <= len(writer.steps) <= LONGEST
    assert violations(writer.world.machine) == []
    try:
        linux = Linux()
    except (PermissionError, Silent) as problem:
        pytest.skip(f"no stage for real processes: {problem}")
    try:
        assert compare(linux, writer.steps, writer.seen) == ""
    finally:
        linux.close()
