"""What tasks have that is no more than a few numbers, and what a restart does without."""

from collections.abc import Iterator

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import spaces
from nsh.kernel.checkpoint import parts, users
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.classes import InJob
from nsh.machine.ids import TaskId
from nsh.machine.limits import Limits
from nsh.machine.personality import Persona
from nsh.machine.pids import Held, PidSpace
from nsh.machine.tasks import State, Task

# what numbers a task has been told, it knows itself
parts.needs_no_saving(Held)


class Attributes(Object, frozen=True):
    """Of one task."""

    pid: int
    sigpending: tuple[int, int] | None = None
    """RLIMIT_SIGPENDING, soft and hard, where that has been set."""
    persona: int | None = None
    """personality(2), where that has been set."""
    job: int | None = None
    """The job that it is in, by who began that; 0: one that began outside; None: none."""
    loaded: int = 0
    """The user namespace in which its program was loaded; 0: that around the container."""


@parts.saves(Attributes, 61, Limits, Persona, InJob)
def _save(dump: Dump) -> Iterator[Attributes]:
    for task in dump.tasks:
        limits, persona = dump.tx.find(Limits, task), dump.tx.find(Persona, task)
        found = Attributes(
            dump.number(task),
            None if limits is None else (limits.sigpending, limits.sigpending_most),
            None if persona is None else persona.value,
            _job(dump, task),
            _loaded(dump, task),
        )
        if found != Attributes(found.pid):
            yield found


def _job(dump: Dump, task: TaskId) -> int | None:
    """ENOTSUP: who began it is dead, and may have been of the container or not."""
    row = dump.tx.find(InJob, task)
    if row is None:
        return None
    kpids = {dump.tx.get(Task, each).pids[0]: each for each in dump.tasks}
    if row.number in kpids:
        return dump.number(kpids[row.number])
    if row.number not in dump.tx.get(PidSpace, spaces.ROOT).task_of:
        gone = f"{dump.name(task)} is in job {row.number}, whose first process is dead"
        dump.refuse(gone, Errno.ENOTSUP)
    return 0


def _loaded(dump: Dump, task: TaskId) -> int:
    """0 as well where that is no user namespace of the container's own any more."""
    record = dump.tx.get(Task, task)
    space = record.image.userns
    known = record.leader == task and record.state is not State.ZOMBIE
    return dump.namespaces.of(space) if known and space in dump.namespaces else 0


@parts.makes(Attributes, "pid")
def _make(restart: Restart, saved: Attributes) -> None:
    restart.task(saved.pid)
    if saved.job:
        restart.task(saved.job)
    users.space(restart, saved.loaded)
    restart.keep(saved)


@parts.finishes(35)
def _finish(restart: Restart) -> None:
    """Who has none of these has not what it was born with either, but for a job."""
    tx = restart.tx
    by_pid = {saved.pid: saved for saved in restart.kept(Attributes)}
    for pid, task in restart.tasks.items():
        saved = by_pid.get(pid) or Attributes(pid)
        tx.drop(Limits, task)
        tx.drop(Persona, task)
        if saved.sigpending is not None:
            tx.put(task, Limits(*saved.sigpending))
        if saved.persona is not None:
            tx.put(task, Persona(saved.persona))
        if saved.job is None:
            tx.drop(InJob, task)
        elif saved.job:
            tx.put(task, InJob(tx.get(Task, restart.task(saved.job)).pids[0]))
        record = tx.get(Task, task)
        if record.leader == task:
            image = replace(record.image, userns=users.space(restart, saved.loaded))
            tx.put(task, replace(record, image=image))
