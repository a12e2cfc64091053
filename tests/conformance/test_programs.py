"""Random programs that the model once stumbled over, or did otherwise than Linux."""

from __future__ import annotations

import random
from typing import Any

import pytest

from nsh.abi.process import CloneFlag
from nsh.abi.signals import Sig
from nsh.machine.invariants import violations
from tests.conformance.__main__ import write
from tests.kernel._comparing import compare
from tests.kernel._genes import LONGEST, SHORTEST
from tests.kernel._linux import Step
from tests.kernel._programs import Writer
from tests.kernel._stages import opened
from tests.kernel._terminal_programs import LAG, TerminalWriter

BEGINNING = 20
"""Steps that a program about terminals may begin with, at most."""

ONCE = {
    832: "who is woken by SIGCONT before its child can tell that it goes on",
    43624: "inits one in the other, each waiting for the next to be the last in its space",
    100646: "a stopped process that dies with its namespace while its group is orphaned",
    116505: "whose children come first when a thread that is not the first calls execve",
    125096: "whose children come first when such a thread ends the process",
}
ABOUT_TERMINALS = {
    40050: "tcflow(3) behind a writer that waits",
    50330: "O_NONBLOCK is set under one who waits for another's read",
    50359: "a slave is opened in vain while another reads it",
    80472: "tcflow(3) has to wait, and the key that it sends is disabled",
}


@pytest.mark.parametrize(
    ("seed", "kind"), [(s, Writer) for s in ONCE] + [(s, TerminalWriter) for s in ABOUT_TERMINALS]
)
def test_it_does_no_more(seed: int, kind: type[Writer]) -> None:
    writer = write(seed, kind)
    assert SHORTEST <= len(writer.steps) <= LONGEST + BEGINNING
    assert violations(writer.world.machine) == []
    with opened() as linux:
        lag = 0.0 if kind is Writer else LAG
        assert compare(linux, writer.steps, writer.seen, lag) == ""


@pytest.mark.parametrize("last", [["setpgid", 0, 2], ["getpid"]])
def test_no_init_joins_a_group_that_it_would_have_to_outlive(last: list[Any]) -> None:
    writer = Writer(random.Random(0))
    begin: list[Step] = [
        [0, "clone", 1, int(CloneFlag.CLONE_NEWPID), int(Sig.SIGCHLD), []],
        [1, "clone", 2, 0, int(Sig.SIGCHLD), []],
        [1, "setpgid", 2, 2],
    ]
    for step in (*begin, [1, *last]):
        writer.take(step)
    assert writer.steps[:3] == begin
    assert (len(writer.steps) == 4) == (last[0] != "setpgid")
