"""What execve(2) does to credentials (capabilities(7), "Transformation of capabilities during
execve()"; security/commoncap.c).

A program's file need not exist here; if it does, and who executes it might execute that file, its
set-user-ID and set-group-ID bits and its capabilities count.
"""

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.capabilities import Cap, Secure
from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import S_IFMT, S_IFREG, MountFlag
from nsh.kernel import contexts, hooks, idmaps, sharing
from nsh.kernel.capabilities import has
from nsh.kernel.fs.permission import MAY_EXEC, MAY_READ, may
from nsh.kernel.fs.walk import Walk
from nsh.machine.files import Attributes, Superblock
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.personality import Persona
from nsh.machine.tasks import Creds, Flag, Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.abi.filecaps import FileCaps
    from nsh.kernel import creds_commit, file_caps, personality
else:  # few programs change anything
    late(globals(), "nsh.kernel", "creds_commit", "file_caps", "personality")

_S_ISUID: Final = 0o4000
_S_ISGID: Final = 0o2000
_SGID: Final = _S_ISGID | 0o010


@hooks.on_exec
def changed(tx: Transaction, tid: TaskId) -> None:
    """The program of *tid* has been replaced: so are its credentials.

    Others may look into it again, unless it acts for somebody else, or has got more than it had;
    who is so trusted gets no parent-death signal either (begin_new_exec).  Into a program that it
    may not read nobody may look.  EINVAL, EPERM.
    """
    task = tx.get(Task, tid)
    old = task.creds
    file, trusted, caps = _file(tx, tid, task.image.exe, old)
    bits = _bits(tx, old, file) if file is not None and trusted else 0
    with_bits = _with_bits(old, file, bits) if file is not None else old
    new, secure, gained = _with_capabilities(tx, tid, old, with_bits, caps)
    if (bits or gained) and tx.find(Persona, tid) is not None:
        personality.trust(tx, tid)
    flags = task.flags & ~Flag.NOT_DUMPABLE
    if (new.uid, new.gid) != (new.euid, new.egid):
        flags |= Flag.NOT_DUMPABLE
    image = task.image
    if file is not None and not may(tx, old, file, MAY_READ):
        flags |= Flag.NOT_DUMPABLE
        image = replace(image, userns=_knowing(tx, image.userns, file))
    signal = 0 if secure else task.death_signal
    if (flags, signal) != (task.flags, task.death_signal) or image != task.image:
        tx.put(tid, replace(task, flags=flags, death_signal=signal, image=image))
    if new != old:
        creds_commit.commit(tx, tid, new)


def _file(
    tx: Transaction, tid: TaskId, path: str, creds: Creds
) -> "tuple[Attributes | None, bool, FileCaps | None]":
    """The file that *path* leads to, if *creds* may execute it; whether mounts allow it to change
    whom they are for (mnt_may_suid); and the capabilities that it has for them."""
    nothing = None, False, None
    if not path:
        return nothing
    walk = Walk(tx, tid)
    try:
        place = walk.lookup(path)
        file = walk.stat(place)
    except KernelError:
        return nothing
    mount = tx.get(Mount, place.mount)
    if file.mode & S_IFMT != S_IFREG or mount.flags & MountFlag.MS_NOEXEC:
        return nothing
    if not may(tx, creds, file, MAY_EXEC):
        return nothing
    sb, kind = walk.type_at(place)
    owner = tx.get(Superblock, sb).owner
    trusted = (
        not mount.flags & MountFlag.MS_NOSUID
        and mount.space == contexts.namespace(tx, tid, "mnt")
        and owner in tx.get(UserSpace, creds.userns).path
    )
    if not trusted:
        return file, False, None
    value = kind.capability(tx, sb, place.node) if kind.has_capabilities else None
    return file, True, file_caps.counting(tx, creds, owner, value)


def _knowing(tx: Transaction, space: NamespaceId, file: Attributes) -> NamespaceId:
    """The nearest user namespace from *space* outwards in which the owner and the group of *file*
    have numbers (would_dump)."""
    return next(
        one
        for one in reversed(tx.get(UserSpace, space).path)
        if idmaps.knows_uid(tx, one, file.uid) and idmaps.knows_gid(tx, one, file.gid)
    )


def _bits(tx: Transaction, creds: Creds, file: Attributes) -> int:
    """The set-user-ID and set-group-ID bits of *file*, which count for who sees its owner
    (bprm_fill_uid)."""
    bits = file.mode & _S_ISUID | (_S_ISGID if file.mode & _SGID == _SGID else 0)
    if not bits or creds.no_new_privs:
        return 0
    space = creds.userns
    known = idmaps.knows_uid(tx, space, file.uid) and idmaps.knows_gid(tx, space, file.gid)
    return bits if known else 0


def _with_bits(creds: Creds, file: Attributes, bits: int) -> Creds:
    """*creds* with what those bits make of them."""
    euid = file.uid if bits & _S_ISUID else creds.euid
    egid = file.gid if bits & _S_ISGID else creds.egid
    return replace(creds, euid=euid, egid=egid) if bits else creds


def _with_capabilities(
    tx: Transaction, tid: TaskId, old: Creds, new: Creds, caps: "FileCaps | None"
) -> tuple[Creds, bool, bool]:
    """*new* with the sets that an execve by *old* of a file with *caps* leaves it, whether it has
    made more of them, which sets AT_SECURE, and whether it would give capabilities that *old* has
    not (cap_bprm_creds_from_file)."""
    root = idmaps.root_of(tx, old.userns)
    permitted, whole = 0, False
    if caps is not None:
        permitted = new.bounding & caps.permitted | new.inheritable & caps.inheritable
        whole = caps.effective
        if whole and caps.permitted & ~permitted:
            raise Errno.EPERM("the file's capabilities cannot be had in full, as it demands")
    only_files = caps is not None and root == new.euid != new.uid  # set-user-ID root with both
    if not new.securebits & Secure.SECBIT_NOROOT and not only_files:
        if root in (new.euid, new.uid):
            permitted = old.bounding | old.inheritable
        whole = whole or root == new.euid
    id_changed = new.euid != old.euid or new.egid not in (old.fsgid, *old.groups)
    unsafe = new.no_new_privs or sharing.places(tx, tid)
    gained = bool(permitted & ~old.permitted)
    if unsafe and (id_changed or gained):
        if new.no_new_privs or not has(tx, old, old.userns, Cap.CAP_SETUID):
            new = replace(new, euid=new.uid, egid=new.gid)
        permitted &= old.permitted
    ambient = 0 if id_changed or caps is not None else new.ambient
    permitted |= ambient
    secure = id_changed or new.euid != old.uid or new.egid != old.gid
    secure = secure or (new.uid != root and (whole or bool(permitted & ~ambient)))
    new = replace(
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
    return new, secure, gained
