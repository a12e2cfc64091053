"""cgroup2: the unified hierarchy (cgroup-v2.rst, "Mounting"; kernel/cgroup/cgroup.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, contexts
from nsh.kernel.cgroup import hierarchies
from nsh.kernel.fs import parameters
from nsh.kernel.fs.cgroupfs import CgroupFileSystem
from nsh.kernel.fs.types import Name, file_system
from nsh.machine.cgroups import UNIFIED, Hierarchy
from nsh.machine.files import SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction

OPTIONS: Final = (
    *("nsdelegate", "favordynmods", "memory_localevents", "memory_recursiveprot"),
    *("memory_hugetlb_accounting", "pids_localevents"),
)
"""In the order in which /proc/mounts has them."""


def _parse(options: str) -> tuple[str, ...]:
    """EINVAL, and why in the kernel's log."""
    given = set()
    for option in filter(None, options.split(",")):
        key, equals, _value = option.partition("=")
        if key not in OPTIONS:
            parameters.unknown("cgroup2", key)
        if equals:
            parameters.unexpected("cgroup2", key)
        given.add(key)
    return tuple(each for each in OPTIONS if each in given)


@file_system("cgroup2")
class Cgroup2Type(CgroupFileSystem):
    """There is one, for all."""

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """Its options are those of the last mount in the first cgroup namespace."""
        wanted = _parse(options)
        sb = self.shown(tx, hierarchies.unified(tx))
        _apply(tx, caller, wanted)
        return sb

    def check_options(self, options: str) -> None:
        """There are flags, and no values."""
        _parse(options)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """All options are set anew."""
        _apply(tx, caller, _parse(options))

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """Those that are set."""
        return "".join(f",{each}" for each in tx.get(Hierarchy, UNIFIED).options)

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """EPERM."""
        raise Errno.EPERM("nothing in cgroup2 is renamed")


def _apply(tx: Transaction, caller: TaskId, wanted: tuple[str, ...]) -> None:
    """Who is in another namespace is not asked (apply_cgroup_root_flags)."""
    record = tx.get(Hierarchy, UNIFIED)
    if contexts.namespace(tx, caller, "cgroup") == cgroupns.FIRST and record.options != wanted:
        tx.put(UNIFIED, replace(record, options=wanted))
