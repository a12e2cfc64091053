"""Terminals: who controls one, what was typed, what was written (tty(4), termios(3); N9).

A terminal keeps its output, for nobody but the people in front of it reads it: a bounded tail in
chunks, and a count of all that was ever written, so that whoever looks again knows what is new.
"""

from collections.abc import Iterator
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.tasks import Session, Task
from nsh.machine.value import Machine

OUTPUT_KEPT: Final = 65536
"""Bytes of output that are kept at least, if so many were written; the last write always is."""
CHUNK: Final = 512
"""A chunk shorter than this is added to rather than followed."""
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
    output: Map[int, bytes] = Map()
    """The kept tail of the output, by chunk numbers ``first`` … ``last``."""
    first: int = 0
    last: int = -1
    kept: int = 0
    """Bytes in ``output``."""
    written: int = 0
    """Bytes ever written."""

    @property
    def pending(self) -> int:
        """Bytes of input that it holds."""
        return sum(map(len, self.lines)) + len(self.edited)


def with_output(terminal: Terminal, data: bytes) -> Terminal:
    """*terminal* after *data* was written to it.  O(chunks that fall out of the tail)."""
    if not data:
        return terminal
    first, last, chunks = terminal.first, terminal.last, terminal.output
    kept = terminal.kept + len(data)
    tail = chunks.get(last, b"")
    if tail and len(tail) < CHUNK:
        chunks = chunks.set(last, tail + data)
    else:
        last += 1
        chunks = chunks.set(last, data)
    while first < last and kept - len(chunks[first]) >= OUTPUT_KEPT:
        kept -= len(chunks[first])
        chunks = chunks.delete(first)
        first += 1
    return replace(
        terminal,
        output=chunks,
        first=first,
        last=last,
        kept=kept,
        written=terminal.written + len(data),
    )


def output_since(terminal: Terminal, seen: int) -> bytes:
    """What was written after the first *seen* bytes, as far as it is kept.  O(result)."""
    wanted = terminal.written - seen
    parts: list[bytes] = []
    have = 0
    for index in range(terminal.last, terminal.first - 1, -1):
        if have >= wanted:
            break
        part = terminal.output[index]
        parts.append(part)
        have += len(part)
    data = b"".join(reversed(parts))
    return data[max(0, have - wanted) :]


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
        numbers = sorted(terminal.output)
        if numbers != list(range(terminal.first, terminal.last + 1)):
            yield f"{terminal.name} keeps chunks {numbers}, not {terminal.first}-{terminal.last}"
        if not sum(map(len, terminal.output.values())) == terminal.kept <= terminal.written:
            yield f"{terminal.name} miscounts its output"
