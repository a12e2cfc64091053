"""What the steps of a history have to do with one thing: who called, who was named, what was
written."""

from collections.abc import Sequence
from typing import Final

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
    """Asked again and again about one thing, of a history that grows or is cut."""

    def __init__(self, thing: Thing) -> None:
        self.thing = thing
        self._words: dict[Step, str] = {}
        self._clear = 0
        """So many calls from the first on have nothing to do with it,"""
        self._last: Step | None = None
        """the last of which is this one."""

    def word(self, step: Step) -> str:
        """:func:`concern`, kept."""
        found = self._words.get(step)
        if found is None:
            found = self._words[step] = concern(step, self.thing)
        return found

    def any_of(self, history: Sequence[Step], calls: Sequence[int], count: int) -> bool:
        """Whether any of the first *count* calls, which are positions in *history*, has to do with
        it: what came on the way was made by one, what was there at first and is no longer the same
        was written.

        O(1), but for a task that was there at first: each call is looked at until one has, once.
        """
        if not count:
            return False
        first, last, thing = history[0].machine, history[calls[count - 1]].machine, self.thing
        if thing.key > first.serial:
            return thing.key <= last.serial
        if thing.sort is not Sort.TASK:
            return not same(first, last, thing)
        known = self._clear
        if not (0 < known <= len(calls) and history[calls[known - 1]] is self._last):
            known = 0
        while known < count and not concern(history[calls[known]], thing):
            known += 1
        self._clear, self._last = known, history[calls[known - 1]] if known else None
        return known < count
