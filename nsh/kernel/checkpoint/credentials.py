"""Who a task is: users, groups and capabilities, by the numbers of its own user namespace (C4)."""

from collections.abc import Iterator

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import idmaps
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.tasks import Creds, Task


class Credentials(Object, frozen=True):
    """Of one task."""

    pid: int
    uids: tuple[int, int, int, int] = (0, 0, 0, 0)
    """Real, effective, saved, for files."""
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
        space = creds.userns
        uids = (creds.uid, creds.euid, creds.suid, creds.fsuid)
        gids = (creds.gid, creds.egid, creds.sgid, creds.fsgid)
        inside = [idmaps.uid_inside(tx, space, each) for each in uids]
        groups = [idmaps.gid_inside(tx, space, each) for each in (*gids, *creds.groups)]
        yield Credentials(
            dump.number(task),
            (inside[0], inside[1], inside[2], inside[3]),
            (groups[0], groups[1], groups[2], groups[3]),
            tuple(groups[4:]),
            *(creds.inheritable, creds.permitted, creds.effective, creds.bounding),
            *(creds.ambient, creds.securebits, creds.no_new_privs),
        )


@parts.makes(Credentials)
def _make(restart: Restart, saved: Credentials) -> None:
    restart.task(saved.pid)
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
        creds = _creds(restart, record.creds, saved)
        if creds.userns == me.userns:
            _check(me, creds, saved.pid)
        tx.put(task, replace(record, creds=creds))


def _creds(restart: Restart, before: Creds, saved: Credentials) -> Creds:
    tx, space = restart.tx, before.userns
    uids = [idmaps.uid_of(tx, space, each) for each in saved.uids]
    gids = [idmaps.gid_of(tx, space, each) for each in (*saved.gids, *saved.groups)]
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
        groups=tuple(gids[4:]),
        inheritable=saved.inheritable,
        permitted=saved.permitted,
        effective=saved.effective,
        bounding=saved.bounding,
        ambient=saved.ambient,
        securebits=saved.securebits,
        no_new_privs=saved.no_new_privs,
    )


def _check(mine: Creds, theirs: Creds, pid: int) -> None:
    """Whether who is *mine* could have become *theirs*."""
    if (theirs.permitted | theirs.inheritable | theirs.bounding) & ~mine.permitted:
        raise Errno.EPERM(f"pid {pid} has capabilities that the caller has not")
    for ids, own, cap in (
        ({theirs.uid, theirs.euid, theirs.suid, theirs.fsuid}, {mine.uid}, Cap.CAP_SETUID),
        (
            {theirs.gid, theirs.egid, theirs.sgid, theirs.fsgid, *theirs.groups},
            {mine.gid, *mine.groups},
            Cap.CAP_SETGID,
        ),
    ):
        if not ids <= own and not mine.effective & 1 << cap:
            raise Errno.EPERM(f"to make pid {pid} who it was takes {cap.name}")
