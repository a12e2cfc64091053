"""Who somebody is that a socket tells of: SO_PEERCRED, SCM_CREDENTIALS (N5, P2).

It is told by its number inside, and by users and groups as who has the socket calls them.  Who is
gone stays so, with the status that it has ended with.  Who is outside has no number, and is after a
restart somebody who is gone.
"""

import msgspec

from nsh.abi.capabilities import Cap
from nsh.kernel import capabilities, idmaps
from nsh.kernel.checkpoint import ownership
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.sockets import Told
from nsh.machine.tasks import Task
from nsh.machine.users import overflow


class Who(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A process, and the ids that it had."""

    pid: int = 0
    """0: it has no number inside."""
    uid: int = 0
    """-1: a user who has no number there."""
    gid: int = 0
    gone: int = 0
    """Which one of those that are gone; 0: it is there."""
    status: int = 0
    """How it ended."""


def who(dump: Dump, users: NamespaceId, told: Told | None) -> Who | None:
    """How the image tells of somebody."""
    if told is None:
        return None
    ids = ownership.uid(dump, users, told.uid), ownership.gid(dump, users, told.gid)
    level = len(dump.record.path) - 1
    inside = told.path[level : level + 1] == (dump.space,)
    pid = told.pids[level] if inside else 0
    if inside and told.exit_code is None:
        return Who(pid, *ids)
    return Who(pid, *ids, dump.gone.of(told.task), told.exit_code or 0)


def told(restart: Restart, users: NamespaceId, found: Who | None) -> Told | None:
    """The same, among those who are there now.  EINVAL."""
    if found is None:
        return None
    tx = restart.tx
    ids = uid_of(restart, users, found.uid), gid_of(restart, users, found.gid)
    if not found.gone:
        task = restart.task(found.pid)
        record = tx.get(Task, task)
        return Told(tx.get(PidSpace, record.space).path, record.pids, *ids, task)
    task = restart.gone.setdefault(found.gone, TaskId(tx.fresh()))
    path = tx.get(PidSpace, restart.space).path
    if not found.pid:
        return Told(path[:1], (0,), *ids, task, found.status)
    pids = (*(0 for _above in path[1:]), found.pid)
    return Told(path, pids, *ids, task, found.status)


def uid_of(restart: Restart, users: NamespaceId, number: int) -> int:
    """Who is called so there.  EINVAL; EPERM: who restarts it may not say that of anybody."""
    if number == ownership.NOBODY:
        return overflow(restart.tx).uid
    found = idmaps.uid_of(restart.tx, users, number)
    mine = restart.tx.get(Task, restart.caller).creds
    if found not in (mine.uid, mine.euid, mine.suid):
        doing = f"a socket that tells of user {number}"
        capabilities.need(restart.tx, restart.caller, users, Cap.CAP_SETUID, doing)
    return found


def gid_of(restart: Restart, users: NamespaceId, number: int) -> int:
    """The same of a group.  EINVAL, EPERM."""
    if number == ownership.NOBODY:
        return overflow(restart.tx).gid
    found = idmaps.gid_of(restart.tx, users, number)
    mine = restart.tx.get(Task, restart.caller).creds
    if found not in (mine.gid, mine.egid, mine.sgid):
        doing = f"a socket that tells of group {number}"
        capabilities.need(restart.tx, restart.caller, users, Cap.CAP_SETGID, doing)
    return found
