"""Sessions and process groups (setsid(2), setpgid(2), credentials(7)); orphaned groups.

A group is named by the task whose pid is its id, and that number stays taken as long as the
group has a member, even when the task is long gone.
"""

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import Getpgid, Getsid, Setpgid, Setsid
from nsh.abi.signals import SiCode, Sig
from nsh.kernel import pids, refs, signals, stopping
from nsh.kernel.dispatch import handles
from nsh.machine.ids import NO_TERMINAL, TaskId
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Flag, Group, Session, State, Task
from nsh.machine.value import Transaction


def join(tx: Transaction, task: TaskId, group: TaskId) -> None:
    """Enter *task* among the members of an existing group."""
    record = tx.get(Group, group)
    tx.put(group, replace(record, members=record.members.set(task, tx.fresh())))


def part(tx: Transaction, task: TaskId, group: TaskId) -> None:
    """Take *task* out of its group; an empty group ends, and an empty session with it."""
    record = tx.get(Group, group)
    members = record.members.delete(task)
    if members:
        tx.put(group, replace(record, members=members))
        return
    tx.drop(Group, group)
    session = tx.get(Session, record.session)
    groups = session.groups.delete(group)
    if groups:
        tx.put(record.session, replace(session, groups=groups))
    else:
        tx.drop(Session, record.session)
        if record.session != group:
            pids.release(tx, record.session, session)
    pids.release(tx, group, record)


def make_group(tx: Transaction, task: TaskId, session: TaskId) -> None:
    """Found a group called after *task*, without members yet, in an existing session."""
    record = tx.get(Task, task)
    tx.put(task, Group(session, record.space, record.pids, Map()))
    whole = tx.get(Session, session)
    tx.put(session, replace(whole, groups=whole.groups.set(task, None)))


def make_session(tx: Transaction, task: TaskId) -> None:
    """Found a session called after *task*, with a group of that name and no terminal."""
    record = tx.get(Task, task)
    tx.put(task, Session(record.space, record.pids, Map()))
    make_group(tx, task, task)


def members(tx: Transaction, group: TaskId) -> list[TaskId]:
    """The thread-group leaders in *group*, the latest to join first, as the kernel lists them."""
    record = tx.find(Group, group)
    if record is None:
        return []
    joined = record.members
    return sorted(joined, key=joined.__getitem__, reverse=True)


def send_group(
    tx: Transaction, group: TaskId, signo: int, code: int = SiCode.SI_KERNEL, *, force: bool = True
) -> None:
    """Send a signal of the kernel's own to every member of *group*."""
    for member in members(tx, group):
        signals.send(tx, member, SigInfo(signo, int(code)), force=force)


def orphaned(tx: Transaction, group: TaskId, besides: TaskId | None = None) -> bool:
    """Whether nobody is left who could do job control on *group* (setpgid(2), POSIX).

    That is: no member, not counting *besides* and the dead, has a parent in another group of
    the same session, the first task of the machine not counting as one.
    """
    for member in members(tx, group):
        task = tx.get(Task, member)
        if member == besides or (task.state is State.ZOMBIE and not task.threads):
            continue
        parent = tx.find(Task, task.parent)
        if parent is None or parent.pids[0] == 1:
            continue
        if parent.group != group and parent.session == task.session:
            return False
    return True


def after_loss(tx: Transaction, child: TaskId, parent: TaskId, *, child_dies: bool) -> None:
    """A link between groups is going: either *child* dies, or its *parent* did.

    If that orphans the child's group while it has stopped members, they get SIGHUP, then
    SIGCONT (kill_orphaned_pgrp in kernel/exit.c).
    """
    task = tx.get(Task, child)
    other = tx.find(Task, parent)
    if other is None or other.group == task.group or other.session != task.session:
        return
    if not orphaned(tx, task.group, child if child_dies else None):
        return
    if any(stopping.is_stopped(tx, tx.get(Task, each)) for each in members(tx, task.group)):
        send_group(tx, task.group, Sig.SIGHUP)
        send_group(tx, task.group, Sig.SIGCONT)


@handles(Setsid)
def setsid(tx: Transaction, caller: TaskId, request: Setsid) -> int:
    """setsid(2): EPERM while any process is in a group that is called by the caller's pid."""
    del request
    leader = tx.get(Task, caller).leader
    if tx.find(Group, leader) is not None or tx.find(Session, leader) is not None:
        mine = tx.get(Task, leader).group == leader
        whose = "the caller leads" if mine else "another process is in"
        raise Errno.EPERM(f"{whose} a process group of that number")
    task = tx.get(Task, leader)
    make_session(tx, leader)
    join(tx, leader, leader)
    old = task.group
    tx.put(leader, replace(task, group=leader, session=leader, tty=NO_TERMINAL))
    part(tx, leader, old)
    sid = pids.leave(tx, caller, leader, "sid")
    pids.hold(tx, caller, sid, leader)
    return sid


@handles(Setpgid)
def setpgid(tx: Transaction, caller: TaskId, request: Setpgid) -> int:
    """setpgid(2), with the refusals in the kernel's order."""
    if (request.pgid or request.pid) < 0:
        raise Errno.EINVAL(f"{request.pgid or request.pid} is no process group id")
    me = tx.get(Task, caller).leader
    target: TaskId | None = me
    if request.pid:
        target = pids.enter(tx, caller, request.pid)
    record = None if target is None else tx.find(Task, target)
    if target is None or record is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, request.pid))
    if record.leader != target:
        raise Errno.EINVAL(f"{request.pid} is a thread; groups hold whole processes")
    mine = tx.get(Task, me)
    if record.parent == me and target != me:
        if record.session != mine.session:
            raise Errno.EPERM("the child is in another session")
        if record.flags & Flag.EXECED:
            raise Errno.EACCES("the child has done execve")
    elif target != me:
        raise Errno.ESRCH(f"pid {request.pid} is neither the caller nor its child")
    if tx.find(Session, target) is not None and record.session == target:
        raise Errno.EPERM("a session leader stays in its own group")
    group = target
    if request.pgid:
        named = pids.enter(tx, caller, request.pgid, "pgid")
        group = TaskId(0) if named is None else named
    if group != target:
        there = tx.find(Group, group)
        if there is None or there.session != mine.session:
            raise Errno.EPERM(f"no process group {request.pgid} is in the caller's session")
    if record.group == group:
        return 0
    if tx.find(Group, group) is None:
        make_group(tx, group, record.session)
    join(tx, target, group)
    tx.put(target, replace(tx.get(Task, target), group=group))
    part(tx, target, record.group)
    return 0


def _named(tx: Transaction, caller: TaskId, pid: int) -> Task:
    if not pid:
        return tx.get(Task, tx.get(Task, caller).leader)
    found = pids.enter(tx, caller, pid)
    task = None if found is None else tx.find(Task, found)
    if task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, pid))
    return tx.get(Task, task.leader)


@handles(Getpgid)
def getpgid(tx: Transaction, caller: TaskId, request: Getpgid) -> int:
    """getpgid(2)."""
    group = _named(tx, caller, request.pid).group
    pgid = pids.leave(tx, caller, group, "pgid")
    pids.hold(tx, caller, pgid, group)
    return pgid


@handles(Getsid)
def getsid(tx: Transaction, caller: TaskId, request: Getsid) -> int:
    """getsid(2)."""
    session = _named(tx, caller, request.pid).session
    sid = pids.leave(tx, caller, session, "sid")
    pids.hold(tx, caller, sid, session)
    return sid
