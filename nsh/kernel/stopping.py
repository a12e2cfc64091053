"""Stopping and continuing processes, as wholes (signal(7), do_signal_stop in kernel/signal.c)."""

from msgspec.structs import replace

from nsh.abi.signals import SaFlag, SiCode, Sig
from nsh.kernel import hooks, signals, wait, waiting
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction


def is_stopped(tx: Transaction, process: Task) -> bool:
    """Whether a process is stopped, if only in the threads that its leader has left behind.

    One that has been sent SIGKILL is no more (SIGNAL_STOP_STOPPED gives way to _GROUP_EXIT).
    """
    if process.flags & Flag.DOOMED:
        return False
    if process.state is State.ZOMBIE:
        return any(tx.get(Task, tid).state is State.STOPPED for tid in process.threads)
    return process.state is State.STOPPED


def stop(tx: Transaction, leader: TaskId, signo: int) -> None:
    """Stop a process, once, and tell its parent."""
    process = tx.get(Task, leader)
    if is_stopped(tx, process):
        return
    flags = process.flags & ~(Flag.STOP_REPORTED | Flag.CONTINUED)
    state = process.state if process.state is State.ZOMBIE else State.STOPPED
    tx.put(leader, replace(process, state=state, status=signo, flags=flags))
    for tid in process.threads:
        tx.put(tid, replace(tx.get(Task, tid), state=State.STOPPED))
    for tid in (leader, *process.threads):
        if signals.awaited_by(tx, tid) is not None:
            signals.interrupt(tx, tid)  # as after any default action
        for hook in hooks.stop:
            hook(tx, tid)
    _tell_parent(tx, leader, SiCode.CLD_STOPPED, signo)


def go_on(tx: Transaction, leader: TaskId) -> bool:
    """Let a stopped process go on; whether it was one.

    It tells its parent itself, when it is its turn to act (get_signal in kernel/signal.c).
    """
    process = tx.get(Task, leader)
    if not is_stopped(tx, process):
        return False
    for tid in (leader, *process.threads):
        task = tx.get(Task, tid)
        if task.state is State.STOPPED:
            tx.put(tid, replace(task, state=State.ALIVE))
            waiting.unqueue(tx, tid, anew=True)  # as after any signal that was not handled
            waiting.ready(tx, tid)
            for hook in hooks.go_on:
                hook(tx, tid)
    process = tx.get(Task, leader)
    flags = process.flags & ~Flag.STOP_REPORTED | Flag.CONTINUED | Flag.CLD_CONTINUED
    tx.put(leader, replace(process, flags=flags, status=0))
    return True


def tell_that_it_goes_on(tx: Transaction, leader: TaskId) -> None:
    """A process that has been let go on tells its parent so."""
    process = tx.get(Task, leader)
    tx.put(leader, replace(process, flags=process.flags & ~Flag.CLD_CONTINUED))
    _tell_parent(tx, leader, SiCode.CLD_CONTINUED, int(Sig.SIGCONT))


def _tell_parent(tx: Transaction, leader: TaskId, code: SiCode, status: int) -> None:
    """SIGCHLD for a stop or a continuation, and whoever waits for one."""
    process = tx.get(Task, leader)
    parent = tx.find(Task, process.parent)
    if parent is None:
        return
    action = parent.actions.by_signal.get(Sig.SIGCHLD)
    if action is None or not (action.flags & SaFlag.SA_NOCLDSTOP or action.handler == "ignore"):
        told = process.parent_thread or process.parent
        signals.send(tx, told, signals.child_info(tx, process, parent, code, status), force=True)
    wait.tell(tx, leader, process)
