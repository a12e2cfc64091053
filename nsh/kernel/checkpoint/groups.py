"""Process groups and sessions of the container's own (C4).

Those that began outside have no number inside; who is in one of them is, after a restart, in the
group and session of who asked for that.  The first process of a group or session may be long dead:
then one takes its number for a moment.
"""

from collections.abc import Iterator

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import death, sessions
from nsh.kernel.checkpoint import parts, tree
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.ids import NO_TERMINAL, TaskId
from nsh.machine.tasks import Group, Session, Task


class SessionOf(Object, frozen=True, tag="session"):
    """A session."""

    sid: int


class GroupOf(Object, frozen=True, tag="group"):
    """A process group."""

    pgid: int
    session: int = 0
    """0: one that began outside."""
    members: tuple[int, ...] = ()
    """By when they joined, the first first."""


@parts.saves(SessionOf, 35, Session)
def _save_sessions(dump: Dump) -> Iterator[SessionOf]:
    for session in _ours(dump, {dump.tx.get(Task, task).session for task in dump.tasks}):
        yield SessionOf(dump.number(session))


@parts.saves(GroupOf, 36, Group)
def _save_groups(dump: Dump) -> Iterator[GroupOf]:
    """EBUSY: one that has a member outside."""
    for group in _ours(dump, {dump.tx.get(Task, task).group for task in dump.tasks}):
        record = dump.tx.get(Group, group)
        stranger = next((each for each in sorted(record.members) if each not in dump), None)
        if stranger is not None:
            outside = f"{dump.name(stranger)}, which is outside"
            dump.refuse(f"{outside}, is in its process group {dump.number(group)}, too")
        joined = sorted(record.members, key=record.members.__getitem__)
        members = tuple(dump.number(each) for each in joined)
        yield GroupOf(dump.number(group), dump.number(record.session), members)


def _ours(dump: Dump, named: set[TaskId]) -> list[TaskId]:
    """Those of groups or sessions that have a number inside, by that."""
    return sorted((each for each in named if dump.number(each)), key=dump.number)


@parts.makes(SessionOf)
def _make_session(restart: Restart, saved: SessionOf) -> None:
    task = _called(restart, saved.sid)
    if restart.tx.find(Session, task) is not None:
        raise Errno.EINVAL(f"sid: there are two sessions {saved.sid}")
    record = restart.tx.get(Task, task)
    restart.tx.put(task, Session(record.space, record.pids, Map()))


@parts.makes(GroupOf)
def _make_group(restart: Restart, saved: GroupOf) -> None:
    """EINVAL: it has no members, or there is no such session."""
    tx = restart.tx
    if not saved.members:
        raise Errno.EINVAL("members: a process group without any is none")
    session = tx.get(Task, restart.caller).session
    if saved.session:
        session = _called(restart, saved.session)
        if tx.find(Session, session) is None:
            raise Errno.EINVAL(f"session: there is no session {saved.session} before this line")
    task = _called(restart, saved.pgid)
    if tx.find(Group, task) is not None:
        raise Errno.EINVAL(f"pgid: there are two groups {saved.pgid}")
    if len(set(saved.members)) < len(saved.members):
        raise Errno.EINVAL("members: somebody is in it twice")
    sessions.make_group(tx, task, session)
    for pid in saved.members:
        member = restart.task(pid)
        record = tx.get(Task, member)
        if record.leader != member:
            raise Errno.EINVAL(f"members: {pid} is a thread")
        sessions.part(tx, member, record.group)
        record = tx.get(Task, member)
        tty = record.tty if not saved.session else NO_TERMINAL
        tx.put(member, replace(record, group=task, session=session, tty=tty))
        sessions.join(tx, member, task)


def _called(restart: Restart, number: int) -> TaskId:
    """Whose number a group or session has: if nobody is called so, somebody takes it."""
    found = restart.tasks.get(number) or restart.helpers.get(number)
    if found is None:
        found = restart.helpers[number] = tree.born(restart, restart.init, number)
    return found


@parts.finishes(15)
def _dismiss(restart: Restart) -> None:
    """Who has taken a number for that is gone again."""
    for task in restart.helpers.values():
        death.kill(restart.tx, task, 0)
        death.reap(restart.tx, task, restart.tx.get(Task, task))
