"""Where paths start: chdir(2), fchdir(2), chroot(2), getcwd(2), umask(2)."""

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT
from nsh.abi.names import Chdir, Chroot, Fchdir, Getcwd, Umask
from nsh.kernel import contexts
from nsh.kernel.capabilities import need
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import descriptor
from nsh.kernel.fs.mount_space import change_fs
from nsh.kernel.fs.paths import path_to
from nsh.kernel.fs.permission import MAY_EXEC
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction


def _directory(walk: Walk, path: str) -> Place:
    return _searchable(walk, walk.lookup(path), path)


def _searchable(walk: Walk, place: Place, path: str) -> Place:
    """*place*, which is called *path*, if it is a directory that the caller may search."""
    attributes = walk.stat(place)
    if attributes.mode & S_IFMT != S_IFDIR:
        raise Errno.ENOTDIR(f"{path} is no directory")
    walk.check(place, attributes, MAY_EXEC, path)
    return place


@handles(Chdir)
def chdir(tx: Transaction, caller: TaskId, request: Chdir) -> int:
    """chdir(2)."""
    walk = Walk(tx, caller)
    change_fs(tx, caller, replace(walk.fs, cwd=_directory(walk, request.path)))
    return 0


@handles(Fchdir)
def fchdir(tx: Transaction, caller: TaskId, request: Fchdir) -> int:
    """fchdir(2): a descriptor that O_PATH opened will do, and so will another mount namespace's."""
    place = tx.get(File, descriptor(tx, caller, request.fd).file).place
    walk = Walk(tx, caller)
    cwd = _searchable(walk, place, f"descriptor {request.fd}")
    change_fs(tx, caller, replace(walk.fs, cwd=cwd))
    return 0


@handles(Chroot)
def chroot(tx: Transaction, caller: TaskId, request: Chroot) -> int:
    """chroot(2): the working directory stays where it is, even outside."""
    walk = Walk(tx, caller)
    place = _directory(walk, request.path)
    need(tx, caller, walk.creds.userns, Cap.CAP_SYS_CHROOT, "chroot")
    change_fs(tx, caller, replace(walk.fs, root=place))
    return 0


@handles(Getcwd)
def getcwd(tx: Transaction, caller: TaskId, request: Getcwd) -> str:
    """getcwd(2)."""
    del request
    fs = contexts.fs(tx, caller)
    path = path_to(tx, fs.cwd, fs.root)
    if path.unlinked:
        raise Errno.ENOENT("the working directory has been removed")
    return path.text if path.reachable else "(unreachable)" + path.text


@handles(Umask)
def umask(tx: Transaction, caller: TaskId, request: Umask) -> int:
    """umask(2)."""
    fs = contexts.fs(tx, caller)
    contexts.set_fs(tx, caller, replace(fs, umask=request.mask & 0o777))
    return fs.umask
