"""Which console is in front, and which are in use (ioctl_vt(2))."""

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.consoles import VtActivate, VtGetState, VtOpenQuery, VtState, VtWaitActive
from nsh.abi.errno import Errno
from nsh.kernel import (
    capabilities,
    consoles,
    terminals,
    waiting,
)
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.terminal_devices import hung_up
from nsh.kernel.waiting import WouldBlock
from nsh.machine.consoles import CONSOLE, LAST, SERIAL, Console, Consoles
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId, TerminalId
from nsh.machine.ptys import OpenTerminal
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel


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
    consoles.terminal(tx, space, request.number)
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
