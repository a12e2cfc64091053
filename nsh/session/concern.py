"""What the steps of a history have to do with one thing: who called, who was named, what was
written."""

from typing import Final

from nsh.machine.value import Machine
from nsh.session.history import Step
from nsh.views.changes import touches
from nsh.views.selection import Sort, Thing, same

NONE: Final = ""
"""The word for having nothing to do with it."""


def concern(step: Step, thing: Thing) -> str:
    """What a step has to do with *thing*, in a word or two: a task made the call, or is named in
    it; anything else was changed by it."""
    if thing.sort is Sort.TASK:
        if step.task == thing.key:
            return "its call"
        named = any(crossing.task == thing.key for crossing in step.crossings)
        return "named" if named else NONE
    return "written" if touches(step.changes(), thing) else NONE


class Concerns:
    """Asked again and again about one thing."""

    def __init__(self, thing: Thing) -> None:
        self.thing = thing
        self._words: dict[Step, str] = {}

    def word(self, step: Step) -> str:
        """:func:`concern`, kept."""
        found = self._words.get(step)
        if found is None:
            found = self._words[step] = concern(step, self.thing)
        return found


def written(first: Machine, last: Machine, thing: Thing) -> bool:
    """Whether any step between two moments has written *thing*, which is no task: what came on the
    way was made by one, and what was there at first is no longer the same.  O(1)."""
    if thing.key > first.serial:
        return thing.key <= last.serial
    return not same(first, last, thing)
