"""cgroup: a hierarchy of cgroups of the first version (cgroups(7); kernel/cgroup/cgroup-v1.c)."""

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns, contexts
from nsh.kernel.cgroup import hierarchies, tree
from nsh.kernel.fs import cgroup_options, parameters
from nsh.kernel.fs.cgroupfs import CgroupFileSystem, check_name, found, hierarchy_of
from nsh.kernel.fs.types import Name, file_system
from nsh.machine.cgroups import Cgroup, Hierarchy
from nsh.machine.files import SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction


@file_system("cgroup")
class CgroupType(CgroupFileSystem):
    """A hierarchy of the first version."""

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The hierarchy of that name, or with those controllers, or a new one, which the first
        cgroup namespace alone may have (EPERM).  EBUSY: another has one of its controllers."""
        wanted = cgroup_options.parse(options)
        number = hierarchies.find(tx, wanted.name, wanted.controllers, none=wanted.none)
        if number is None:
            if not wanted.controllers and not wanted.none:
                said = "cgroup: No subsys list or none specified"
                parameters.refuse(said, f"there is no hierarchy {wanted.name}; a new one: none")
            if contexts.namespace(tx, caller, "cgroup") != cgroupns.FIRST:
                raise Errno.EPERM("new hierarchies begin in the machine's first cgroup namespace")
            number = hierarchies.begin(
                tx, wanted.name, wanted.controllers, clone_children=wanted.clone_children
            )
        return self.shown(tx, number)

    def check_options(self, options: str) -> None:
        """Controllers are known, and names are of a form."""
        cgroup_options.parse(options)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """Its controllers can be changed.  EINVAL for another name, EBUSY with cgroups in it."""
        number = hierarchy_of(tx, sb)
        name = tx.get(Hierarchy, number).name
        wanted = cgroup_options.parse(options)
        if wanted.name and wanted.name != name:
            said = f'cgroup: option or name mismatch, new: 0x0 "{wanted.name}", old: 0x0 "{name}"'
            parameters.refuse(said, f"the hierarchy is called {name}")
        if hierarchies.has_children(tx, number):
            raise Errno.EBUSY("there are cgroups in the hierarchy")
        hierarchies.rebind(tx, number, wanted.controllers)

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """Controllers, the mark of its root, the name."""
        record = tx.get(Hierarchy, hierarchy_of(tx, sb))
        told = list(record.controllers)
        if tx.get(Cgroup, record.root).clone_children:
            told.append("clone_children")
        if record.name:
            told.append(f"name={record.name}")
        return "".join(f",{each}" for each in told)

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """A cgroup, where it is: ENOTDIR of files, EIO to another one, EEXIST (cgroup1_rename)."""
        key, record = found(tx, old.directory)
        check_name(new.name)
        if old.name not in record.children:
            raise Errno.ENOTDIR("the files of a cgroup keep their names")
        if found(tx, new.directory)[0] != key:
            raise Errno.EIO("a cgroup stays in the one that it was made in")
        if new.name in record.children or new.name in record.files:
            raise Errno.EEXIST(f"there is a {new.name} already")
        tree.rename(tx, key, old.name, new.name)
