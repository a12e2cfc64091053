"""Pseudo terminals: the master's side of a pair (pty(7), drivers/tty/pty.c; N8).

The slave is a :class:`~nsh.machine.terminals.Terminal`.  The master's side has a line discipline of
its own too, which passes everything through; what matters of it is how much it holds.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from nsh.machine.files import File, Opened, SuperblockId
from nsh.machine.ids import NO_PTY, NOBODY, PtyId, TaskId, TerminalId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.terminals import INPUT_KEPT, Arriving, Terminal, Termios, chunk_mistakes
from nsh.machine.value import Machine

SLAVE_TERMIOS: Final = Termios(cflag=0o277)
"""A slave's first modes: those of any terminal, but for HUPCL."""
NEVER: Final = -1


class OpenTerminal(Opened):
    """What is kept with an open terminal, a slave's for one."""

    terminal: TerminalId
    hangups: int = NEVER
    """The terminal's count when it was opened; a file survives hang-ups with NEVER."""


class OpenMaster(Opened):
    """What is kept with the open master of a pair."""

    pty: PtyId


@table
class Pty(Record):
    """A pair, as long as one of its sides is open."""

    sb: SuperblockId
    """The instance of devpts that it belongs to."""
    index: int
    """Its number there."""
    terminal: TerminalId
    """The slave."""
    master: bool = True
    """The master is open."""
    slaves: int = 0
    """Open files of the slave."""
    locked: bool = True
    """The slave cannot be opened (unlockpt(3))."""
    other_closed: bool = False
    """TTY_OTHER_CLOSED: the slave was closed, and a master without input reads EIO."""
    ready: bytes = b""
    """What the slave wrote and the master can read."""
    arriving: Arriving = Arriving()
    """What the slave wrote and the master has no room for."""
    stopped: bool = False
    """What the master writes is stopped (tcflow(3) on the master)."""
    exclusive: bool = False
    """TTY_EXCLUSIVE of the master, which nobody opens twice anyway."""
    packet: bool = False
    """Packet mode (TIOCPKT)."""
    status: int = 0
    """What the next packet tells, a :class:`~nsh.abi.ptys.Packet`."""
    reader: TaskId = NOBODY
    """Who is waiting in the middle of a read from the master; others wait for that one."""
    writer: TaskId = NOBODY


@invariant
def _pairs(machine: Machine) -> Iterator[str]:
    """A pair lives while a side is open, and so does its slave; it counts who has it open."""
    masters: Counter[int] = Counter()
    slaves: Counter[int] = Counter()
    for _key, file in machine.items(File):
        if isinstance(file.opened, OpenMaster):
            masters[file.opened.pty] += 1
        elif isinstance(file.opened, OpenTerminal):
            terminal = machine.find(Terminal, file.opened.terminal)
            if terminal is None:
                yield f"an open file is of terminal {file.opened.terminal}, which is gone"
            elif terminal.pty != NO_PTY:
                slaves[terminal.pty] += 1
    for key, pty in machine.items(Pty):
        there = (masters.pop(key, 0), slaves.pop(key, 0))
        if (int(pty.master), pty.slaves) != there:
            yield f"pty {key} counts {int(pty.master)} masters, {pty.slaves} slaves, not {there}"
        if not any(there):
            yield f"pty {key} is open nowhere"
        terminal = machine.find(Terminal, pty.terminal)
        if terminal is None or terminal.pty != key:
            yield f"pty {key} has not the slave that it names"
        if len(pty.ready) > INPUT_KEPT:
            yield f"pty {key} has {len(pty.ready)} bytes for its master"
        yield from chunk_mistakes(f"pty {key}", pty.arriving)
    for key in sorted(masters.keys() | slaves.keys()):
        yield f"pty {key} is open and gone"
    for _key, terminal in machine.items(Terminal):
        if terminal.pty != NO_PTY and machine.find(Pty, terminal.pty) is None:
            yield f"{terminal.name} is half of a pair that is gone"
