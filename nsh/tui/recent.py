"""Which terminals are in front: a matter of the moment, however one has come there.

Those come first that were given something last.  Who is in front keeps its place until somebody
else needs it, as if one had gone through the history step by step.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from nsh.machine.ids import NOBODY, TerminalId
from nsh.machine.terminals import Terminal
from nsh.machine.value import Change, Machine
from nsh.session.history import Step
from nsh.tui.front import come_forward
from nsh.views.consoles import sitting_at

KEPT: Final = 8
"""Terminals of which it is known which was given something later."""
Keys = tuple[TerminalId, ...]


class Recent:
    """Follows one history."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._events: list[int] = []
        """Positions at which another terminal is the latest, or one has come or gone."""
        self._latest: list[Keys] = []
        """After each, those that were given something, the last one first."""
        self._asked: tuple[int, Keys] = 0, ()
        """How many places there are, and who was chosen,"""
        self._front: list[Keys] = []
        """and who is then in front: at first, and after each event."""

    def front(
        self, history: Sequence[Step], position: int, room: int, chosen: Keys = ()
    ) -> tuple[TerminalId, ...]:
        """The terminals for *room* places at *position*; *chosen* are among them, if they are
        there."""
        self._follow(history)
        if self._asked != (room, chosen):
            self._asked, self._front = (room, chosen), []
        if not self._front:
            self._front.append(_shown((), chosen, history[0].machine, room))
        known = bisect_right(self._events, position)
        for event in range(len(self._front) - 1, known):
            wanted = (*chosen, *self._latest[event])
            machine = self._steps[self._events[event]].machine
            self._front.append(_shown(self._front[-1], wanted, machine, room))
        return self._front[known]

    def _follow(self, history: Sequence[Step]) -> None:
        kept = min(len(self._steps), len(history))
        while kept and self._steps[kept - 1] is not history[kept - 1]:
            kept -= 1
        if kept < len(self._steps):
            left = bisect_left(self._events, kept)
            del self._steps[kept:], self._events[left:], self._latest[left:]
            del self._front[left + 1 if kept else 0 :]
        for step in history[kept:]:
            self._add(step)

    def _add(self, step: Step) -> None:
        before = self._steps[-1].machine if self._steps else step.machine
        self._steps.append(step)
        if step.machine.rows(Terminal) is before.rows(Terminal):
            return
        written = [change for change in step.changes() if change.kind is Terminal]
        known = self._latest[-1] if self._latest else ()
        gone = {change.key for change in written if change.after is None}
        given = [TerminalId(change.key) for change in written if _given(change)]
        latest = tuple(key for key in dict.fromkeys([*given, *known]) if key not in gone)[:KEPT]
        if gone or latest != known:
            self._events.append(len(self._steps) - 1)
            self._latest.append(latest)


def _given(change: Change) -> bool:
    """Whether a terminal is new, something was printed on it, or somebody sat down there."""
    before, after = change.before, change.after
    if not isinstance(before, Terminal) or not isinstance(after, Terminal):
        return after is not None
    sat_down = after.session not in (before.session, NOBODY)
    return sat_down or after.printed.written != before.printed.written


def _shown(before: Keys, wanted: Keys, machine: Machine, room: int) -> Keys:
    """Who is in front after *before*; free places go to others who are there, in order."""
    alive = all(machine.find(Terminal, key) is not None for key in before)
    if alive and len(before) == room and set(before).issuperset(wanted[:room]):
        return before
    some = [*before, *wanted]
    existing = [key for key in dict.fromkeys(some) if machine.find(Terminal, key) is not None]
    if len(existing) < room:
        existing = list(dict.fromkeys([*existing, *sitting_at(machine, room)]))
    return come_forward(before, wanted, existing, room)
