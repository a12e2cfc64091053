"""Pseudo terminals: making a pair, opening its slave, and the end of either side (pty(7), N8).

A pair lives while a side is open.  Its instance of devpts gives it a number, and shows the slave as
long as the master is open.  What the sides do is in `nsh.kernel.masters` and
`nsh.kernel.terminal_devices`.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import terminals, waiting
from nsh.kernel.dispatch import LeavesTrace
from nsh.kernel.fs import devpts_indices
from nsh.machine.files import Opened, SuperblockId
from nsh.machine.ids import PtyId, TaskId, TerminalId
from nsh.machine.ptys import SLAVE_TERMIOS, OpenMaster, OpenTerminal, Pty
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel


def open_master(tx: Transaction, caller: TaskId, sb: SuperblockId, flags: int) -> Opened:
    """Make a pair in the instance *sb* and open its master; the slave is locked (posix_openpt(3)).

    ENOSPC.
    """
    del flags  # a master is nobody's controlling terminal
    return OpenMaster(make_pair(tx, caller, sb))


def make_pair(
    tx: Transaction, caller: TaskId, sb: SuperblockId, wanted: int | None = None
) -> PtyId:
    """A pair in the instance *sb*, with the number *wanted* if one is demanded.  ENOSPC, EBUSY."""
    index = devpts_indices.allocate(tx, sb, wanted)
    key, terminal = tx.new(PtyId), tx.new(TerminalId)
    rdev = devpts_indices.rdev_of(index)
    tx.put(terminal, Terminal(f"pts/{index}", rdev, pty=key, termios=SLAVE_TERMIOS))
    tx.put(key, Pty(sb, index, terminal))
    devpts_indices.show(tx, caller, sb, index, terminal)
    return key


def open_slave(tx: Transaction, caller: TaskId, terminal: TerminalId, flags: int) -> Opened:
    """Open a slave; it may become the controlling terminal.  EBUSY: another has it exclusively.

    EIO while it is locked, and once its master is closed; that it was tried is noticed by those
    who have it open: they too fail with EIO until somebody opens it successfully (TTY_IO_ERROR).
    """
    terminals.check_exclusive(tx, caller, terminal)
    record = tx.get(Terminal, terminal)
    pty = tx.get(Pty, record.pty)
    if not pty.master or pty.locked:
        reason = "the slave is locked (unlockpt)" if pty.master else "its master is closed"
        raise LeavesTrace(Errno.EIO, reason, lambda trace: _failed(trace, terminal))
    tx.put(record.pty, replace(pty, slaves=pty.slaves + 1, other_closed=False))
    if record.failed:
        tx.put(terminal, replace(record, failed=False))
    terminals.opened(tx, caller, terminal, flags)
    return OpenTerminal(terminal, record.hangups)


def _failed(tx: Transaction, terminal: TerminalId) -> None:
    tx.put(terminal, replace(tx.get(Terminal, terminal), failed=True))


def close_slave(tx: Transaction, key: PtyId) -> None:
    """One less has the slave open; after the last a master that has read all reads EIO."""
    pty = tx.get(Pty, key)
    pty = replace(pty, slaves=pty.slaves - 1)
    terminal = tx.get(Terminal, pty.terminal)
    if pty.master and (pty.slaves or terminal.failed):
        tx.put(key, pty)
        return
    pty = replace(pty, other_closed=True)
    tx.put(key, pty)
    for number in (key, pty.terminal):
        waiting.wake(tx, channel(On.FILE, number))
        waiting.wake(tx, channel(On.ROOM, number))
    _end(tx, key, pty)


def close_master(tx: Transaction, key: PtyId) -> None:
    """The master is closed: the slave has no name any more, and is hung up."""
    pty = replace(tx.get(Pty, key), master=False, packet=False, status=0)
    tx.put(key, pty)
    devpts_indices.hide(tx, pty.sb, pty.index)
    terminals.hang_up(tx, pty.terminal)
    _end(tx, key, tx.get(Pty, key))


def _end(tx: Transaction, key: PtyId, pty: Pty) -> None:
    if pty.master or pty.slaves:
        return
    tx.drop(Pty, key)
    tx.drop(Terminal, pty.terminal)
    devpts_indices.free(tx, pty.sb, pty.index)
