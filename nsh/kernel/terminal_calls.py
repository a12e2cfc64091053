"""Who controls a terminal, and what it is called: requests (tty(4), ioctl_tty(2)).

A request that is made on a master is about the slave, mostly.
"""

from collections.abc import Iterator
from typing import Final

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import OpenFlag
from nsh.abi.terminals import (
    DropControllingTty,
    SetControllingTty,
    Tcgetpgrp,
    Tcgetsid,
    Tcsetpgrp,
    Ttyname,
)
from nsh.kernel import contexts, pids, terminals
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.attributes import stat_place
from nsh.kernel.fs.paths import path_to
from nsh.kernel.fs.permission import MAY_READ
from nsh.kernel.fs.walk import Walk
from nsh.kernel.terminal_devices import hung_up
from nsh.kernel.terminals import process_of
from nsh.machine.context import Place
from nsh.machine.crossing import Crossing
from nsh.machine.files import File
from nsh.machine.ids import NO_PTY, NOBODY, PtyId, TaskId, TerminalId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.record import Record
from nsh.machine.tasks import Group, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction

_STANDARD: Final = frozenset({"stdin", "stdout", "stderr"})
"""Names in /dev that are whatever their reader's descriptors are."""


class Behind(Record):
    """What a descriptor of a terminal leads to."""

    terminal: TerminalId
    """The terminal, of a master its slave."""
    file: File
    master: PtyId = NO_PTY
    """The pair, if it is its master."""


def behind(tx: Transaction, caller: TaskId, fd: int, dead: Errno = Errno.EIO) -> Behind:
    """The terminal behind a descriptor.  EBADF, ENOTTY, and *dead* where it was hung up."""
    entry = contexts.files(tx, caller).get(fd)
    if entry is None:
        raise Errno.EBADF(f"descriptor {fd} is not open")
    file = tx.get(File, entry.file)
    if file.flags & OpenFlag.O_PATH:
        raise Errno.EBADF(f"descriptor {fd} was opened with O_PATH")
    opened = file.opened
    if isinstance(opened, OpenMaster):
        return Behind(tx.get(Pty, opened.pty).terminal, file, opened.pty)
    if not isinstance(opened, OpenTerminal):
        raise Errno.ENOTTY(f"descriptor {fd} is no terminal")
    if hung_up(opened, tx.get(Terminal, opened.terminal)):
        raise dead("the terminal was hung up")
    return Behind(opened.terminal, file)


def _own_terminal(tx: Transaction, caller: TaskId, fd: int) -> Terminal:
    """The terminal behind *fd*, which must be the caller's, or a master's slave.  EBADF, ENOTTY."""
    found = behind(tx, caller, fd)
    if not found.master and process_of(tx, caller).tty != found.terminal:
        raise Errno.ENOTTY("it is not the caller's controlling terminal")
    return tx.get(Terminal, found.terminal)


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
    key = behind(tx, caller, request.fd, Errno.ENOTTY).terminal
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
    found = behind(tx, caller, request.fd)
    access = found.file.flags & (OpenFlag.O_WRONLY | OpenFlag.O_RDWR)
    readable = access != OpenFlag.O_WRONLY
    terminals.set_controlling(tx, caller, found.terminal, readable=readable, steal=request.steal)
    return 0


@handles(DropControllingTty)
def drop_controlling_tty(tx: Transaction, caller: TaskId, request: DropControllingTty) -> int:
    """TIOCNOTTY."""
    found = behind(tx, caller, request.fd)
    if found.master:
        raise Errno.ENOTTY("a master is nobody's controlling terminal")
    terminals.drop_controlling(tx, caller, found.terminal)
    return 0


@handles(Ttyname)
def ttyname(tx: Transaction, caller: TaskId, request: Ttyname) -> str:
    """ttyname(3): the path by which it was opened, if the caller finds the same file there, as may
    be so even where it was opened in another mount namespace; else what has it in /dev/pts or /dev.
    ENODEV where there is no such name, or where no proc tells that it is a terminal of another
    place, what looking through /dev ends with: ENOENT if there is none, ENOTTY."""
    file = behind(tx, caller, request.fd).file
    proc = _leads_somewhere(tx, caller, "/proc/self/fd")
    path = path_to(tx, file.place, contexts.fs(tx, caller).root)
    if proc and not path.unlinked and _is_at(tx, caller, path.text, file.place):
        return path.text
    for name in _names_in_dev(tx, caller, file.place):
        if _is_at(tx, caller, name, file.place):
            return name
    if proc:
        raise Errno.ENODEV("the terminal has no name that the caller can reach")
    if _leads_somewhere(tx, caller, "/dev"):
        raise Errno.ENOTTY("the terminal is nothing in /dev, and there is no proc to tell more")
    raise Errno.ENOENT("there is neither a proc nor a /dev to find the terminal in")


def _names_in_dev(tx: Transaction, caller: TaskId, place: Place) -> Iterator[str]:
    """Where glibc looks: at names that say by their number that they are it, and at all of /dev,
    for a file may be mounted on one (getttyname_r)."""
    number = stat_place(tx, caller, place).ino
    for folder, any_number in (("/dev/pts", False), ("/dev", False), ("/dev", True)):
        walk = Walk(tx, caller)
        try:
            there = walk.lookup(folder + "/")
            walk.check(there, walk.stat(there), MAY_READ, folder)
        except KernelError:
            if folder == "/dev":
                return
            continue
        sb, kind = walk.type_at(there)
        for entry in kind.entries(tx, caller, sb, there.node):
            if (any_number or entry.ino == number) and entry.name not in _STANDARD:
                yield f"{folder}/{entry.name}"


def _leads_somewhere(tx: Transaction, caller: TaskId, path: str) -> bool:
    try:
        Walk(tx, caller).lookup(path)
    except KernelError:
        return False
    return True


def _is_at(tx: Transaction, caller: TaskId, path: str, place: Place) -> bool:
    """Whether *path* leads the caller to the file of *place*, through whichever mount."""
    try:
        found = stat_place(tx, caller, Walk(tx, caller).lookup(path))
    except KernelError:
        return False
    own = stat_place(tx, caller, place)
    return (found.dev, found.ino) == (own.dev, own.ino)
