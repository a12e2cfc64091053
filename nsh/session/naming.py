"""How a task is named to people."""

from nsh.kernel.idmaps import uid_inside
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Director, Puppet
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


def named(machine: Machine, task: TaskId) -> str:
    """The label of *task*, or else what :func:`cid_pid` calls it."""
    puppet = machine.find(Puppet, task)
    return ("" if puppet is None else puppet.label) or cid_pid(machine, task)


def prompt(machine: Machine) -> str:
    """``0:1 init # ``: who acts, and whether as root of their user namespace."""
    task = machine.find(Task, machine.get(Director, 0).actor)
    if task is None:
        return "(nobody) # "
    space = machine.get(PidSpace, task.space)
    mark = "$" if uid_inside(machine, task.creds.userns, task.creds.euid) else "#"
    return f"{space.name or space.number}:{task.pids[-1]} {task.comm} {mark} "
