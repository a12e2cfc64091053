"""Time namespaces (time_namespaces(7), kernel/time/namespace.c; S2, N12).

As with pids, unshare(2) chooses for the children only: a process's clocks do not jump while it
runs.  A fork or an execve goes there; setns(2) takes the caller along.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.process import CLOCK_BOOTTIME, CLOCK_MONOTONIC, CloneFlag
from nsh.kernel import capabilities, contexts, hooks, kinds
from nsh.kernel.kinds import New
from nsh.machine.context import Context
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.tasks import Task
from nsh.machine.timens import TimeSpace
from nsh.machine.value import Transaction

FIRST: Final = NamespaceId(33)
INUM: Final = 4026531834
OWN: Final = "time"
ENTRY: Final = "time_for_children"
MONOTONIC: Final = frozenset((CLOCK_MONOTONIC, 4, 6))
"""The clocks that its ``monotonic`` shifts: raw and coarse too."""
BOOTTIME: Final = frozenset((CLOCK_BOOTTIME, 9))
_SECOND: Final = 10**9
_LARGEST: Final = ((1 << 63) - 1) // _SECOND
"""KTIME_SEC_MAX."""


def _check_enter(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    """EUSERS for a process with other threads, which would have two times."""
    task = tx.get(Task, caller)
    if task.leader != caller or tx.get(Task, task.leader).threads:
        raise Errno.EUSERS("the process has other threads, whose clocks would jump as well")
    del space


def _entered(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    """Setns is for the caller itself as well."""
    del space
    go(tx, caller)


@kinds.namespace(
    "time",
    CloneFlag.CLONE_NEWTIME,
    TimeSpace,
    INUM,
    entry=ENTRY,
    own=OWN,
    check_enter=_check_enter,
    entered=_entered,
)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> TimeSpace:
    """The offsets are those of the one that children would have been born in; a child that is born
    in the new one is in it itself too, which settles them."""
    return replace(
        tx.get(TimeSpace, old),
        users=1 + new.born,
        inum=new.inum,
        owner=new.owner,
        creator=new.creator,
        frozen=new.born,
    )


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, TimeSpace(1, INUM, NamespaceId(0), frozen=True))


@hooks.on_own_memory
def _born(tx: Transaction, child: TaskId) -> None:
    """A child is born where its parent's children are to be; one that shares its parent's memory
    stays there until its execve (copy_namespaces): what tells the time is mapped into that.  While
    there is but one, everybody is in it."""
    if tx.count(TimeSpace) > 1:
        kinds = tx.get(Proxy, tx.get(Context, tx.get(Task, child).context).proxy).kinds
        if kinds[OWN] != kinds[ENTRY]:
            go(tx, child)


@hooks.on_exec
def go(tx: Transaction, task: TaskId) -> None:
    """Put *task* where its children would go, whose offsets are settled by that."""
    before = tx.get(Proxy, contexts.proxy_id(tx, task)).kinds
    space = before[ENTRY]
    if before[OWN] == space:
        return
    contexts.change_proxy(tx, task, Proxy(1, before.set(OWN, space)))
    record = tx.get(TimeSpace, space)
    if not record.frozen:
        tx.put(space, replace(record, frozen=True))


def of(tx: Transaction, task: TaskId) -> TimeSpace:
    """The time namespace that *task* is in; the first one for a zombie."""
    proxy = contexts.proxy(tx, task)
    return tx.get(TimeSpace, FIRST if proxy is None else proxy.kinds[OWN])


def offset(tx: Transaction, task: TaskId, clock: int) -> int:
    """Nanoseconds that *task* finds *clock* ahead of the machine's own."""
    if clock in MONOTONIC:
        return of(tx, task).monotonic
    return of(tx, task).boottime if clock in BOOTTIME else 0


def set_offsets(
    tx: Transaction, caller: TaskId, space: NamespaceId, wanted: list[tuple[int, int, int]]
) -> None:
    """Set offsets: (clock, seconds, nanoseconds) each.  EPERM, ERANGE, EACCES, in that order."""
    record = tx.get(TimeSpace, space)
    capabilities.need(tx, caller, record.owner, Cap.CAP_SYS_TIME, "timens_offsets")
    changed = record
    for clock, seconds, nanoseconds in wanted:
        shown = (tx.clock + seconds * _SECOND + nanoseconds) // _SECOND
        if abs(seconds) > _LARGEST or not 0 <= shown <= _LARGEST // 2:
            raise Errno.ERANGE(f"clock {clock} would show {shown} seconds")
        new = seconds * _SECOND + nanoseconds
        if clock == CLOCK_MONOTONIC:
            changed = replace(changed, monotonic=new)
        else:
            changed = replace(changed, boottime=new)
    if record.frozen:
        raise Errno.EACCES("a task has been in that time namespace: its clocks stay as they are")
    tx.put(space, changed)
