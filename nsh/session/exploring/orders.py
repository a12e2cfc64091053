"""One order of many, performed: a session like any other, but for who goes next."""

from collections.abc import Iterable

from nsh.machine.value import Machine
from nsh.session.exploring.moves import End, Moment, Move, Moves
from nsh.session.history import Step
from nsh.session.session import Session
from nsh.session.statements import Pending


class Ordered(Session):
    """A session that performs *script*, and where there is a choice has those go first whom
    *order* names by their kpids.

    ``eager`` and ``prompt`` are those of :class:`~nsh.session.exploring.moves.Moves`, with which it
    was found.  At its end, or once something else is typed, it goes on as any session.
    Where the order names somebody who cannot go, as that of another script may, it is given up.
    """

    def __init__(
        self,
        script: list[Pending],
        machine: Machine,
        order: Iterable[int],
        *,
        eager: bool,
        prompt: bool,
    ) -> None:
        super().__init__(machine=machine)
        self.script = script
        self._script += script
        self._moves: Moves | None = Moves(script, eager=eager, search=False, prompt=prompt)
        self._order = iter(order)
        self.choices: set[int] = set()
        """The numbers of the steps that were somebody's choice."""

    def perform(self) -> None:
        """Perform the order to its end."""
        while self.forward() is not None:
            pass

    def _branch(self) -> None:
        super()._branch()
        self._moves = None

    def _advance(self, quietly: bool = False) -> Step | None:
        if self._moves is None or self._stopped:
            return super()._advance(quietly)
        follows = self._moves.stage(Moment(self.machine, self._cursor))
        if isinstance(follows, list):
            return self._go(follows)
        if isinstance(follows, End):
            self._moves = None
            return super()._advance(quietly)
        if follows.cursor > self._cursor:
            self._following()
            self._look_anew()
        return self.record(self._step(follows.machine))

    def _go(self, moves: list[Move]) -> Step:
        if len(moves) == 1:
            return self._made(moves[0])
        first = next(self._order, None)
        for move in moves:
            if move.who == first:
                step = self._made(move)
                self.choices.add(step.number)
                return step
        self._moves = None
        return self._give_up(self.machine, f"this order cannot be had again: {first} cannot go on")

    def _made(self, move: Move) -> Step:
        assert move.event is not None
        return self._took(move.event)
