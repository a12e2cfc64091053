"""What files are in a cgroup, and what each does (``struct cftype``)."""

from collections.abc import Callable, Iterator
from typing import ClassVar, Final, NamedTuple, TypeVar

from nsh.abi.errno import Errno
from nsh.machine import cgroups
from nsh.machine.cgroups import CgroupFile, Hierarchy
from nsh.machine.ids import CgroupId, HierarchyId, TaskId
from nsh.machine.value import Transaction


class By(NamedTuple):
    """Who writes, and what the file remembers of who opened it."""

    caller: TaskId
    file: CgroupFile


class Cftype:
    """One file.  ``cgroup`` is where it is, which has not been removed."""

    mode: ClassVar[int] = 0o644
    on_root: ClassVar[bool] = True
    """Whether the root of a hierarchy has it too,"""
    on_root_alone: ClassVar[bool] = False
    """or alone."""
    controller: ClassVar[str] = ""
    """Whose it is; "": it is in every cgroup."""
    delegatable: ClassVar[bool] = False
    """With nsdelegate, whether it is for those inside to write in the root of their namespace."""

    notifies: ClassVar[bool] = False
    """Whether poll(2) is told when it changes."""
    strips: ClassVar[bool] = True
    """Whether blanks around what is written do not count."""
    longest: ClassVar[int] = 4096
    """How many bytes may be written at a time."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """What is read.  EINVAL where nothing can be."""
        raise Errno.EINVAL("the file is for writing")

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """One write(2) of *text*.  EINVAL where none can be."""
        raise Errno.EINVAL("the file is for reading")


C = TypeVar("C", bound=Cftype)
LEGACY: Final[dict[str, Cftype]] = {}
"""By name, those in every cgroup of a hierarchy of the first version."""
UNIFIED: Final[dict[str, Cftype]] = {}
"""Those of the second."""
CONTAINERS: Final[dict[str, Cftype]] = {}
"""Those of process containers (S1)."""
CLASSES: Final[dict[str, Cftype]] = {}
"""Those of classes (S0)."""
_TABLES: Final = {
    cgroups.LEGACY: LEGACY,
    cgroups.UNIFIED_TYPE: UNIFIED,
    cgroups.CONTAINERS: CONTAINERS,
    cgroups.CLASSES: CLASSES,
}


def cftype(name: str, *tables: dict[str, Cftype]) -> Callable[[type[C]], type[C]]:
    """Register the decorated class as the file *name* of those versions."""

    def register(cls: type[C]) -> type[C]:
        for table in tables:
            table[name] = cls()
        return cls

    return register


def table(tx: Transaction, number: HierarchyId) -> dict[str, Cftype]:
    """The files that there are in a hierarchy."""
    return _TABLES[tx.get(Hierarchy, number).type]


def files(
    known: dict[str, Cftype], *, root: bool, controller: str = ""
) -> Iterator[tuple[str, int]]:
    """Those of *known* that a new cgroup has, or a controller in it, with their modes."""
    for name, each in sorted(known.items()):
        there = each.on_root if root else not each.on_root_alone
        if there and each.controller == controller:
            yield name, each.mode
