"""``/proc/PID/wchan``: where in the kernel a task sleeps, by the function's name (proc(5))."""

from typing import Final

from nsh.abi.files import Read, Write
from nsh.kernel import contexts
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import may_inspect, process_of, seen
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Flag, State
from nsh.machine.value import Transaction
from nsh.machine.waiting import Waiter

_AWAKE: Final = "0"
_ELSEWHERE: Final = "schedule"

_FROZEN: Final = {State.TRAPPED: "get_signal", State.FROZEN: "__refrigerator"}
_FUNCTIONS: Final = {
    "Clone": "kernel_clone",
    "Wait4": "do_wait",
    "Waitid": "do_wait",
    "Nanosleep": "hrtimer_nanosleep",
    "ClockNanosleep": "hrtimer_nanosleep",
    "FcntlLock": "fcntl_setlk",
    "Flock": "locks_lock_inode_wait",
    "Pause": "__do_sys_pause",
    "Sigtimedwait": "do_sigtimedwait",
    "Open": "wait_for_partner",
}
"""Where Linux 6.18 sleeps in calls that sleep in one place, by the request's name."""


@task_file("wchan")
def wchan(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The function, without a newline; 0 for a task that does not sleep in the kernel, and for
    whoever may not look into the task."""
    task = seen(tx, node)
    if task.state is State.ZOMBIE or not may_inspect(tx, caller, node.task):
        return _AWAKE
    if task.state is State.STOPPED:
        return "do_signal_stop"
    if task.state in _FROZEN:
        return _FROZEN[task.state]
    if process_of(tx, task, node.task).flags & Flag.EXITING:
        return "zap_pid_ns_processes"
    waiter = tx.find(Waiter, node.task)
    if waiter is None or node.task == caller:
        return _AWAKE
    request = waiter.request
    if isinstance(request, (Read, Write)):
        return _transfer(tx, node.task, request)
    return _FUNCTIONS.get(type(request).__name__, _ELSEWHERE)


def _transfer(tx: Transaction, task: TaskId, request: Read | Write) -> str:
    """Reading and writing sleep where the file's driver lets them."""
    entry = contexts.files(tx, task).get(request.fd)
    file = None if entry is None else tx.find(File, entry.file)
    if file is not None and file.driver.startswith("char"):
        return "wait_woken"
    if file is not None and file.driver == "timerfd":
        return "do_wait_intr_irq"
    return "anon_pipe_read" if isinstance(request, Read) else "anon_pipe_write"
