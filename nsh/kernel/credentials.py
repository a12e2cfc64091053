"""Acting for somebody else: setuid(2), setresuid(2), setgroups(2), … (kernel/sys.c).

Ids come in the numbers of the caller's user namespace.  Each thread has credentials of its own, as
the system calls have it; that a process's threads change theirs together is the C library's doing.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.credentials import (
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
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Creds, Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Transaction

NGROUPS_MAX: Final = 65536
_KEEP: Final = (-1, idmaps.INVALID)
_NOBODY: Final = -2
"""Stands for an id that is to be left as it is."""


def _creds(tx: Transaction, caller: TaskId) -> Creds:
    return tx.get(Task, caller).creds


def _uid(tx: Transaction, creds: Creds, number: int) -> int:
    return _NOBODY if number in _KEEP else idmaps.uid_of(tx, creds.userns, number)


def _gid(tx: Transaction, creds: Creds, number: int) -> int:
    return _NOBODY if number in _KEEP else idmaps.gid_of(tx, creds.userns, number)


def _may(tx: Transaction, creds: Creds, cap: Cap) -> bool:
    return capabilities.has(tx, creds, creds.userns, cap)


def _refuse(what: str, number: int, cap: Cap) -> None:
    raise Errno.EPERM(f"{what} {number} is none of the caller's own, and it has no {cap.name}")


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
    ruid, euid = _uid(tx, old, request.ruid), _uid(tx, old, request.euid)
    new = old
    able = _may(tx, old, Cap.CAP_SETUID)
    if ruid != _NOBODY:
        new = replace(new, uid=ruid)
        if ruid not in (old.uid, old.euid) and not able:
            _refuse("uid", request.ruid, Cap.CAP_SETUID)
    if euid != _NOBODY:
        new = replace(new, euid=euid)
        if euid not in (old.uid, old.euid, old.suid) and not able:
            _refuse("uid", request.euid, Cap.CAP_SETUID)
    if ruid != _NOBODY or euid not in (_NOBODY, old.uid):
        new = replace(new, suid=new.euid)
    new = replace(new, fsuid=new.euid)
    creds_commit.commit(tx, caller, creds_commit.changed_user(tx, old, new))
    return 0


@handles(Setresuid)
def setresuid(tx: Transaction, caller: TaskId, request: Setresuid) -> int:
    """setresuid(2); what changes nothing does nothing."""
    old = _creds(tx, caller)
    ruid = _uid(tx, old, request.ruid)
    euid = _uid(tx, old, request.euid)
    suid = _uid(tx, old, request.suid)
    same = ruid in (_NOBODY, old.uid) and suid in (_NOBODY, old.suid)
    if same and (euid == _NOBODY or euid == old.euid == old.fsuid):
        return 0
    own = (_NOBODY, old.uid, old.euid, old.suid)
    if not _may(tx, old, Cap.CAP_SETUID):
        for uid, number in ((ruid, request.ruid), (euid, request.euid), (suid, request.suid)):
            if uid not in own:
                _refuse("uid", number, Cap.CAP_SETUID)
    new = replace(
        old,
        uid=old.uid if ruid == _NOBODY else ruid,
        euid=old.euid if euid == _NOBODY else euid,
        suid=old.suid if suid == _NOBODY else suid,
    )
    new = replace(new, fsuid=new.euid)
    creds_commit.commit(tx, caller, creds_commit.changed_user(tx, old, new))
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
    rgid, egid = _gid(tx, old, request.rgid), _gid(tx, old, request.egid)
    new = old
    able = _may(tx, old, Cap.CAP_SETGID)
    if rgid != _NOBODY:
        new = replace(new, gid=rgid)
        if rgid not in (old.gid, old.egid) and not able:
            _refuse("gid", request.rgid, Cap.CAP_SETGID)
    if egid != _NOBODY:
        new = replace(new, egid=egid)
        if egid not in (old.gid, old.egid, old.sgid) and not able:
            _refuse("gid", request.egid, Cap.CAP_SETGID)
    if rgid != _NOBODY or egid not in (_NOBODY, old.gid):
        new = replace(new, sgid=new.egid)
    creds_commit.commit(tx, caller, replace(new, fsgid=new.egid))
    return 0


@handles(Setresgid)
def setresgid(tx: Transaction, caller: TaskId, request: Setresgid) -> int:
    """setresgid(2); what changes nothing does nothing."""
    old = _creds(tx, caller)
    rgid = _gid(tx, old, request.rgid)
    egid = _gid(tx, old, request.egid)
    sgid = _gid(tx, old, request.sgid)
    same = rgid in (_NOBODY, old.gid) and sgid in (_NOBODY, old.sgid)
    if same and (egid == _NOBODY or egid == old.egid == old.fsgid):
        return 0
    own = (_NOBODY, old.gid, old.egid, old.sgid)
    if not _may(tx, old, Cap.CAP_SETGID):
        for gid, number in ((rgid, request.rgid), (egid, request.egid), (sgid, request.sgid)):
            if gid not in own:
                _refuse("gid", number, Cap.CAP_SETGID)
    new = replace(
        old,
        gid=old.gid if rgid == _NOBODY else rgid,
        egid=old.egid if egid == _NOBODY else egid,
        sgid=old.sgid if sgid == _NOBODY else sgid,
    )
    creds_commit.commit(tx, caller, replace(new, fsgid=new.egid))
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
