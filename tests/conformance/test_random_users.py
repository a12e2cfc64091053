"""Random programs about users, from seeds: on both kernels the same.

Longer runs: ``python -m tests.conformance --users``.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conformance.__main__ import write
from tests.kernel._comparing import compare
from tests.kernel._linux import Linux
from tests.kernel._linux_users import able
from tests.kernel._stages import opened
from tests.kernel._user_programs import UserWriter

PROGRAMS, AT_ONCE = 60, 6


@pytest.fixture(scope="module")
def linux() -> Iterator[Linux]:
    with opened(root=True) as stage:
        if not able():
            pytest.skip("root lacks capabilities here that the model's has")
        yield stage


@pytest.mark.parametrize("first", range(0, PROGRAMS, AT_ONCE))
def test_they_are_the_same_on_both_kernels(linux: Linux, first: int) -> None:
    for seed in range(first, first + AT_ONCE):
        writer = write(seed, UserWriter)
        difference = compare(linux, writer.steps, writer.seen)
        assert not difference, f"python -m tests.conformance --users --programs 1 --seed {seed}"


def test_they_do_more_than_being_refused() -> None:
    writers = [write(seed, UserWriter) for seed in range(20)]
    done: dict[str, int] = {}
    for writer in writers:
        for number, (step, seen) in enumerate(zip(writer.steps, writer.seen, strict=True)):
            answer = seen["answers"].get(str(number))
            if not isinstance(answer, str) and answer is not None:
                done[step[1]] = done.get(step[1], 0) + 1
    calls = "unshare set_ids write_map cap_set kill change_owner setns set_attribute execute"
    for name in calls.split():
        assert done.get(name, 0) >= 3, (name, done)
