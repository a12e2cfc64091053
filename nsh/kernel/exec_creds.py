"""What execve(2) does to credentials (capabilities(7), "Transformation of capabilities during
execve()"; security/commoncap.c).

No file of this machine has capabilities of its own.  A program's file need not exist here, and if
it does, its set-user-ID and set-group-ID bits count.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Secure
from nsh.abi.errno import KernelError
from nsh.abi.files import S_IFMT, S_IFREG, MountFlag
from nsh.kernel import contexts, creds_commit, hooks, idmaps
from nsh.kernel.fs.permission import MAY_EXEC, may
from nsh.kernel.fs.walk import Walk
from nsh.machine.files import Superblock
from nsh.machine.ids import TaskId
from nsh.machine.mounts import Mount
from nsh.machine.tasks import Creds, Flag, Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Transaction

_S_ISUID: Final = 0o4000
_SGID: Final = 0o2010


@hooks.on_exec
def changed(tx: Transaction, tid: TaskId) -> None:
    """The program of *tid* has been replaced: so are its credentials.

    Others may look into it again, unless it acts for somebody else, or has got more than it had;
    who is so trusted gets no parent-death signal either (begin_new_exec).
    """
    task = tx.get(Task, tid)
    old = task.creds
    new = _with_capabilities(tx, old, _with_file(tx, tid, task.image.exe, old))
    flags = task.flags & ~Flag.NOT_DUMPABLE
    if (new.uid, new.gid) != (new.euid, new.egid):
        flags |= Flag.NOT_DUMPABLE
    signal = 0 if task.death_signal and _elevated(tx, old, new) else task.death_signal
    if (flags, signal) != (task.flags, task.death_signal):
        tx.put(tid, replace(task, flags=flags, death_signal=signal))
    if new != old:
        creds_commit.commit(tx, tid, new)


def _elevated(tx: Transaction, old: Creds, new: Creds) -> bool:
    """What sets AT_SECURE."""
    if _changes_id(old, new) or new.euid != old.uid or new.egid != old.gid:
        return True
    root = idmaps.root_of(tx, new.userns)
    return new.uid != root and (new.euid == root or bool(new.permitted & ~new.ambient))


def _changes_id(old: Creds, new: Creds) -> bool:
    return new.euid != old.euid or new.egid not in (old.fsgid, *old.groups)


def _with_file(tx: Transaction, tid: TaskId, path: str, creds: Creds) -> Creds:
    """*creds* with what the set-user-ID and set-group-ID bits of *path* make of them
    (bprm_fill_uid); they count for who sees their owner, where mounts allow it."""
    if creds.no_new_privs or not path:
        return creds
    walk = Walk(tx, tid)
    try:
        place = walk.lookup(path)
        file = walk.stat(place)
    except KernelError:
        return creds
    mode = file.mode
    if mode & S_IFMT != S_IFREG or not mode & (_S_ISUID | 0o2000):
        return creds
    mount = tx.get(Mount, place.mount)
    owner = tx.get(Superblock, mount.superblock).owner
    trusted = (
        not mount.flags & MountFlag.MS_NOSUID
        and mount.space == contexts.namespace(tx, tid, "mnt")
        and owner in tx.get(UserSpace, creds.userns).path
        and may(tx, creds, file, MAY_EXEC)
        and idmaps.knows_uid(tx, creds.userns, file.uid)
        and idmaps.knows_gid(tx, creds.userns, file.gid)
    )
    if not trusted:
        return creds
    euid = file.uid if mode & _S_ISUID else creds.euid
    egid = file.gid if mode & _SGID == _SGID else creds.egid
    return replace(creds, euid=euid, egid=egid)


def _with_capabilities(tx: Transaction, old: Creds, new: Creds) -> Creds:
    """*new* with the sets that an execve by *old* leaves it (cap_bprm_creds_from_file)."""
    root = idmaps.root_of(tx, old.userns)
    permitted = 0
    if not new.securebits & Secure.SECBIT_NOROOT and root in (new.euid, new.uid):
        permitted = old.bounding | old.inheritable
    whole = not new.securebits & Secure.SECBIT_NOROOT and root == new.euid
    if (_changes_id(old, new) or permitted & ~old.permitted) and new.no_new_privs:
        new = replace(new, euid=new.uid, egid=new.gid)
        permitted &= old.permitted
    ambient = 0 if _changes_id(old, new) else new.ambient
    permitted |= ambient
    return replace(
        new,
        suid=new.euid,
        fsuid=new.euid,
        sgid=new.egid,
        fsgid=new.egid,
        ambient=ambient,
        permitted=permitted,
        effective=permitted if whole else ambient,
        securebits=new.securebits & ~Secure.SECBIT_KEEP_CAPS,
    )
