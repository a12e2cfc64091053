"""Who a task is: users, groups and capabilities, by the numbers of its own user namespace (C4)."""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno, KernelError
from nsh.kernel import idmaps
from nsh.kernel.checkpoint import ownership, parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.ownership import NOBODY
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.tasks import Creds, State, Task

_LOCKS: Final = 0b10101010
"""Of the securebits, those that lock the one below."""


class Credentials(Object, frozen=True):
    """Of one task."""

    pid: int
    uids: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Real, effective, saved, for files; who has no number inside is who restarts it: -1."""
    gids: tuple[int, int, int, int] = (0, 0, 0, 0)
    groups: tuple[int, ...] = ()
    inheritable: int = 0
    permitted: int = 0
    effective: int = 0
    bounding: int = 0
    ambient: int = 0
    securebits: int = 0
    no_new_privs: bool = False


@parts.saves(Credentials, 62)
def _save(dump: Dump) -> Iterator[Credentials]:
    tx = dump.tx
    for task in dump.tasks:
        creds = tx.get(Task, task).creds
        space = _space(dump, task)
        users = (creds.uid, creds.euid, creds.suid, creds.fsuid)
        uids = [ownership.uid(dump, space, each) for each in users]
        gids = (creds.gid, creds.egid, creds.sgid, creds.fsgid)
        groups = [ownership.gid(dump, space, each) for each in (*gids, *creds.groups)]
        yield Credentials(
            dump.number(task),
            (uids[0], uids[1], uids[2], uids[3]),
            (groups[0], groups[1], groups[2], groups[3]),
            tuple(groups[4:]),
            *(creds.inheritable, creds.permitted, creds.effective, creds.bounding),
            *(creds.ambient, creds.securebits, creds.no_new_privs),
        )


def _space(dump: Dump, task: TaskId) -> NamespaceId:
    """Its user namespace; the dead come back in that of their parent."""
    record = dump.tx.get(Task, task)
    if record.state is State.ZOMBIE and record.parent in dump:
        record = dump.tx.get(Task, record.parent)
    return record.creds.userns


@parts.makes(Credentials, "pid")
def _make(restart: Restart, saved: Credentials) -> None:
    """EINVAL: nobody could have such capabilities."""
    restart.task(saved.pid)
    if saved.effective & ~saved.permitted or saved.ambient & ~(saved.permitted & saved.inheritable):
        raise Errno.EINVAL("effective: what is in effect is permitted, and more so what is ambient")
    restart.keep(saved)


@parts.finishes(50)
def _finish(restart: Restart) -> None:
    """The last thing: till then all was done by the right of who restarts them.  EPERM: that one
    could not become what they are."""
    tx = restart.tx
    me = tx.get(Task, restart.caller).creds
    for saved in restart.kept(Credentials):
        task = restart.task(saved.pid)
        record = tx.get(Task, task)
        try:
            creds = _creds(restart, record.creds, me, saved)
            if creds.userns == me.userns:
                _check(me, creds)
        except KernelError as error:
            raise error.errno(f"credentials: pid {saved.pid}: {error.reason}") from None
        tx.put(task, replace(record, creds=creds))


def _creds(restart: Restart, before: Creds, mine: Creds, saved: Credentials) -> Creds:
    tx, space = restart.tx, before.userns
    own = (mine.uid, mine.euid, mine.suid, mine.fsuid)
    uids = [
        ownership.uid_of(restart, space, each, uid)
        for each, uid in zip(saved.uids, own, strict=True)
    ]
    own = (mine.gid, mine.egid, mine.sgid, mine.fsgid)
    gids = [
        ownership.gid_of(restart, space, each, gid)
        for each, gid in zip(saved.gids, own, strict=True)
    ]
    groups = [idmaps.gid_of(tx, space, each) for each in saved.groups if each != NOBODY]
    if NOBODY in saved.groups:
        groups = sorted(
            {*groups, *(gid for gid in mine.groups if not idmaps.knows_gid(tx, space, gid))}
        )
    return replace(
        before,
        uid=uids[0],
        euid=uids[1],
        suid=uids[2],
        fsuid=uids[3],
        gid=gids[0],
        egid=gids[1],
        sgid=gids[2],
        fsgid=gids[3],
        groups=tuple(groups),
        inheritable=saved.inheritable,
        permitted=saved.permitted,
        effective=saved.effective,
        bounding=saved.bounding,
        ambient=saved.ambient,
        securebits=saved.securebits,
        no_new_privs=saved.no_new_privs or before.no_new_privs,
    )


def _check(mine: Creds, theirs: Creds) -> None:
    """Whether who is *mine* could have become *theirs*."""
    beyond = theirs.bounding & ~mine.bounding
    if beyond or (theirs.permitted | theirs.inheritable) & ~mine.permitted:
        raise Errno.EPERM("it has capabilities that the caller has not")
    locked = mine.securebits & _LOCKS
    if (theirs.securebits ^ mine.securebits) & (locked | locked >> 1):
        raise Errno.EPERM("the caller has locked its securebits otherwise")
    for ids, own, cap in (
        ({theirs.uid, theirs.euid, theirs.suid, theirs.fsuid}, {mine.uid}, Cap.CAP_SETUID),
        (
            {theirs.gid, theirs.egid, theirs.sgid, theirs.fsgid, *theirs.groups},
            {mine.gid, *mine.groups},
            Cap.CAP_SETGID,
        ),
    ):
        if not ids <= own and not mine.effective & 1 << cap:
            raise Errno.EPERM(f"to make it who it was takes {cap.name}")
