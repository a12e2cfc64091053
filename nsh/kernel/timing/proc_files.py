"""What ``/proc/PID/timers`` says (proc_pid_timers(5); fs/proc/base.c)."""

from typing import Final

from nsh.abi.timers import Notify
from nsh.kernel import pids
from nsh.kernel.timing import timers
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.timers import Timer
from nsh.machine.value import Transaction

_WORDS: Final = {
    Notify.SIGEV_SIGNAL: "signal",
    Notify.SIGEV_NONE: "none",
    Notify.SIGEV_THREAD: "thread",
    Notify.SIGEV_THREAD_ID: "signal",
}


def of_process(tx: Transaction, leader: TaskId, space: SpaceId) -> str:
    """Four lines for each of its timers, the newest first; ids in the numbers of *space*."""
    told = []
    for number, key in sorted(timers.of_process(tx, leader).timers.items(), reverse=True):
        if number < 0:
            continue
        timer = tx.get(Timer, key)
        task = tx.find(Task, timer.thread or leader)
        nr = 0 if task is None else pids.number(tx, task, space)
        whom = "tid" if timer.notify == Notify.SIGEV_THREAD_ID else "pid"
        told.append(
            f"ID: {number}\nsignal: {timer.signo}/{timer.value & 0xFFFFFFFFFFFFFFFF:016x}\n"
            f"notify: {_WORDS[Notify(timer.notify)]}/{whom}.{nr}\nClockID: {timer.clock}\n"
        )
    return "".join(told)
