"""Answers to the queries of :mod:`nsh.session.search`, remembered while a history grows.

Whoever types a query asks a slightly other one with each key, of the same history.  What is known
of a term stays known: only steps that came since are looked at, a longer text is looked for where
the shorter one was found, and all but who did it only among the steps of its kind, as far as these
were found before anybody asked.
"""

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from nsh.session import search
from nsh.session.history import Step
from nsh.session.search import Term

_KEPT: Final = 64
"""Terms that are remembered."""
SLICE: Final = 64
"""Steps whose kinds are found between two looks at the clock."""


class _Known:
    """Where a term is true, among the first steps of a history."""

    __slots__ = ("places", "seen")

    def __init__(self) -> None:
        self.places: list[int] = []
        """Rising."""
        self.seen = 1
        """How many steps were looked at; the boot is nobody's."""


class Finder:
    """Follows one history: one that was cut and grew anew is looked at from the cut on."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._known: OrderedDict[Term, _Known] = OrderedDict()
        self._kinds: dict[str, list[int]] = {kind: [] for kind in search.SORTED}
        """The steps of each kind, rising,"""
        self._sorted = 1
        """and how many were looked at."""

    def every(self, history: Sequence[Step], query: Sequence[Term]) -> list[int]:
        """As :func:`nsh.session.search.every`."""
        self._follow(history)
        found = sorted((self._places(term) for term in query), key=len)
        if len(found) == 1:
            return found[0].copy()
        others = [set(places) for places in found[1:]]
        return [at for at in found[0] if all(at in other for other in others)] if found else []

    def prepare(self, history: Sequence[Step], enough: Callable[[], bool]) -> bool:
        """Do some of what the first query waits for, until *enough* says so; whether it is done."""
        self._follow(history)
        return self._sort(enough)

    def next(
        self, history: Sequence[Step], query: Sequence[Term], position: int, direction: int = 1
    ) -> int | None:
        """The next such step after *position* (before it, if *direction* is below 0); from the end
        it goes on at the beginning.  None if there is none at all."""
        places = self.every(history, query)
        if not places:
            return None
        if direction > 0:
            return places[bisect_right(places, position) % len(places)]
        return places[bisect_left(places, position) - 1]  # from the first to the last

    def _follow(self, history: Sequence[Step]) -> None:
        kept = min(len(self._steps), len(history))
        while kept and self._steps[kept - 1] is not history[kept - 1]:
            kept -= 1
        if kept < len(self._steps):
            del self._steps[kept:]
            for known in self._known.values():
                del known.places[bisect_left(known.places, kept) :]
                known.seen = min(known.seen, max(1, kept))
            for places in self._kinds.values():
                del places[bisect_left(places, kept) :]
            self._sorted = min(self._sorted, max(1, kept))
        self._steps += history[kept:]

    def _places(self, term: Term) -> list[int]:
        known = self._known.pop(term, None) or _Known()
        self._known[term] = known
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        steps = self._steps
        if known.seen < len(steps):
            known.places += [
                at
                for at in self._candidates(term, known.seen)
                if search.true(term, steps[at - 1], steps[at])
            ]
            known.seen = len(steps)
        return known.places

    def _candidates(self, term: Term, start: int) -> Sequence[int]:
        """The steps from *start* on of which *term* may be true."""
        if term.kind not in search.SORTED:
            return range(start, len(self._steps))
        some: Sequence[int] = self._kinds[term.kind]
        rest = range(max(start, self._sorted), len(self._steps))
        if term.kind == "text":
            within = [
                other
                for other, known in self._known.items()
                if other.kind == "text" and other != term and other.value in term.value
                if known.seen == len(self._steps)
            ]
            best = max(within, key=lambda other: len(other.value), default=None)
            if best is not None:
                some, rest = self._known[best].places, range(0)
        return [*some[bisect_left(some, start) :], *rest]

    def _sort(self, enough: Callable[[], bool]) -> bool:
        """Find the kinds of the steps that came since, until *enough* says so; whether of all."""
        steps = self._steps
        while self._sorted < len(steps):
            at = self._sorted
            for kind in dict.fromkeys(search.kinds(steps[at - 1], steps[at])):
                self._kinds[kind].append(at)
            self._sorted = at + 1
            if not at % SLICE and enough():
                break
        return self._sorted >= len(steps)
