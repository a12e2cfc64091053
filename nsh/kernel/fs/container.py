"""container: a hierarchy of process containers, with the subsystems that it was mounted with (S1:
"The patch as it stands allows you to mount a container hierarchy as a filesystem, and at that point
select a set of subsystems to be bound to that hierarchy")."""

from nsh.abi.errno import Errno
from nsh.kernel.fs.cgroupfs import found, hierarchy_of
from nsh.kernel.fs.types import Name, file_system
from nsh.kernel.fs.whole_trees import WholeTree
from nsh.kernel.subsystems import binding, registry, removal
from nsh.machine.cgroups import Hierarchy
from nsh.machine.files import SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.value import Transaction


@file_system("container")
class ContainerType(WholeTree):
    """A directory is a container."""

    # ---- instances ----

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The hierarchy of those subsystems, or a new one; all of them, if none is named.  EBUSY:
        another has one of them."""
        return self.shown(tx, binding.mounted(tx, _parse(options)))

    def check_options(self, options: str) -> None:
        """EINVAL for what is no subsystem."""
        _parse(options)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """It is to have those subsystems, as far as the policy goes.  EBUSY, and what a subsystem
        says."""
        binding.rebind(tx, hierarchy_of(tx, sb), _parse(options))

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """Its subsystems."""
        return "".join(f",{name}" for name in tx.get(Hierarchy, hierarchy_of(tx, sb)).controllers)

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The hierarchy ends, if there are no containers in it."""
        binding.ended(tx, hierarchy_of(tx, sb))

    # ---- changes ----

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """EBUSY with tasks or containers in it, or its tasks die, as the policy has it."""
        removal.rmdir(tx, caller, found(tx, node)[0])

    def unlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """EPERM, but where who removes a container means its tasks too."""
        removal.unlink(tx, caller, found(tx, node)[0], at.name)


def _parse(options: str) -> tuple[str, ...]:
    known = registry.names()
    asked = {*filter(None, options.split(","))}
    if "all" in asked and len(asked) > 1:
        raise Errno.EINVAL("all of them, or some by their names")
    asked.discard("all")
    for name in sorted(asked):
        if name not in known:
            raise Errno.EINVAL(f"there is no subsystem {name!r}; there are {', '.join(known)}")
    return tuple(name for name in known if name in asked or not asked)
