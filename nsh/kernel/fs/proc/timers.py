"""``/proc/PID/timers``: the POSIX timers of a process (proc_pid_timers(5); fs/proc/base.c).

Whom one signals is told in the numbers of the mount's pid namespace: of the "timer stat" that S2
has among the leftovers of pids, this is what became.
"""

from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import inspect, seen
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction


def _may_open(tx: Transaction, caller: TaskId, node: TaskNode) -> None:
    """EACCES for who may not look into the process; ESRCH."""
    seen(tx, node)
    inspect(tx, caller, node.task)


@task_file("timers", thread=False, asks_always=True, check_open=_may_open)
def _timers(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    from nsh.kernel.timing import proc_files

    del caller
    return proc_files.of_process(tx, seen(tx, node).leader, node.space)
