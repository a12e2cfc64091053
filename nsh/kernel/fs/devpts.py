"""devpts: the slaves of pseudo terminals as files (Documentation/filesystems/devpts.rst; N8).

Names appear when a master is opened and go when it is closed; nobody makes or removes them
otherwise.  A directory lists the newest first.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFCHR, S_IFMT, Dirent
from nsh.kernel.fs import devpts_options
from nsh.kernel.fs.devpts_indices import data_of, set_data
from nsh.kernel.fs.devpts_positions import TYPE, configure, position
from nsh.kernel.fs.types import FileSystem, file_system
from nsh.machine.devpts import PTMX, PTMX_INO, ROOT, DevPts, DevPtsNode, PtsFile
from nsh.machine.files import Attributes, File, SuperblockId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.record import Record
from nsh.machine.value import Transaction

_PTMX_NAME: Final = "ptmx"


@file_system(TYPE)
class DevPtsType(FileSystem):
    """The type itself.  Its nodes are :class:`DevPtsNode`."""

    userns_mount = True
    keeps_covered = True  # a slave loses its name to its master's close

    # ---- instances ----

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """What the policy ``devpts`` says."""
        del source
        return position(tx).mounted(tx, caller, options)

    def check_options(self, options: str) -> None:
        """As of a new instance."""
        devpts_options.parse(options, DevPts())

    def reconfigure(self, tx: Transaction, caller: TaskId, sb: SuperblockId, options: str) -> None:
        """Options that are not given are the defaults again."""
        configure(tx, caller, position(tx).view(tx, caller, sb), options)

    def show_options(self, tx: Transaction, sb: SuperblockId) -> str:
        """All but limits and owners that were not given."""
        return devpts_options.told(data_of(tx, sb))

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """``ptmx``, or the slave of that index if the caller sees it."""
        if name == _PTMX_NAME:
            return PTMX
        if not (name.isascii() and name.isdecimal()) or (name[0] == "0" and name != "0"):
            return None
        holds = position(tx)
        terminal = data_of(tx, holds.view(tx, caller, sb)).shown.get(int(name))
        if terminal is None or not holds.sees(tx, caller, tx.get(PtsFile, terminal)):
            return None
        return DevPtsNode(terminal)

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The index, also after its end."""
        return _PTMX_NAME if node == PTMX else str(_file(tx, node).index)

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether the master is closed."""
        return _is_slave(node) and not _file(tx, node).nlink

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """The newest first, ``ptmx`` last."""
        holds = position(tx)
        shown = data_of(tx, holds.view(tx, caller, sb)).shown
        for terminal in sorted(shown.values(), reverse=True):
            file = tx.get(PtsFile, terminal)
            if holds.sees(tx, caller, file):
                yield Dirent(str(file.index), file.ino, S_IFCHR)
        yield Dirent(_PTMX_NAME, PTMX_INO, S_IFCHR)

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A slave's file is its own description."""
        if _is_slave(node):
            return _file(tx, node)
        data = data_of(tx, position(tx).view(tx, caller, sb))
        return data.root if node == ROOT else data.ptmx

    def device(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> SuperblockId:
        """The instance itself, where one mount shows several (policy ``devpts newpts``)."""
        if _is_slave(node):
            return _file(tx, node).superblock
        return position(tx).view(tx, caller, sb)

    # ---- references ----

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """Count users of a slave's file."""
        if _is_slave(node):
            file = _file(tx, node)
            tx.put(_key(node), replace(file, users=file.users + count))

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Uncount one; the last of a slave without a name ends its file."""
        if _is_slave(node):
            file = _file(tx, node)
            if file.users > 1 or file.nlink:
                tx.put(_key(node), replace(file, users=file.users - 1))
            else:
                tx.drop(PtsFile, _key(node))

    # ---- open files ----

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """All but the root are devices."""
        raise Errno.EISDIR("a directory is read with getdents")

    # ---- changes ----

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Of any file; of ``ptmx`` until the next remount."""
        old = self.stat(tx, caller, sb, node)
        self._set(tx, caller, sb, node, replace(old, mode=old.mode & S_IFMT | mode & 0o7777))

    def chown(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, owner: Attributes
    ) -> None:
        """Of any file; a terminal is its owner's to give, as any file (chown(2))."""
        old = self.stat(tx, caller, sb, node)
        new = replace(old, uid=owner.uid, gid=owner.gid, mode=owner.mode)
        self._set(tx, caller, sb, node, new)

    def touch(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> None:
        """Set the time of modification."""
        old = self.stat(tx, caller, sb, node)
        self._set(tx, caller, sb, node, replace(old, mtime=tx.clock))

    def _set(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, new: Attributes
    ) -> None:
        if _is_slave(node):
            tx.put(_key(node), new)
            return
        view = position(tx).view(tx, caller, sb)
        data = data_of(tx, view)
        at_root = node == ROOT
        set_data(tx, view, replace(data, root=new) if at_root else replace(data, ptmx=new))


def _is_slave(node: Record) -> bool:
    return isinstance(node, DevPtsNode) and node.slave > 0


def _key(node: Record) -> int:
    assert isinstance(node, DevPtsNode)
    return node.slave


def _file(tx: Transaction, node: Record) -> PtsFile:
    return tx.get(PtsFile, _key(node))
