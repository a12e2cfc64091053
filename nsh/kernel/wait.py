"""Waiting for children: wait4(2), waitid(2).

Children are looked at in the order of the kernel's list, as they were born or taken in.
"""

from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import OpenFlag
from nsh.abi.process import (
    CONTINUED,
    IdType,
    Wait4,
    Waitid,
    WaitInfo,
    WaitOption,
    WaitResult,
    stopped,
)
from nsh.abi.request import Failure
from nsh.abi.signals import SiCode, Sig
from nsh.kernel import death, families, pids, stopping, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.idmaps import tell_uid
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.record import Record
from nsh.machine.tasks import ZOMBIE, Flag, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import Channel, On, Waiter, channel

_ECHILD: Final = Errno.ECHILD
_CHILDLESS: Final = Failure(Errno.ECHILD, "no such child to wait for")
"""So ends every loop that waits for all: to raise it would take longer than to find a child."""
_EINTR: Final = Errno.EINTR
_INT_MIN: Final = -(2**31)
_SIGCHLD: Final = int(Sig.SIGCHLD)
_CHILD: Final = int(On.CHILD)
_W4: Final = int(
    WaitOption.WNOHANG
    | WaitOption.WUNTRACED
    | WaitOption.WCONTINUED
    | WaitOption.WNOTHREAD
    | WaitOption.WALL
    | WaitOption.WCLONE
)
_WID: Final = _W4 | int(WaitOption.WEXITED | WaitOption.WSTOPPED | WaitOption.WNOWAIT)
_EVENTS: Final = int(WaitOption.WEXITED | WaitOption.WSTOPPED | WaitOption.WCONTINUED)
# Plain integers, for an IntFlag's operators are slow.
_WNOHANG: Final = int(WaitOption.WNOHANG)
_WEXITED: Final = int(WaitOption.WEXITED)
_WSTOPPED: Final = int(WaitOption.WSTOPPED)
_WCONTINUED: Final = int(WaitOption.WCONTINUED)
_WNOWAIT: Final = int(WaitOption.WNOWAIT)
_WNOTHREAD: Final = int(WaitOption.WNOTHREAD)
_WCLONE: Final = int(WaitOption.WCLONE)
_WALL: Final = int(WaitOption.WALL)


class Event(Record):
    """What a wait found: whom, the wait status, and how siginfo calls it."""

    pid: int
    uid: int
    status: int
    code: SiCode | None
    """None: it is dead, and the status says by what."""


def _children(tx: Transaction, caller: TaskId, me: Task, options: int) -> list[TaskId]:
    """The children of the caller's process *me*, as wait comes by them: the calling thread's
    own first, then those of the threads after it (do_wait in kernel/exit.c)."""
    found = families.children(me)
    if found and (me.threads or me.leader != caller):
        return _by_thread(tx, caller, me, found, options)
    return found


def _by_thread(
    tx: Transaction, caller: TaskId, me: Task, found: list[TaskId], options: int
) -> list[TaskId]:
    ring = (me.leader, *me.threads)
    start = ring.index(caller)
    ring = ring[start:] + ring[:start]
    if options & _WNOTHREAD:
        ring = ring[:1]
    of = {child: tx.get(Task, child).parent_thread or me.leader for child in found}
    return [child for tid in ring for child in found if of[child] == tid]


def tell(tx: Transaction, child: TaskId, task: Task) -> None:
    """Something has become of *child*: threads of its parent that wait for it look again.

    Others are left alone, even if nothing that they wait for is left (child_wait_callback).
    """
    found = tx.find(Channel, task.parent << 4 | _CHILD)
    if found is None:
        return
    for tid in found.tasks:
        if _waits_for(tx, tid, child, task):
            waiting.poke(tx, tid)


def last_look(tx: Transaction, tid: TaskId, waiter: Waiter) -> None:
    """The woken *tid* is about to die.  A wait looks once more before, and what it finds is found:
    so a child that dies with its parent, by ^C say, is gone too."""
    crossings = len(tx.crossings)
    with suppress(KernelError, WouldBlock):
        match waiter.request:
            case Wait4() as request:
                wait4(tx, tid, request)
            case Waitid() as request:
                waitid(tx, tid, request)
    del tx.crossings[crossings:]


def _waits_for(tx: Transaction, tid: TaskId, child: TaskId, task: Task) -> bool:
    waiter = tx.get(Waiter, tid)
    request = waiter.request
    match request:
        case Wait4():
            kind = IdType.P_PID if request.pid > 0 else IdType.P_PGID
            kind, named = (IdType.P_ALL, 0) if request.pid == -1 else (kind, abs(request.pid))
        case Waitid(idtype=IdType.P_PIDFD):
            return _of_file(tx, tid, request.id)[0] == child
        case Waitid():
            kind, named = IdType(request.idtype), request.id
        case _:
            return True
    if request.options & _WNOTHREAD and (task.parent_thread or task.parent) != tid:
        return False
    if kind is IdType.P_ALL:
        return True
    if kind is IdType.P_PGID:
        return waiter.found == task.group
    return pids.lookup(tx, tx.get(Task, tid).space, named) == child


@handles(Wait4)
def wait4(tx: Transaction, caller: TaskId, request: Wait4) -> WaitResult | Failure:
    """wait4(2)."""
    options = request.options
    pid = request.pid
    if options & ~_W4:
        raise Errno.EINVAL(f"wait4 does not take option bits {options & ~_W4:#x}")
    if pid == _INT_MIN:
        raise Errno.ESRCH("no process group can have that number")
    me = tx.get(Task, caller)
    if me.leader != caller:
        me = tx.get(Task, me.leader)
    group: TaskId | None = None
    if pid > 0:
        only = pids.enter(tx, caller, pid)
        candidates = _only(tx, caller, me, only, options)
    else:
        if pid == -1 and not me.children:
            return _CHILDLESS
        candidates = _children(tx, caller, me, options)
        if pid != -1:
            group = _group(tx, caller, me, -pid)
            candidates = candidates if group is not None else []
    found = _look(tx, caller, me, candidates, group, options | _WEXITED)
    return WaitResult(0, 0) if found is None else WaitResult(found.pid, found.status)


@handles(Waitid)
def waitid(tx: Transaction, caller: TaskId, request: Waitid) -> WaitInfo:
    """waitid(2)."""
    options = request.options
    if options & ~_WID:
        raise Errno.EINVAL(f"waitid does not take option bits {options & ~_WID:#x}")
    if not options & _EVENTS:
        raise Errno.EINVAL("waitid has to be told what to wait for: WEXITED, WSTOPPED, WCONTINUED")
    me = tx.get(Task, tx.get(Task, caller).leader)
    group: TaskId | None = None
    asks = 0  # WNOHANG, if the descriptor is what says so
    match request.idtype:
        case IdType.P_ALL:
            candidates = _children(tx, caller, me, options)
        case IdType.P_PID:
            if request.id <= 0:
                raise Errno.EINVAL(f"{request.id} is no pid")
            only = pids.enter(tx, caller, request.id)
            candidates = _only(tx, caller, me, only, options)
        case IdType.P_PGID:
            if request.id < 0:
                raise Errno.EINVAL(f"{request.id} is no process group")
            group = _group(tx, caller, me, request.id)
            candidates = [] if group is None else _children(tx, caller, me, options)
        case IdType.P_PIDFD:
            if request.id < 0:
                raise Errno.EINVAL(f"{request.id} is no descriptor")
            only, asks = _of_file(tx, caller, request.id)
            candidates = _only(tx, caller, me, only, options)
        case _:
            raise Errno.EINVAL(f"{request.idtype} is no kind of id")
    found = _look(tx, caller, me, candidates, group, options | asks)
    if found is None:
        if asks and not options & _WNOHANG:
            raise Errno.EAGAIN("nothing has happened yet, and the descriptor is PIDFD_NONBLOCK")
        return WaitInfo(0, 0, 0, 0)
    code, status = found.code, found.status
    if code is None:
        killed = status & 0x7F
        code = SiCode.CLD_KILLED if killed else SiCode.CLD_EXITED
        status = killed or status >> 8 & 0xFF
    elif code is SiCode.CLD_STOPPED:
        status >>= 8
    else:
        status = int(Sig.SIGCONT)
    uid = tell_uid(tx, tx.get(Task, caller).creds.userns, found.uid)
    return WaitInfo(found.pid, uid, int(code), status)


def _group(tx: Transaction, caller: TaskId, me: Task, number: int) -> TaskId | None:
    """The group that the caller calls *number* (0: its own), or called so when it began to wait."""
    before = waiting.found_before(tx, caller)
    if before:
        return TaskId(before)
    return pids.enter(tx, caller, number, "pgid") if number else me.group


def _of_file(tx: Transaction, caller: TaskId, fd: int) -> tuple[TaskId, int]:
    """Whose file is open as *fd*, and WNOHANG if that is not to wait.  EBADF."""
    from nsh.kernel.pidfds.files import named

    task, file = named(tx, caller, fd)
    return task, _WNOHANG * bool(file.flags & OpenFlag.O_NONBLOCK)


def _only(
    tx: Transaction, caller: TaskId, me: Task, child: TaskId | None, options: int
) -> list[TaskId]:
    """*child* alone, if it is one that the caller may wait for."""
    if child is None or child not in me.children:
        return []
    if options & _WNOTHREAD and (tx.get(Task, child).parent_thread or me.leader) != caller:
        return []
    return [child]


def _look(
    tx: Transaction,
    caller: TaskId,
    me: Task,
    candidates: list[TaskId],
    group: TaskId | None,
    options: int,
) -> Event | None:
    """The first event among *candidates*; None for WNOHANG; ECHILD, EINTR; or it blocks.

    *me* is the record of the caller's process.
    """
    waiter = tx.find(Waiter, caller)
    vain = waiter is not None and waiter.vain
    eligible = False
    for child in candidates:
        task = tx.get(Task, child)
        if group is not None and task.group != group:
            continue
        if not options & _WALL and (task.exit_signal != _SIGCHLD) != bool(options & _WCLONE):
            continue
        if vain:
            raise _EINTR("a signal was handled")
        if task.state is ZOMBIE and not task.threads:
            if options & _WEXITED:
                return _dead(tx, me, child, task, options)
            continue  # it has nothing more to tell to who does not ask for the dead
        eligible = True
        event = _event(tx, me.space, child, task, options)
        if event is not None:
            return event
    if not eligible:
        raise _ECHILD("no such child to wait for")
    if options & _WNOHANG:
        return None
    if waiter is not None and waiter.interrupted:
        raise _EINTR("a signal was handled")
    raise WouldBlock(
        (channel(On.CHILD, me.leader),), reason="waiting for a child", found=group or 0
    )


def _dead(tx: Transaction, me: Task, child: TaskId, task: Task, options: int) -> Event:
    """What there is to tell about the zombie *child*, which is reaped unless WNOWAIT."""
    pid = pids.tell(tx, me.space, child, task.space, task.pids, "pid")
    if not options & _WNOWAIT:
        death.reap(tx, child, task, me)
    return Event(pid, task.creds.uid, task.status, None)


def _event(
    tx: Transaction, viewer: SpaceId, child: TaskId, task: Task, options: int
) -> Event | None:
    """What there is to tell about *child* in the numbers of *viewer*; told once unless WNOWAIT."""
    keep = options & _WNOWAIT
    if (
        options & _WSTOPPED
        and not task.flags & Flag.STOP_REPORTED
        and stopping.is_stopped(tx, task)
    ):
        event = _told(tx, viewer, child, task, stopped(task.status), SiCode.CLD_STOPPED)
        if not keep:
            tx.put(child, replace(task, flags=task.flags | Flag.STOP_REPORTED))
        return event
    if task.flags & Flag.CONTINUED and options & _WCONTINUED:
        event = _told(tx, viewer, child, task, CONTINUED, SiCode.CLD_CONTINUED)
        if not keep:
            tx.put(child, replace(task, flags=task.flags & ~Flag.CONTINUED))
        return event
    return None


def _told(
    tx: Transaction,
    viewer: SpaceId,
    child: TaskId,
    task: Task,
    status: int,
    code: SiCode,
) -> Event:
    pid = pids.tell(tx, viewer, child, task.space, task.pids, "pid")
    return Event(pid, task.creds.uid, status, code)
