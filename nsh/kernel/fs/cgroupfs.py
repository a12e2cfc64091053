"""Hierarchies of cgroups as directories, of either version (kernel/cgroup/cgroup.c).

However often a hierarchy is mounted it is one file system.  What a mount shows at its top is the
root of its maker's cgroup namespace; and what mountinfo tells of that depends on its reader's.
"""

from collections.abc import Iterable
from typing import ClassVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG, Dirent, OpenFlag
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.kernel import cgroupns, contexts, namespaces
from nsh.kernel.cgroup import attaching, cftypes, controllers, events, hierarchies, population, tree
from nsh.kernel.fs.operations import Ready
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import FileSystem, Name, new_superblock
from nsh.machine.cgroups import UNIFIED, Cgroup, CgroupFile, CgroupNode, CgroupSpace, Hierarchy
from nsh.machine.files import Attributes, File, Opened, Superblock, SuperblockId
from nsh.machine.ids import FIRST_USER, CgroupId, FileId, HierarchyId, NamespaceId, TaskId
from nsh.machine.record import Record
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_ACCMODE = OpenFlag.O_WRONLY | OpenFlag.O_RDWR


class CgroupFileSystem(FileSystem):
    """Its nodes are :class:`CgroupNode`."""

    userns_mount: ClassVar[bool] = True
    of_the_machine: ClassVar[bool] = True

    # ---- instances ----

    def user_space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """Who may mount in a cgroup namespace may mount hierarchies there."""
        return tx.get(CgroupSpace, contexts.namespace(tx, caller, "cgroup")).owner

    def shown(self, tx: Transaction, number: HierarchyId) -> SuperblockId:
        """The one file system that shows a hierarchy."""
        record = tx.get(Hierarchy, number)
        if not record.superblock:
            sb = new_superblock(tx, self.name, CgroupNode(record.root))
            record = replace(record, superblock=sb)
            tx.put(number, record)
        return record.superblock

    def top(self, tx: Transaction, caller: TaskId, sb: SuperblockId) -> Record:
        """ENOENT where the root of the caller's namespace has been removed."""
        root = cgroupns.root_of(tx, caller, hierarchy_of(tx, sb))
        if tx.get(Cgroup, root).removed:
            raise Errno.ENOENT("the root of the cgroup namespace has been removed")
        return CgroupNode(root)

    def show_root(self, tx: Transaction, reader: TaskId, sb: SuperblockId, node: Record) -> str:
        """Its path from the root of the reader's cgroup namespace (cgroup_show_path)."""
        assert isinstance(node, CgroupNode)
        root = cgroupns.root_of(tx, reader, hierarchy_of(tx, sb))
        path = cgroupns.path(tx, node.cgroup, root)
        return f"{path.rstrip('/')}/{node.file}" if node.file else path

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The hierarchy ends, if it has no cgroups."""
        hierarchies.unmounted(tx, hierarchy_of(tx, sb))

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """A file of the cgroup, or a cgroup in it."""
        key, record = found(tx, node)
        if record.removed:
            return None
        if name in record.files:
            return CgroupNode(key, name)
        child = record.children.get(name)
        return None if child is None else CgroupNode(child)

    def parent(self, tx: Transaction, sb: SuperblockId, node: Record) -> Record:
        """The cgroup that it is in."""
        key, record = found(tx, node)
        assert isinstance(node, CgroupNode)
        return CgroupNode(key if node.file else record.parent)

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The file's, or the cgroup's."""
        _key, record = found(tx, node)
        assert isinstance(node, CgroupNode)
        return node.file or record.name

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether the cgroup has been removed."""
        return found(tx, node)[1].removed

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """Files and cgroups, by name."""
        _key, record = found(tx, node)
        files = {name: (file.ino, S_IFREG) for name, file in record.files.items() if name}
        below = {
            name: (tx.get(Cgroup, key).files[""].ino, S_IFDIR)
            for name, key in record.children.items()
        }
        for name, (ino, kind) in sorted({**files, **below}.items()):
            yield Dirent(name, ino, kind)

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A directory has a link for each cgroup in it."""
        _key, record = found(tx, node)
        assert isinstance(node, CgroupNode)
        file = _attributes(tx, node)
        return file if node.file else replace(file, nlink=2 + len(record.children))

    # ---- references ----

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """Count users of the cgroup."""
        cgroupns.hold(tx, found(tx, node)[0], count)

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Uncount one."""
        cgroupns.put(tx, found(tx, node)[0])

    # ---- open files ----

    def open(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, flags: int
    ) -> Opened | None:
        """Writing goes by the rights of who opens, and by what it sees (cgroup_file_open)."""
        opener = credentials(tx, caller) if flags & _ACCMODE else None
        if opener is not None and opener.userns != FIRST_USER:
            namespaces.hold(tx, "user", opener.userns)
        known = tx.find(Hierarchy, UNIFIED) is not None
        root = cgroupns.root_of(tx, caller, UNIFIED) if known else CgroupId(0)
        space = contexts.namespace(tx, caller, "cgroup")
        assert isinstance(node, CgroupNode)
        if not node.file:
            return CgroupFile(opener, space, root)
        if _cftype(tx, node).notifies:
            events.opened(tx, node.cgroup, node.file)
        return CgroupFile(opener, space, root, inode=_attributes(tx, node).ino)

    def close(self, tx: Transaction, file: File) -> None:
        """Whose rights it went by is let go."""
        if isinstance(file.opened, CgroupFile):
            events.closed(tx, file.opened.inode)
        opener = file.opened.opener if isinstance(file.opened, CgroupFile) else None
        if opener is not None and opener.userns != FIRST_USER:
            namespaces.put(tx, "user", opener.userns)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """What the file says when reading starts at offset 0, to the reader.  ENODEV when the
        cgroup has been removed."""
        cgroup, node = _of_file(tx, file)
        opened = file.opened
        assert isinstance(opened, CgroupFile)
        if not file.offset:
            said = _cftype(tx, node).show(tx, caller, cgroup)
            event = events.latest(tx, opened.inode) if said else opened.event
            data = said.encode("utf-8", "surrogateescape")
            opened = replace(opened, data=data, event=event)
            tx.put(key, replace(file, opened=opened))
        return opened.data[file.offset : file.offset + size]

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """E2BIG, ENODEV; EPERM: with nsdelegate, the root of one's own namespace is not one's own
        to manage (cgroup_file_write); and what the file has."""
        opened = file.opened
        assert isinstance(opened, CgroupFile)
        assert isinstance(file.place.node, CgroupNode)
        known = _cftype(tx, file.place.node)
        if len(data) > known.longest:
            raise Errno.E2BIG(f"it takes {known.longest} bytes at a time")
        cgroup, _node = _of_file(tx, file)
        if data:
            foreign = not known.delegatable and opened.space != cgroupns.FIRST
            if foreign and opened.root == cgroup and attaching.delegates(tx):
                raise Errno.EPERM("who delegated the cgroup keeps this file (nsdelegate)")
            by = cftypes.By(caller, opened)
            text = data.decode("utf-8", "surrogateescape")
            known.write(tx, by, cgroup, text.strip() if known.strips else text)
        return len(data)

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """It can be read at any time; POLLPRI: there is something new in it (kernfs_fop_poll)."""
        ready, node, opened = PollEvent.POLLIN | PollEvent.POLLOUT, file.place.node, file.opened
        assert isinstance(node, CgroupNode)
        assert isinstance(opened, CgroupFile)
        if not node.file:
            return Ready(ready)
        if _gone(tx, file) or opened.event != events.latest(tx, opened.inode):
            ready |= PollEvent.POLLERR | PollEvent.POLLPRI
        return Ready(ready, (channel(On.CGROUP, opened.inode),))

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
        """A new cgroup, of whom makes it.  EAGAIN over a limit; EINVAL: /proc/PID/cgroup has a line
        for each."""
        check_name(at.name)
        creds = credentials(tx, caller)
        key, _record = found(tx, at.directory)
        made = tree.make(tx, key, at.name, mode, creds.fsuid, creds.fsgid)
        counting = controllers.counting(tx, made)
        if counting:
            controllers.begin(tx, made, counting, creds.fsuid, creds.fsgid)
        return CgroupNode(made)

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """EBUSY with tasks or cgroups in it."""
        key = found(tx, node)[0]
        tree.remove(tx, key, len(population.members(tx, key)))

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


def hierarchy_of(tx: Transaction, sb: SuperblockId) -> HierarchyId:
    """The number of the hierarchy that *sb* shows."""
    root = tx.get(Superblock, sb).root
    return found(tx, root)[1].hierarchy


def found(tx: Transaction, node: Record) -> tuple[CgroupId, Cgroup]:
    """The cgroup that *node* is of."""
    assert isinstance(node, CgroupNode)
    return node.cgroup, tx.get(Cgroup, node.cgroup)


def _of_file(tx: Transaction, file: File) -> tuple[CgroupId, CgroupNode]:
    """The cgroup of an open file, and its node.  ENODEV when it has been removed."""
    node = file.place.node
    assert isinstance(node, CgroupNode)
    if not node.file:
        raise Errno.EISDIR("a directory is read with getdents")
    if _gone(tx, file):
        raise Errno.ENODEV("the cgroup has been removed, or has the file no more")
    return node.cgroup, node


def _gone(tx: Transaction, file: File) -> bool:
    """Whether an open file of a cgroup is so no more: its controller may have left."""
    node, opened = file.place.node, file.opened
    assert isinstance(node, CgroupNode)
    assert isinstance(opened, CgroupFile)
    record = tx.get(Cgroup, node.cgroup)
    there = record.files.get(node.file)
    return record.removed or there is None or there.ino != opened.inode


def _cftype(tx: Transaction, node: CgroupNode) -> cftypes.Cftype:
    return cftypes.table(tx, tx.get(Cgroup, node.cgroup).hierarchy)[node.file]


def _attributes(tx: Transaction, node: Record) -> Attributes:
    assert isinstance(node, CgroupNode)
    there = found(tx, node)[1].files.get(node.file)
    if there is None:
        raise Errno.ENODEV(f"the controller of {node.file} has left the cgroup")
    return there


def _set(tx: Transaction, node: Record, file: Attributes) -> None:
    assert isinstance(node, CgroupNode)
    key, record = found(tx, node)
    tx.put(key, replace(record, files=record.files.set(node.file, file)))


def check_name(name: str) -> None:
    """EINVAL for what a line cannot hold."""
    if "\n" in name:
        raise Errno.EINVAL("/proc/PID/cgroup has a line for each: no newline in names")
