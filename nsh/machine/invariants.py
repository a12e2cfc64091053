"""What is true of every machine, whatever was done to it.

Each check is a generator of complaints, registered by :func:`invariant`; a mechanism with
records of its own registers its checks beside them.  O(tables that have changed since the last
machine): for tests and ``nsh check --paranoid``.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec
from immutables import Map

from nsh.machine.context import Context
from nsh.machine.ids import NOBODY
from nsh.machine.namespaces import Proxy
from nsh.machine.pids import Containers, PidSpace, SpaceKind
from nsh.machine.record import Record, records
from nsh.machine.settings import Halted
from nsh.machine.tasks import Flag, Group, Session, State, Task
from nsh.machine.value import Machine
from nsh.machine.waiting import Channel, Deadlines, RunQueue, Waiter

R = TypeVar("R", bound=Record)
Check = Callable[[Machine], Iterator[str]]
"""What it says depends on tables alone, neither on the serial number nor on the clock."""

_checks: list[Check] = []
_silent: dict[Check, set[type[Record]]] = {}
"""The checks that had nothing to say of the last machine, and the tables that each has read: where
those are the very same ones again it has nothing to say again."""
_sorted: dict[type[Record], tuple[Map[int, Any], list[tuple[int, Any]]]] = {}
"""The rows of a table by rising key, for all checks that ask."""


class _Last(msgspec.Struct):
    """What was looked at the last time."""

    machine: Machine = Machine()
    known: tuple[int, int] = (0, 0)
    """How many checks and kinds of records there were: with new ones old checks may read more."""


_last = _Last()


def invariant(check: Check) -> Check:
    """Register a check: it yields a sentence for each thing that is wrong."""
    _checks.append(check)
    return check


class _Read(Machine, frozen=True, eq=False, gc=False, kw_only=True):
    """A machine that notes which tables are read."""

    noted: set[type[Record]]

    def rows(self, kind: type[R]) -> Map[int, R]:
        self.noted.add(kind)
        return Machine.rows(self, kind)

    def get(self, kind: type[R], key: int) -> R:
        self.noted.add(kind)
        return Machine.get(self, kind, key)

    def find(self, kind: type[R], key: int) -> R | None:
        self.noted.add(kind)
        return Machine.find(self, kind, key)

    def items(self, kind: type[R]) -> list[tuple[int, R]]:
        table = self.rows(kind)
        if kind not in _sorted or _sorted[kind][0] is not table:
            _sorted[kind] = table, Machine.items(self, kind)
        return list(_sorted[kind][1])


def violations(machine: Machine) -> list[str]:
    """Every complaint of every check, in order of the checks' names; empty: all is well."""
    _look_again(machine)
    ordered = sorted(_checks, key=lambda check: (check.__module__, check.__qualname__))
    return [
        f"{check.__name__.strip('_')}: {text}"
        for check in ordered
        if check not in _silent
        for text in _checked(check, machine)
    ]


def _look_again(machine: Machine) -> None:
    """Forget of the last machine what another one in its place may change."""
    before, known = _last.machine, (len(_checks), len(records()))
    changed = {kind for kind in records() if machine.rows(kind) is not before.rows(kind)}
    for check, read in list(_silent.items()):
        if known != _last.known or not read.isdisjoint(changed):
            del _silent[check]
    _last.machine, _last.known = machine, known


def _checked(check: Check, machine: Machine) -> list[str]:
    read = _Read(machine.tables, machine.serial, machine.clock, noted=set())
    found = list(_complaints(check, read))
    if not found:
        _silent[check] = read.noted
    return found


def _complaints(check: Check, machine: Machine) -> Iterator[str]:
    try:
        yield from check(machine)
    except KeyError as error:
        yield f"something refers to {error}, which is gone"


@invariant
def _numbers(machine: Machine) -> Iterator[str]:
    """Every number maps to one task per level, there and back."""
    for key, task in machine.items(Task):
        space = machine.find(PidSpace, task.space)
        if space is None:
            yield f"task {key} is in space {task.space}, which is gone"
            continue
        if len(space.path) != len(task.pids):
            yield f"task {key} has {len(task.pids)} numbers at {len(space.path)} levels"
            continue
        for level, nr in zip(space.path, task.pids, strict=True):
            if machine.get(PidSpace, level).task_of.get(nr) != key:
                yield f"task {key} is called {nr} in space {level}, which does not know it"


@invariant
def _spaces(machine: Machine) -> Iterator[str]:
    """A space knows its tasks and its path; a number is taken by somebody who exists."""
    live: Counter[int] = Counter()
    for _key, task in machine.items(Task):
        space = machine.find(PidSpace, task.space)
        live.update(space.path if space is not None else ())
    names = machine.get(Containers, 0)
    for key, space in machine.items(PidSpace):
        if space.path[-1] != key:
            yield f"space {key}'s path ends in {space.path[-1]}"
        if space.live != live[key]:
            yield f"space {key} counts {space.live} tasks, there are {live[key]}"
        if names.by_number.get(space.number) != key:
            yield f"container number {space.number} does not lead to space {key}"
        if space.name and names.by_name.get(space.name) != key:
            yield f"container name {space.name} does not lead to space {key}"
        for nr, owner in sorted(space.task_of.items()):
            if not any(nr in numbers for numbers in _called(machine, owner)):
                yield f"number {nr} of space {key} belongs to {owner}, who has it not"
        init = machine.find(Task, space.init)
        open_to_tasks = space.kind is SpaceKind.NAMESPACE and space.adding
        gone = init is None or (init.state is State.ZOMBIE and not init.threads)
        if space.init != NOBODY and open_to_tasks and gone:
            yield f"space {key} takes tasks, but its init is gone"
    if len(names.by_number) != machine.count(PidSpace):
        yield f"{len(names.by_number)} container numbers for {machine.count(PidSpace)} spaces"


def _called(machine: Machine, key: int) -> list[tuple[int, ...]]:
    """What a task, group and session of *key* are called, those of them that there are."""
    found = machine.find(Task, key), machine.find(Group, key), machine.find(Session, key)
    return [each.pids for each in found if each is not None]


@invariant
def _families(machine: Machine) -> Iterator[str]:
    """Parents know their children, leaders their threads."""
    from nsh.machine.observed import parentless  # noqa: PLC0415  # few machines have any

    orphans = set(parentless(machine))
    for key, task in machine.items(Task):
        if task.leader != key:
            leader = machine.find(Task, task.leader)
            if leader is None or key not in leader.threads:
                yield f"thread {key} is unknown to its leader {task.leader}"
            continue
        parent = machine.find(Task, task.parent)
        if parent is None:
            # init has none, whoever's parent an observer could not see, and what the kernel makes
            alone = key == 10 or key in orphans
            if not alone and machine.find(Halted, 0) is None:
                yield f"task {key} has no parent"
        elif key not in parent.children:
            yield f"task {key} is no child of its parent {task.parent}"
        elif task.parent_thread != NOBODY and task.parent_thread not in parent.threads:
            yield f"task {key} is the child of {task.parent_thread}, no thread of {task.parent}"
        for child in sorted(task.children):
            found = machine.find(Task, child)
            if found is None or found.parent != key:
                yield f"task {key} has a child {child} that knows nothing of it"
        for tid in task.threads:
            thread = machine.find(Task, tid)
            if thread is None or thread.leader != key:
                yield f"task {key} has a thread {tid} that knows nothing of it"
        dead = task.state is State.ZOMBIE and not task.threads
        if dead and task.children and machine.find(Halted, 0) is None:
            yield f"zombie {key} has children"


@invariant
def _groups(machine: Machine) -> Iterator[str]:
    """Groups and sessions exist as long as they have members, and agree with them."""
    members: Counter[int] = Counter()
    for key, task in machine.items(Task):
        if task.leader != key or (task.flags & Flag.KTHREAD and task.group == NOBODY):
            continue
        members[task.group] += 1
        group = machine.find(Group, task.group)
        if group is None or key not in group.members:
            yield f"task {key} is in group {task.group}, which does not know it"
        elif group.session != task.session:
            yield f"task {key}'s group {task.group} is in another session"
    for key, group in machine.items(Group):
        if len(group.members) != members[key]:
            yield f"group {key} counts {len(group.members)} members, there are {members[key]}"
        session = machine.find(Session, group.session)
        if session is None or key not in session.groups:
            yield f"group {key} is in session {group.session}, which does not know it"
        leader = machine.find(Task, key)
        if leader is not None and leader.pids != group.pids:
            yield f"group {key} is called {group.pids}, its leader {leader.pids}"
    for key, session in machine.items(Session):
        for name in sorted(session.groups):
            found = machine.find(Group, name)
            if found is None or found.session != key:
                yield f"session {key} has a group {name} that knows nothing of it"


@invariant
def _contexts(machine: Machine) -> Iterator[str]:
    """Shared contexts and proxies are counted right; only the dead have none."""
    users: Counter[int] = Counter()
    for key, task in machine.items(Task):
        if task.context:
            users[task.context] += 1
            if machine.find(Context, task.context) is None:
                yield f"task {key} uses context {task.context}, which is gone"
        elif task.state is not State.ZOMBIE and not task.flags & Flag.EXITING:
            yield f"task {key} lives without a context"
    proxies: Counter[int] = Counter()
    for _key, context in machine.items(Context):
        proxies[context.proxy] += 1
        users.update({context.files_at, context.fs_at} - {0})
    for key, context in machine.items(Context):
        if context.users != users[key]:
            yield f"context {key} counts {context.users} users, there are {users[key]}"
    for key, proxy in machine.items(Proxy):
        if proxy.users != proxies[key]:
            yield f"proxy {key} counts {proxy.users} users, there are {proxies[key]}"


@invariant
def _waiting(machine: Machine) -> Iterator[str]:
    """Who waits is on the channels it waits on, and the other way round."""
    for key, waiter in machine.items(Waiter):
        task = machine.find(Task, key)
        if task is None or task.state is State.ZOMBIE:
            yield f"task {key} waits and does not live"
        for number in waiter.channels:
            channel = machine.find(Channel, number)
            if channel is None or key not in channel.tasks:
                yield f"task {key} waits on channel {number}, which does not know it"
    for number, channel in machine.items(Channel):
        for key in channel.tasks:
            found = machine.find(Waiter, key)
            if found is None or number not in found.channels:
                yield f"channel {number} has task {key}, which does not wait on it"
    deadlines = machine.find(Deadlines, 0)
    entries = () if deadlines is None else deadlines.entries
    if list(entries) != sorted(entries):
        yield "deadlines are out of order"
    for _time, _order, key in entries:
        if machine.find(Waiter, key) is None and machine.find(Task, key) is not None:
            yield f"task {key} has a deadline and does not wait"
    queue = machine.find(RunQueue, 0)
    if queue is not None and sorted(queue.entries) != list(range(queue.head, queue.tail)):
        yield "the run queue has gaps"


@invariant
def _stopped(machine: Machine) -> Iterator[str]:
    """A process is stopped as a whole, and one that goes on has told its parent so."""
    for key, task in machine.items(Task):
        if task.flags & Flag.CLD_CONTINUED:
            yield f"process {key} goes on, and has not told its parent"
        if task.leader == key and task.state is State.STOPPED:
            for tid in task.threads:
                if machine.get(Task, tid).state is not State.STOPPED:
                    yield f"process {key} is stopped and its thread {tid} is not"
