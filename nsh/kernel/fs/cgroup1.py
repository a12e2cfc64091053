"""cgroup: a hierarchy of cgroups of the first version (cgroups(7); kernel/cgroup/cgroup-v1.c)."""

from typing import Final, NoReturn

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno, KernelError
from nsh.kernel import cgroupns, contexts, printk
from nsh.kernel.capabilities import capable
from nsh.kernel.cgroup import hierarchies
from nsh.kernel.dispatch import LeavesTrace
from nsh.kernel.fs import cgroup_options, parameters
from nsh.kernel.fs.cgroupfs import CgroupFileSystem, hierarchy_of
from nsh.kernel.fs.types import file_system
from nsh.machine.cgroups import Cgroup, Hierarchy
from nsh.machine.files import SuperblockId
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_IGNORED: Final = "new mount options do not match the existing superblock, will be ignored"
_ESCAPES: Final = {ord(char): f"\\{ord(char):03o}" for char in ", \t\n\\"}
"""What seq_show_option does not show as it is."""


@file_system("cgroup")
class CgroupType(CgroupFileSystem):
    """A hierarchy of the first version."""

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The hierarchy of that name, or with those controllers, or a new one, which the first
        cgroup namespace alone may have (EPERM).  EBUSY: another has one of its controllers."""
        wanted = cgroup_options.parse(options, administrator=self._administers(tx, caller))
        number = hierarchies.find(tx, wanted.name, wanted.controllers, none=wanted.none)
        if number is not None:
            if wanted.flags != tx.get(Hierarchy, number).options:
                printk.printk(tx, printk.KERN_WARNING, _IGNORED)
            return self.shown(tx, number)
        if not wanted.controllers and not wanted.none:
            said = "cgroup: No subsys list or none specified"
            parameters.refuse(said, f"there is no hierarchy {wanted.name}; a new one: none")
        if contexts.namespace(tx, caller, "cgroup") != cgroupns.FIRST:
            raise Errno.EPERM("new hierarchies begin in the machine's first cgroup namespace")
        begun = hierarchies.begin(
            tx,
            wanted.name,
            wanted.controllers,
            clone_children=wanted.clone_children,
            options=wanted.flags,
            release_agent=wanted.release_agent,
        )
        return self.shown(tx, begun)

    def _administers(self, tx: Transaction, caller: TaskId) -> bool:
        """Whether *caller*, and its cgroup namespace, are the whole machine's."""
        ours = self.user_space(tx, caller) in (NamespaceId(0), FIRST_USER)
        return ours and capable(tx, caller, FIRST_USER, Cap.CAP_SYS_ADMIN)

    def check_options(self, options: str) -> None:
        """Controllers are known, and names are of a form."""
        cgroup_options.parse(options)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """Its controllers can be changed, and its release agent.  EINVAL for another name or other
        flags, EBUSY with cgroups in it."""
        number = hierarchy_of(tx, sb)
        record = tx.get(Hierarchy, number)
        wanted = cgroup_options.parse(options, administrator=self._administers(tx, caller))
        said = []
        if wanted.controllers != record.controllers or wanted.release_agent:
            task = tx.get(Task, tx.get(Task, caller).leader)
            who = f"(pid={task.pids[0]} comm={tx.get(Task, caller).comm})"
            said.append((printk.KERN_WARNING, f"option changes via remount are deprecated {who}"))
        if wanted.flags != record.options or wanted.name not in ("", record.name):
            new, old = _told(wanted.flags, wanted.name), _told(record.options, record.name)
            line = f"cgroup: option or name mismatch, new: {new}, old: {old}"
            reason = "a hierarchy keeps its name, and the flags that it began with"
            _refuse(Errno.EINVAL, reason, [*said, (printk.KERN_ERR, line)])
        if hierarchies.has_children(tx, number):
            _refuse(Errno.EBUSY, "there are cgroups in the hierarchy", said)
        try:
            hierarchies.rebind(tx, number, wanted.controllers, wanted.release_agent)
        except KernelError as error:
            _refuse(error.errno, error.reason, said)
        for level, line in said:
            printk.printk(tx, level, line)

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """Controllers, flags, the release agent, the mark of its root, the name."""
        record = tx.get(Hierarchy, hierarchy_of(tx, sb))
        told = [*record.controllers, *record.options]
        if record.release_agent:
            told.append(f"release_agent={record.release_agent.translate(_ESCAPES)}")
        if tx.get(Cgroup, record.root).clone_children:
            told.append("clone_children")
        if record.name:
            told.append(f"name={record.name}")
        return "".join(f",{each}" for each in told)


def _told(flags: tuple[str, ...], name: str) -> str:
    return f'{sum(cgroup_options.FLAGS[each] for each in flags):#x} "{name}"'


def _refuse(errno: Errno, reason: str, said: list[tuple[int, str]]) -> NoReturn:
    """Fail, with lines in the kernel's log."""

    def trace(tx: Transaction) -> None:
        for level, line in said:
            printk.printk(tx, level, line)

    raise LeavesTrace(errno, reason, trace)
