"""``/proc/PID/timers``: the POSIX timers of a process (proc_pid_timers(5); fs/proc/base.c).

Whom one signals is told in the numbers of the mount's pid namespace: of the "timer stat" that S2
has among the leftovers of pids, this is what became.
"""

from typing import Final

from nsh.abi.timers import Notify
from nsh.kernel import pids, timers
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import seen
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.timers import Timer
from nsh.machine.value import Transaction

_WORDS: Final = {
    Notify.SIGEV_SIGNAL: "signal",
    Notify.SIGEV_NONE: "none",
    Notify.SIGEV_THREAD: "thread",
    Notify.SIGEV_THREAD_ID: "signal",
}


@task_file("timers", thread=False)
def content(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """Four lines for each, the newest first."""
    del caller
    leader = seen(tx, node).leader
    told = []
    for number, key in sorted(timers.of_process(tx, leader).timers.items(), reverse=True):
        if number < 0:
            continue
        timer = tx.get(Timer, key)
        task = tx.find(Task, timer.thread or leader)
        nr = 0 if task is None else pids.number(tx, task, node.space)
        whom = "tid" if timer.notify == Notify.SIGEV_THREAD_ID else "pid"
        told.append(
            f"ID: {number}\nsignal: {timer.signo}/{timer.value & 0xFFFFFFFFFFFFFFFF:016x}\n"
            f"notify: {_WORDS[Notify(timer.notify)]}/{whom}.{nr}\nClockID: {timer.clock}\n"
        )
    return "".join(told)
