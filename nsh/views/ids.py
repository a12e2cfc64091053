"""What a task, process group or session is called in a pid space, and a space by people."""

from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet
from nsh.machine.tasks import Group, Session, Task
from nsh.machine.value import Machine


def root(machine: Machine) -> SpaceId:
    """The pid space that holds every task: the oldest one.  ``ValueError`` before boot."""
    return SpaceId(min(machine.rows(PidSpace)))


def eyes(machine: Machine, viewer: SpaceId | TaskId | None) -> SpaceId:
    """The pid space through whose numbers *viewer* sees: its own if a space, else the task's.

    None is an outsider who sees all.  A viewer that is gone saw through the root's.
    """
    if viewer is not None:
        if machine.find(PidSpace, viewer) is not None:
            return SpaceId(viewer)
        task = machine.find(Task, viewer)
        if task is not None:
            return task.space
    return root(machine)


def number(machine: Machine, whom: Task | Group | Session, space: SpaceId) -> int:
    """The number of *whom* in *space*, or 0 where it is not visible there."""
    if whom.space == space:
        return whom.pids[-1]
    here = machine.find(PidSpace, space)
    own = machine.find(PidSpace, whom.space)
    if here is None or own is None:
        return 0
    level = here.level
    return whom.pids[level] if level < len(own.path) and own.path[level] == space else 0


def cid(machine: Machine, space: SpaceId) -> str:
    """A pid space as ``cid:pid`` names it: by its name, else by its number."""
    record = machine.find(PidSpace, space)
    if record is None:
        return "?"
    return record.name or str(record.number)


def reference(machine: Machine, task: TaskId) -> str:
    """``cid:pid`` of a task in its own pid space, as prompts print it; ``?`` once it is gone."""
    whom = machine.find(Task, task)
    return "?" if whom is None else f"{cid(machine, whom.space)}:{whom.pids[-1]}"


def label(machine: Machine, task: TaskId) -> str:
    """The puppeteer's handle for a task, "" if it has none."""
    puppet = machine.find(Puppet, task)
    return "" if puppet is None else puppet.label
