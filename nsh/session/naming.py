"""How a task is named to people."""

from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Machine


def asleep(request: object) -> str:
    """What somebody does who sleeps in a system call: ``is blocked in wait4``."""
    name = type(request).__name__.lower()
    return "waits for a signal, in pause" if name == "pause" else f"is blocked in {name}"


def cid_pid(machine: Machine, task: TaskId) -> str:
    """``web:1``: the task by its own container and its number there."""
    record = machine.find(Task, task)
    if record is None:
        return "-"
    space = machine.get(PidSpace, record.space)
    return f"{space.name or space.number}:{record.pids[-1]}"
