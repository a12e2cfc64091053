"""Terminals: who controls one, what was typed, what was written (tty(4), termios(3); N9)."""

from collections.abc import Iterator
from typing import Final

from nsh.machine import printed
from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.printed import Printed
from nsh.machine.record import Record, table
from nsh.machine.tasks import Session, Task
from nsh.machine.value import Machine

INPUT_KEPT: Final = 4096
"""Bytes of input that can be ready for readers, as N_TTY_BUF_SIZE; a longer line is cut."""
BACKLOG_KEPT: Final = 65536
"""Bytes typed ahead of that; what is typed beyond is lost."""


class Foreground(Record):
    """A terminal's foreground process group.

    Its numbers stand here too, for tcgetpgrp(3) goes on telling them when the group is dead.
    """

    group: TaskId
    path: tuple[SpaceId, ...]
    """The pid spaces it has a number in, outermost first."""
    pids: tuple[int, ...]


NCCS: Final = 19
"""Control characters that the kernel's ``struct termios`` has."""


class Termios(Record):
    """``struct termios``: flags and control characters by the numbers of <asm-generic/termbits.h>.

    The defaults are those of ``tty_std_termios``, as a new terminal has them.
    """

    iflag: int = 0o2400
    """ICRNL | IXON."""
    oflag: int = 0o5
    """OPOST | ONLCR."""
    cflag: int = 0o2277
    """B38400 | CS8 | CREAD | HUPCL."""
    lflag: int = 0o105073
    """ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN."""
    line: int = 0
    cc: bytes = bytes((3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0))
    """INTR QUIT ERASE KILL EOF TIME MIN SWTC START STOP SUSP EOL REPRINT DISCARD WERASE LNEXT
    EOL2; NCCS bytes."""
    ispeed: int = 38400
    ospeed: int = 38400


class Winsize(Record):
    """``struct winsize``; 0: unknown."""

    rows: int = 0
    columns: int = 0
    xpixel: int = 0
    ypixel: int = 0


@table
class Terminal(Record):
    """``struct tty_struct`` with its line discipline."""

    name: str
    """Below /dev: ``console``."""
    rdev: int
    """Its device number, as :func:`~nsh.machine.files.makedev` packs it."""
    session: TaskId = NOBODY
    """The session that it controls; nobody: it is free."""
    foreground: Foreground | None = None
    hangups: int = 0
    """How often it was hung up: files opened before the last time are dead."""
    echo: bool = True
    """ECHO: what is typed shows in the output."""
    tostop: bool = False
    """TOSTOP: background writers are stopped too."""
    lines: tuple[bytes, ...] = ()
    """Typed and ended, not yet read; an empty one is an end of file."""
    edited: bytes = b""
    """The line that is being typed."""
    backlog: bytes = b""
    """Typed while there was no room for it; taken in as lines are read."""
    column: int = 0
    """Where on the screen the line that is being typed began."""
    literal: bool = False
    """^V was typed: the next character is taken as it is."""
    printed: Printed = Printed()
    """What it was given to show."""

    @property
    def pending(self) -> int:
        """Bytes of input that it holds."""
        return sum(map(len, self.lines)) + len(self.edited)


@invariant
def _terminals(machine: Machine) -> Iterator[str]:
    """A terminal and its session agree about each other; no process has another's terminal."""
    for key, terminal in machine.items(Terminal):
        if terminal.session != NOBODY:
            session = machine.find(Session, terminal.session)
            if session is None or session.tty != key:
                yield f"{terminal.name} controls session {terminal.session}, which has it not"
        elif terminal.foreground is not None:
            yield f"{terminal.name} has a foreground group and no session"
    for number, session in machine.items(Session):
        terminal_of = machine.find(Terminal, session.tty) if session.tty else None
        if session.tty and (terminal_of is None or terminal_of.session != number):
            yield f"session {number} has terminal {session.tty}, which is not its own"
    for tid, task in machine.items(Task):
        owner = machine.find(Session, task.session) if task.tty else None
        if task.tty and (owner is None or owner.tty != task.tty):
            yield f"task {tid} has terminal {task.tty}, its session has not"


@invariant
def _output(machine: Machine) -> Iterator[str]:
    """What is kept of the output is the tail of it, in chunks without gaps."""
    for _key, terminal in machine.items(Terminal):
        yield from printed.mistakes(terminal.name, terminal.printed)
