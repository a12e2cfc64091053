"""Mount namespaces: copying for CLONE_NEWNS, entering, ending (mount_namespaces(7))."""

from typing import TYPE_CHECKING, Final

from immutables import Map
from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import contexts, kinds, sharing
from nsh.kernel.fs import files, mount_tree
from nsh.kernel.kinds import New
from nsh.machine.context import Fs, Place
from nsh.machine.ids import MountId, NamespaceId, TaskId
from nsh.machine.mounts import MountSpace
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel.fs import mount_copies, peers
else:  # no boot needs them
    late(globals(), "nsh.kernel.fs", "mount_copies", "peers")

FIRST: Final = NamespaceId(3)
INUM: Final = 4026531832
_NO_MOUNTS: Map[MountId, None] = Map()


def change_fs(tx: Transaction, task: TaskId, new: Fs) -> None:
    """Give *task* other places, counted."""
    old = contexts.fs(tx, task)
    contexts.set_fs(tx, task, new)
    files.hold_fs(tx, new)
    files.release_fs(tx, old)


def _check_enter(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    """setns: a root and working directory that others share cannot be moved (mntns_install)."""
    del space
    if sharing.places(tx, caller):
        raise Errno.EINVAL("the caller shares its root and working directory (CLONE_FS)")


def _entered(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    """setns: start at the top of the other tree."""
    place = mount_tree.topmost(tx, tx.get(MountSpace, space).root)
    change_fs(tx, caller, Fs(place, place, contexts.fs(tx, caller).umask))


def _end(tx: Transaction, space: NamespaceId, record: MountSpace) -> None:
    """Nobody is in it any more: its tree comes down."""
    del space
    mount_tree.take_down(tx, record.root)


@kinds.namespace(
    "mnt",
    CloneFlag.CLONE_NEWNS,
    MountSpace,
    INUM,
    check_enter=_check_enter,
    entered=_entered,
    end=_end,
)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> MountSpace:
    """A copy of the whole tree; whoever will be in it stands where the caller stood.

    Mounts that are not to be bound are copied too, and the copies can be bound: so since Linux
    6.17, before which they stayed unbindable.
    """
    before = tx.get(MountSpace, old)
    foreign = new.owner != before.owner
    fs = new.fs
    copies = mount_copies.copy_namespace(
        tx,
        before,
        peers.enslave if foreign else peers.join,
        space=new.key,
        lock=foreign,
        held=files.places_of(fs),
    )
    root = cwd = _moved(fs.root, copies)
    if fs.cwd != fs.root:
        cwd = _moved(fs.cwd, copies)
    new.fs = Fs(root, cwd, fs.umask)
    new.moved = True
    mounts = _NO_MOUNTS.mutate()
    for copy in copies.values():
        mounts[copy] = None
    top = copies[before.root]
    return MountSpace(1, new.inum, new.owner, top, mounts.finish(), creator=new.creator)


def _moved(place: Place, copies: dict[MountId, MountId]) -> Place:
    """*place* as it is in the copied tree; a place outside of the tree stays."""
    copy = copies.get(place.mount)
    return place if copy is None else Place(copy, place.node)


def first(tx: Transaction, root: MountId) -> None:
    """Make *root*, which hangs nowhere, the top of the first mount namespace."""
    tx.put(FIRST, replace(tx.get(MountSpace, FIRST), root=root))
    mount_tree.top(tx, root, FIRST)
