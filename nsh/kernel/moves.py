"""Moving live processes between pid spaces: who goes, what numbers they get (S0; P7, P9).

"Moving an entire group into a container requires to assign new kernel pids to each task,
while keeping the vpid part constant" (Franke).  The TaskId stays; only numbers change, in
the task and in the group or session that is called by it.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import contexts, hooks, namespaces, pids, refs, spaces
from nsh.machine.ids import NOBODY, NamespaceId, SpaceId, TaskId
from nsh.machine.namespaces import Proxy
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.tasks import Group, Session, State, Task
from nsh.machine.value import Transaction


def chosen(tx: Transaction, caller: TaskId, what: str, nr: int) -> list[TaskId]:
    """The processes meant by ``tree PID`` or ``group PGID``, by TaskId; ESRCH if none."""
    found = pids.enter(tx, caller, nr, "pid" if what == "tree" else "pgid")
    if found is None:
        raise Errno.ESRCH(f"no {what} {nr} is visible here")
    if what == "group":
        group = tx.find(Group, found)
        if group is None:
            raise Errno.ESRCH(f"there is no process group {nr}")
        return sorted(group.members)
    task = tx.find(Task, found)
    if task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, nr))
    tree: list[TaskId] = []
    todo = [task.leader]
    while todo:
        tid = todo.pop()
        tree.append(tid)
        todo.extend(tx.get(Task, tid).children)
    return sorted(tree)


def common_space(tx: Transaction, cast: list[TaskId]) -> SpaceId:
    """The one pid space they are all in; EPERM if there is none, or its init is among them."""
    source = tx.get(Task, cast[0]).space
    space = tx.get(PidSpace, source)
    for tid in cast:
        task = tx.get(Task, tid)
        if task.space != source:
            raise Errno.EPERM(f"{task.comm} is in another container than {_comm(tx, cast[0])}")
        if space.init == tid and space.kind is SpaceKind.NAMESPACE:
            raise Errno.EPERM(f"{task.comm} is the init of its pid namespace")
        check_settled(tx, tid)
    return source


def check_settled(tx: Transaction, leader: TaskId) -> None:
    """EPERM if a thread of the process has unshared: it would lose where its children go."""
    for tid in _threads(tx, leader):
        task = tx.get(Task, tid)
        if task.context and spaces.for_children(tx, tid) != task.space:
            raise Errno.EPERM(f"{task.comm}'s children already go to another pid namespace")


def _comm(tx: Transaction, tid: TaskId) -> str:
    return tx.get(Task, tid).comm


def check_whole(tx: Transaction, cast: list[TaskId]) -> None:
    """EBUSY if a group or session that is called by one of them has members that stay.

    Those would be left with a group id that changed under them.
    """
    moving = set(cast)
    for tid in cast:
        group = tx.find(Group, tid)
        if group is not None:
            for member in sorted(group.members):
                if member not in moving:
                    raise Errno.EBUSY(
                        f"{_comm(tx, member)} would stay behind in {_comm(tx, tid)}'s group"
                    )
        session = tx.find(Session, tid)
        for other in sorted(session.groups) if session is not None else ():
            for member in sorted(tx.get(Group, other).members):
                if member not in moving:
                    raise Errno.EBUSY(
                        f"{_comm(tx, member)} would stay behind in {_comm(tx, tid)}'s session"
                    )


def overlap(tx: Transaction, cast: list[TaskId], target: SpaceId) -> list[int]:
    """The vpids of *cast* that are in use in *target*, rising."""
    taken = tx.get(PidSpace, target).task_of
    numbers = [tx.get(Task, tid).pids[-1] for tid in _every_thread(tx, cast)]
    return sorted(nr for nr in numbers if nr in taken)


def _threads(tx: Transaction, leader: TaskId) -> tuple[TaskId, ...]:
    return (leader, *tx.get(Task, leader).threads)


def _every_thread(tx: Transaction, cast: list[TaskId]) -> list[TaskId]:
    return [tid for leader in cast for tid in _threads(tx, leader)]


def enter_below(tx: Transaction, leader: TaskId, space: SpaceId, numbers: tuple[int, ...]) -> None:
    """The process *leader* gets one level more: *space*, just below its own.

    *numbers* are for its first threads; the others get the next free ones.
    """
    for index, tid in enumerate(_threads(tx, leader)):
        nr = numbers[index] if index < len(numbers) else _free(tx, space)
        task = tx.get(Task, tid)
        _take(tx, space, nr, tid)
        _renumber(tx, tid, space, (*task.pids, nr))
        _children_to(tx, tid, space)


def sink(tx: Transaction, cast: list[TaskId], target: SpaceId) -> None:
    """Into a fresh container just below: vpids are kept, a new number takes their place above."""
    _down(tx, cast, SpaceId(tx.get(PidSpace, target).path[-2]), target)


def across(tx: Transaction, cast: list[TaskId], source: SpaceId, target: SpaceId) -> None:
    """Between containers side by side, or from the one above into a container in use.

    A vpid that is taken there is replaced by the next free one.  EINVAL if they are further
    apart; EPERM out of a pid namespace.
    """
    here, there = tx.get(PidSpace, source), tx.get(PidSpace, target)
    if there.path[-2] == source:
        _down(tx, cast, source, target)
        return
    if here.path[:-1] != there.path[:-1]:
        raise Errno.EINVAL("the containers are not side by side")
    if here.kind is not SpaceKind.CONTAINER:
        raise Errno.EPERM("a pid namespace is for life")
    namespaces.hold(tx, "pid", NamespaceId(source))  # it must not end under our hands
    for tid in _every_thread(tx, cast):
        task = tx.get(Task, tid)
        vpid = _kept(tx, target, task.pids[-1])
        _vacate(tx, source, task.pids[-1])
        _take(tx, target, vpid, tid)
        _renumber(tx, tid, target, (*task.pids[:-1], vpid))
        _children_to(tx, tid, target)
    namespaces.put(tx, "pid", NamespaceId(source))


def _down(tx: Transaction, cast: list[TaskId], source: SpaceId, target: SpaceId) -> None:
    """From *source* into a container just below it; above each gets a new number."""
    for tid in _every_thread(tx, cast):
        task = tx.get(Task, tid)
        vpid = _kept(tx, target, task.pids[-1])
        _vacate(tx, source, task.pids[-1])
        kpid = _free(tx, source)
        _take(tx, source, kpid, tid)
        _take(tx, target, vpid, tid)
        _renumber(tx, tid, target, (*task.pids[:-1], kpid, vpid))
        _children_to(tx, tid, target)


def _kept(tx: Transaction, target: SpaceId, vpid: int) -> int:
    """*vpid*, or the next free number of *target* if it is taken there."""
    return vpid if vpid not in tx.get(PidSpace, target).task_of else _free(tx, target)


def rise(tx: Transaction, cast: list[TaskId], source: SpaceId, target: SpaceId) -> None:
    """Out of a container into the space around it: the vpids are lost.

    EINVAL if *target* is further out; EPERM if *source* is a pid namespace.
    """
    record = tx.get(PidSpace, source)
    if record.kind is not SpaceKind.CONTAINER:
        raise Errno.EPERM("a pid namespace is for life")
    if record.path[-2] != target:
        raise Errno.EINVAL("one container after the other: that one is further out")
    namespaces.hold(tx, "pid", NamespaceId(source))  # it must not end under our hands
    for tid in _every_thread(tx, cast):
        task = tx.get(Task, tid)
        _vacate(tx, source, task.pids[-1])
        _renumber(tx, tid, target, task.pids[:-1])
        _children_to(tx, tid, target)
    namespaces.put(tx, "pid", NamespaceId(source))


def _free(tx: Transaction, space: SpaceId) -> int:
    return pids.next_free(tx.get(PidSpace, space))


def _take(tx: Transaction, space: SpaceId, nr: int, tid: TaskId) -> None:
    record = tx.get(PidSpace, space)
    tx.put(
        space,
        replace(
            record,
            task_of=record.task_of.set(nr, tid),
            last_pid=max(record.last_pid, nr),
            live=record.live + 1,
            users=record.users if record.task_of else record.users + 1,
            init=tid if nr == 1 else record.init,
        ),
    )


def _vacate(tx: Transaction, space: SpaceId, nr: int) -> None:
    record = tx.get(PidSpace, space)
    init = NOBODY if nr == 1 else record.init
    task_of = record.task_of.delete(nr)
    tx.put(space, replace(record, task_of=task_of, live=record.live - 1, init=init))
    if not task_of:
        namespaces.put(tx, "pid", NamespaceId(space))


def _renumber(tx: Transaction, tid: TaskId, space: SpaceId, numbers: tuple[int, ...]) -> None:
    """Write new numbers wherever the task's stand: in itself, its group, its session."""
    tx.put(tid, replace(tx.get(Task, tid), space=space, pids=numbers))
    group = tx.find(Group, tid)
    if group is not None:
        tx.put(tid, replace(group, space=space, pids=numbers))
    session = tx.find(Session, tid)
    if session is not None:
        tx.put(tid, replace(session, space=space, pids=numbers))
    for hook in hooks.changed:
        hook(tx, tid)


def _children_to(tx: Transaction, tid: TaskId, space: SpaceId) -> None:
    """Let the future children of *tid* be born in *space*."""
    task = tx.get(Task, tid)
    if task.state is State.ZOMBIE:
        return
    before = tx.get(Proxy, contexts.proxy_id(tx, tid)).kinds
    contexts.change_proxy(tx, tid, Proxy(1, before.set(spaces.ENTRY, NamespaceId(space))))
