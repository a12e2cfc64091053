"""Parents and children: the kernel's order among siblings, and which thread of a process has
which child (kernel/exit.c).

For most purposes a child belongs to a whole process.  But it is one thread's that forked it, or
took it in: that thread's death sends the child's death signal, and __WNOTHREAD asks for it.
"""

from msgspec.structs import replace

from nsh.abi.signals import Sig
from nsh.kernel import capabilities, pids, signals
from nsh.kernel.idmaps import uid_inside
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction


def children(task: Task) -> list[TaskId]:
    """The children of *task* in the kernel's order: as they were born or taken in."""
    if len(task.children) < 2:
        return list(task.children) if task.children else []
    return [child for child, _told in sorted(task.children.items(), key=_since)]


def _since(entry: tuple[TaskId, int]) -> int:
    child, told = entry
    return -told if told < 0 else child


def adopt(tx: Transaction, parent: TaskId, child: TaskId, thread: TaskId) -> None:
    """Enter *child* as the youngest among the children of *parent*, as *thread*'s.

    A number that fork told the parent for it stays among those that the parent holds.
    """
    above = tx.get(Task, parent)
    told = above.children.get(child, 0)
    if told > 0:
        pids.hold(tx, parent, told, child)
    tx.put(parent, replace(above, children=above.children.set(child, -tx.fresh())))
    tx.put(child, replace(tx.get(Task, child), parent=parent, parent_thread=thread))


def taker(tx: Transaction, leader: TaskId, besides: TaskId = NOBODY) -> TaskId | None:
    """The first living thread of a process, as ``parent_thread`` names it (NOBODY: the leader).

    None if nobody but *besides* lives (find_alive_thread).
    """
    process = tx.get(Task, leader)
    if process.state is not State.ZOMBIE and leader != besides:
        return NOBODY
    for tid in process.threads:
        if tid != besides:
            return tid
    return None


def leave_to_thread(tx: Transaction, leader: TaskId, thread: TaskId, heir: TaskId = NOBODY) -> None:
    """*thread* is dying: its children go to another thread of its process, to *heir* if given."""
    process = tx.get(Task, leader)
    if not process.children:
        return
    old = NOBODY if thread == leader else thread
    new = heir or taker(tx, leader, besides=thread)
    if new is None:
        return
    for child in children(process):
        if tx.get(Task, child).parent_thread == old:
            adopt(tx, leader, child, new)
            tell_of_death(tx, child, tx.get(Task, thread), process)


def heirs_first(leader: TaskId, threads: tuple[TaskId, ...], first: TaskId) -> tuple[TaskId, ...]:
    """The threads of a process without *first*, in the order in which their children come to
    stand in the end, when all die from *first* on (zap_other_threads).

    They die in the order in which they were made, the leader among them as the oldest, beginning
    again with it after the youngest; and whose turn it is leaves all that it has to the oldest that
    lives, where it stands behind that one's own (find_alive_thread).
    """
    if first == leader:
        return threads
    place = threads.index(first)
    return (*reversed(threads[:place]), leader, *threads[place + 1 :])


def leave_to_leader(tx: Transaction, leader: TaskId, caller: TaskId) -> None:
    """Thread *caller* ends the process: it dies first and the threads younger than it next, so
    that the leader, which is still there, has their children behind its own."""
    process = tx.get(Task, leader)
    if not process.children or process.state is State.ZOMBIE:
        return
    for thread in process.threads[process.threads.index(caller) :]:
        for child in children(tx.get(Task, leader)):
            if tx.get(Task, child).parent_thread == thread:
                adopt(tx, leader, child, NOBODY)


def tell_of_death(tx: Transaction, child: TaskId, dying: Task, parent: Task) -> None:
    """Send the signals that threads of *child* want when *dying*, their thread of the process
    *parent*, ends (PR_SET_PDEATHSIG): as if it sent them, if it may."""
    task = tx.get(Task, child)
    threads = [task, *(tx.get(Task, tid) for tid in task.threads)] if task.threads else [task]
    for thread in threads:
        signo = thread.death_signal
        if not signo or not _may_signal(tx, dying, parent, thread, task, signo):
            continue
        uid = uid_inside(tx, task.creds.userns, dying.creds.uid)
        info = SigInfo(signo, 0, pids.number(tx, parent, task.space), uid)
        signals.send(tx, child, info, force=True)


def _may_signal(
    tx: Transaction, dying: Task, parent: Task, thread: Task, child: Task, signo: int
) -> bool:
    if capabilities.may_signal(tx, dying.creds, thread.creds):
        return True
    return signo == Sig.SIGCONT and parent.session == child.session
