"""A program that shows something, less what it can do without."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.kernel._linux import Step
from tests.kernel._programs import Writer


def performed(steps: list[Step]) -> Writer:
    """The program of those *steps* that can be taken, one after the other."""
    writer = Writer(random.Random(0))
    for step in steps:
        free = {slot for slot, _task in writer.world.puppets()}
        known = {task.pids[1] for task in writer.world.standing()}
        if step[0] in free and (step[1] != "setns" or step[2] in known):
            writer.take(step)
    return writer


def cut(steps: list[Step], shows: Callable[[Writer], bool]) -> Writer:
    """The program of as few of these steps as still *shows* it: no single one can be missed."""
    kept = performed(steps)
    size = max(len(kept.steps) // 2, 1)
    while True:
        smaller = _without_some(kept, size, shows)
        if smaller is not None:
            kept = smaller
        elif size == 1:
            return kept
        else:
            size //= 2


def _without_some(program: Writer, size: int, shows: Callable[[Writer], bool]) -> Writer | None:
    for start in range(0, len(program.steps), size):
        rest = performed(program.steps[:start] + program.steps[start + size :])
        if len(rest.steps) < len(program.steps) and shows(rest):
            return rest
    return None
