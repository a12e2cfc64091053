"""One order of many, performed by real processes: whoever's turn it is to go on is told to.

What Linux does by itself, as when a timer goes off or a sleeper wakes, it does when it does it;
whoever is to go on and still waits is given some time.
"""

from collections import deque
from collections.abc import Iterable
from time import monotonic
from typing import Final

from nsh.machine.record import Record
from nsh.session.history import Step
from nsh.session.real.cast import Part
from nsh.session.real.session import RealSession
from nsh.session.statements import Pending

_PATIENCE: Final = 0.05
LONGEST: Final = 10.0
"""Seconds in which somebody may become able to go on."""


class Turn(Record):
    """A step of an order."""

    who: int
    """By the number in the outermost pid namespace."""
    cursor: int
    """How many statements have begun by then."""


class Diverged(Exception):
    """Who is to go on cannot, on Linux."""


class OrderedReal(RealSession):
    """A stage on which *script* is performed by *turns*, and then as on any.  To be closed.

    Raises as :class:`RealSession`, and Diverged while it goes on.
    """

    def __init__(self, script: list[Pending], turns: Iterable[Turn]) -> None:
        super().__init__(keep=False)
        self._script += script
        self._turns = deque(turns)

    def _advance(self, quietly: bool = False) -> Step | None:
        if self._stopped or not self._turns:
            return super()._advance(quietly)
        turn = self._turns[0]
        director = self._engine.cast.director
        while self._cursor < turn.cursor:
            following = self._following()
            if following is None or following.code is None:
                return self.record(self._step(self.machine))
            self._engine.notice()
            self._engine.begin(following.code)
        self._turns.popleft()
        behind = not director.busy
        done = self._engine.step(self._who(turn.who))
        assert done is not None
        director.settled += done.cost * behind
        return self._took(done)

    def _who(self, number: int) -> Part:
        """The part that is called *number*, once it can go on."""
        end = monotonic() + LONGEST
        while True:
            for part in self._engine.cast.parts.values():
                called = part.puppet.pids and part.puppet.pids[0] == number
                if called and part.puppet.alive and not part.stopped and part.has_work:
                    return part
            if monotonic() > end:
                raise Diverged(f"after step {self.step.number} pid {number} cannot go on")
            self._engine.notice(_PATIENCE)
