"""What tasks have that is no more than a few numbers, and what a restart does without."""

from collections.abc import Iterator

from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.cgroups import Arrival, InCgroups
from nsh.machine.limits import Limits
from nsh.machine.personality import Persona
from nsh.machine.pids import Held

# what numbers a task has been told, it knows itself; it comes to the cgroups of who restarts it
parts.needs_no_saving(Held, InCgroups, Arrival)


class Attributes(Object, frozen=True):
    """Of one task."""

    pid: int
    sigpending: tuple[int, int] | None = None
    """RLIMIT_SIGPENDING, soft and hard, where that has been set."""
    persona: int | None = None
    """personality(2), where that has been set."""


@parts.saves(Attributes, 61, Limits, Persona)
def _save(dump: Dump) -> Iterator[Attributes]:
    for task in dump.tasks:
        limits, persona = dump.tx.find(Limits, task), dump.tx.find(Persona, task)
        if limits is not None or persona is not None:
            yield Attributes(
                dump.number(task),
                None if limits is None else (limits.sigpending, limits.sigpending_most),
                None if persona is None else persona.value,
            )


@parts.makes(Attributes)
def _make(restart: Restart, saved: Attributes) -> None:
    restart.keep(saved)


@parts.finishes(35)
def _finish(restart: Restart) -> None:
    """Who has none of these has not what it was born with either."""
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
