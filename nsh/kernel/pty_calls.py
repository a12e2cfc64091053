"""Requests about pseudo terminals, made on their masters (ioctl_tty(2), drivers/tty/pty.c)."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer, PacketMode, PtyLocked
from nsh.kernel import contexts
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import devpts_ptmx
from nsh.kernel.fs.descriptors import install, lowest_free
from nsh.kernel.fs.opening import open_device
from nsh.kernel.terminal_calls import behind
from nsh.machine.ids import PtyId, TaskId
from nsh.machine.ptys import Pty
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction


def _master(tx: Transaction, caller: TaskId, fd: int) -> tuple[PtyId, Pty]:
    """The pair whose master is open as *fd*.  EBADF, EIO, ENOTTY."""
    key = behind(tx, caller, fd).master
    if not key:
        raise Errno.ENOTTY(f"descriptor {fd} is no master of a pseudo terminal")
    return key, tx.get(Pty, key)


@handles(GetPtyNumber)
def get_pty_number(tx: Transaction, caller: TaskId, request: GetPtyNumber) -> int:
    """TIOCGPTN."""
    return _master(tx, caller, request.fd)[1].index


@handles(LockPty)
def lock_pty(tx: Transaction, caller: TaskId, request: LockPty) -> int:
    """TIOCSPTLCK."""
    key, pty = _master(tx, caller, request.fd)
    tx.put(key, replace(pty, locked=request.locked))
    return 0


@handles(PtyLocked)
def pty_locked(tx: Transaction, caller: TaskId, request: PtyLocked) -> int:
    """TIOCGPTLCK."""
    return int(_master(tx, caller, request.fd)[1].locked)


@handles(PacketMode)
def packet_mode(tx: Transaction, caller: TaskId, request: PacketMode) -> int:
    """TIOCPKT: what happened before it was switched on is not told."""
    key, pty = _master(tx, caller, request.fd)
    status = 0 if request.on and not pty.packet else pty.status
    tx.put(key, replace(pty, packet=request.on, status=status))
    return 0


@handles(OpenPtyPeer)
def open_pty_peer(tx: Transaction, caller: TaskId, request: OpenPtyPeer) -> int:
    """TIOCGPTPEER: by the mount of devpts that the master belongs to, whatever is in the way.

    ENODEV, ENOENT: that is mounted there no longer.  EIO: it is another terminal than a master.
    """
    found = behind(tx, caller, request.fd)
    if not found.master:
        raise Errno.EIO(f"descriptor {request.fd} is no master of a pseudo terminal")
    pty, file = tx.get(Pty, found.master), found.file
    lowest_free(contexts.files(tx, caller))
    place = devpts_ptmx.slave_of(tx, caller, file.place, pty.sb, pty.terminal)
    rdev = tx.get(Terminal, pty.terminal).rdev
    opened = open_device(tx, caller, place, rdev, request.flags)
    return install(tx, caller, opened, cloexec=bool(request.flags & OpenFlag.O_CLOEXEC))
