"""What a file system type is to the VFS (Documentation/filesystems/vfs.rst).

A type is a class on :class:`FileSystem`, registered by ``@file_system("name")``; one object
serves all its superblocks and keeps nothing itself.  Every operation is told the transaction,
the calling task, the superblock and the *node*: a frozen record of the type's own making
that names one file of that superblock.  Nodes are compared by value.

The defaults are those of Linux for an operation that a file system does not have: most types
are synthetic, read-only trees and override ``lookup``, ``entries``, ``stat``, ``readlink`` and
``content``.  Permissions, mounts, ``.`` and ``..``, symbolic links, offsets and access modes are
the VFS's affair and already settled when an operation is asked.
"""

from collections.abc import Callable, Iterable
from typing import ClassVar, TypeVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFMT, S_IFREG, Dirent
from nsh.abi.request import Failure
from nsh.kernel import loading
from nsh.kernel.fs.operations import FileOperations
from nsh.machine.context import Place
from nsh.machine.files import Attributes, File, Opened, Superblock, SuperblockId
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


class Content(Opened):
    """What a synthetic file said when its reader started at the beginning."""

    data: bytes


class Name(Record):
    """A name in a directory, whether or not there is such a file."""

    directory: Record
    name: str


class FileSystem(FileOperations):
    """A file system type.  ``sb`` is a superblock's id, ``node`` a node of it."""

    name: ClassVar[str] = ""
    """As in /proc/filesystems; set by :func:`file_system`."""
    internal: ClassVar[bool] = False
    """The kernel mounts one for itself at boot, where no path leads (kern_mount)."""
    registered: ClassVar[bool] = True
    """Whether mount(2) knows its name at all, be it only to refuse (register_filesystem)."""
    userns_mount: ClassVar[bool] = False
    """Whether who has CAP_SYS_ADMIN in their own user namespace may mount it (FS_USERNS_MOUNT)."""
    of_the_machine: ClassVar[bool] = False
    """Whoever mounts it, its instances are the first user namespace's (``fc->global``)."""
    has_capabilities: ClassVar[bool] = False
    """Whether its files keep the extended attribute security.capability."""
    permits: ClassVar[bool] = False
    """Whether :meth:`permission` has a say, even on who may search any directory."""
    keeps_covered: ClassVar[bool] = False
    """Whether files that something is mounted on may lose their name to anything but a call that
    takes down what is mounted there (:func:`~nsh.kernel.fs.mount_tree.uncover`), and so are held
    for that long."""
    directory: ClassVar[Record | None] = None
    """A node that is always a directory, and which to stat(2) takes long."""
    negative: ClassVar[bool] = True
    """Whether a missing name may be created.  False where Linux's lookup itself answers ENOENT
    (proc), so that even mkdir of a new name fails so."""

    def present(self, tx: Transaction) -> bool:
        """Whether this machine's kernel has the type at all."""
        return True

    def can(self, what: str) -> bool:
        """Whether files of this type have the operation *what* at all (``i_op``)."""
        return getattr(type(self), what) is not getattr(FileSystem, what)

    # ---- instances ----

    def mount(
        self, tx: Transaction, caller: TaskId, source: str, options: str
    ) -> SuperblockId | Superblock:
        """The superblock for a new mount: a new one from :func:`new_superblock`, the one that
        there is (devtmpfs), or what a new one is to be, that is written down when it is mounted.
        EINVAL, EPERM."""
        raise Errno.ENODEV(f"{self.name} cannot be mounted")

    def top(self, tx: Transaction, caller: TaskId, sb: SuperblockId) -> Record:
        """What a new mount by *caller* shows at its top.  ENOENT."""
        return tx.get(Superblock, sb).root

    def user_space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """The user namespace that a new instance, mounted by *caller*, is of (``fc->user_ns``)."""
        return tx.get(Task, caller).creds.userns

    def check_options(self, options: str) -> None:
        """Whether *options* can be parsed.  EINVAL."""

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """mount(2) with MS_REMOUNT handed over new options, which ``check_options`` has let
        pass.  EINVAL."""

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """Options as /proc/mounts shows them after rw or ro: ``",size=4k"`` or ``""``."""
        return ""

    def show_root(self, tx: Transaction, reader: TaskId, sb: SuperblockId, node: Record) -> str:
        """What mountinfo tells *reader* of a mount with *node* at its top; "": the path of that
        from the top of the file system."""
        return ""

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The last mount is gone; the superblock's row goes next."""

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """The node called *name* in the directory *node*, or None; not ``.`` or ``..``."""
        return None

    def parent(self, tx: Transaction, sb: SuperblockId, node: Record) -> Record:
        """The directory that *node* is in; the root's is the root."""
        return tx.get(Superblock, sb).root

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The name of *node* in its parent, as getcwd(2) and /proc/PID/fd/N spell it."""
        return self.dname(tx, sb, node) or "?"

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether *node* has lost its name: ``(deleted)`` in links, ENOENT for getcwd(2)."""
        return False

    def dname(self, tx: Transaction, sb: SuperblockId, node: Record) -> str | None:
        """The whole text of a link to *node* for types without paths (``pipe:[17]``), or None."""
        return None

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """The directory's entries without ``.`` and ``..``, in the order of getdents(2)."""
        raise Errno.ENOTDIR(f"{self.name} has no such directory")

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """Type, mode, owner, size.  ENOENT if the file's subject is gone."""
        raise NotImplementedError(f"{self.name} does not describe its nodes")

    def device(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> SuperblockId:
        """What ``st_dev`` tells: the instance that *node* is of."""
        return sb

    def readlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> str | Place:
        """Where the symbolic link *node* leads: text to walk on, or for a magic link
        (/proc/PID/cwd, fd/N, ns/…) the place itself; readlink(2) then tells that place's path."""
        raise Errno.EINVAL("not a symbolic link")

    def permission(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, wanted: int
    ) -> bool | None:
        """Whether *caller* may do *wanted* (``MAY_…``) to *node*, where the type has a rule of its
        own; None: mode and owner say."""
        return None

    # ---- extended attributes ----

    def immutable(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether nobody changes anything of *node*, its attributes included (IS_IMMUTABLE)."""
        return False

    def capability(self, tx: Transaction, sb: SuperblockId, node: Record) -> bytes | None:
        """What *node* has as security.capability, with users as the superblock's user namespace
        numbers them; None: nothing.  ENOTSUP."""
        raise Errno.ENOTSUP(f"{self.name} keeps no extended attributes")

    def set_capability(
        self, tx: Transaction, sb: SuperblockId, node: Record, value: bytes | None
    ) -> None:
        """Have it keep *value*, or nothing.  ENOTSUP."""
        raise Errno.ENOTSUP(f"{self.name} keeps no extended attributes")

    # ---- references ----

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """So many things (open files, working directories, mounts) more stand on *node* now."""

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """It does no longer: an unlinked file may end."""

    # ---- open files ----

    def queued(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """What is left of a regular file."""
        sb = superblock_of(tx, file.place)
        attributes = self.stat(tx, caller, sb, file.place.node)
        if attributes.mode & S_IFMT != S_IFREG:
            raise Errno.ENOTTY("a directory is read with getdents")
        return attributes.size - file.offset

    def open(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, flags: int
    ) -> Opened | None:
        """A file is being opened (its description does not exist yet); replies what to keep in
        ``File.opened``.  May raise any errno, or ``WouldBlock``.  Not asked for device nodes
        and fifos, whose drivers are."""
        return None

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """``content`` from ``file.offset`` on.

        It is asked for when reading starts at offset 0 and kept with the open file, so that a
        reader in small steps sees one moment (as seq_file does).
        """
        place = file.place
        if file.offset == 0 or not isinstance(file.opened, Content):
            said = self.content(tx, caller, superblock_of(tx, place), place.node)
            data = said if isinstance(said, bytes) else said.encode("utf-8", "surrogateescape")
            opened = Content(data)
            tx.put(key, replace(file, opened=opened))
        else:
            opened = file.opened
        return opened.data[file.offset : file.offset + size]

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """All of *data* goes to ``store`` in one piece, wherever the offset stands."""
        place = file.place
        taken = self.store(tx, caller, superblock_of(tx, place), place.node, data)
        return len(data) if taken is None else taken

    def content(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> bytes | str:
        """The whole content of a synthetic file as *caller* sees it.  EINVAL: not readable."""
        raise Errno.EINVAL("the file has no content to read")

    def store(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, data: bytes
    ) -> int | None:
        """One write(2) to a synthetic file: how many bytes were taken, or None for all.

        EINVAL: not writable.
        """
        raise Errno.EINVAL("the file takes no writes")

    # ---- changes ----

    def chown(
        self,
        tx: Transaction,
        caller: TaskId,
        sb: SuperblockId,
        node: Record,
        owner: Attributes,
    ) -> None:
        """Give the file the owner, group and mode of *owner*, its own attributes but for these."""
        raise Errno.EPERM(f"{self.name} does not keep owners")

    def truncate(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, size: int
    ) -> None:
        """Set the length; also O_TRUNC.  Synthetic files let it pass without effect."""

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Set the permission bits."""
        raise Errno.EPERM(f"{self.name} does not keep modes")

    def touch(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> None:
        """Set the times to now; where none are kept there is nothing to do."""

    def create(
        self,
        tx: Transaction,
        caller: TaskId,
        sb: SuperblockId,
        at: Name,
        mode: int,
        *,
        rdev: int = 0,
    ) -> Record:
        """Make the file *at* of the type in *mode* (all but links and directories).  EACCES for a
        regular file, whose maker is another than that of nodes; EPERM."""
        if mode & S_IFMT == S_IFREG:
            raise Errno.EACCES(f"{self.name} makes no files on demand")
        raise Errno.EPERM(f"{self.name} makes no nodes")

    def mkdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, mode: int
    ) -> Record:
        """Make a directory."""
        raise Errno.EPERM(f"{self.name} makes no directories on demand")

    def symlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, target: str
    ) -> None:
        """Make a symbolic link."""
        raise Errno.EPERM(f"{self.name} makes no links")

    def link(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Give *node*, which is no directory, another name."""
        raise Errno.EPERM(f"{self.name} makes no links")

    def unlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Remove a name of *node*, which is no directory."""
        raise Errno.EPERM(f"nothing can be removed from {self.name}")

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Remove the directory *node*.  ENOTEMPTY."""
        raise Errno.EPERM(f"nothing can be removed from {self.name}")

    def rename(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, old: Name, new: Name
    ) -> None:
        """Rename, replacing what is there; the VFS has checked that the two go together.
        ENOTEMPTY."""
        raise Errno.EPERM(f"nothing can be renamed in {self.name}")


F = TypeVar("F", bound=FileSystem)

_types: dict[str, FileSystem] = {}


def file_system(name: str) -> Callable[[type[F]], type[F]]:
    """Register the decorated class as the file system type *name*.

    ``ValueError`` if there is one of that name.
    """

    def register(cls: type[F]) -> type[F]:
        if name in _types:
            raise ValueError(f"two file systems are called {name}")
        cls.name = name
        _types[name] = cls()
        return cls

    return register


def find_type(name: str) -> FileSystem | None:
    """The file system type *name*, or None."""
    if name not in _types:
        loading.load_all()
    return _types.get(name)


def type_names() -> list[str]:
    """The names of all types, sorted."""
    loading.load_all()
    return sorted(_types)


def internal_types() -> list[FileSystem]:
    """Those that the kernel mounts for itself, by name."""
    return [_types[name] for name in sorted(_types) if _types[name].internal]


def type_of(tx: Transaction, sb: SuperblockId) -> FileSystem:
    """The type of the superblock *sb*; ``KeyError`` if there is no such superblock."""
    return _types[tx.get(Superblock, sb).type]


def type_named(name: str) -> FileSystem:
    """The type of superblocks that say *name*."""
    return _types[name]


def new_superblock(
    tx: Transaction, name: str, root: Record, data: Record | None = None
) -> SuperblockId:
    """A new superblock of the type *name*, which no mount shows yet."""
    key = tx.new(SuperblockId)
    tx.put(key, Superblock(name, root, data))
    return key


def superblock_of(tx: Transaction, place: Place) -> SuperblockId:
    """The superblock that *place* is on."""
    return tx.get(Mount, place.mount).superblock
