"""Open terminals: /dev/tty and slaves of pseudo terminals (tty(4), tty_io.c)."""

from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.poll import PollEvent
from nsh.abi.signals import Sig
from nsh.kernel import console_files, terminals
from nsh.kernel.fs.drivers import Device, device, driver
from nsh.kernel.fs.operations import Ready
from nsh.kernel.terminals import process_of
from nsh.machine.context import Place
from nsh.machine.files import File, Opened
from nsh.machine.ids import NO_PTY, NOBODY, FileId, TaskId
from nsh.machine.ptys import NEVER, OpenTerminal, Pty
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel import line_discipline, ptys, sigio
else:  # no boot needs them
    late(globals(), "nsh.kernel", "line_discipline", "ptys", "sigio")

_NONBLOCK: Final = int(OpenFlag.O_NONBLOCK)
_DEAD: Final = PollEvent.POLLIN | PollEvent.POLLOUT | PollEvent.POLLERR | PollEvent.POLLHUP


class TerminalDevice(Device):
    """What every open terminal can do, but for masters."""

    positioned = False
    minds_empty_reads = True

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """What was typed (see `nsh.kernel.line_discipline.reading`); empty after a hang-up.

        EAGAIN, EINTR, EIO.
        """
        del key
        opened = opened_of(file)
        terminal = tx.get(Terminal, opened.terminal)
        waits = line_discipline.halves.resumed(tx, caller) is not None
        if waits and size and master_closed(tx, terminal):  # for nothing, nobody looks
            line_discipline.halves.fail(caller, Errno.EIO, "the master is closed")
        if hung_up(opened, terminal):
            line_discipline.halves.let_go(tx, caller)
            return b""
        if terminal.failed and not waits:
            raise Errno.EIO("it was opened in vain meanwhile, and fails until it is opened again")
        if not waits:
            terminals.check_job_control(tx, caller, opened.terminal, Sig.SIGTTIN, "read")
        nonblocking = bool(file.flags & OpenFlag.O_NONBLOCK)
        from nsh.kernel.line_discipline import reading  # noqa: PLC0415  # few commands read from one

        return reading.read(tx, caller, opened.terminal, size, nonblocking=nonblocking)

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """Show *data*, waiting for room; with TOSTOP the background is stopped.

        EAGAIN, EINTR, EIO.
        """
        del key
        opened = opened_of(file)
        terminal = tx.get(Terminal, opened.terminal)
        half = line_discipline.halves.resumed(tx, caller)
        if hung_up(opened, terminal):
            if half is not None and half.done:
                line_discipline.halves.let_go(tx, caller)
                return half.done
            line_discipline.halves.fail(caller, Errno.EIO, "the terminal was hung up")
        if terminal.failed and half is None:
            raise Errno.EIO("it was opened in vain meanwhile, and fails until it is opened again")
        if half is None and line_discipline.modes_of(terminal.termios).tostop:
            terminals.check_job_control(tx, caller, opened.terminal, Sig.SIGTTOU, "write")
        nonblocking = bool(file.flags & _NONBLOCK)
        return line_discipline.write(tx, caller, opened.terminal, data, nonblocking=nonblocking)

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """Whether there is input, and room (n_tty_poll)."""
        opened = opened_of(file)
        number = opened.terminal
        terminal = tx.get(Terminal, number)
        channels = (channel(On.FILE, number), channel(On.ROOM, number))
        if hung_up(opened, terminal):
            return Ready(int(_DEAD), channels)
        line = line_discipline.Line(tx, number)
        modes = line.modes
        found = 0
        if line.available(modes.least if modes.least and not modes.tenths else 1):
            found |= PollEvent.POLLIN
        if not line_discipline.halves.busy(tx, NOBODY, line.writer) and line.room():
            found |= PollEvent.POLLOUT
        return Ready(found, channels)

    def asynchronous(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, fd: int, *, on: bool
    ) -> None:
        """The owner is told of input, and of room.  ENOTTY after a hang-up."""
        opened = opened_of(file)
        if hung_up(opened, tx.get(Terminal, opened.terminal)):
            raise Errno.ENOTTY("the terminal was hung up")
        sigio.ask(tx, caller, key, fd, opened.terminal, on=on)

    def close(self, tx: Transaction, file: File) -> None:
        """One less has it open."""
        opened = opened_of(file)
        sigio.closed(tx, opened.terminal, file)
        terminal = tx.get(Terminal, opened.terminal)
        if terminal.pty != NO_PTY:
            ptys.close_slave(tx, terminal.pty)
        else:
            console_files.closed(tx, opened.terminal)


@driver("pts")
class SlaveDevice(TerminalDevice):
    """The slave of a pair; who opens one says how (`nsh.kernel.ptys.open_slave`)."""


def opened_of(file: File) -> OpenTerminal:
    """What is kept with the open terminal *file*."""
    assert isinstance(file.opened, OpenTerminal)
    return file.opened


def hung_up(opened: OpenTerminal, terminal: Terminal) -> bool:
    """Whether it was hung up since it was opened, or is gone for good."""
    return terminal.gone or opened.hangups not in (NEVER, terminal.hangups)


def master_closed(tx: Transaction, terminal: Terminal) -> bool:
    """Whether it is the slave of a pair whose master is closed (TTY_OTHER_CLOSED)."""
    return terminal.pty != NO_PTY and not tx.get(Pty, terminal.pty).master


@device(5, 0, "tty", 0o666)
class ControllingTerminal(TerminalDevice):
    """Each process's own controlling terminal."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """Open the caller's terminal.  ENXIO without one; EBUSY: another has it exclusively."""
        del place, rdev
        terminal = process_of(tx, caller).tty
        if not terminal:
            raise Errno.ENXIO("the caller has no controlling terminal")
        record = tx.get(Terminal, terminal)
        if record.pty != NO_PTY:
            return ptys.open_slave(tx, caller, terminal, flags)
        terminals.check_exclusive(tx, caller, terminal)
        console_files.opened(tx, terminal)
        return OpenTerminal(terminal, record.hangups)
