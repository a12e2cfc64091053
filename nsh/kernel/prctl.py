"""prctl(2): names, subreapers, parent-death signals; capabilities have a file of their own."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import COMM_LEN
from nsh.abi.signals import NSIG
from nsh.kernel import capability_calls
from nsh.kernel.dispatch import handles
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Flag, Task
from nsh.machine.value import Transaction


@handles(Prctl)
def prctl(tx: Transaction, caller: TaskId, request: Prctl) -> int | str:
    """prctl(2)."""
    task = tx.get(Task, caller)
    leader = tx.get(Task, task.leader)
    argument = request.argument
    number = argument if isinstance(argument, int) else 0
    match request.option:
        case PrctlOption.PR_SET_NAME:
            name = str(argument).encode("utf-8", "surrogateescape").partition(b"\0")[0]
            comm = name[:COMM_LEN].decode("utf-8", "surrogateescape")
            tx.put(caller, replace(task, comm=comm))
        case PrctlOption.PR_GET_NAME:
            return task.comm
        case PrctlOption.PR_SET_CHILD_SUBREAPER:
            flags = leader.flags & ~Flag.SUBREAPER
            if number:
                flags |= Flag.SUBREAPER
                _mark_descendants(tx, task.leader)
                leader = tx.get(Task, task.leader)
            tx.put(task.leader, replace(leader, flags=flags))
        case PrctlOption.PR_GET_CHILD_SUBREAPER:
            return int(bool(leader.flags & Flag.SUBREAPER))
        case PrctlOption.PR_SET_PDEATHSIG:
            if not 0 <= number <= NSIG:
                raise Errno.EINVAL(f"{number} is no signal number")
            tx.put(caller, replace(task, death_signal=number))
        case PrctlOption.PR_GET_PDEATHSIG:
            return task.death_signal
        case _:
            told = capability_calls.prctl(tx, caller, request.option, number, request.more)
            if told is None:
                raise Errno.EINVAL(f"prctl has no operation {request.option}")
            return told
    return 0


def _mark_descendants(tx: Transaction, leader: TaskId) -> None:
    """Tell the descendants that a subreaper may be above them (walk_process_tree)."""
    todo = sorted(tx.get(Task, leader).children)
    while todo:
        tid = todo.pop()
        task = tx.get(Task, tid)
        if not task.flags & Flag.UNDER_SUBREAPER:
            tx.put(tid, replace(task, flags=task.flags | Flag.UNDER_SUBREAPER))
        todo.extend(sorted(task.children))
