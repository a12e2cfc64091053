"""pivot_root(2): another mount becomes the root of a mount namespace (fs/namespace.c).

Linux has a file system below every namespace's root, rootfs, which nobody sees and which the root
hangs on.  Here the root hangs on nothing, so the new one takes its place at the top of the tree.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, PivotRoot
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files, mount_tree, mounters
from nsh.kernel.fs.mount_calls import is_own, is_top, lock_point
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Context, Fs, Place
from nsh.machine.ids import TaskId
from nsh.machine.mounts import Mount
from nsh.machine.value import Transaction


@handles(PivotRoot)
def pivot_root(tx: Transaction, caller: TaskId, request: PivotRoot) -> int:
    """pivot_root(2)."""
    walk = Walk(tx, caller)
    mounters.check_admin(walk, "pivot_root")
    new = _directory(walk, request.new_root)
    old, _above = lock_point(walk, _directory(Walk(tx, caller), request.put_old))
    root = walk.fs.root
    _check_mounts(tx, caller, root, new, old)
    sb, operations = walk.type_at(new)
    if operations.unlinked(tx, sb, new.node):
        raise Errno.ENOENT("the new root has been removed")
    if root.mount in (new.mount, old.mount):
        raise Errno.EBUSY(
            "the new root, or where the old one is to go, is on the present one: bind it over "
            "itself first (`mount --bind DIR DIR`)"
        )
    if not is_top(tx, root):
        raise Errno.EINVAL("the caller's root is no mount point: it has done a chroot(2)")
    if not is_top(tx, new) or tx.get(Mount, new.mount).point is None:
        raise Errno.EINVAL("the new root is no mount point: bind it over itself first")
    if not _reaches(tx, old, new):
        raise Errno.EINVAL("where the old root is to go is not below the new one")
    if not _reaches(tx, new, root):
        raise Errno.EINVAL("the new root is not below the present one")
    _swap(tx, root, new, old)
    _follow(tx, root, new)
    return 0


def _directory(walk: Walk, path: str) -> Place:
    place = walk.lookup(path)
    if walk.stat(place).mode & S_IFMT != S_IFDIR:
        raise Errno.ENOTDIR(f"{path} is no directory")
    return place


def _check_mounts(tx: Transaction, caller: TaskId, root: Place, new: Place, old: Place) -> None:
    """EINVAL: whose others would have to be told, or that are not the caller's to move."""
    present, coming = tx.get(Mount, root.mount), tx.get(Mount, new.mount)
    parents = [mount.point.mount for mount in (present, coming) if mount.point is not None]
    if any(tx.get(Mount, key).group for key in (old.mount, *parents)):
        raise Errno.EINVAL(
            "what the roots hang on, or would, is shared: `mount --make-rprivate /` first"
        )
    if not is_own(tx, caller, root.mount) or not is_own(tx, caller, new.mount):
        raise Errno.EINVAL("the mount is in another mount namespace")
    mounters.check_unlocked(tx, coming)


def _reaches(tx: Transaction, place: Place, top: Place) -> bool:
    """Whether *place* is below *top*, be it on other mounts (is_path_reachable)."""
    while place.mount != top.mount:
        point = tx.get(Mount, place.mount).point
        if point is None:
            return False
        place = point
    sb = tx.get(Mount, place.mount).superblock
    return mount_tree.is_below(tx, sb, place.node, top.node)


def _swap(tx: Transaction, root: Place, new: Place, old: Place) -> None:
    """*new* comes to where *root* is, and *root* to *old*; a lock stays in the same place."""
    present = tx.get(Mount, root.mount)
    mount_tree.unhook(tx, new.mount)
    mount_tree.unhook(tx, root.mount)
    mount_tree.hang(tx, root.mount, old)
    moved = tx.get(Mount, root.mount)
    tx.put(root.mount, replace(moved, locked=False, hung=tx.fresh()))
    coming = tx.get(Mount, new.mount)
    tx.put(new.mount, replace(coming, locked=present.locked, hung=tx.fresh()))
    if present.point is None:
        mount_tree.top(tx, new.mount, present.space)
    else:
        mount_tree.hang(tx, new.mount, present.point)


def _follow(tx: Transaction, old: Place, new: Place) -> None:
    """Whoever's root or working directory was the old root's top has the new one's, whichever
    namespace that task is in (chroot_fs_refs)."""
    for key, context in tx.items(Context):
        fs = context.fs
        if context.fs_at or old not in (fs.root, fs.cwd):
            continue
        root, cwd = (new if place == old else place for place in (fs.root, fs.cwd))
        tx.put(key, replace(context, fs=Fs(root, cwd, fs.umask)))
        for before, after in ((fs.root, root), (fs.cwd, cwd)):
            if before != after:
                files.hold_place(tx, after)
                files.release_place(tx, before)
