"""A history that is looked through and never added to."""

from collections.abc import Sequence

from nsh.session.history import Step
from nsh.session.result import Result
from nsh.session.session import Session


class Reel(Session):
    """A session in which nothing can be done but look: at the steps of *history*, of which there
    is at least one, from *position* on."""

    def __init__(self, history: Sequence[Step], position: int = 0) -> None:
        super().__init__(machine=history[0].machine)
        self.history = list(history)
        self.position = position

    @property
    def finished(self) -> bool:
        """Whether this is the last moment."""
        return self.position == len(self.history) - 1

    def next_statement(self) -> Result:
        """Go on to the end of the statement; at the last moment nothing happens."""
        return Result([], self.status) if self.finished else super().next_statement()

    def _advance(self, quietly: bool = False) -> Step | None:
        del quietly
        return None
