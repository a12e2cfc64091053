"""What ``/proc/PID/timers`` says, and ``fdinfo`` of a timer's file (proc_pid_timers(5),
proc_pid_fdinfo(5))."""

from typing import Final

from nsh.abi.timers import Notify
from nsh.kernel import pids
from nsh.kernel.fs.proc.descriptors import detail
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.sysv import ipc_permission
from nsh.kernel.timing import timers
from nsh.machine.files import File
from nsh.machine.ids import FileId, SpaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.timerfd import TimerNode
from nsh.machine.timers import Timer
from nsh.machine.value import Transaction

_SECOND: Final = 1_000_000_000
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
        if task is None:
            nr = ipc_permission.number(space, timer.numbers)
        else:
            nr = pids.number(tx, task, space)
        whom = "tid" if timer.notify == Notify.SIGEV_THREAD_ID else "pid"
        told.append(
            f"ID: {number}\nsignal: {timer.signo}/{timer.value & 0xFFFFFFFFFFFFFFFF:016x}\n"
            f"notify: {_WORDS[Notify(timer.notify)]}/{whom}.{nr}\nClockID: {timer.clock}\n"
        )
    return "".join(told)


@detail
def of_file(tx: Transaction, node: TaskNode, key: FileId) -> str:
    """The lines of ``fdinfo`` (timerfd_show): one that has gone off has no time left."""
    subject = tx.get(File, key).place.node
    if not isinstance(subject, TimerNode):
        return ""
    timer = tx.get(Timer, subject.timer)
    left = max(0, timer.expires - tx.clock) if timer.expires is not None else 0
    return (
        f"clockid: {timer.clock}\nticks: {int(timer.spent)}\nsettime flags: 0{timer.flags:o}\n"
        f"it_value: {_pair(left)}\nit_interval: {_pair(timer.interval)}\n"
    )


def _pair(nanoseconds: int) -> str:
    return "({}, {})".format(*divmod(nanoseconds, _SECOND))
