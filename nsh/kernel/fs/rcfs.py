"""rcfs: the classes of the resource control file system (S0: CKRM; R1).

There is one tree, however often it is mounted.  It ends with its last mount, unless there are
classes in it.
"""

from nsh.abi.errno import Errno
from nsh.kernel import cgroupns
from nsh.kernel.cgroup import hierarchies, tree
from nsh.kernel.classes import engine, resources
from nsh.kernel.fs import parameters
from nsh.kernel.fs.cgroupfs import found, hierarchy_of
from nsh.kernel.fs.types import Name, file_system
from nsh.kernel.fs.whole_trees import WholeTree
from nsh.machine.cgroups import CLASSES, Hierarchy
from nsh.machine.classes import ClassShares, Rules
from nsh.machine.files import SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.record import Record
from nsh.machine.value import Transaction


@file_system(CLASSES)
class RcfsType(WholeTree):
    """A directory is a class."""

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The one tree; everybody is in its root at first."""
        self.check_options(options)
        number = engine.tree_of_classes(tx)
        if number is None:
            number = hierarchies.begin(tx, "", type_=CLASSES)
            tx.put(tx.get(Hierarchy, number).root, ClassShares(total=resources.TOTAL))
        return self.shown(tx, number)

    def check_options(self, options: str) -> None:
        """There are none."""
        for option in filter(None, options.split(",")):
            parameters.unknown(self.name, option)

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The tree ends, and the rules with it, if there are no classes."""
        number = hierarchy_of(tx, sb)
        if not hierarchies.has_children(tx, number):
            tx.drop(ClassShares, tx.get(Hierarchy, number).root)
            tx.drop(Rules, 0)
        hierarchies.unmounted(tx, number)

    def mkdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, mode: int
    ) -> Record:
        """A new class, with nobody in it and no shares of its own."""
        node = super().mkdir(tx, caller, sb, at, mode)
        tx.put(found(tx, node)[0], ClassShares())
        return node

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Who is in it goes to the one around it.  EBUSY with classes in it, or while a rule names
        it."""
        key, record = found(tx, node)
        where, rules = cgroupns.whole_path(tx, key), tx.find(Rules, 0)
        for rule in rules.rules if rules else ():
            if f"{rule.path}/".startswith(f"{where}/"):
                raise Errno.EBUSY(f"the rule {rule.name} puts tasks there")
        if not record.children:
            engine.forget(tx, key, record.parent, record.hierarchy)
        tree.remove(tx, key, 0)
        tx.drop(ClassShares, key)

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """EPERM: rules know it by its name."""
        raise Errno.EPERM("a class keeps its name")
