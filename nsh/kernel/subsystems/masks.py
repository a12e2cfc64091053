"""What cpusets and memsets have in common (S1; kernel/cpuset.c of 2.6.20: validate_change)."""

import re
from typing import ClassVar, Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, hooks
from nsh.kernel.cgroup import population
from nsh.kernel.cgroup.cftypes import By, Cftype
from nsh.kernel.fs import parameters
from nsh.kernel.fs.proc import hardware
from nsh.kernel.subsystems import registry
from nsh.kernel.subsystems.registry import Subsystem
from nsh.machine.cgroups import Cgroup
from nsh.machine.cpusets import Cpuset, Mask, Memset, listed
from nsh.machine.ids import CgroupId, TaskId
from nsh.machine.value import Transaction

_REGION: Final = re.compile(
    r"(?P<first>\d{1,4})(-(?P<last>\d{1,4})(:(?P<used>\d{1,4})/(?P<group>\d{1,4}))?)?", re.ASCII
)

_PARTS: Final = ("first", "last", "used", "group")


class MaskSubsystem(Subsystem):
    """A new container may use nothing, and so nobody comes in, until it is told what."""

    kind: ClassVar[type[Mask]]
    everything: ClassVar[int]
    """What the machine has."""

    def create(self, tx: Transaction, container: CgroupId) -> None:
        """The root has everything, for itself."""
        root = tx.get(Cgroup, container).parent == container
        tx.put(container, self.kind(self.everything, exclusive=True) if root else self.kind())

    def destroy(self, tx: Transaction, container: CgroupId) -> None:
        """Nothing is left of it."""
        tx.drop(self.kind, container)

    def duplicate(self, tx: Transaction, source: CgroupId, container: CgroupId) -> None:
        """The same but for what a sibling has for itself alone."""
        bits = tx.get(self.kind, source).bits
        for sibling in tx.get(Cgroup, source).children.values():
            mask = tx.get(self.kind, sibling)
            bits &= ~(mask.bits if mask.exclusive else 0)
        tx.put(container, self.kind(bits))

    def can_attach(
        self, tx: Transaction, task: TaskId, source: CgroupId, container: CgroupId
    ) -> None:
        """ENOSPC where there is nothing to use."""
        if not tx.get(self.kind, container).bits:
            raise Errno.ENOSPC(
                f"{self.name}: {cgroupns.whole_path(tx, container)} has none to run on"
            )


class _MaskFile(Cftype):
    of: ClassVar[type[MaskSubsystem]]


class MaskList(_MaskFile):
    """Which numbers: ``0-1,3``."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """In short."""
        return f"{listed(tx.get(self.of.kind, cgroup).bits)}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL for what is no list, or not of this machine; and what :func:`_validate` has."""
        bits = _parsed(text)
        if bits is None or bits & ~self.of.everything:
            everything = listed(self.of.everything)
            raise Errno.EINVAL(f"a list like 0-1,3 of what there is, {everything}, not {text!r}")
        _validate(tx, cgroup, replace(tx.get(self.of.kind, cgroup), bits=bits))


class MaskExclusive(_MaskFile):
    """Whether siblings keep off."""

    def show(self, tx: Transaction, reader: TaskId, cgroup: CgroupId) -> str:
        """1 or 0."""
        return f"{int(tx.get(self.of.kind, cgroup).exclusive)}\n"

    def write(self, tx: Transaction, by: By, cgroup: CgroupId, text: str) -> None:
        """EINVAL, and what :func:`_validate` has."""
        found = parameters.number(text)
        if found is None:
            raise Errno.EINVAL("1, or 0")
        _validate(tx, cgroup, replace(tx.get(self.of.kind, cgroup), exclusive=bool(found)))


def _parsed(text: str) -> int | None:
    """Numbers and ranges, ``0-7:2/4`` for the first two of each four; with commas or blanks between
    them (bitmap_parselist)."""
    bits = 0
    for part in filter(None, re.split(r"[,\s]+", text)):
        found = _REGION.fullmatch(part)
        if found is None:
            return None
        first, last, used, group = (int(found[name] or 0) for name in _PARTS)
        if found["last"] is None:
            last = first
        if found["group"] is None:
            used = group = 1
        if last < first or not group or used > group:
            return None
        for start in range(first, last + 1, group):
            stop = min(start + used, last + 1)
            bits |= (1 << stop) - (1 << start)
    return bits


def _validate(tx: Transaction, container: CgroupId, trial: Mask) -> None:
    """Write *trial*, if it can be so.

    EACCES: it is the root's, or more than the one around it has; EBUSY: one in it has what it would
    lack; ENOSPC: tasks would have nothing; EINVAL: a sibling has some of it, and one of the two is
    exclusive.
    """
    kind, record = type(trial), tx.get(Cgroup, container)
    if record.parent == container:
        raise Errno.EACCES("the root has what the machine has")
    for child in sorted(record.children.values()):
        mask = tx.get(kind, child)
        if mask.bits & ~trial.bits or mask.exclusive > trial.exclusive:
            raise Errno.EBUSY(f"{cgroupns.whole_path(tx, child)}, which is in it, has more")
    around = tx.get(kind, record.parent)
    if trial.bits & ~around.bits:
        where = cgroupns.whole_path(tx, record.parent)
        raise Errno.EACCES(f"{where}, which it is in, has {listed(around.bits)}")
    if trial.exclusive > around.exclusive:
        raise Errno.EACCES(
            f"{cgroupns.whole_path(tx, record.parent)}, which it is in, is not exclusive"
        )
    if not trial.bits and population.populated(tx, container):
        raise Errno.ENOSPC("there are tasks in it, which could run on nothing")
    for child in sorted(tx.get(Cgroup, record.parent).children.values()):
        mask = tx.get(kind, child)
        if child != container and mask.bits & trial.bits and (mask.exclusive or trial.exclusive):
            raise Errno.EINVAL(
                f"{cgroupns.whole_path(tx, child)} has some of it, and one is exclusive"
            )
    tx.put(container, trial)


def _bits(tx: Transaction, tid: TaskId, name: str, kind: type[Mask], everything: int) -> int:
    """What its container lets it use; the dead may be in one that is gone."""
    number = registry.hierarchy(tx, name)
    found = None if number is None else tx.find(kind, cgroupns.of(tx, tid, number))
    return everything if found is None else found.bits


def _allowed(tx: Transaction, tid: TaskId) -> list[str]:
    cpus = _bits(tx, tid, "cpuset", Cpuset, (1 << hardware.CPUS) - 1)
    mems = _bits(tx, tid, "memset", Memset, (1 << hardware.MEMORY_NODES) - 1)
    return [
        f"Cpus_allowed:\t{cpus:x}",
        f"Cpus_allowed_list:\t{listed(cpus)}",
        f"Mems_allowed:\t{mems:08x}",
        f"Mems_allowed_list:\t{listed(mems)}",
    ]


hooks.allowed.append(_allowed)
