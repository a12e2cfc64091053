"""The end of tasks: exit, orphans, zombies, reaping (_exit(2), wait(2), pid_namespaces(7)).

A process passes through here once: threads go, its files close, its children find a new
parent, it becomes a zombie and its parent is told; whoever waits for it has it reaped.
"""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.process import Exit, ExitGroup, exited, killed
from nsh.abi.signals import SaFlag, SiCode, Sig, bit
from nsh.kernel import (
    contexts,
    dispositions,
    families,
    hooks,
    pending,
    pids,
    sessions,
    signals,
    spaces,
    wait,
    waiting,
)
from nsh.kernel.dispatch import handles
from nsh.machine.cgroups import is_frozen
from nsh.machine.ids import NOBODY, ContextId, SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.settings import Halted
from nsh.machine.signals import Action, SigInfo
from nsh.machine.tasks import ALIVE, STOPPED, ZOMBIE, Flag, Group, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import RunQueue, Waiter

_SIGCHLD: Final = int(Sig.SIGCHLD)
_NO_CONTEXT: Final = ContextId(0)
_REAPING: Final = Action("ignore")
_ENDING: Final = Flag.GROUP_EXIT | Flag.EXITING
_KEPT: Final = ~(
    Flag.STOP_REPORTED
    | Flag.CONTINUED
    | Flag.CLD_CONTINUED
    | Flag.EXITING
    | Flag.LINGERING
    | Flag.DOOMED
)
"""What outlives a process into its zombie."""


@handles(ExitGroup)
def exit_group(tx: Transaction, caller: TaskId, request: ExitGroup) -> int:
    """exit_group(2)."""
    status = (request.status & 0xFF) << 8
    task = tx.get(Task, caller)
    if task.leader == caller:
        _kill(tx, caller, task, status)
    else:
        families.leave_to_leader(tx, task.leader, caller)
        kill(tx, task.leader, status)
    return 0


@handles(Exit)
def exit_thread(tx: Transaction, caller: TaskId, request: Exit) -> int:
    """_exit(2) of one thread; the last one's status is the process's."""
    leader = tx.get(Task, caller).leader
    status = exited(request.status)
    alive = [tid for tid in _threads(tx, leader) if tx.get(Task, tid).state is not ZOMBIE]
    if alive == [caller]:
        kill(tx, leader, status)
    elif caller == leader:
        families.leave_to_thread(tx, leader, caller)
        _let_go(tx, leader)
        tx.put(leader, replace(tx.get(Task, leader), state=ZOMBIE, status=status))
        tx.deaths.append(leader)
    else:
        families.leave_to_thread(tx, leader, caller)
        _drop_thread(tx, leader, caller, status)
    return 0


def _threads(tx: Transaction, leader: TaskId) -> tuple[TaskId, ...]:
    return (leader, *tx.get(Task, leader).threads)


def leave_one(tx: Transaction, survivor: TaskId) -> None:
    """End every other thread of *survivor*'s process; it takes over the leader's identity.

    (de_thread in fs/exec.c: the process keeps its pid whoever calls execve.)
    """
    task = tx.get(Task, survivor)
    leader = task.leader
    process = tx.get(Task, leader)
    heir = NOBODY if survivor == leader else survivor
    for tid in families.heirs_first(leader, process.threads, survivor):
        if tid != leader:
            families.leave_to_thread(tx, leader, tid, heir)
            _drop_thread(tx, leader, tid)
        elif survivor != leader and process.state is not ZOMBIE:
            families.leave_to_thread(tx, leader, leader, heir)
            _let_go(tx, leader)
    if survivor == leader:
        return
    for child in tx.get(Task, leader).children:
        tx.put(child, replace(tx.get(Task, child), parent_thread=NOBODY))
    own = tx.get(Task, survivor)
    if own.pending or process.pending:  # the leader's go with it, and the survivor's stay
        tx.put(survivor, replace(own, pending=tx.get(Task, leader).pending))
    _remove_thread(tx, leader, survivor)
    contexts.take_over(tx, own.context, survivor, leader)
    tx.put(
        leader,
        replace(
            tx.get(Task, leader),
            context=own.context,
            comm=own.comm,
            creds=own.creds,
            state=ALIVE,
            status=0,
            blocked=own.blocked,
            pending=own.pending,
            death_signal=own.death_signal,
        ),
    )


def _let_go(tx: Transaction, tid: TaskId) -> None:
    """What every dying thread gives up at once: its blocked call, files and namespaces."""
    if tx.find(Waiter, tid) is not None:
        _stop_waiting(tx, tid)
    hooks.dying(tx, tid, tx.get(Task, tid))
    task = tx.get(Task, tid)
    contexts.drop(tx, task.context)
    tx.put(tid, replace(task, context=_NO_CONTEXT))


def _stop_waiting(tx: Transaction, tid: TaskId) -> None:
    waiter = tx.get(Waiter, tid)
    if tx.get(Task, tid).state is ALIVE:
        awaited = signals.awaited_by(tx, tid)
        if awaited is not None:  # sigtimedwait takes what has come, be it what it dies of
            pending.dequeue(tx, tid, awaited)
        elif not waiter.channels and not waiter.anew:
            wait.last_look(tx, tid, waiter)
    waiting.done(tx, tid)


def _drop_thread(tx: Transaction, leader: TaskId, tid: TaskId, status: int = 0) -> None:
    """A thread other than the leader dies with *status*; nobody waits for it, so it is gone."""
    _let_go(tx, tid)
    if status:
        tx.put(tid, replace(tx.get(Task, tid), status=status))
    _remove_thread(tx, leader, tid)


def _remove_thread(tx: Transaction, leader: TaskId, tid: TaskId) -> None:
    process = tx.get(Task, leader)
    threads = tuple(other for other in process.threads if other != tid)
    tx.put(leader, replace(process, threads=threads))
    record = tx.get(Task, tid)
    tx.drop(Task, tid)
    tx.deaths.append(tid)
    pids.depart(tx, tid, record)
    hooks.gone(tx, tid, record)


def kill(tx: Transaction, leader: TaskId, status: int) -> None:
    """End the whole process with wait status *status*."""
    _kill(tx, leader, tx.get(Task, leader), status)


def _kill(tx: Transaction, leader: TaskId, process: Task, status: int) -> None:
    if process.flags & _ENDING:
        return
    if process.threads:
        tx.put(leader, replace(process, flags=process.flags | Flag.GROUP_EXIT))
        for tid in process.threads:
            _drop_thread(tx, leader, tid, status)
        process = tx.get(Task, leader)
    if 1 in process.pids:
        space = spaces.own_namespace(tx, process.space)
        if tx.get(PidSpace, space).init == leader:
            if not _end_of_init(tx, leader, process, space, status):
                return
            process = tx.get(Task, leader)
    _die(tx, leader, process, status)


def _die(tx: Transaction, leader: TaskId, process: Task, status: int) -> None:
    """The end proper: a zombie is left, and its parent is told.

    What pends stays on its queues until it is reaped, what killed it included if that was never
    taken off (complete_signal); a first thread that has lived until now has taken off SIGKILL.
    """
    tx.deaths.append(leader)
    if process.context:
        if tx.find(Waiter, leader) is not None:
            _stop_waiting(tx, leader)
        hooks.dying(tx, leader, process)
        contexts.drop(tx, process.context)
        process = tx.get(Task, leader)
    if process.children:
        _orphan(tx, leader, process)
        process = tx.get(Task, leader)
    zombie = replace(
        process,
        context=_NO_CONTEXT,
        state=ZOMBIE,
        status=status,
        pending=process.pending and _left(process),
        flags=process.flags & _KEPT | Flag.GROUP_EXIT,
    )
    tx.put(leader, zombie)
    parent = tx.find(Task, process.parent)
    if parent is None:
        if process.flags & Flag.UMH:
            reap(tx, leader, zombie)
        return
    if parent.group != process.group:
        sessions.after_loss(tx, leader, process.parent, child_dies=True)
        parent = tx.get(Task, process.parent)
    _notify(tx, leader, zombie, parent)


def _left(process: Task) -> tuple[SigInfo, ...]:
    """What pends for the first thread when all of the process is dead."""
    if process.state is ZOMBIE:
        return process.pending
    return tuple(info for info in process.pending if info.signo != Sig.SIGKILL)


def _notify(tx: Transaction, child: TaskId, task: Task, above: Task) -> None:
    """Tell the parent; reap at once if it has said that it does not want to know."""
    parent = task.parent
    signo = _SIGCHLD if task.flags & Flag.PARENT_EXECED else task.exit_signal
    unwanted: int = task.flags & Flag.UMH | above.flags & Flag.EXITING  # kthreadd, a dying init
    wait.tell(tx, child, task)
    if signo == _SIGCHLD:
        actions = above.actions
        if actions.by_signal or above.blocked or above.threads:
            action = actions.by_signal.get(signo)
            ignored = action is not None and action.handler == "ignore"
            if not ignored:
                told = task.parent_thread or parent
                signals.send(tx, told, _obituary(tx, task, above), force=True)
            unwanted = ignored or bool(action and action.flags & SaFlag.SA_NOCLDWAIT)
    elif signo:
        told = task.parent_thread or parent
        signals.send(tx, told, replace(_obituary(tx, task, above), signo=signo))
    if unwanted:
        reap(tx, child, tx.get(Task, child))


def _obituary(tx: Transaction, task: Task, parent: Task) -> SigInfo:
    signo = task.status & 0x7F
    if signo:
        return signals.child_info(tx, task, parent, SiCode.CLD_KILLED, signo)
    return signals.child_info(tx, task, parent, SiCode.CLD_EXITED, task.status >> 8)


def _orphan(tx: Transaction, leader: TaskId, process: Task) -> None:
    """Give the children of the dying *leader* a new parent, in order of birth."""
    heir = _heir(tx, leader, process)
    if heir == NOBODY:  # the machine's own init: the machine has halted, and its threads are gone
        for child in process.children:
            tx.put(child, replace(tx.get(Task, child), parent_thread=NOBODY))
        return
    tx.put(leader, replace(process, children=Map()))
    thread = families.taker(tx, heir) or NOBODY
    born = families.children(process)
    if len(born) > 1:  # one thread after the other, the first first, has left its own to the next
        born.sort(key=lambda child: -tx.get(Task, child).parent_thread)
    for child in born:
        families.adopt(tx, heir, child, thread)
        families.tell_of_death(tx, child, process, process)
        task = replace(tx.get(Task, child), exit_signal=_SIGCHLD)
        tx.put(child, task)
        if task.state is ZOMBIE and not task.threads:
            _notify(tx, child, task, tx.get(Task, task.parent))
        if task.group != process.group and tx.find(Task, child) is not None:
            sessions.after_loss(tx, child, leader, child_dies=False)


def _heir(tx: Transaction, leader: TaskId, process: Task) -> TaskId:
    """Who takes in the orphans: the nearest subreaper of the same pid namespace, or its init.

    (find_new_reaper in kernel/exit.c.)
    """
    if process.flags & Flag.UNDER_SUBREAPER:
        ancestor = process.parent
        while ancestor != NOBODY:
            task = tx.get(Task, ancestor)
            if task.space != process.space:
                break
            alive = task.state is not ZOMBIE or task.threads
            if task.flags & Flag.SUBREAPER and alive:
                return ancestor
            ancestor = task.parent
    return spaces.reaper_for(tx, process.space, leader)


def _end_of_init(tx: Transaction, leader: TaskId, process: Task, key: SpaceId, status: int) -> bool:
    """An init dies: its space takes no more tasks, and everybody in it is killed.

    False: it has to linger until the last of them has been reaped by a parent outside
    (zap_pid_ns_processes).  The machine's own init takes the machine with it.

    By ignoring SIGCHLD from now on it reaps whatever comes its way.
    """
    space = tx.get(PidSpace, key)
    tx.put(key, replace(space, adding=False))
    if key == spaces.ROOT:
        _panic(tx, status)
        return True
    dispositions.put(tx, leader, _SIGCHLD, _REAPING)
    process = tx.get(Task, leader)
    flags = process.flags | Flag.EXITING
    tx.put(leader, replace(process, flags=flags, status=status, pending=_left(process)))
    if process.context:  # it has let go of what it had when the others die (do_exit, exit_notify)
        _let_go(tx, leader)
    _kill_all(tx, leader, [space.task_of[nr] for nr in sorted(space.task_of)])
    for child in families.children(tx.get(Task, leader)):
        task = tx.find(Task, child)
        if task is not None and task.state is ZOMBIE and not task.flags & Flag.EXITING:
            reap(tx, child, task)
    if len(tx.get(PidSpace, key).task_of) > 1:
        _linger(tx, leader)
        return False
    return True


def _kill_all(tx: Transaction, leader: TaskId, victims: list[TaskId]) -> None:
    """SIGKILL for everybody in a space but its init, the *leader*."""
    for victim in victims:  # all are sent SIGKILL before the first of them dies
        task = tx.find(Task, victim)
        if task is not None and task.state is STOPPED and task.leader == victim != leader:
            doomed = replace(task, flags=task.flags | Flag.DOOMED, status=killed(Sig.SIGKILL))
            tx.put(victim, doomed)
    for victim in victims:
        task = tx.find(Task, victim)
        if victim == leader or task is None or task.leader != victim:
            continue
        if task.flags & Flag.KTHREAD and task.actions.ignored & bit(Sig.SIGKILL):
            continue  # it takes no signals, and nobody can end it but the kernel
        if (task.state is not ZOMBIE or task.threads) and not task.flags & _ENDING:
            tx.put(victim, replace(task, shared=(*task.shared, SigInfo(int(Sig.SIGKILL)))))
            if is_frozen(tx, victim):  # it dies when it is let go
                _doom(tx, victim)
            else:
                kill(tx, victim, killed(Sig.SIGKILL))


def _doom(tx: Transaction, victim: TaskId) -> None:
    task = tx.get(Task, victim)
    flags = task.flags | Flag.DOOMED
    tx.put(victim, replace(task, flags=flags, status=killed(Sig.SIGKILL)))


def _linger(tx: Transaction, leader: TaskId) -> None:
    """Only the pid of a lingering init is still there, and what pends for it."""
    process = tx.get(Task, leader)
    flags = process.flags | Flag.LINGERING
    tx.deaths.append(leader)
    tx.put(leader, replace(process, flags=flags, state=ALIVE))


def _panic(tx: Transaction, status: int) -> None:
    code = f"0x{status:08x}"
    tx.drop(RunQueue, 0)  # nobody takes another step
    message = f"Kernel panic - not syncing: Attempted to kill init! exitcode={code}"
    tx.put(0, Halted(message))
    for hook in hooks.panic:
        hook(tx, message)


def reap(tx: Transaction, child: TaskId, task: Task, parent: Task | None = None) -> None:
    """Remove the zombie *child*, whose record is *task*: its numbers are free again, its parent's
    account is closed.  *parent* is that one's record, where it is at hand."""
    if task.parent != NOBODY:
        if parent is None:
            parent = tx.get(Task, task.parent)
        tx.put(task.parent, replace(parent, children=parent.children.delete(child)))
    group = tx.get(Group, task.group)
    if len(group.members) == 1:
        sessions.part(tx, child, task.group)
    else:
        members = group.members.delete(child)
        tx.put(task.group, Group(group.session, group.space, group.pids, members))
    tx.drop(Task, child)
    pids.depart(tx, child, task)
    hooks.gone(tx, child, task)


def finish_init(tx: Transaction, leader: TaskId) -> None:
    """The last number but its own is free in the space of a lingering init: it may go."""
    init = tx.find(Task, leader)
    if init is not None and init.flags & Flag.LINGERING:
        _die(tx, leader, init, init.status)
