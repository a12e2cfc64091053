"""proc as a file system type: what the VFS asks, handed to the trees and registries."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import Dirent, OpenFlag
from nsh.abi.request import Failure
from nsh.kernel import namespaces, pids
from nsh.kernel.fs.operations import FileOperations, Ready
from nsh.kernel.fs.permission import MAY_EXEC, MAY_WRITE
from nsh.kernel.fs.proc import hiding, nodes
from nsh.kernel.fs.proc.nodes import ROOT, SystemNode, TaskNode
from nsh.kernel.fs.proc.view import inspect, seen, shown
from nsh.kernel.fs.types import FileSystem, file_system
from nsh.machine.context import Place
from nsh.machine.files import Attributes, File, Opened, Superblock, SuperblockId
from nsh.machine.ids import FileId, NamespaceId, SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.proc import Mounter
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel.fs.proc import descriptors, links, registry, system_tree, task_tree
else:  # no boot needs them
    late(globals(), "nsh.kernel.fs.proc", "descriptors", "links", "registry")
    late(globals(), "nsh.kernel.fs.proc", "system_tree", "task_tree")


@file_system("proc")
class Proc(FileSystem):
    """proc(5)."""

    directory = ROOT
    negative = False
    permits = True
    userns_mount = True

    # ---- instances ----

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> Superblock:
        """A superblock that shows the caller's pid space.  EINVAL."""
        del source
        me = tx.get(Task, caller)
        data = Mounter(me.space)
        if options:
            data = hiding.parse(tx, me.creds, data, options)
        namespaces.hold(tx, "pid", me.space)
        return Superblock(self.name, ROOT, data)

    def user_space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """That of the pid namespace which it shows."""
        return tx.get(PidSpace, tx.get(Task, caller).space).owner

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """Options that are not given stay.  EINVAL."""
        data = hiding.parse(tx, tx.get(Task, caller).creds, hiding.of(tx, sb), options)
        tx.put(sb, replace(tx.get(Superblock, sb), data=data))

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """What is hidden, and from whom not."""
        return hiding.told(tx, hiding.of(tx, sb))

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """Let go of the pid space."""
        namespaces.put(tx, "pid", NamespaceId(hiding.of(tx, sb).space))

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """One step down.  ESRCH below the directory of a task that is gone."""
        if isinstance(node, TaskNode):
            return task_tree.lookup(tx, node, name)
        data = hiding.of(tx, sb)
        found = system_tree.lookup(tx, shown(tx, sb, caller), _system(node), name)
        if isinstance(found, TaskNode):
            closed = data.hidepid == hiding.NOT_PTRACEABLE
            hidden = closed and hiding.hides(tx, data, caller, found.task, hiding.NO_ACCESS)
            return None if hidden else found
        return None if data.pids_only and name not in system_tree.SELF else found

    def parent(self, tx: Transaction, sb: SuperblockId, node: Record) -> Record:
        """The directory that *node* was found in."""
        return nodes.parent(node)

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The name by which *node* was found."""
        return nodes.name(node)

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """The directory of a task goes with it; what is in there has its name still."""
        return isinstance(node, TaskNode) and not node.path and tx.find(Task, node.task) is None

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """A directory's entries.  ENOENT for a task that is gone."""
        if isinstance(node, TaskNode):
            return task_tree.entries(tx, node)
        data, space = hiding.of(tx, sb), shown(tx, sb, caller)
        found = system_tree.entries(tx, space, _system(node))
        if not (data.hidepid or data.pids_only) or _system(node).path:
            return found
        return (entry for entry in found if _listed(tx, caller, data, space, entry.name))

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """Type, mode and owner; files have no size."""
        if isinstance(node, TaskNode):
            data = hiding.of(tx, sb)
            top = data.hidepid and not node.path
            if top and hiding.hides(tx, data, caller, node.task, hiding.INVISIBLE):
                raise Errno.ENOENT("this proc does not show tasks that one may not look into")
            return task_tree.attributes(tx, node)
        return system_tree.attributes(tx, caller, shown(tx, sb, caller), _system(node))

    def readlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> str | Place:
        """Where a link leads.  EACCES, ENOENT, ESRCH."""
        if isinstance(node, TaskNode):
            return links.target(tx, caller, node)
        return system_tree.link_target(tx, caller, shown(tx, sb, caller), _system(node))

    def permission(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, wanted: int
    ) -> bool | None:
        """The files of a task have rules of their own, and a setting goes by its mode alone,
        whatever capabilities the caller has (sysctl_perm), as do the directories that settings are
        in.  EPERM, EACCES, ENOENT, ESRCH."""
        if isinstance(node, TaskNode):
            return self._task_permission(tx, caller, sb, node, wanted)
        setting = system_tree.setting_of(_system(node))
        if setting is None:
            settings = _system(node).path.partition("/")[0] == "sys"
            return not wanted & MAY_WRITE if settings else None
        return setting.permits(tx, caller, wanted)

    def _task_permission(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: TaskNode, wanted: int
    ) -> bool | None:
        """Its descriptors are always its own to see, and the names of a process's threads its own
        to read and write; what descriptors are is for who may look into it; and nobody goes near
        whom the mount hides (proc_fd_permission and its like)."""
        if not node.path and wanted & MAY_WRITE:
            raise Errno.EPERM("the directory of a task is immutable")
        match node.path:
            case "fd":
                own = tx.get(Task, caller).leader == seen(tx, node).leader
                return True if own else None
            case "comm" if node.owner is not None:
                own = tx.get(Task, caller).leader == seen(tx, node).leader
                return True if own and not wanted & MAY_EXEC else None
            case "fdinfo":
                seen(tx, node)
                inspect(tx, caller, node.task)
            case "" | "task" if node.owner is None:
                seen(tx, node)
                hiding.check(tx, sb, caller, node.task)
            case _:
                pass
        return None

    def immutable(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """The directories of tasks."""
        return isinstance(node, TaskNode) and not node.path

    def touch(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> None:
        """EPERM for the directory of a task, which is immutable."""
        if self.immutable(tx, sb, node):
            raise Errno.EPERM("the directory of a task is immutable")

    # ---- open files ----

    def open(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, flags: int
    ) -> Opened | None:
        """A read-only setting refuses writers, even root (EACCES); some files ask for more."""
        if isinstance(node, TaskNode):
            entry = task_tree.entry_of(tx, node)
            if entry is not None and entry.check_open is not None:
                entry.check_open(tx, caller, node)
            operations = task_tree.operations_of(tx, node)
            return None if operations is None else operations.open(tx, caller, node, flags)
        setting = system_tree.setting_of(_system(node))
        writing = flags & (OpenFlag.O_WRONLY | OpenFlag.O_RDWR)
        if setting is not None and writing and not setting.may_write(tx, caller):
            raise Errno.EACCES(f"{setting.path} cannot be set")
        if setting is not None:
            return setting.open(tx)
        file = registry.find_system_file(tx, _system(node).path)
        if file is not None and file.operations is not None:
            return file.operations.open(tx, caller)
        return None

    def close(self, tx: Transaction, file: File) -> None:
        """A file may keep something."""
        operations = _operations(tx, file)
        if operations is not None:
            operations.close(tx, file)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """As of any synthetic file; but some ask each time for their task (ESRCH), and a setting
        has its own way."""
        node = file.place.node
        operations = _operations(tx, file)
        if operations is not None:
            read = operations.read(tx, caller, key, file, size)
            assert isinstance(read, bytes)
            return read
        if _is_directory(tx, node):
            raise Errno.EISDIR("a directory is read with getdents")
        if isinstance(node, TaskNode):
            entry = task_tree.entry_of(tx, node)
            if entry is not None and entry.asks_always:
                seen(tx, node)
            return super().read(tx, caller, key, file, size)
        setting = system_tree.setting_of(_system(node))
        if setting is not None:
            return setting.read_at(tx, caller, file.offset, size)
        return super().read(tx, caller, key, file, size)

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """A setting may take less than all, and minds the offset."""
        node = file.place.node
        operations = _operations(tx, file)
        if operations is not None:
            return operations.write(tx, caller, key, file, data)
        setting = None if isinstance(node, TaskNode) else system_tree.setting_of(_system(node))
        if setting is None:
            return super().write(tx, caller, key, file, data)
        return setting.write(tx, caller, data, file.offset)

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """Most can be read and written at any time."""
        operations = _operations(tx, file)
        if operations is not None:
            return operations.poll(tx, caller, key, file)
        node = file.place.node
        setting = None if isinstance(node, TaskNode) else system_tree.setting_of(_system(node))
        if setting is not None:
            return setting.poll(tx, key, file)
        return super().poll(tx, caller, key, file)

    def seek_end(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """Most are seq_files and have no end (EINVAL); the others end at 0."""
        node = file.place.node
        if isinstance(node, TaskNode):
            entry = task_tree.entry_of(tx, node)
            at_zero = entry is not None and entry.seekable_end
        else:
            at_zero = system_tree.setting_of(_system(node)) is not None
        if not at_zero:
            raise Errno.EINVAL("the file has no end to seek from")
        return 0

    def content(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> bytes | str:
        """What the file's module has to say."""
        if isinstance(node, TaskNode):
            if node.path.startswith("fdinfo/"):
                return descriptors.info(tx, caller, node)
            entry = task_tree.entry_of(tx, node)
            if entry is not None and entry.content is not None:
                return entry.content(tx, caller, node)
        else:
            file = registry.find_system_file(tx, _system(node).path)
            if file is not None and file.of_space is not None:
                return file.of_space(tx, caller, shown(tx, sb, caller))
            if file is not None and file.content is not None:
                return file.content(tx, caller)
        raise Errno.EINVAL("the file cannot be read")

    def store(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, data: bytes
    ) -> int | None:
        """EINVAL from a task's file that takes no writes, EIO from another (as Linux has it)."""
        if isinstance(node, TaskNode):
            entry = task_tree.entry_of(tx, node)
            if entry is None or entry.store is None:
                raise Errno.EINVAL(f"{node.path} cannot be written")
            return entry.store(tx, caller, node, data)
        file = registry.find_system_file(tx, _system(node).path)
        if file is None or file.store is None:
            raise Errno.EIO(f"{_system(node).path} cannot be written")
        file.store(tx, caller, data)
        return None


def _operations(tx: Transaction, file: File) -> FileOperations | None:
    """Those of a file that keeps something while it is open."""
    node = file.place.node
    if file.opened is None:
        return None
    if not isinstance(node, TaskNode):
        found = registry.find_system_file(tx, _system(node).path)
        return None if found is None else found.operations
    return task_tree.operations_of(tx, node)


def _system(node: Record) -> SystemNode:
    assert isinstance(node, SystemNode)
    return node


def _is_directory(tx: Transaction, node: Record) -> bool:
    if isinstance(node, TaskNode):
        return task_tree.is_directory(tx, node)
    return system_tree.is_directory(tx, _system(node))


def _listed(tx: Transaction, caller: TaskId, data: Mounter, space: SpaceId, name: str) -> bool:
    """Whether the entry *name* of the root is shown to *caller*."""
    number = nodes.number_named(name)
    if number is None:
        return not data.pids_only or name in system_tree.SELF
    task = pids.lookup(tx, space, number)
    return task is not None and not hiding.hides(tx, data, caller, task, hiding.INVISIBLE)
