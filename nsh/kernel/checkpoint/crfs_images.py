"""The images that a crfs shows, and those that are written to it (C8)."""

import re
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.checkpoint import Restart
from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import OpenFlag
from nsh.kernel import loading, refs
from nsh.kernel.checkpoint import calls, freezer, image, layout, parts
from nsh.kernel.checkpoint.state import Dump, Seen
from nsh.kernel.fs.types import superblock_of
from nsh.machine.crfs import NOT_MADE, TYPE, CrfsImages, CrfsNode, ImageTree
from nsh.machine.files import File, SuperblockId
from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import Containers, PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_MOST: Final = 256 << 20
_LINE: Final = re.compile(r"line (\d+)\b")


def containers(tx: Transaction, caller: TaskId) -> list[str]:
    """What those are called that *caller* sees and may checkpoint: by name, else by number."""
    found = sorted(tx.get(Containers, 0).by_number.values())
    names = [refs.cid_of(tx, space) for space in found if _may_take(tx, caller, space)]
    return [name for name in names if "/" not in name]


def container(tx: Transaction, caller: TaskId, name: str) -> SpaceId | None:
    """The one that is called so among these."""
    space = refs.container(tx, name)
    if space is None or refs.cid_of(tx, space) != name or not _may_take(tx, caller, space):
        return None
    return space


def _may_take(tx: Transaction, caller: TaskId, space: SpaceId) -> bool:
    own, record = tx.get(Task, caller), tx.get(PidSpace, space)
    if record.level == 0 or own.space not in record.path:
        return False
    return record.init != NOBODY and record.adding and freezer.may_take(tx, own, record)


def unfinished(tx: Transaction, sb: SuperblockId, name: str) -> ImageTree | None:
    """What has been written so far of the image *name*; None: nobody is writing one."""
    tree = tx.get(CrfsImages, sb).trees.get(name)
    return tree if tree is not None and tree.space == NOT_MADE else None


def is_there(tx: Transaction, caller: TaskId, sb: SuperblockId, name: str) -> bool:
    """Whether *caller* finds a container of that name, or an image that is being written."""
    written = unfinished(tx, sb, name) is not None
    return written or container(tx, caller, name) is not None


def gone(tx: Transaction, sb: SuperblockId, node: CrfsNode) -> bool:
    """Whether the container is, or its image has no such file any more."""
    if not node.name:
        return False
    tree, space = tx.get(CrfsImages, sb).trees.get(node.name), refs.container(tx, node.name)
    if tree is None or tree.space not in (NOT_MADE, space):
        return bool(node.path) or space is None
    return node.path not in tree.below


def shown(
    tx: Transaction, caller: TaskId, sb: SuperblockId, name: str, *, anew: bool = False
) -> ImageTree:
    """What is below *name*; an image of the container is taken if there is none, or *anew*.

    ENOENT: there is no container of that name; EBUSY, ENOTSUP: what a checkpoint says.
    """
    row = tx.get(CrfsImages, sb)
    tree = row.trees.get(name)
    if tree is not None and tree.space == NOT_MADE:
        return tree
    space = container(tx, caller, name)
    if space is None:
        raise Errno.ENOENT(f"there is no container {name}")
    if anew or tree is None or tree.space != space:
        tree = ImageTree(layout.spread(*_taken(tx, caller, space)), space, tx.clock)
        tx.put(sb, replace(row, trees=row.trees.set(name, tree)))
    return tree


def stream(tx: Transaction, caller: TaskId, name: str) -> bytes:
    """The image of a container, as it is now.  ENOENT, and what a checkpoint says."""
    space = container(tx, caller, name)
    if space is None:
        raise Errno.ENOENT(f"there is no container {name}")
    return _taken(tx, caller, space)[1]


def _taken(tx: Transaction, caller: TaskId, space: SpaceId) -> tuple[list[image.Object], bytes]:
    loading.load_all()
    besides = freezer.who_goes_on(tx, caller, space)
    if besides != NOBODY:
        raise Errno.EBUSY("the caller is in it; checkpoint takes one from inside")
    freezer.check_free(tx, caller, space)
    return calls.taken(tx, caller, space)


def begin(tx: Transaction, caller: TaskId, sb: SuperblockId, name: str) -> None:
    """Collect an image.  EEXIST: there is such a container; EINVAL: none can be called so."""
    if refs.is_number(name):
        raise Errno.EINVAL(f"a container has its number from the kernel, and {name} is no name")
    _check_free(tx, name)
    row, creds = tx.get(CrfsImages, sb), tx.get(Task, caller).creds
    below: Map[str, bytes | None] = Map({"": b"" if row.stream else None})
    tree = ImageTree(below, NOT_MADE, tx.clock, creds.fsuid, creds.fsgid)
    tx.put(sb, replace(row, trees=row.trees.set(name, tree)))


def _check_free(tx: Transaction, name: str) -> None:
    space = refs.container(tx, name)
    if space is not None:
        dead = "" if tx.get(PidSpace, space).adding else ", which is dead but not gone"
        raise Errno.EEXIST(f"there is a container {name}{dead}")


def collect(tx: Transaction, sb: SuperblockId, node: CrfsNode, content: bytes | None) -> ImageTree:
    """*content* is what is in the file *node* of an image that is being written; None: it is a
    directory.  EPERM: it is that of a container that is there."""
    row, tree = tx.get(CrfsImages, sb), to_write(tx, sb, node)
    tree = replace(tree, below=tree.below.set(node.path, content))
    tx.put(sb, replace(row, trees=row.trees.set(node.name, tree)))
    return tree


def resized(content: bytes, size: int) -> bytes:
    """*content*, cut off or filled up with zeros.  EFBIG."""
    if size > _MOST:
        raise Errno.EFBIG(f"a file of an image has at most {_MOST >> 20} MiB here")
    return content[:size].ljust(size, b"\0")


def to_write(tx: Transaction, sb: SuperblockId, node: CrfsNode) -> ImageTree:
    """The image that *node* is in.  EPERM."""
    tree = unfinished(tx, sb, node.name)
    if tree is None:
        raise Errno.EPERM(f"there is a container {node.name}; its image is not written to")
    return tree


def forget(tx: Transaction, sb: SuperblockId, node: CrfsNode) -> None:
    """*node* goes, with all that is in it.  EPERM."""
    row, tree = tx.get(CrfsImages, sb), to_write(tx, sb, node)
    if not node.path:
        tx.put(sb, replace(row, trees=row.trees.delete(node.name)))
        return
    tree = replace(tree, below=tree.below.delete(node.path))
    tx.put(sb, replace(row, trees=row.trees.set(node.name, tree)))


def restart_if_whole(tx: Transaction, caller: TaskId, sb: SuperblockId, name: str) -> None:
    """Make the container, if the image is all there.  EEXIST: somebody else has made one that is
    called so; and what a restart says, with the file that it is about."""
    row = tx.get(CrfsImages, sb)
    tree = row.trees[name]
    found = _whole(tree) if row.stream else layout.gathered(tree.below)
    if found is None:
        return
    _check_free(tx, name)
    data, order = found
    try:
        calls.restart(tx, caller, Restart(data, name))
    except KernelError as error:
        told = _LINE.match(error.reason)
        where = f" ({order[int(told[1]) - 1]})" if told and order else ""
        raise error.errno(f"{error.reason}{where}") from None
    space = refs.container(tx, name)
    row = tx.get(CrfsImages, sb)
    trees = row.trees.delete(name)
    if space is not None and not row.stream:
        trees = trees.set(name, replace(tree, space=space, taken=tx.clock))
    tx.put(sb, replace(row, trees=trees))


def _whole(tree: ImageTree) -> tuple[bytes, list[str]] | None:
    """The stream, if its last line is the last one of an image."""
    data = tree.below[""] or b""
    if not data.endswith(b"\n"):
        return None
    last = data[data.rfind(b"\n", 0, -1) + 1 :]
    return (data, []) if image.is_end(last) else None


def as_node(node: Record) -> CrfsNode:
    """*node*, which is one of a crfs."""
    assert isinstance(node, CrfsNode)
    return node


def child(node: Record, name: str) -> CrfsNode:
    """What is called *name* in the directory *node*."""
    here = as_node(node)
    if not here.name:
        return CrfsNode(name)
    return CrfsNode(here.name, f"{here.path}/{name}" if here.path else name)


def children(below: Iterable[str], path: str) -> Iterator[str]:
    """What the directory *path* has in it."""
    for each in below:
        above, _slash, name = each.rpartition("/")
        if name and above == path:
            yield name


def ino_of(node: CrfsNode) -> int:
    """The same whenever, and however often, an image is taken."""
    return int.from_bytes(sha256(f"{node.name}/{node.path}".encode()).digest()[:6])


def written(tx: Transaction, file: File) -> bytes:
    """What is in an open file of an image that is being written.  EPERM."""
    sb, here = superblock_of(tx, file.place), as_node(file.place.node)
    return to_write(tx, sb, here).below.get(here.path) or b""


@parts.describes(CrfsNode)
def _described(dump: Dump, seen: Seen) -> image.Object | None:
    """ENOTSUP: opening it again would be another checkpoint."""
    if seen.file.flags & OpenFlag.O_PATH:
        return None
    dump.refuse(f"{seen.has} a checkpoint on {TYPE}, which cannot be saved", Errno.ENOTSUP)
