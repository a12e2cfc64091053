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

from nsh.abi.capabilities import Cap
from nsh.abi.consoles import VtActivate, VtGetState, VtOpenQuery, VtState, VtWaitActive
from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import (
    capabilities,
    console_files,
    contexts,
    hooks,
    kinds,
    namespaces,
    terminals,
    waiting,
)
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.drivers import device
from nsh.kernel.terminal_devices import TerminalDevice, hung_up
from nsh.kernel.waiting import WouldBlock
from nsh.machine.consoles import CONSOLE, KIND, LAST, SERIAL, Console, Consoles, name
from nsh.machine.context import Place
from nsh.machine.files import Opened, dev_minor, makedev
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId, TerminalId
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
    """The last user is gone: its terminals are hung up; but the machine's own stay for whoever
    reads the last words of a kernel that has stopped."""
    if len(record.path) == 1:
        tx.put(key, replace(record, users=0))
        return
    for _number, terminal in sorted(record.terminals.items()):
        hang_up(tx, terminal)
    for hook in hooks.consoles_end:
        hook(tx, key)
    namespaces.put(tx, KIND, record.path[-2])


@kinds.namespace(
    KIND,
    CloneFlag.CLONE_NEWTTY,
    Consoles,
    INUM,
    end=_end,
    present=lambda tx: not on_mainline(tx),
)
def _copy(tx: Transaction, caller: TaskId, old: NamespaceId) -> NamespaceId:
    """A namespace below *old*, with the same consoles, none of which has been opened."""
    del caller
    above = tx.get(Consoles, old)
    namespaces.hold(tx, KIND, old)
    key = NamespaceId(tx.fresh())
    tx.put(key, Consoles(1, namespaces.fresh_inum(tx), above.owner, (*above.path, key)))
    return key


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
        found = TerminalId(tx.fresh())
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


# ---- which one is in front ----


def _virtual(tx: Transaction, caller: TaskId, fd: int) -> tuple[TerminalId, Console]:
    """The virtual console behind a descriptor.  EBADF, EIO, ENOTTY."""
    _key, file = open_file(tx, caller, fd)
    opened = file.opened
    if not isinstance(opened, OpenTerminal):
        raise Errno.ENOTTY(f"descriptor {fd} is no terminal")
    if hung_up(opened, tx.get(Terminal, opened.terminal)):
        raise Errno.EIO("the terminal was hung up")
    console = tx.find(Console, opened.terminal)
    if console is None or console.number in (CONSOLE, SERIAL):
        raise Errno.ENOTTY(f"{tx.get(Terminal, opened.terminal).name} is no virtual console")
    return opened.terminal, console


def _switchable(tx: Transaction, caller: TaskId, fd: int, number: int) -> NamespaceId:
    """The namespace in which the caller may switch to console *number*.  EPERM comes first."""
    key, console = _virtual(tx, caller, fd)
    process = terminals.process_of(tx, caller)
    if process.tty != key:
        capabilities.need(
            tx, caller, FIRST_USER, Cap.CAP_SYS_TTY_CONFIG, "it is not the caller's terminal, and"
        )
    if not 1 <= number <= LAST:
        raise Errno.ENXIO(f"consoles are 1 to {LAST}")
    return console.namespace


def _in_use(tx: Transaction, space: Consoles, number: int) -> bool:
    key = space.terminals.get(number)
    return key is not None and tx.get(Console, key).opens > 0


@handles(VtGetState)
def vt_get_state(tx: Transaction, caller: TaskId, request: VtGetState) -> VtState:
    """VT_GETSTATE."""
    _key, console = _virtual(tx, caller, request.fd)
    space = tx.get(Consoles, console.namespace)
    state = sum(1 << number for number in range(1, LAST + 1) if _in_use(tx, space, number))
    return VtState(space.active, 1 | state)


@handles(VtOpenQuery)
def vt_open_query(tx: Transaction, caller: TaskId, request: VtOpenQuery) -> int:
    """VT_OPENQRY."""
    _key, console = _virtual(tx, caller, request.fd)
    space = tx.get(Consoles, console.namespace)
    return next((each for each in range(1, LAST + 1) if not _in_use(tx, space, each)), -1)


@handles(VtActivate)
def vt_activate(tx: Transaction, caller: TaskId, request: VtActivate) -> int:
    """VT_ACTIVATE: at once, for nobody here holds on to a console (VT_PROCESS)."""
    space = _switchable(tx, caller, request.fd, request.number)
    terminal(tx, space, request.number)
    tx.put(space, replace(tx.get(Consoles, space), active=request.number))
    waiting.wake(tx, channel(On.FILE, space))
    return 0


@handles(VtWaitActive)
def vt_wait_active(tx: Transaction, caller: TaskId, request: VtWaitActive) -> int:
    """VT_WAITACTIVE."""
    space = _switchable(tx, caller, request.fd, request.number)
    if tx.get(Consoles, space).active == request.number:
        return 0
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    raise WouldBlock((channel(On.FILE, space),), reason=f"until tty{request.number} is in front")
