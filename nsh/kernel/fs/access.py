"""access(2): what the caller might do to a file (do_faccessat in fs/open.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.attributes import Access
from nsh.abi.capabilities import Secure
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, MountFlag
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import mount_tree
from nsh.kernel.fs.permission import MAY_EXEC, MAY_READ, MAY_WRITE
from nsh.kernel.fs.walk import Walk
from nsh.kernel.idmaps import root_of
from nsh.machine.ids import TaskId
from nsh.machine.mounts import Mount
from nsh.machine.tasks import Creds, Task
from nsh.machine.value import Transaction

_ALL: Final = MAY_READ | MAY_WRITE | MAY_EXEC
_ON_FILE_SYSTEM: Final = (S_IFREG, S_IFDIR, S_IFLNK)
"""What is read-only with the mount that it is on; devices, fifos and sockets are somewhere else."""


@handles(Access)
def access(tx: Transaction, caller: TaskId, request: Access) -> int:
    """faccessat2(2)."""
    if request.mode & ~_ALL:
        raise Errno.EINVAL(f"{request.mode} asks for more than to read, write and execute")
    task = tx.get(Task, caller)
    creds = task.creds if request.effective else _real(tx, task.creds)
    if creds == task.creds:
        _check(tx, caller, request)
    else:
        tx.put(caller, replace(task, creds=creds))
        _check(tx, caller, request)
        tx.put(caller, task)
    return 0


def _real(tx: Transaction, creds: Creds) -> Creds:
    """*creds* for the real user, whose capabilities are root's or nobody's
    (access_override_creds)."""
    effective = creds.effective
    if not creds.securebits & Secure.SECBIT_NO_SETUID_FIXUP:
        effective = creds.permitted if creds.uid == root_of(tx, creds.userns) else 0
    return replace(creds, fsuid=creds.uid, fsgid=creds.gid, effective=effective)


def _check(tx: Transaction, caller: TaskId, request: Access) -> None:
    walk, wanted = Walk(tx, caller), request.mode
    place = walk.lookup(request.path)
    if not wanted:
        return
    attributes = walk.stat(place)
    kind = attributes.mode & S_IFMT
    mount = tx.get(Mount, place.mount)
    if wanted & MAY_EXEC and kind == S_IFREG and mount.flags & MountFlag.MS_NOEXEC:
        raise Errno.EACCES("nothing is executed on that mount (noexec)")
    writes = wanted & MAY_WRITE and kind in _ON_FILE_SYSTEM
    if writes:
        mount_tree.check_file_system_writable(tx, mount)
    walk.check(place, attributes, wanted, request.path)
    if writes:
        mount_tree.check_writable(tx, place)
