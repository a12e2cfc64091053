"""A run of a session to its end, with the person at the terminal to take part."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, TypeAlias

from nsh import console
from nsh.session import keyboard
from nsh.session.director import INTERRUPTED, exit_code
from nsh.session.history import Step
from nsh.session.session import Session

if TYPE_CHECKING:
    from nsh.session.real.session import RealSession

Run: TypeAlias = "Session | RealSession"

UNREAD: Final = 128 + 13


class Performance:
    """The steps of a session to its end, with the person at the terminal to take part.

    What the script reads from its terminal is nsh's standard input; SIGINT is ^C.
    """

    def __init__(self, session: Run, *, quietly: bool = False) -> None:
        self._session = session
        self._next = session.heard if quietly else session.forward
        self.failed = False
        """A statement has failed, or the machine has come to a bad end."""
        self._interrupted = False

    @property
    def status(self) -> int:
        """The exit status."""
        if self._interrupted and (self.failed or self._session.status == INTERRUPTED):
            return INTERRUPTED
        return int(self.failed)

    @property
    def own_status(self) -> int:
        """What the script itself would end with, as a shell's does: what init exited with, 128 and
        the signal that killed it, or else ``$?``."""
        if self.status == INTERRUPTED:
            return INTERRUPTED
        code = exit_code(self._session.halted)
        if code is not None:
            return 128 + (code & 0x7F) if code & 0x7F else code >> 8
        return self._session.status or int(self.failed)

    def unread(self, *, own: bool = False) -> int:
        """The exit status where it ends because nobody reads any more what it prints: as of whoever
        SIGPIPE ends, unless it has failed before.  *own*: the script's own."""
        console.silence()
        return UNREAD if own else self.status or UNREAD

    def __iter__(self) -> Iterator[Step]:
        session = self._session
        with console.Interrupts() as interrupts:
            while True:
                if interrupts.heard():
                    if not session.busy:  # between two statements: the script is what ends
                        self.failed = self._interrupted = True
                        console.end_echo()
                        console.complain("interrupted")
                        return
                    yield from self._interrupt()
                step = self._next()
                if step is not None:
                    self.failed = self.failed or step.failed
                    yield step
                elif session.awaiting:
                    try:
                        line = interrupts.read_line()
                    except KeyboardInterrupt:
                        yield from self._interrupt()
                    else:
                        yield session.type(_keys(line))
                else:
                    break
        if bad_end(session):
            self.failed = True

    def _interrupt(self) -> Iterator[Step]:
        self._interrupted = True
        console.end_echo()
        for step in self._session.interrupt().steps:
            self.failed = self.failed or step.failed
            yield step


def _keys(line: bytes) -> bytes:
    """What to type for a line of input: ^D where it has no end, or is the end."""
    keys = keyboard.literal(line)
    return keys if line.endswith(b"\n") else keys + keyboard.END


def bad_end(session: Run) -> bool:
    """Whether the machine has halted otherwise than by its init's ``exit 0``."""
    return bool(exit_code(session.halted))
