"""Writing: what programs, the kernel and other terminals' masters send (n_tty_write, pty_write)."""

from typing import TYPE_CHECKING, Final, NoReturn

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.kernel.line_discipline import echo, halves
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.modes import modes_of
from nsh.kernel.line_discipline.output import block_out, character_out, plain
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import NO_PTY, NOBODY, TaskId, TerminalId
from nsh.machine.printed import add
from nsh.machine.terminals import HalfDone, Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel import sigio
else:  # most terminals tell nobody
    late(globals(), "nsh.kernel", "sigio")

CHUNK: Final = 2048
"""What the kernel hands a line discipline at once (iterate_tty_write)."""


def write(
    tx: Transaction, caller: TaskId, key: TerminalId, data: bytes, *, nonblocking: bool
) -> int:
    """Show *data* on the terminal, waiting for room; how much was shown.  EAGAIN, EINTR."""
    if tx.find(HalfDone, caller) is None and _at_once(tx, key, data):
        return len(data)
    half = halves.resumed(tx, caller)
    line = Line(tx, key)
    if half is None or half.queued:
        if halves.busy(tx, caller, line.writer):
            halves.queue(tx, caller, key, channel(On.ROOM, key), nonblocking=nonblocking)
        half = HalfDone(key, master=False, hurried=halves.hurried(tx, caller))
    done = half.done
    nonblocking = nonblocking or half.hurried
    while True:
        while done < len(data):
            taken = _chunk(line, data[done : done + CHUNK])
            done += taken
            if not taken:
                break
        if done == len(data) or (done and nonblocking):
            break
        if nonblocking:
            reason = "the other side has not read what is there"
            halves.fail(caller, Errno.EAGAIN, reason, wants_room=key)
        if halves.cut_short(tx, caller):
            if done:
                break
            halves.fail(caller, Errno.EINTR, "a signal was handled", wants_room=key)
        _wait(line, caller, replace(half, done=done))
    line.writer = NOBODY if line.writer == caller else line.writer
    line.put()
    if done < len(data):
        sigio.await_room(tx, key)
    halves.let_go(tx, caller)
    return done


def _wait(line: Line, caller: TaskId, half: HalfDone) -> NoReturn:
    line.writer = caller
    line.put()
    line.tx.put(caller, half)
    reason = f"{line.terminal.name} is stopped" if line.stopped else "until the master has read"
    raise WouldBlock((channel(On.ROOM, line.key),), reason=reason, keep=True)


def show(tx: Transaction, key: TerminalId, data: bytes) -> None:
    """The kernel itself writes *data* on the terminal; what there is no room for is lost."""
    if not _at_once(tx, key, data):
        line = Line(tx, key)
        done = 0
        while taken := _chunk(line, data[done : done + CHUNK]):
            done += taken
        line.put()


def _at_once(tx: Transaction, key: TerminalId, data: bytes) -> bool:
    """Show *data* on a terminal that has always room and the modes of a new one; whether it is."""
    terminal = tx.get(Terminal, key)
    modes = modes_of(terminal.termios)
    shown = terminal.shown
    if terminal.pty != NO_PTY or not modes.plain or shown.stopped or shown.echoes or shown.writer:
        return False
    text, column = plain(modes, data, shown.column)
    canon = 0 if len(text) > len(data) or b"\r" in data else shown.canon_column
    if column != shown.column or canon != shown.canon_column:
        shown = replace(shown, column=column, canon_column=canon)
    tx.put(key, replace(terminal, shown=shown, printed=add(terminal.printed, text)))
    return True


def _chunk(line: Line, data: bytes) -> int:
    """Show as much of *data* as there is room for."""
    echo.process_all(line)
    done = 0
    while done < len(data):
        if line.modes.opost:
            taken = block_out(line, data[done:])
            if done + taken < len(data):
                took = character_out(line, data[done + taken], line.room())
                if took < 0:
                    done += taken
                    break
                taken += 1
        else:
            taken = line.give(data[done:])
        line.pass_on()
        done += taken
        if not taken:
            break
    return done
