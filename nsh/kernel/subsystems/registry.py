"""What a subsystem is to the containers (S1; ``struct container_subsys``).

A subsystem is a class on :class:`Subsystem` in a file of its own here, registered by
``@subsystem("name")``, beside the files that it has in each container; nothing else knows it.
What it keeps of a container is a row under that container's key.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from immutables import Map

from nsh.kernel import cgroupns
from nsh.kernel.cgroup import controllers
from nsh.machine.cgroups import CONTAINERS, Cgroup, Hierarchy
from nsh.machine.ids import CgroupId, HierarchyId, TaskId
from nsh.machine.subsystems import Subsystems
from nsh.machine.value import Transaction


class Subsystem(controllers.Controller):
    """One.  The defaults do nothing, and refuse nobody."""

    name = ""
    """As in mount options; set by :func:`subsystem`."""
    asks_how_many = False

    def __init__(self) -> None:
        super().__init__(unified=False)
        self.begins(lambda tx, container, _there: self.create(tx, container))
        self.ends(self.destroy)

    def create(self, tx: Transaction, container: CgroupId) -> None:
        """Begin with *container*, which may be the root of the hierarchy, and have tasks."""

    def destroy(self, tx: Transaction, container: CgroupId) -> None:
        """It goes, or is no longer this one's affair."""

    def duplicate(self, tx: Transaction, source: CgroupId, container: CgroupId) -> None:
        """The new *container* is to be as *source*, which it is in (container_clone)."""

    def references(self, tx: Transaction, container: CgroupId) -> int:
        """How much but tasks keeps it (css_get)."""
        return 0

    def can_attach(
        self, tx: Transaction, task: TaskId, source: CgroupId, container: CgroupId
    ) -> None:
        """May *task* move there from *source*?  Raises what it fails with."""

    def attach(self, tx: Transaction, task: TaskId, source: CgroupId, container: CgroupId) -> None:
        """It has moved."""

    def fork(self, tx: Transaction, child: TaskId, container: CgroupId) -> None:
        """*child* has been born there.  Raises what the fork fails with."""

    def exit(self, tx: Transaction, task: TaskId, container: CgroupId) -> None:
        """*task*, which is there, is dying."""


_known: Final[dict[str, Subsystem]] = {}
S = TypeVar("S", bound=Subsystem)


def subsystem(name: str) -> Callable[[type[S]], type[S]]:
    """Register the decorated class."""

    def register(cls: type[S]) -> type[S]:
        cls.name = name
        _known[name] = controllers.register(name, cls())
        return cls

    return register


def names() -> list[str]:
    """All that there are."""
    return sorted(_known)


def hierarchy(tx: Transaction, name: str) -> HierarchyId | None:
    """Which one a subsystem is bound to."""
    row = tx.find(Subsystems, 0)
    return None if row is None else row.bound.get(name)


def of(tx: Transaction, number: HierarchyId) -> list[Subsystem]:
    """Those of a hierarchy."""
    return [_known[name] for name in tx.get(Hierarchy, number).controllers]


def at_work(tx: Transaction, task: TaskId) -> Iterator[tuple[Subsystem, CgroupId]]:
    """Each that is bound, and which container of its hierarchy *task* is in."""
    for name, number in sorted(tx.get(Subsystems, 0).bound.items()):
        yield _known[name], cgroupns.of(tx, task, number)


def moved(
    tx: Transaction, task: TaskId, before: Map[HierarchyId, CgroupId], container: CgroupId
) -> None:
    """Tell the subsystems of *container* of a *task* that was in *before*, before what it has left
    may go for that."""
    number = tx.get(Cgroup, container).hierarchy
    record = tx.get(Hierarchy, number)
    for each in of(tx, number) if record.type == CONTAINERS else ():
        each.attach(tx, task, before.get(number, record.root), container)


def references(tx: Transaction, container: CgroupId) -> str:
    """What keeps *container* but tasks and containers in it, in words; "": nothing does."""
    for each in of(tx, tx.get(Cgroup, container).hierarchy):
        held = each.references(tx, container)
        if held:
            return f"{each.name} has {held} references to it"
    return ""
