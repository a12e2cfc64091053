"""Terminals: who controls one, what was typed, what was written (tty(4), termios(3); N9)."""

from collections.abc import Iterator
from typing import Final

from nsh.machine import printed
from nsh.machine.ids import NO_PTY, NOBODY, PtyId, SpaceId, TaskId, TerminalId
from nsh.machine.invariants import invariant
from nsh.machine.printed import Printed
from nsh.machine.record import Record, table
from nsh.machine.tasks import Session, Task
from nsh.machine.value import Machine

INPUT_KEPT: Final = 4096
"""N_TTY_BUF_SIZE: bytes of input that the line discipline holds, and of echoes that wait."""
BACKLOG_KEPT: Final = 65536
"""What may be typed ahead of that at a terminal which is no pseudo terminal."""


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


UNLOCKED: Final = Termios(0, 0, 0, 0, 0, bytes(NCCS), 0, 0)
"""Locks on modes (``termios_locked``) that hold nothing."""


class Winsize(Record):
    """``struct winsize``; 0: unknown."""

    rows: int = 0
    columns: int = 0
    xpixel: int = 0
    ypixel: int = 0


class Chunk(Record):
    """``struct tty_buffer``: some of what was written and not yet taken in by the other side."""

    size: int
    """As it was asked for; twice as many bytes fit, for none of them needs a flag."""
    used: int
    """Bytes that were ever put in."""
    data: bytes
    """Those that were not taken out yet."""


class Arriving(Record):
    """``struct tty_bufhead``: the way from what one side writes to what the other takes in.

    A chunk that was emptied stays until there is another one, as on Linux: how much may be written
    ahead depends on it.
    """

    chunks: tuple[Chunk, ...] = ()
    spare: int = 0
    """Chunks of the smallest size that are kept for later; they are had whatever the limit."""

    @property
    def waiting(self) -> int:
        """Bytes in it."""
        return sum(len(chunk.data) for chunk in self.chunks)


class Input(Record):
    """``struct n_tty_data``, as far as it is about what was typed."""

    ready: bytes = b""
    """``read_buf``: what was taken in and not read."""
    canon: int = 0
    """How much of it is in lines that are ended; what follows is being edited (ICANON)."""
    ends: tuple[int, ...] = ()
    """Where in it a line ends; a NUL there is an end of file."""
    erasing: bool = False
    """With ECHOPRT: what is erased is being printed."""
    literal: bool = False
    """LNEXT was typed: the next character is taken as it is."""
    ahead: int = 0
    """Bytes of `Terminal.arriving` whose START and STOP have been obeyed already."""
    reader: TaskId = NOBODY
    """Who is waiting in the middle of a read; others wait for that one."""


class Shown(Record):
    """``struct n_tty_data`` and ``flow``, as far as they are about what comes out."""

    column: int = 0
    canon_column: int = 0
    """Where on the screen the line that is being typed began."""
    echoes: bytes = b""
    """Echoes that could not be shown yet, and what is to be done in between."""
    committed: int = 0
    """How many bytes of them may be shown."""
    stopped: bool = False
    """STOP was typed, or tcflow(3) has stopped it."""
    held: bool = False
    """By tcflow(3), which alone lets it go on."""
    writer: TaskId = NOBODY
    """Who is waiting in the middle of a write; others wait for that one."""


@table
class Terminal(Record):
    """``struct tty_struct`` with its line discipline: a console, or the slave of a pair."""

    name: str
    """Below /dev: ``console``, ``pts/0``."""
    rdev: int
    """Its device number, as :func:`~nsh.machine.files.makedev` packs it."""
    session: TaskId = NOBODY
    """The session that it controls; nobody: it is free."""
    foreground: Foreground | None = None
    hangups: int = 0
    """How often it was hung up: files opened before the last time are dead."""
    pty: PtyId = NO_PTY
    """The pair whose slave it is."""
    termios: Termios = Termios()
    winsize: Winsize = Winsize()
    arriving: Arriving = Arriving()
    """What was typed and not taken in."""
    input: Input = Input()
    shown: Shown = Shown()
    failed: bool = False
    """TTY_IO_ERROR: reads and writes fail until it is opened again."""
    exclusive: bool = False
    """TTY_EXCLUSIVE: only who has CAP_SYS_ADMIN opens it."""
    locked: Termios = UNLOCKED
    """What of its modes cannot be changed: the bits, and the characters, that are set here."""
    gone: bool = False
    """Its tty namespace has ended: whatever has it open is dead."""
    printed: Printed = Printed()
    """What it was given to show."""


@table
class TtySettings(Record):
    """What is so for all terminals (one row, key 0; absent: the defaults)."""

    legacy_tiocsti: bool = True
    """Anybody may type into their terminal (TIOCSTI); else only who has CAP_SYS_ADMIN."""


@table
class LostForeground(Record):
    """``tty_old_pgrp``, keyed by a session's leader: its terminal was hung up, and the group that
    was in the foreground is told when the leader dies."""

    group: TaskId


@table
class HalfDone(Record):
    """A call that waits in the middle, keyed by its task: it goes on, and is not made anew."""

    terminal: TerminalId
    master: bool
    """It is about the other side."""
    data: bytes = b""
    """Read so far."""
    done: int = 0
    """Written so far."""
    least: int = 1
    """How many bytes a read is content with, by the modes when it began; 0: a line."""
    tenths: int = 0
    """Tenths of a second that it waits from one byte to the next; 0: for ever."""
    patience: int = -1
    """Tenths of a second that it waits now; negative: for ever."""
    packet: bool = False
    """The master was in packet mode when the read began."""
    hurried: bool = False
    """TTY_LDISC_CHANGING: it is to end as if it had not wanted to wait."""
    queued: bool = False
    """It has not begun: somebody else is in the middle of one."""


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
def _disciplines(machine: Machine) -> Iterator[str]:
    """Lines end within what is ready; what is kept of the output is a tail of it."""
    for _key, terminal in machine.items(Terminal):
        yield from mistakes(terminal)


def mistakes(terminal: Terminal) -> Iterator[str]:
    """What is wrong with what *terminal* keeps."""
    name, typed = terminal.name, terminal.input
    if len(terminal.termios.cc) != NCCS:
        yield f"{name} has {len(terminal.termios.cc)} control characters"
    if not 0 <= typed.canon <= len(typed.ready) <= INPUT_KEPT:
        yield f"{name} has {len(typed.ready)} bytes ready, {typed.canon} of them in lines"
    if list(typed.ends) != sorted(set(typed.ends)) or any(
        not 0 <= end < len(typed.ready) for end in typed.ends
    ):
        yield f"{name} has ends of lines at {typed.ends}"
    if not 0 <= typed.ahead <= terminal.arriving.waiting:
        yield f"{name} looked {typed.ahead} bytes ahead"
    if not 0 <= terminal.shown.committed <= len(terminal.shown.echoes):
        yield f"{name} miscounts its echoes"
    yield from printed.mistakes(name, terminal.printed)
    yield from chunk_mistakes(name, terminal.arriving)


def chunk_mistakes(name: str, arriving: Arriving) -> Iterator[str]:
    """What is wrong with the way to a terminal, for the one called *name*."""
    for chunk in arriving.chunks:
        if not len(chunk.data) <= chunk.used <= 2 * chunk.size:
            yield f"{name} has {len(chunk.data)} bytes in a chunk of {chunk.size}"


@invariant
def _halves(machine: Machine) -> Iterator[str]:
    """Who holds a terminal in the middle of a call is waiting in one."""
    for key, terminal in machine.items(Terminal):
        for task in (terminal.input.reader, terminal.shown.writer):
            found = machine.find(HalfDone, task) if task != NOBODY else None
            if task != NOBODY and (found is None or found.terminal != key):
                yield f"{terminal.name} is held by task {task}, which does not wait for it"
    for key, _half in machine.items(HalfDone):
        if machine.find(Task, key) is None:
            yield f"task {key} is gone in the middle of a call on a terminal"
