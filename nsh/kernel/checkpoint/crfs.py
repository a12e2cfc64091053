"""crfs: containers as a file system (S2: "C/R file systems"; C8).

At its top are the containers that a reader sees and may checkpoint.  Each is a directory as
:mod:`nsh.kernel.checkpoint.layout` has it: opening that takes the checkpoint, of that moment, and
what is below is that image until it is opened anew.  With the option ``stream`` each is one file,
and opening it takes the checkpoint.  The reverse: a directory, or file, of another name collects
what is written to it, and the write that makes it whole restarts the container, as a child of the
writer.

Nobody runs while an image is taken, for that is one step; so nobody has to be frozen.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG, Dirent, OpenFlag
from nsh.kernel.checkpoint import crfs_images as images
from nsh.kernel.fs import parameters
from nsh.kernel.fs.permission import MAY_WRITE
from nsh.kernel.fs.types import (
    Content,
    FileSystem,
    Name,
    file_system,
    new_superblock,
    superblock_of,
)
from nsh.machine.crfs import TYPE, CrfsImages, CrfsNode
from nsh.machine.files import Attributes, File, Opened, SuperblockId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.record import Record
from nsh.machine.settings import on_mainline
from nsh.machine.value import Transaction

_STREAM: Final = "stream"
_ACCMODE: Final = 3


@file_system(TYPE)
class Crfs(FileSystem):
    """Its nodes are :class:`CrfsNode`."""

    permits: ClassVar[bool] = True
    directory: ClassVar[Record] = CrfsNode()

    def present(self, tx: Transaction) -> bool:
        """Mainline took none."""
        return not on_mainline(tx)

    # ---- instances ----

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """Each has images of its own."""
        self.check_options(options)
        key = new_superblock(tx, TYPE, CrfsNode())
        tx.put(key, CrfsImages(_STREAM in options.split(",")))
        return key

    def check_options(self, options: str) -> None:
        """There is ``stream``."""
        for option in filter(None, options.split(",")):
            if option.partition("=")[0] != _STREAM:
                parameters.unknown(TYPE, option)
            if option != _STREAM:
                parameters.unexpected(TYPE, _STREAM)

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """EINVAL: it is what it was mounted as."""
        if _STREAM in options.split(",") and not tx.get(CrfsImages, sb).stream:
            raise Errno.EINVAL("what shows a container as a tree does so as long as it is mounted")

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """``,stream``."""
        return f",{_STREAM}" if tx.get(CrfsImages, sb).stream else ""

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The images go, and what has been written of others."""
        tx.drop(CrfsImages, sb)

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """A container or an image that is being written, or what is in its directory."""
        below = images.child(node, name)
        if not below.path:
            there = images.is_there(tx, caller, sb, name)
        else:
            there = below.path in images.shown(tx, caller, sb, below.name).below
        return below if there else None

    def parent(self, tx: Transaction, sb: SuperblockId, node: Record) -> Record:
        """The directory that it is in."""
        here = images.as_node(node)
        return CrfsNode(here.name, here.path.rpartition("/")[0]) if here.path else CrfsNode()

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The last step of its path."""
        here = images.as_node(node)
        return here.path.rpartition("/")[2] or here.name

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether the container is gone, or the image has no such file any more."""
        return images.gone(tx, sb, images.as_node(node))

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """All of them, by name."""
        here, row = images.as_node(node), tx.get(CrfsImages, sb)
        if not here.name:
            written = [name for name in row.trees if images.unfinished(tx, sb, name)]
            names = {*images.containers(tx, caller), *written}
        else:
            names = set(images.children(images.shown(tx, caller, sb, here.name).below, here.path))
        for name in sorted(names):
            below = images.child(here, name)
            yield Dirent(name, images.ino_of(below), self.stat(tx, caller, sb, below).mode & S_IFMT)

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """What has been written is the writer's, the others are root's."""
        here, row = images.as_node(node), tx.get(CrfsImages, sb)
        gone = images.gone(tx, sb, here)
        tree, content = row.trees.get(here.name), None
        if here.name and (here.path or row.stream):
            content = b"" if tree is None else tree.below.get(here.path, b"")
        mode = S_IFDIR | (0o700 if here.name else 0o755)
        links, size = 2, 0
        if content is not None:
            mode, links, size = S_IFREG | 0o600, 1, len(content)
        owner, when = ((0, 0), 0) if tree is None else ((tree.uid, tree.gid), tree.taken)
        ino = images.ino_of(here)
        return Attributes(ino, mode, 0 if gone else links, *owner, size=size, mtime=when)

    def permission(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, wanted: int
    ) -> bool | None:
        """Who finds a container may checkpoint it, whoever that is."""
        here = images.as_node(node)
        if wanted & MAY_WRITE or not here.name or images.unfinished(tx, sb, here.name):
            return None
        return True

    # ---- open files ----

    def open(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, flags: int
    ) -> Opened | None:
        """Here checkpoints are taken; who reads sees one image to its end."""
        here = images.as_node(node)
        if not here.name or images.unfinished(tx, sb, here.name) is not None:
            return None
        if flags & _ACCMODE != OpenFlag.O_RDONLY or flags & OpenFlag.O_TRUNC:
            images.to_write(tx, sb, here)
        if tx.get(CrfsImages, sb).stream:
            return Content(images.stream(tx, caller, here.name))
        tree = images.shown(tx, caller, sb, here.name, anew=not here.path)
        content = tree.below.get(here.path)
        return None if content is None else Content(content)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """Of what is being written: as far as it has come."""
        at, opened = file.offset, file.opened
        data = opened.data if isinstance(opened, Content) else images.written(tx, file)
        return data[at : at + size]

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """What comes last restarts the container; if that fails, so does the write."""
        here, at = images.as_node(file.place.node), file.offset
        before = images.written(tx, file)
        content = images.resized(before[:at], at) + data + before[at + len(data) :]
        sb = superblock_of(tx, file.place)
        images.collect(tx, sb, here, content)
        images.restart_if_whole(tx, caller, sb, here.name)
        return len(data)

    def append_at(self, tx: Transaction, file: File) -> int:
        """Its end."""
        return len(images.written(tx, file))

    def seek_end(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """The same."""
        opened = file.opened
        return len(opened.data if isinstance(opened, Content) else images.written(tx, file))

    # ---- changes ----

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
        """A file of lines.  EPERM for any other, or where an image is a tree."""
        if mode & S_IFMT != S_IFREG:
            raise Errno.EPERM(f"{TYPE} makes no nodes")
        return self._make(tx, caller, sb, at, b"")

    def mkdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, mode: int
    ) -> Record:
        """A directory.  EPERM where an image is a file."""
        return self._make(tx, caller, sb, at, None)

    @staticmethod
    def _make(
        tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, content: bytes | None
    ) -> Record:
        made = images.child(at.directory, at.name)
        if made.path:
            images.collect(tx, sb, made, content)
        elif tx.get(CrfsImages, sb).stream != (content is not None):
            what = "a directory" if content is not None else "a file"
            raise Errno.EPERM(f"here each container is {what}")
        else:
            images.begin(tx, caller, sb, made.name)
        return made

    def truncate(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, size: int
    ) -> None:
        """Of what is being written.  EPERM."""
        here = images.as_node(node)
        before = images.to_write(tx, sb, here).below[here.path] or b""
        images.collect(tx, sb, here, images.resized(before, size))

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """It makes no difference, but is what copying with modes ends with."""

    def unlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Of what is being written.  EPERM."""
        images.forget(tx, sb, images.as_node(node))

    def rmdir(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """The same.  ENOTEMPTY."""
        here = images.as_node(node)
        if any(images.children(images.to_write(tx, sb, here).below, here.path)):
            raise Errno.ENOTEMPTY("there is something in it")
        images.forget(tx, sb, here)
