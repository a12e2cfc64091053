"""cgroup: a hierarchy of cgroups as directories (cgroups(7); kernel/cgroup/cgroup-v1.c).

However often a hierarchy is mounted it is one file system.  What a mount shows at its top is the
root of its maker's cgroup namespace; and what mountinfo tells of that depends on its reader's.
"""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG, Dirent
from nsh.abi.request import Failure
from nsh.kernel import cgroupns, cgroups, contexts
from nsh.kernel.fs import cgroup_options, parameters
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import FileSystem, Name, file_system, new_superblock
from nsh.machine.cgroups import Cgroup, CgroupNode, CgroupSpace, Hierarchy
from nsh.machine.files import Attributes, File, Opened, Superblock, SuperblockId
from nsh.machine.ids import CgroupId, FileId, HierarchyId, NamespaceId, TaskId
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


class OpenedBy(Opened):
    """By whose right the file is written to, whoever does so, and what its reader has been told."""

    euid: int
    data: bytes = b""


@file_system("cgroup")
class CgroupType(FileSystem):
    """Its nodes are :class:`CgroupNode`."""

    userns_mount: ClassVar[bool] = True
    of_the_machine: ClassVar[bool] = True

    # ---- instances ----

    def user_space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """Who may mount in a cgroup namespace may mount hierarchies there."""
        return _space(tx, caller).owner

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The hierarchy of that name, or a new one, which the first cgroup namespace alone may
        have (EPERM)."""
        wanted = cgroup_options.parse(options)
        number = cgroups.called(tx, wanted.name)
        if number is None:
            if not wanted.none:
                said = "cgroup: No subsys list or none specified"
                parameters.refuse(said, f"there is no hierarchy {wanted.name}; a new one: none")
            if contexts.namespace(tx, caller, "cgroup") != cgroupns.FIRST:
                raise Errno.EPERM("new hierarchies begin in the machine's first cgroup namespace")
            number = cgroups.begin(tx, wanted.name)
        record = tx.get(Hierarchy, number)
        if not record.superblock:
            sb = new_superblock(tx, self.name, CgroupNode(record.root))
            record = replace(record, superblock=sb)
            tx.put(number, record)
        return record.superblock

    def top(self, tx: Transaction, caller: TaskId, sb: SuperblockId) -> Record:
        """ENOENT where the root of the caller's namespace has been removed."""
        root = cgroupns.root_of(tx, caller, _hierarchy(tx, sb))
        if tx.get(Cgroup, root).removed:
            raise Errno.ENOENT("the root of the cgroup namespace has been removed")
        return CgroupNode(root)

    def check_options(self, options: str) -> None:
        """Controllers there are none, and names are of a form."""
        cgroup_options.parse(options)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """Nothing can be changed.  EINVAL for another name, EBUSY with cgroups in it."""
        number = _hierarchy(tx, sb)
        name = tx.get(Hierarchy, number).name
        other = cgroup_options.parse(options).name
        if other != name:
            said = f'cgroup: option or name mismatch, new: 0x0 "{other}", old: 0x0 "{name}"'
            parameters.refuse(said, f"the hierarchy is called {name}")
        if cgroups.has_children(tx, number):
            raise Errno.EBUSY("there are cgroups in the hierarchy")

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """The name."""
        return f",name={tx.get(Hierarchy, _hierarchy(tx, sb)).name}"

    def show_root(self, tx: Transaction, reader: TaskId, sb: SuperblockId, node: Record) -> str:
        """Its path from the root of the reader's cgroup namespace (cgroup_show_path)."""
        assert isinstance(node, CgroupNode)
        root = cgroupns.root_of(tx, reader, _hierarchy(tx, sb))
        path = cgroupns.path(tx, node.cgroup, root)
        return f"{path.rstrip('/')}/{node.file}" if node.file else path

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The hierarchy ends, if it has no cgroups."""
        cgroups.unmounted(tx, _hierarchy(tx, sb))

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """A file of the cgroup, or a cgroup in it."""
        key, record = _found(tx, node)
        if record.removed:
            return None
        if name in record.files:
            return CgroupNode(key, name)
        child = record.children.get(name)
        return None if child is None else CgroupNode(child)

    def parent(self, tx: Transaction, sb: SuperblockId, node: Record) -> Record:
        """The cgroup that it is in."""
        key, record = _found(tx, node)
        assert isinstance(node, CgroupNode)
        return CgroupNode(key if node.file else record.parent)

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The file's, or the cgroup's."""
        _key, record = _found(tx, node)
        assert isinstance(node, CgroupNode)
        return node.file or record.name

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether the cgroup has been removed."""
        return _found(tx, node)[1].removed

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """Files and cgroups, by name."""
        _key, record = _found(tx, node)
        files = {name: (file.ino, S_IFREG) for name, file in record.files.items() if name}
        below = {
            name: (tx.get(Cgroup, key).files[""].ino, S_IFDIR)
            for name, key in record.children.items()
        }
        for name, (ino, kind) in sorted({**files, **below}.items()):
            yield Dirent(name, ino, kind)

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A directory has a link for each cgroup in it."""
        _key, record = _found(tx, node)
        assert isinstance(node, CgroupNode)
        file = record.files[node.file]
        return file if node.file else replace(file, nlink=2 + len(record.children))

    # ---- references ----

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """Count users of the cgroup."""
        cgroupns.hold(tx, _found(tx, node)[0], count)

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Uncount one."""
        cgroupns.put(tx, _found(tx, node)[0])

    # ---- open files ----

    def open(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, flags: int
    ) -> Opened | None:
        """Writing goes by the rights of who opens."""
        return OpenedBy(credentials(tx, caller).euid)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """Who is there when reading starts at offset 0, rising, in the reader's numbers.  ENODEV
        when the cgroup has been removed."""
        cgroup, record = _of_file(tx, file)
        opened = file.opened
        assert isinstance(opened, OpenedBy)
        if not file.offset:
            threads = record.file == cgroups.TASKS
            space = tx.get(Task, caller).space
            found = cgroups.numbers(tx, cgroup, space, threads=threads)
            opened = replace(opened, data="".join(f"{nr}\n" for nr in found).encode())
            tx.put(key, replace(file, opened=opened))
        return opened.data[file.offset : file.offset + size]

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """One number, of a process or a thread, which moves there.  ENODEV, EINVAL, and what
        :func:`~nsh.kernel.cgroups.attach` has."""
        cgroup, record = _of_file(tx, file)
        assert isinstance(file.opened, OpenedBy)
        if data:
            nr = parameters.number(data.decode("utf-8", "replace").strip())
            if nr is None or not 0 <= nr < 1 << 31:
                raise Errno.EINVAL("one number at a time, of who is to move there; 0 is the writer")
            threads = record.file == cgroups.TASKS
            cgroups.attach(tx, caller, file.opened.euid, cgroup, nr, threads=threads)
        return len(data)

    # ---- changes ----

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Of directories and files."""
        old = _attributes(tx, node)
        _set(tx, node, replace(old, mode=old.mode & S_IFMT | mode & 0o7777))

    def chown(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, owner: Attributes
    ) -> None:
        """So a cgroup is given to whoever is to manage what is below it."""
        new = replace(_attributes(tx, node), mode=owner.mode, uid=owner.uid, gid=owner.gid)
        _set(tx, node, new)

    def touch(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> None:
        """Set the time."""
        _set(tx, node, replace(_attributes(tx, node), mtime=tx.clock))

    def mkdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, mode: int
    ) -> Record:
        """A new cgroup, of whom makes it.  EINVAL: /proc/PID/cgroup has a line for each."""
        _check_name(at.name)
        creds = credentials(tx, caller)
        key, _record = _found(tx, at.directory)
        return CgroupNode(cgroups.make(tx, key, at.name, mode, creds.fsuid, creds.fsgid))

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """EBUSY with tasks or cgroups in it."""
        cgroups.remove(tx, _found(tx, node)[0])

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """A cgroup, where it is: ENOTDIR of files, EIO to another one, EEXIST (cgroup1_rename)."""
        key, record = _found(tx, old.directory)
        _check_name(new.name)
        child = record.children.get(old.name)
        if child is None:
            raise Errno.ENOTDIR("the files of a cgroup keep their names")
        if _found(tx, new.directory)[0] != key:
            raise Errno.EIO("a cgroup stays in the one that it was made in")
        if new.name in record.children or new.name in record.files:
            raise Errno.EEXIST(f"there is a {new.name} already")
        tx.put(child, replace(tx.get(Cgroup, child), name=new.name))
        children = record.children.delete(old.name).set(new.name, child)
        tx.put(key, replace(record, children=children))


def _space(tx: Transaction, task: TaskId) -> CgroupSpace:
    return tx.get(CgroupSpace, contexts.namespace(tx, task, "cgroup"))


def _hierarchy(tx: Transaction, sb: SuperblockId) -> HierarchyId:
    """The number of the hierarchy that *sb* shows."""
    root = tx.get(Superblock, sb).root
    return _found(tx, root)[1].hierarchy


def _found(tx: Transaction, node: Record) -> tuple[CgroupId, Cgroup]:
    assert isinstance(node, CgroupNode)
    return node.cgroup, tx.get(Cgroup, node.cgroup)


def _of_file(tx: Transaction, file: File) -> tuple[CgroupId, CgroupNode]:
    """The cgroup of an open file, and its node.  ENODEV when it has been removed."""
    node = file.place.node
    assert isinstance(node, CgroupNode)
    if not node.file:
        raise Errno.EISDIR("a directory is read with getdents")
    if tx.get(Cgroup, node.cgroup).removed:
        raise Errno.ENODEV("the cgroup has been removed")
    return node.cgroup, node


def _attributes(tx: Transaction, node: Record) -> Attributes:
    assert isinstance(node, CgroupNode)
    return _found(tx, node)[1].files[node.file]


def _set(tx: Transaction, node: Record, file: Attributes) -> None:
    assert isinstance(node, CgroupNode)
    key, record = _found(tx, node)
    tx.put(key, replace(record, files=record.files.set(node.file, file)))


def _check_name(name: str) -> None:
    if "\n" in name:
        raise Errno.EINVAL("/proc/PID/cgroup has a line for each: no newline in names")
