"""Acting for somebody else: setuid(2), setresuid(2), setgroups(2), … (kernel/sys.c).

Ids come in the numbers of the caller's user namespace.  Each thread has credentials of its own, as
the system calls have it; that a process's threads change theirs together is the C library's doing.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.credentials import (
    NGROUPS_MAX,
    Setfsgid,
    Setfsuid,
    Setgid,
    Setgroups,
    Setregid,
    Setresgid,
    Setresuid,
    Setreuid,
    Setuid,
)
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, creds_commit, idmaps
from nsh.kernel.dispatch import handles
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.tasks import Creds, Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Transaction

_KEEP: Final = (-1, idmaps.INVALID)
_NOBODY: Final = -2
"""Stands for an id that is to be left as it is."""


def _creds(tx: Transaction, caller: TaskId) -> Creds:
    return tx.get(Task, caller).creds


def _may(tx: Transaction, creds: Creds, cap: Cap) -> bool:
    return capabilities.has(tx, creds, creds.userns, cap)


def _refuse(what: str, number: int, cap: Cap) -> None:
    raise Errno.EPERM(f"{what} {number} is none of the caller's own, and it has no {cap.name}")


class _Own(NamedTuple):
    """The ids of a sort that a task has."""

    real: int
    effective: int
    saved: int


class _Sort(NamedTuple):
    """What ids of users and of groups differ in."""

    word: str
    cap: Cap
    known: Callable[[Transaction, NamespaceId, int], int]
    """A number of a user namespace as the kernel has it.  EINVAL."""


_USER: Final = _Sort("uid", Cap.CAP_SETUID, idmaps.uid_of)
_GROUP: Final = _Sort("gid", Cap.CAP_SETGID, idmaps.gid_of)


def _known(tx: Transaction, old: Creds, sort: _Sort, number: int) -> int:
    return _NOBODY if number in _KEEP else sort.known(tx, old.userns, number)


def _exchanged(
    tx: Transaction, old: Creds, sort: _Sort, own: _Own, wanted: tuple[int, int]
) -> _Own:
    """What setreuid(2) and setregid(2) make of the caller's *own* ids.  EINVAL, EPERM."""
    real, effective = (_known(tx, old, sort, number) for number in wanted)
    able = _may(tx, old, sort.cap)
    if not able and real not in (_NOBODY, own.real, own.effective):
        _refuse(sort.word, wanted[0], sort.cap)
    if not able and effective not in (_NOBODY, *own):
        _refuse(sort.word, wanted[1], sort.cap)
    new = _kept((real, effective, _NOBODY), own)
    saves = real != _NOBODY or effective not in (_NOBODY, own.real)
    return new._replace(saved=new.effective) if saves else new


def _set(
    tx: Transaction, old: Creds, sort: _Sort, own: _Own, for_files: int, wanted: tuple[int, ...]
) -> _Own | None:
    """What setresuid(2) and setresgid(2) make of them; None if nothing.  EINVAL, EPERM."""
    real, effective, saved = ids = tuple(_known(tx, old, sort, number) for number in wanted)
    same = real in (_NOBODY, own.real) and saved in (_NOBODY, own.saved)
    if same and (effective == _NOBODY or effective == own.effective == for_files):
        return None
    if not _may(tx, old, sort.cap):
        for one, number in zip(ids, wanted, strict=True):
            if one not in (_NOBODY, *own):
                _refuse(sort.word, number, sort.cap)
    return _kept(ids, own)


def _kept(ids: tuple[int, ...], own: _Own) -> _Own:
    """*ids*, with the caller's own where one is to be left as it is."""
    return _Own(*(old if new == _NOBODY else new for new, old in zip(ids, own, strict=True)))


def _commit_uids(tx: Transaction, caller: TaskId, old: Creds, ids: _Own) -> None:
    real, effective, saved = ids
    new = replace(old, uid=real, euid=effective, suid=saved, fsuid=effective)
    creds_commit.commit(tx, caller, creds_commit.changed_user(tx, old, new))


def _commit_gids(tx: Transaction, caller: TaskId, old: Creds, ids: _Own) -> None:
    real, effective, saved = ids
    new = replace(old, gid=real, egid=effective, sgid=saved, fsgid=effective)
    creds_commit.commit(tx, caller, new)


@handles(Setuid)
def setuid(tx: Transaction, caller: TaskId, request: Setuid) -> int:
    """setuid(2)."""
    old = _creds(tx, caller)
    uid = idmaps.uid_of(tx, old.userns, request.uid)
    new = replace(old, euid=uid, fsuid=uid)
    if _may(tx, old, Cap.CAP_SETUID):
        new = replace(new, uid=uid, suid=uid)
    elif uid not in (old.uid, old.suid):
        _refuse("uid", request.uid, Cap.CAP_SETUID)
    creds_commit.commit(tx, caller, creds_commit.changed_user(tx, old, new))
    return 0


@handles(Setreuid)
def setreuid(tx: Transaction, caller: TaskId, request: Setreuid) -> int:
    """setreuid(2)."""
    old = _creds(tx, caller)
    own = _Own(old.uid, old.euid, old.suid)
    _commit_uids(tx, caller, old, _exchanged(tx, old, _USER, own, (request.ruid, request.euid)))
    return 0


@handles(Setresuid)
def setresuid(tx: Transaction, caller: TaskId, request: Setresuid) -> int:
    """setresuid(2); what changes nothing does nothing."""
    old = _creds(tx, caller)
    own = _Own(old.uid, old.euid, old.suid)
    wanted = (request.ruid, request.euid, request.suid)
    new = _set(tx, old, _USER, own, old.fsuid, wanted)
    if new is not None:
        _commit_uids(tx, caller, old, new)
    return 0


@handles(Setgid)
def setgid(tx: Transaction, caller: TaskId, request: Setgid) -> int:
    """setgid(2)."""
    old = _creds(tx, caller)
    gid = idmaps.gid_of(tx, old.userns, request.gid)
    new = replace(old, egid=gid, fsgid=gid)
    if _may(tx, old, Cap.CAP_SETGID):
        new = replace(new, gid=gid, sgid=gid)
    elif gid not in (old.gid, old.sgid):
        _refuse("gid", request.gid, Cap.CAP_SETGID)
    creds_commit.commit(tx, caller, new)
    return 0


@handles(Setregid)
def setregid(tx: Transaction, caller: TaskId, request: Setregid) -> int:
    """setregid(2)."""
    old = _creds(tx, caller)
    own = _Own(old.gid, old.egid, old.sgid)
    _commit_gids(tx, caller, old, _exchanged(tx, old, _GROUP, own, (request.rgid, request.egid)))
    return 0


@handles(Setresgid)
def setresgid(tx: Transaction, caller: TaskId, request: Setresgid) -> int:
    """setresgid(2); what changes nothing does nothing."""
    old = _creds(tx, caller)
    own = _Own(old.gid, old.egid, old.sgid)
    wanted = (request.rgid, request.egid, request.sgid)
    new = _set(tx, old, _GROUP, own, old.fsgid, wanted)
    if new is not None:
        _commit_gids(tx, caller, old, new)
    return 0


@handles(Setgroups)
def setgroups(tx: Transaction, caller: TaskId, request: Setgroups) -> int:
    """setgroups(2): not before there are groups inside, nor once it was denied (may_setgroups)."""
    old = _creds(tx, caller)
    capabilities.need(tx, caller, old.userns, Cap.CAP_SETGID, "setgroups")
    space = tx.get(UserSpace, old.userns)
    if not space.gid_map:
        raise Errno.EPERM("no group is mapped in the caller's user namespace yet")
    if not space.setgroups:
        raise Errno.EPERM("/proc/self/setgroups says deny")
    if len(request.groups) > NGROUPS_MAX:
        raise Errno.EINVAL(f"nobody is in more than {NGROUPS_MAX} groups")
    groups = tuple(sorted(idmaps.gid_of(tx, old.userns, gid) for gid in request.groups))
    creds_commit.commit(tx, caller, replace(old, groups=groups))
    return 0


@handles(Setfsuid)
def setfsuid(tx: Transaction, caller: TaskId, request: Setfsuid) -> int:
    """setfsuid(2), which never fails."""
    old = _creds(tx, caller)
    told = idmaps.uid_inside(tx, old.userns, old.fsuid)
    uid = idmaps.find_uid(tx, old.userns, request.uid)
    own = (old.uid, old.euid, old.suid, old.fsuid)
    if uid is None or uid == old.fsuid:
        return told
    if uid in own or _may(tx, old, Cap.CAP_SETUID):
        new = creds_commit.changed_fsuid(tx, old, replace(old, fsuid=uid))
        creds_commit.commit(tx, caller, new)
    return told


@handles(Setfsgid)
def setfsgid(tx: Transaction, caller: TaskId, request: Setfsgid) -> int:
    """setfsgid(2), which never fails."""
    old = _creds(tx, caller)
    told = idmaps.gid_inside(tx, old.userns, old.fsgid)
    gid = idmaps.find_gid(tx, old.userns, request.gid)
    own = (old.gid, old.egid, old.sgid, old.fsgid)
    if gid is None or gid == old.fsgid:
        return told
    if gid in own or _may(tx, old, Cap.CAP_SETGID):
        creds_commit.commit(tx, caller, replace(old, fsgid=gid))
    return told
