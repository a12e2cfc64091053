"""/dev/tty, and the requests about terminals (tty(4), ioctl_tty(2))."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.signals import Sig
from nsh.abi.terminals import (
    DropControllingTty,
    SetControllingTty,
    Tcgetpgrp,
    Tcgetsid,
    Tcsetpgrp,
    Ttyname,
)
from nsh.kernel import contexts, line_discipline, pids, terminals
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.drivers import Device, device
from nsh.kernel.fs.paths import path_to
from nsh.kernel.terminals import process_of
from nsh.machine.context import Place
from nsh.machine.crossing import Crossing
from nsh.machine.files import File, Opened
from nsh.machine.ids import NOBODY, FileId, TaskId, TerminalId
from nsh.machine.tasks import Group, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction

NEVER: Final = -1


class OpenTerminal(Opened):
    """What is kept with an open terminal."""

    terminal: TerminalId
    hangups: int = NEVER
    """The terminal's count when it was opened; a file survives hang-ups with -1."""


class TerminalDevice(Device):
    """What every open terminal can do."""

    positioned = False

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """A line, or what fits of it; empty at the end of input and after a hang-up.

        EAGAIN, EINTR, EIO.
        """
        del key
        opened = _opened(file)
        if hung_up(tx, opened):
            return b""
        terminals.check_job_control(tx, caller, opened.terminal, Sig.SIGTTIN, "read")
        nonblocking = bool(file.flags & OpenFlag.O_NONBLOCK)
        return line_discipline.read(tx, caller, opened.terminal, size, nonblocking=nonblocking)

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """Show all of *data*.  EIO after a hang-up; with TOSTOP the background is stopped."""
        del key
        opened = _opened(file)
        if hung_up(tx, opened):
            raise Errno.EIO("the terminal was hung up")
        if tx.get(Terminal, opened.terminal).tostop:
            terminals.check_job_control(tx, caller, opened.terminal, Sig.SIGTTOU, "write")
        line_discipline.write(tx, opened.terminal, data)
        return len(data)


@device(5, 0, "tty", 0o666)
class ControllingTerminal(TerminalDevice):
    """Each process's own controlling terminal."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """Open the caller's terminal; ENXIO without one."""
        del place, rdev, flags
        terminal = process_of(tx, caller).tty
        if not terminal:
            raise Errno.ENXIO("the caller has no controlling terminal")
        return OpenTerminal(terminal, tx.get(Terminal, terminal).hangups)


def _opened(file: File) -> OpenTerminal:
    assert isinstance(file.opened, OpenTerminal)
    return file.opened


def hung_up(tx: Transaction, opened: OpenTerminal) -> bool:
    """Whether an open terminal has been hung up since it was opened, or is gone."""
    terminal = tx.find(Terminal, opened.terminal)
    return terminal is None or opened.hangups not in (NEVER, terminal.hangups)


def _terminal(
    tx: Transaction, caller: TaskId, fd: int, refusal: Errno = Errno.EIO
) -> tuple[TerminalId, File]:
    """The terminal behind a descriptor.  EBADF, ENOTTY, and *refusal* after a hang-up."""
    entry = contexts.files(tx, caller).get(fd)
    if entry is None:
        raise Errno.EBADF(f"descriptor {fd} is not open")
    file = tx.get(File, entry.file)
    if file.flags & OpenFlag.O_PATH:
        raise Errno.EBADF(f"descriptor {fd} was opened with O_PATH")
    if not isinstance(file.opened, OpenTerminal):
        raise Errno.ENOTTY(f"descriptor {fd} is no terminal")
    if hung_up(tx, file.opened):
        raise refusal("the terminal was hung up")
    return file.opened.terminal, file


def _own_terminal(tx: Transaction, caller: TaskId, fd: int) -> Terminal:
    """The controlling terminal of the caller, which must be behind *fd*.  EBADF, ENOTTY."""
    key, _file = _terminal(tx, caller, fd)
    if process_of(tx, caller).tty != key:
        raise Errno.ENOTTY("it is not the caller's controlling terminal")
    return tx.get(Terminal, key)


@handles(Tcgetpgrp)
def tcgetpgrp(tx: Transaction, caller: TaskId, request: Tcgetpgrp) -> int:
    """tcgetpgrp(3): also a group that has died, and 0 for one that the caller does not see."""
    terminal = _own_terminal(tx, caller, request.fd)
    front = terminal.foreground
    if front is None:
        return 0
    if tx.find(Group, front.group) is not None:
        seen = pids.leave(tx, caller, front.group, "pgid")
    else:
        space = tx.get(Task, caller).space
        seen = terminals.foreground_number(tx, terminal, space)
        tx.crossings.append(Crossing(False, "pgid", seen, space, front.group, front.pids[0]))
    pids.hold(tx, caller, seen, front.group)
    return seen


@handles(Tcsetpgrp)
def tcsetpgrp(tx: Transaction, caller: TaskId, request: Tcsetpgrp) -> int:
    """tcsetpgrp(3)."""
    key, _file = _terminal(tx, caller, request.fd, Errno.ENOTTY)
    terminals.set_foreground(tx, caller, key, request.pgid)
    return 0


@handles(Tcgetsid)
def tcgetsid(tx: Transaction, caller: TaskId, request: Tcgetsid) -> int:
    """tcgetsid(3)."""
    session = _own_terminal(tx, caller, request.fd).session
    if session == NOBODY:
        raise Errno.ENOTTY("the terminal controls no session")
    seen = pids.leave(tx, caller, session, "sid")
    pids.hold(tx, caller, seen, session)
    return seen


@handles(SetControllingTty)
def set_controlling_tty(tx: Transaction, caller: TaskId, request: SetControllingTty) -> int:
    """TIOCSCTTY."""
    key, file = _terminal(tx, caller, request.fd)
    access = file.flags & (OpenFlag.O_WRONLY | OpenFlag.O_RDWR)
    readable = access != OpenFlag.O_WRONLY
    terminals.set_controlling(tx, caller, key, readable=readable, steal=request.steal)
    return 0


@handles(DropControllingTty)
def drop_controlling_tty(tx: Transaction, caller: TaskId, request: DropControllingTty) -> int:
    """TIOCNOTTY."""
    key, _file = _terminal(tx, caller, request.fd)
    terminals.drop_controlling(tx, caller, key)
    return 0


@handles(Ttyname)
def ttyname(tx: Transaction, caller: TaskId, request: Ttyname) -> str:
    """ttyname(3): the path by which it was opened; ENODEV where the caller cannot reach that."""
    _key, file = _terminal(tx, caller, request.fd)
    path = path_to(tx, file.place, contexts.fs(tx, caller).root)
    if not path.reachable or path.unlinked:
        raise Errno.ENODEV("the terminal has no name that the caller can reach")
    return path.text
