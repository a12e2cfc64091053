"""Consoles: a namespace of them, its devices, and which one is in front (console(4), ioctl_vt(2)).

S2: "Then there is also the array of console devices to turn into a namespace", and "a running getty
should be covered by tty namespace" (N9).  No kernel has one: the flag CLONE_NEWTTY is of this
machine alone.

A device means the terminal of that number in the namespace of whoever opens it, and an open file
goes on meaning it, wherever it is handed.  Consoles are terminals like any other: a session
leader that opens a free one gets it, ``/dev/console`` too, as in a container of today (on a bare
machine Linux gives nobody that one).  When the namespace ends, all of them are hung up and go.

``/dev/tty0`` is the virtual console that is in front, and never becomes a controlling terminal; the
kernel's messages go to ``/dev/console`` (:mod:`nsh.kernel.printk`).
"""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.process import CloneFlag
from nsh.kernel import (
    console_files,
    contexts,
    hooks,
    kinds,
    namespaces,
    terminals,
    waiting,
)
from nsh.kernel.fs.drivers import device
from nsh.kernel.kinds import New
from nsh.kernel.terminal_devices import TerminalDevice
from nsh.machine.consoles import CONSOLE, KIND, LAST, Console, Consoles, name
from nsh.machine.context import Place
from nsh.machine.files import Opened, dev_minor, makedev
from nsh.machine.ids import NamespaceId, TaskId, TerminalId
from nsh.machine.ptys import NEVER, OpenTerminal
from nsh.machine.settings import on_mainline
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

FIRST: Final = NamespaceId(6)
INUM: Final = 4026531820
"""Below those that Linux has fixed for its own kinds (include/linux/proc_ns.h)."""


# ---- the namespace ----


def _end(tx: Transaction, key: NamespaceId, record: Consoles) -> None:
    """The last user is gone: its terminals are hung up."""
    for _number, terminal in sorted(record.terminals.items()):
        hang_up(tx, terminal)
    for hook in hooks.consoles_end:
        hook(tx, key)
    namespaces.put_above(tx, KIND, record.path)


@kinds.namespace(
    KIND,
    CloneFlag.CLONE_NEWTTY,
    Consoles,
    INUM,
    end=_end,
    present=lambda tx: not on_mainline(tx),
)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> Consoles:
    """A namespace below *old*, with the same consoles, none of which has been opened."""
    namespaces.hold(tx, KIND, old)
    path = (*tx.get(Consoles, old).path, new.key)
    return Consoles(1, new.inum, new.owner, path, creator=new.creator)


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    """The first namespace; its console is the machine's own."""
    tx.put(FIRST, Consoles(1, INUM, NamespaceId(0), (FIRST,), 1, Map({CONSOLE: terminals.CONSOLE})))
    tx.put(terminals.CONSOLE, Console(FIRST, CONSOLE))


def own(tx: Transaction, task: TaskId) -> NamespaceId:
    """The tty namespace of *task*; ``KeyError`` for a zombie."""
    return contexts.namespace(tx, task, KIND)


def terminal(tx: Transaction, space: NamespaceId, number: int) -> TerminalId:
    """The terminal of that number in *space*, made if nobody has asked for it yet."""
    record = tx.get(Consoles, space)
    found = record.terminals.get(number)
    if found is None:
        found = tx.new(TerminalId)
        rdev = makedev(5, 1) if number == CONSOLE else makedev(4, number)
        tx.put(found, Terminal(name(number), rdev))
        tx.put(found, Console(space, number))
        tx.put(space, replace(record, terminals=record.terminals.set(number, found)))
    return found


def hang_up(tx: Transaction, key: TerminalId) -> None:
    """Nobody can open it any more, and whatever has it open is dead."""
    terminals.hang_up(tx, key)
    tx.put(key, replace(tx.get(Terminal, key), gone=True))
    for kind in (On.FILE, On.ROOM):
        waiting.wake(tx, channel(kind, key))
    console_files.let_go(tx, key)


# ---- the devices ----


class Line(TerminalDevice):
    """A device that is a terminal of the opener's namespace, and counts who has it open."""

    def open_line(
        self, tx: Transaction, caller: TaskId, number: int, flags: int, *, acquires: bool
    ) -> Opened:
        """Open the terminal of that number, as controlling one if *acquires* and it may be.
        EBUSY: another has it exclusively."""
        key = terminal(tx, own(tx, caller), number)
        terminals.check_exclusive(tx, caller, key)
        console_files.opened(tx, key)
        if acquires:
            terminals.opened(tx, caller, key, flags)
        return OpenTerminal(key, NEVER if number == CONSOLE else tx.get(Terminal, key).hangups)


@device(5, 1, name(CONSOLE), 0o600)
class ConsoleDevice(Line):
    """``/dev/console``.  Who has it open keeps it through hang-ups, but for the last one."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """Open it, as controlling terminal where the caller may have it."""
        del place, rdev
        return self.open_line(tx, caller, CONSOLE, flags, acquires=True)


class VirtualConsole(Line):
    """``/dev/tty1`` to ``/dev/tty6``."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """Open the one of that minor number."""
        del place
        return self.open_line(tx, caller, dev_minor(rdev), flags, acquires=True)


for _number in range(1, LAST + 1):
    device(4, _number, name(_number), 0o600, machines=True)(VirtualConsole)


@device(4, 0, "tty0", 0o600, machines=True)
class ActiveConsole(Line):
    """``/dev/tty0``: whichever is in front when it is opened."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """Open it; nobody gets a controlling terminal by that."""
        del place, rdev
        active = tx.get(Consoles, own(tx, caller)).active
        return self.open_line(tx, caller, active, flags, acquires=False)
