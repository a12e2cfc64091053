"""The state letter of a task, as ps(1) prints it; who is frozen, and sleeps for ps, has one too."""

from nsh.machine.ids import TaskId
from nsh.machine.observed import Sighting
from nsh.machine.program import Puppet
from nsh.machine.tasks import State, Task
from nsh.machine.value import Machine
from nsh.machine.waiting import Waiter


def letter(machine: Machine, tid: TaskId, task: Task) -> str:
    """``Z`` zombie, ``T`` stopped, ``F`` frozen, ``R`` a program that may take a step, ``S`` all
    others: blocked in a system call, or a puppet that waits to be told what to do.  Of a task that
    was observed it is the letter that the kernel told."""
    seen = machine.find(Sighting, tid)
    if seen is not None:
        return seen.state
    if task.state is State.ZOMBIE:
        return "Z"
    if task.state is State.STOPPED:
        return "T"
    if task.state is not State.ALIVE:
        return "F"
    if machine.find(Waiter, tid) is not None:
        return "S"
    puppet = machine.find(Puppet, tid)
    return "R" if puppet is not None and puppet.program is not None else "S"
