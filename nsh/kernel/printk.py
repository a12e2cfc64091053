"""The kernel's log, and who reads whose (printk, syslog(2), kernel/printk/printk.c; S2, N11).

"printk will require some support to be isolated": as it is (``printk shared``), one ring serves the
whole machine, and whoever may read it in a container reads, and clears, everybody's.  With ``printk
isolated`` each tty namespace has a ring of its own, and what is written in one is in the rings of
those it was made in too, behind the name of the writer's container: so the machine's has all.

The kernel itself says what Linux says (at boot, and its last words), and of what Linux has not:
``container web: created``.  That is the machine's affair and stands in its ring alone.

A message shows on the console of the ring's namespace if its level is below that of the console,
which is 4, as after a boot with ``quiet``: so warnings do not, errors do.
"""

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.printk import Syslog, SyslogAction
from nsh.kernel import capabilities, consoles, hooks, policies, uts, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.waiting import WouldBlock
from nsh.machine.consoles import CONSOLE, Consoles
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.printk import LOG_BUF_LEN, DmesgRestrict, Log, LogRecord, added, lines
from nsh.machine.settings import on_mainline
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel import line_discipline, refs
else:  # no boot needs them
    late(globals(), "nsh.kernel", "line_discipline", "refs")

KERN_EMERG, KERN_ERR, KERN_WARNING, KERN_NOTICE, KERN_INFO = 0, 3, 4, 5, 6
LOG_KERN, LOG_USER = 0, 1
_FILE: Final = On.FILE


def isolated(tx: Transaction) -> bool:
    """Which side of the debate this machine takes."""
    match policies.value(tx, policies.PRINTK):
        case "isolated":
            return True
        case _:
            return False


def ring_of(tx: Transaction, caller: TaskId) -> NamespaceId:
    """The ring that *caller* reads and clears."""
    return consoles.own(tx, caller) if isolated(tx) else consoles.FIRST


def ring(tx: Transaction, key: NamespaceId) -> Log:
    """The ring of a namespace; an empty one if nothing was ever written to it."""
    return tx.find(Log, key) or Log()


def printk(tx: Transaction, level: int, text: str) -> None:
    """The kernel itself says something, to the machine."""
    _store(tx, consoles.FIRST, LogRecord(level, LOG_KERN, tx.clock, text.encode()))


def say(tx: Transaction, caller: TaskId, level: int, facility: int, text: bytes) -> None:
    """A task says something through the log (devkmsg_emit)."""
    record = LogRecord(level, facility, tx.clock, text)
    if not isolated(tx):
        _store(tx, consoles.FIRST, record)
        return
    own = consoles.own(tx, caller)
    who = refs.cid_of(tx, tx.get(Task, caller).space).encode()
    for key in tx.get(Consoles, own).path:
        _store(tx, key, record if key == own else replace(record, text=who + b": " + text))


def _store(tx: Transaction, key: NamespaceId, record: LogRecord) -> None:
    log = added(tx.find(Log, key) or Log(), record)
    tx.put(key, log)
    waiting.wake(tx, channel(_FILE, key))
    if record.level < log.console_level:
        text = b"".join(line.partition(b">")[2] + b"\n" for line in lines(record).splitlines())
        line_discipline.show(tx, consoles.terminal(tx, key, CONSOLE), text)


# ---- syslog(2) ----


def check_syslog(tx: Transaction, caller: TaskId, action: int) -> None:
    """EPERM for what needs CAP_SYSLOG: everything, with kernel.dmesg_restrict, else all but reading
    the whole log and its size (check_syslog_permissions)."""
    restricted = (tx.find(DmesgRestrict, 0) or DmesgRestrict()).on
    if not restricted and action in (SyslogAction.READ_ALL, SyslogAction.SIZE_BUFFER):
        return
    doing = "reading the log while kernel.dmesg_restrict is 1" if restricted else "that"
    capabilities.need(tx, caller, FIRST_USER, Cap.CAP_SYSLOG, doing)


@handles(Syslog)
def syslog(tx: Transaction, caller: TaskId, request: Syslog) -> int | bytes:
    """syslog(2)."""
    action, size = request.action, request.size
    check_syslog(tx, caller, action)
    key = ring_of(tx, caller)
    log = ring(tx, key)
    reads = (SyslogAction.READ, SyslogAction.READ_ALL, SyslogAction.READ_CLEAR)
    if action in reads and size < 0:
        raise Errno.EINVAL("a buffer's size is not negative")
    if action in reads and not size:
        return b""
    match action:
        case SyslogAction.OPEN | SyslogAction.CLOSE:
            return 0
        case SyslogAction.READ:
            return _take(tx, caller, key, size)
        case SyslogAction.READ_ALL:
            return _tail(log, size)
        case SyslogAction.READ_CLEAR:
            tx.put(key, replace(log, cleared=log.following))
            return _tail(log, size)
        case SyslogAction.CLEAR:
            tx.put(key, replace(log, cleared=log.following))
        case SyslogAction.CONSOLE_OFF:
            saved = log.saved_level or log.console_level
            tx.put(key, replace(log, saved_level=saved, console_level=log.least_level))
        case SyslogAction.CONSOLE_ON:
            if log.saved_level:
                tx.put(key, replace(log, saved_level=0, console_level=log.saved_level))
        case SyslogAction.CONSOLE_LEVEL:
            if not 1 <= size <= 8:
                raise Errno.EINVAL(f"console levels are 1 to 8, not {size}")
            tx.put(key, replace(log, console_level=max(size, log.least_level), saved_level=0))
        case SyslogAction.SIZE_UNREAD:
            unread = range(max(log.taken, log.first), log.following)
            return sum(len(lines(log.records[each])) for each in unread) - log.part
        case SyslogAction.SIZE_BUFFER:
            return LOG_BUF_LEN
        case _:
            raise Errno.EINVAL(f"syslog has no action {action}")
    return 0


def _take(tx: Transaction, caller: TaskId, key: NamespaceId, size: int) -> bytes:
    """SYSLOG_ACTION_READ: what was not taken yet, whole records as far as they fit, but of the
    first one what fits; waits while there is none."""
    log = ring(tx, key)
    taken, part = log.taken, log.part
    if taken < log.first:
        taken, part = log.first, 0
    if taken == log.following:
        if waiting.interrupted(tx, caller):
            raise Errno.EINTR("a signal was handled")
        raise WouldBlock((channel(_FILE, key),), reason="until the kernel says something")
    told = b""
    while taken < log.following:
        text = lines(log.records[taken])[part:]
        if len(told) + len(text) <= size:
            told += text
            taken, part = taken + 1, 0
            continue
        if not told:
            told = text[:size]
            part += size
        break
    tx.put(key, replace(log, taken=taken, part=part))
    return told


def _tail(log: Log, size: int) -> bytes:
    """The last records since the log was cleared that fit in *size* bytes."""
    found: list[bytes] = []
    for each in range(log.following - 1, max(log.first, log.cleared) - 1, -1):
        text = lines(log.records[each])
        size -= len(text)
        if size < 0:
            break
        found.append(text)
    return b"".join(reversed(found))


# ---- what the kernel itself says ----


@hooks.on_boot(50)
def _boot(tx: Transaction) -> None:
    printk(tx, KERN_NOTICE, f"Linux version {uts.RELEASE} (nsh@nsh) {uts.VERSION}")
    printk(tx, KERN_INFO, "Command line: quiet")
    printk(tx, KERN_INFO, "Run /sbin/init as init process")


@hooks.on_panic
def _panic(tx: Transaction, message: str) -> None:
    printk(tx, KERN_EMERG, message)
    printk(tx, KERN_EMERG, f"---[ end {message} ]---")


@hooks.on_space
def _container(tx: Transaction, space: PidSpace, made: bool) -> None:
    """Of what mainline has not, it does not speak either."""
    if not on_mainline(tx):
        name = space.name or str(space.number)
        printk(tx, KERN_INFO, f"container {name}: {'created' if made else 'ended'}")


@hooks.on_consoles_end
def _end(tx: Transaction, key: NamespaceId) -> None:
    """A namespace's own ring goes with it; who still reads it is at its end."""
    if tx.find(Log, key) is not None:
        tx.drop(Log, key)
    waiting.wake(tx, channel(_FILE, key))
