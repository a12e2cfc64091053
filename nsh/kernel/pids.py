"""Numbers for tasks: allocation, look-up, translation (S0's accessor patches; P2, P3, P6, P10).

Everything that turns a number into a task or a task into a number is here.  ``enter`` and
``leave`` are the boundary itself: they note what crossed.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NoReturn

from immutables import Map
from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, hooks, namespaces
from nsh.kernel.dispatch import LeavesTrace
from nsh.machine.crossing import Crossing
from nsh.machine.ids import NOBODY, NamespaceId, SpaceId, TaskId
from nsh.machine.pids import Held, PidSpace, SpaceKind
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel import death
else:  # no boot needs it
    late(globals(), "nsh.kernel", "death")

RESERVED_PIDS: Final = 300
"""Where numbering goes on after it wrapped (RESERVED_PIDS in kernel/pid.c)."""

_RESTORING: Final = (Cap.CAP_CHECKPOINT_RESTORE, Cap.CAP_SYS_ADMIN)
"""Either lets demand a pid (checkpoint_restore_ns_capable)."""
_FULL: Final[list[tuple[Map[int, TaskId], int, int]]] = []
"""The last numbers that were found to be all in use, with the limits they are between.

Only a cache: where there are none left, a fork bomb asks for one over and over.
"""


def number(tx: Transaction, whom: Task | Group | Session, space: SpaceId) -> int:
    """The number of *whom* in *space*, or 0 where it is not visible there."""
    own = whom.space
    pids = whom.pids
    if own == space:
        return pids[-1]
    path = tx.get(PidSpace, space).path
    level = len(path) - 1
    if level < len(pids) and tx.get(PidSpace, own).path[level] == space:
        return pids[level]
    return 0


def lookup(tx: Transaction, space: SpaceId, nr: int) -> TaskId | None:
    """The task that has, or gave, number *nr* in *space*; None if the number is free.

    The task itself may be gone while its group or session still has the number.
    """
    return tx.get(PidSpace, space).task_of.get(nr)


def kpid(tx: Transaction, task: TaskId) -> int:
    """The number of *task* in the root space; 0 for nobody."""
    whom = tx.find(Task, task) or tx.find(Group, task) or tx.find(Session, task)
    return whom.pids[0] if whom is not None else 0


def enter(tx: Transaction, caller: TaskId, nr: int, what: str = "pid") -> TaskId | None:
    """Devirtualize: whom the caller means by *nr*, or None if it sees nobody there."""
    space = tx.get(Task, caller).space
    task = tx.get(PidSpace, space).task_of.get(nr) if nr > 0 else None
    if task is None:
        tx.crossings.append(Crossing(True, what, nr, space, NOBODY, 0))
    else:
        tx.crossings.append(Crossing(True, what, nr, space, task, kpid(tx, task)))
    return task


def leave(tx: Transaction, caller: TaskId, task: TaskId, what: str = "pid") -> int:
    """Virtualize: the number by which the caller knows *task* (0: it does not see it).

    The name of a group or session is that of the task that gave it its number.
    """
    space = tx.get(Task, caller).space
    whom: Task | Group | Session | None
    if what == "pgid":
        whom = tx.find(Group, task)
    elif what == "sid":
        whom = tx.find(Session, task)
    else:
        whom = tx.find(Task, task)
    if whom is None:
        tx.crossings.append(Crossing(False, what, 0, space, NOBODY, 0))
        return 0
    seen = number(tx, whom, space)
    tx.crossings.append(Crossing(False, what, seen, space, task, whom.pids[0]))
    return seen


def tell(
    tx: Transaction,
    viewer: SpaceId,
    task: TaskId,
    space: SpaceId,
    numbers: tuple[int, ...],
    what: str,
    record: PidSpace | None = None,
) -> int:
    """As :func:`leave` to somebody of space *viewer*, where *task*'s numbers are at hand, and maybe
    the *record* of the *space* that it is in."""
    if viewer == space:
        seen = numbers[-1]
    else:
        path = (record or tx.get(PidSpace, space)).path
        seen = numbers[path.index(viewer)] if viewer in path else 0
    tx.crossings.append(Crossing(False, what, seen, viewer, task, numbers[0]))
    return seen


def tell_number(
    tx: Transaction,
    viewer: SpaceId,
    task: TaskId,
    path: tuple[SpaceId, ...],
    numbers: tuple[int, ...],
) -> int:
    """As :func:`tell` of a pid that was noted with the spaces it counts in, and may be nobody's
    by now."""
    seen = numbers[path.index(viewer)] if viewer in path else 0
    tx.crossings.append(Crossing(False, "pid", seen, viewer, task, numbers[0]))
    return seen


def hold(tx: Transaction, holder: TaskId, nr: int, meant: TaskId) -> None:
    """Note that *holder* has been told *nr* for *meant* and may keep it (P9)."""
    if nr <= 0:
        return
    held = tx.find(Held, holder)
    numbers: Map[int, TaskId] = Map() if held is None else held.numbers
    if numbers.get(nr) != meant:
        tx.put(holder, Held(numbers.set(nr, meant)))


def allocate(
    tx: Transaction,
    task: TaskId,
    space: SpaceId,
    wanted: tuple[int, ...],
    made: PidSpace | None = None,
    maker: TaskId = NOBODY,
) -> tuple[int, ...]:
    """Give *task* a number in *space* and in each ancestor; outermost first.

    *wanted* are demanded numbers, innermost first (clone3's set_tid), by *maker*.  *made* is the
    record of a space that is made for the task, and is not written down before.  ENOMEM: the space
    has lost its init; EAGAIN: numbers exhausted; EEXIST: a demanded number is taken; EINVAL: it is
    out of range, or the first task of a space is to be something but 1; EPERM: the maker has
    neither CAP_CHECKPOINT_RESTORE nor CAP_SYS_ADMIN over the space.
    """
    inner = made or tx.get(PidSpace, space)
    path = inner.path
    if (
        len(path) == 1 and not wanted and inner.live and inner.adding
    ):  # most forks, by a shorter way
        nr = inner.last_pid + 1
        taken = inner.task_of
        if nr in taken or nr >= inner.pid_max:
            nr = next_free(inner)
        live = inner.live + 1
        tx.put(space, replace(inner, task_of=taken.set(nr, task), last_pid=nr, live=live))
        return (nr,)
    return _allocate_on_all_levels(tx, task, space, inner, wanted, maker)


def _allocate_on_all_levels(
    tx: Transaction,
    task: TaskId,
    space: SpaceId,
    inner: PidSpace,
    wanted: tuple[int, ...],
    maker: TaskId,
) -> tuple[int, ...]:
    pids: list[int] = []
    for here in reversed(inner.path):
        record = inner if here == space else tx.get(PidSpace, here)
        taken = record.task_of
        if len(pids) < len(wanted):
            nr = _demanded(tx, record, wanted[len(pids)], maker)
            last = record.last_pid
        else:
            nr = last = next_free(record)
        pids.append(nr)
        tx.put(
            here,
            replace(
                record,
                task_of=taken.set(nr, task),
                last_pid=last,
                live=record.live + 1,
                # a space in which a number is taken keeps itself
                users=record.users if taken else record.users + 1,
                init=task if nr == 1 else record.init,
            ),
        )
    if not inner.adding:
        reason = f"{_called(inner)} has lost its init and takes no more tasks"
        raise LeavesTrace(Errno.ENOMEM, reason, spending(tx, space))
    return tuple(reversed(pids))


def spending(tx: Transaction, space: SpaceId) -> Callable[[Transaction], None]:
    """What a fork into *space* leaves that fails from now on: numbers that were given out before do
    not come back at once (alloc_pid)."""
    path = tx.get(PidSpace, space).path
    cursors = [tx.get(PidSpace, here).last_pid for here in path]

    def spend(tx: Transaction) -> None:
        for here, last in zip(path, cursors, strict=True):
            record = tx.find(PidSpace, here)
            if record is not None:  # not made by the same call
                tx.put(here, replace(record, last_pid=last))

    return spend


def refuse(
    tx: Transaction, child: TaskId, reason: str, count: Callable[[Transaction], None]
) -> NoReturn:
    """A fork fails with EAGAIN in a limit: the number of the *child* is spent, and *count* says
    what else stays of it."""
    spend = spending(tx, tx.get(Task, child).space)

    def trace(tx: Transaction) -> None:
        spend(tx)
        count(tx)

    raise LeavesTrace(Errno.EAGAIN, reason, trace)


def _called(space: PidSpace) -> str:
    return f"container {space.name}" if space.name else f"pid:[{space.inum}]"


def _demanded(tx: Transaction, space: PidSpace, nr: int, maker: TaskId) -> int:
    if nr < 1 or nr >= space.pid_max:
        raise Errno.EINVAL(f"pid {nr} is outside 1..{space.pid_max - 1}")
    if nr != 1 and space.init == NOBODY and space.kind is SpaceKind.NAMESPACE:
        raise Errno.EINVAL("the first task of a pid namespace can only be pid 1")
    creds = tx.get(Task, maker).creds
    if not any(capabilities.has(tx, creds, space.owner, cap) for cap in _RESTORING):
        raise Errno.EPERM(f"demanding a pid takes CAP_CHECKPOINT_RESTORE over {_called(space)}")
    if nr in space.task_of:
        raise Errno.EEXIST(f"pid {nr} is taken in {_called(space)}")
    return nr


def next_free(space: PidSpace) -> int:
    """The next number after the last, wrapping above the reserved ones (idr_alloc_cyclic)."""
    nr = space.last_pid + 1
    if nr < space.pid_max and nr not in space.task_of:
        return nr
    taken = space.task_of
    low = RESERVED_PIDS if space.last_pid >= RESERVED_PIDS else 1
    if not (_FULL and _FULL[0][0] is taken and _FULL[0][1:] == (low, space.pid_max)):
        for candidate in range(nr, space.pid_max):
            if candidate not in taken:
                return candidate
        for candidate in range(low, space.pid_max):
            if candidate not in taken:
                return candidate
        _FULL[:] = [(taken, low, space.pid_max)]
    raise Errno.EAGAIN(f"all {space.pid_max - low} pids of {_called(space)} are in use")


def depart(tx: Transaction, task: TaskId, whom: Task) -> None:
    """*task*, whose record was *whom*, is gone from every space it was visible in.

    Its numbers stay taken while a group or session is called by them.
    """
    named = tx.find(Group, task) is not None or tx.find(Session, task) is not None
    own = whom.space
    inner = tx.get(PidSpace, own)
    path = inner.path
    if len(path) == 1 and not named:  # most of them, by a shorter way
        task_of = inner.task_of.delete(whom.pids[0])
        tx.put(own, replace(inner, task_of=task_of, live=inner.live - 1))
        return
    for here, nr in zip(path, whom.pids, strict=True):
        record = inner if here == own else tx.get(PidSpace, here)
        task_of = record.task_of if named else record.task_of.delete(nr)
        if nr == 1 and record.kind is SpaceKind.CONTAINER:
            record = replace(record, init=NOBODY)
        tx.put(here, replace(record, task_of=task_of, live=record.live - 1))
    if not named and len(path) > 1:
        _emptied(tx, path)


def release(tx: Transaction, task: TaskId, whom: Group | Session) -> None:
    """Free the numbers that only the ended group or session *whom* still had."""
    if (
        tx.find(Task, task) is not None
        or tx.find(Group, task) is not None
        or tx.find(Session, task) is not None
        or not whom.pids[0]  # swapper's
    ):
        return
    path = tx.get(PidSpace, whom.space).path
    for here, nr in zip(path, whom.pids, strict=True):
        record = tx.get(PidSpace, here)
        tx.put(here, replace(record, task_of=record.task_of.delete(nr)))
    if len(path) > 1:
        _emptied(tx, path)


@hooks.on_reap(Held)
def _forget(tx: Transaction, tid: TaskId, task: Task) -> None:
    """Nobody holds any more what the dead have been told."""
    del task
    tx.drop(Held, tid)


def _emptied(tx: Transaction, path: tuple[SpaceId, ...]) -> None:
    """Numbers were freed all along *path*: a dead init may have waited for the last of them,
    and a space without numbers keeps itself no longer.

    An init that goes frees its own, and comes here itself; so what is due is found out first.
    """
    records = [(here, tx.find(PidSpace, here)) for here in reversed(path[1:])]
    for here, record in records:
        if record is None:
            continue
        if not record.task_of:
            namespaces.put(tx, "pid", NamespaceId(here))
        elif not record.adding and len(record.task_of) == 1:
            death.finish_init(tx, record.init)
