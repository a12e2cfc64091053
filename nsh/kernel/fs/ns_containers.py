"""The file system ``ns_container``: one tree of containers, shown by each mount of it (S1; G12).

A directory is a container; each file in it is a namespace, called by its kind, and can be linked
into other containers.  Nothing is in a new directory until somebody joins it or links files.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG, Dirent
from nsh.kernel import capabilities, contexts, entering, kinds, namespaces, ns_containers
from nsh.kernel.fs.types import FileSystem, Name, file_system, new_superblock
from nsh.machine.files import Attributes, Superblock, SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.ns_containers import NsContainer, NsDirectory, NsFile
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

TYPE: Final = "ns_container"


@file_system(TYPE)
class NsContainers(FileSystem):
    """Its nodes are :class:`NsDirectory` and :class:`NsFile`."""

    def present(self, tx: Transaction) -> bool:
        """As the policy ``ns.enter`` has it."""
        return entering.offered(tx, "attach")

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The one tree; whoever mounts it first is in its root."""
        self.check_options(options)
        for key, superblock in tx.items(Superblock):
            if superblock.type == TYPE:
                return SuperblockId(key)
        root = tx.fresh()
        tx.put(root, NsContainer(root, "", S_IFDIR | 0o755, mtime=tx.clock))
        ns_containers.found(tx, caller, root)
        return new_superblock(tx, TYPE, NsDirectory(root))

    def check_options(self, options: str) -> None:
        """There are none."""
        if options.strip(","):
            raise Errno.EINVAL(f"{TYPE} has no option {options}")

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The containers go, and with them what only they kept."""
        root = tx.get(Superblock, sb).root
        assert isinstance(root, NsDirectory)
        self._forget(tx, root.container)

    def _forget(self, tx: Transaction, key: int) -> None:
        record = tx.get(NsContainer, key)
        for child in sorted(record.children.values()):
            self._forget(tx, child)
        tx.drop(NsContainer, key)
        for kind, space in sorted(record.spaces.items()):
            namespaces.put(tx, kind, space)

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """A container in this one, or the file of a namespace."""
        key, record = _directory(tx, node)
        if name in record.spaces:
            return NsFile(key, name)
        child = record.children.get(name)
        return None if child is None else NsDirectory(child)

    def parent(self, tx: Transaction, sb: SuperblockId, node: Record) -> Record:
        """The container that it is in."""
        if isinstance(node, NsFile):
            return NsDirectory(node.container)
        return NsDirectory(_directory(tx, node)[1].parent)

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The kind, or the container's name."""
        return node.kind if isinstance(node, NsFile) else _directory(tx, node)[1].name

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether the container is gone, or the file is no longer in it."""
        key = node.container if isinstance(node, NsFile | NsDirectory) else 0
        record = tx.find(NsContainer, key)
        return record is None or (isinstance(node, NsFile) and node.kind not in record.spaces)

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """The files, then the containers, by name."""
        _key, record = _directory(tx, node)
        for kind, space in sorted(record.spaces.items()):
            yield Dirent(kind, namespaces.get(tx, kind, space).inum, S_IFREG)
        for name, child in sorted(record.children.items()):
            yield Dirent(name, child, S_IFDIR)

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """Files have as many links as containers they are in.  ENOENT when it is gone."""
        if isinstance(node, NsFile):
            record = tx.find(NsContainer, node.container)
            space = None if record is None else record.spaces.get(node.kind)
            if space is None:
                raise Errno.ENOENT("the namespace's file is no longer in the container")
            inum = namespaces.get(tx, node.kind, space).inum
            links = sum(each.spaces.get(node.kind) == space for _key, each in tx.items(NsContainer))
            return Attributes(inum, S_IFREG | 0o444, links)
        key, record = _directory(tx, node)
        links = 2 + len(record.children)
        return Attributes(key, record.mode, links, record.uid, record.gid, mtime=record.mtime)

    # ---- content ----

    def content(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> bytes | str:
        """``KIND:[INUM]``, as the link in /proc/PID/ns says."""
        if not isinstance(node, NsFile):
            raise Errno.EISDIR("a directory is read with getdents")
        return f"{node.kind}:[{self.stat(tx, caller, sb, node).ino}]\n"

    # ---- changes ----

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Of directories; a namespace's file has the mode that it has."""
        if isinstance(node, NsFile):
            raise Errno.EPERM("the file of a namespace keeps its mode")
        key, record = _directory(tx, node)
        tx.put(key, replace(record, mode=record.mode & S_IFMT | mode & 0o7777))

    def mkdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, mode: int
    ) -> Record:
        """A new container, of nothing yet.  EPERM without CAP_SYS_ADMIN; EINVAL for the name of a
        kind of namespace, which is a file's."""
        if kinds.kind_called(at.name) is not None:
            raise Errno.EINVAL(f"{at.name} is what the file of a namespace is called")
        key, record = _directory(tx, at.directory)
        _check_admin(tx, caller, "a new container")
        creds = tx.get(Task, caller).creds
        child = tx.fresh()
        mode = S_IFDIR | mode & 0o7777
        tx.put(child, NsContainer(key, at.name, mode, creds.euid, creds.egid, tx.clock))
        tx.put(key, replace(record, children=record.children.set(at.name, child), mtime=tx.clock))
        return NsDirectory(child)

    def link(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """The namespace is to be the other container's too.  EINVAL: it is called by its kind."""
        assert isinstance(node, NsFile)
        if at.name != node.kind:
            raise Errno.EINVAL(f"the file of a {node.kind} namespace is called {node.kind}")
        _check_admin(tx, caller, "a link to a namespace")
        key, record = _directory(tx, at.directory)
        space = tx.get(NsContainer, node.container).spaces[node.kind]
        namespaces.hold(tx, node.kind, space)
        tx.put(key, replace(record, spaces=record.spaces.set(node.kind, space), mtime=tx.clock))

    def unlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """The container is without that namespace; who is in it already stays where it is."""
        _check_admin(tx, caller, "taking a namespace out of a container")
        key, record = _directory(tx, at.directory)
        space = record.spaces[at.name]
        tx.put(key, replace(record, spaces=record.spaces.delete(at.name), mtime=tx.clock))
        namespaces.put(tx, at.name, space)

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """With its files.  ENOTEMPTY with containers in it, EBUSY with tasks."""
        key, record = _directory(tx, node)
        if record.children:
            raise Errno.ENOTEMPTY(f"{len(record.children)} containers are in it")
        if ns_containers.occupied(tx, key):
            raise Errno.EBUSY("there are tasks in the container")
        _check_admin(tx, caller, "removing a container")
        above, outer = _directory(tx, at.directory)
        tx.put(above, replace(outer, children=outer.children.delete(at.name), mtime=tx.clock))
        self._forget(tx, key)


def _directory(tx: Transaction, node: Record) -> tuple[int, NsContainer]:
    """ENOENT when the container is gone."""
    assert isinstance(node, NsDirectory)
    record = tx.find(NsContainer, node.container)
    if record is None:
        raise Errno.ENOENT("the container has been removed")
    return node.container, record


def _check_admin(tx: Transaction, caller: TaskId, doing: str) -> None:
    owner = namespaces.get(tx, "mnt", contexts.namespace(tx, caller, "mnt")).owner
    capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, doing)
