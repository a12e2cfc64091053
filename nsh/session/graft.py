"""An observed machine, made one that the model can run on.

What was observed has no files, no console and nobody to perform what is typed: these are taken
from a machine just booted, and the tasks, groups, sessions, terminals and pid spaces are put on
it.  Each mount namespace becomes a copy of the booted one's tree, with a /proc of its own where
the real one had that.  What the model has no mechanism for (kinds of namespace it does not know,
cgroups, the evidence) stays behind.
"""

from collections import Counter
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.files import Mount
from nsh.kernel import boot, contexts, dispatch, kinds, loading, namespaces
from nsh.kernel.boot import INIT
from nsh.kernel.fs import files
from nsh.kernel.spaces import ENTRY, ROOT
from nsh.machine.context import Context, Fs
from nsh.machine.ids import (
    FIRST_ID,
    NO_TERMINAL,
    NOBODY,
    ContextId,
    NamespaceId,
    ProxyId,
    SpaceId,
    TaskId,
    TerminalId,
)
from nsh.machine.namespaces import Inums, Namespace, Proxy, kept_above
from nsh.machine.observed import NamespaceSighting, Vantage
from nsh.machine.pids import Containers, PidSpace
from nsh.machine.record import Record, records
from nsh.machine.tasks import Group, Session, State, Task
from nsh.machine.terminals import Terminal
from nsh.machine.uts import Uts
from nsh.machine.value import Machine, begin

_CHILDREN: Final = ENTRY


def runnable(machine: Machine, profile: str = "all") -> Machine:
    """A machine that a session can start from.

    One that was never observed is so already and is replied as it is.  Raises as
    :func:`nsh.kernel.boot.boot`.
    """
    if machine.find(Vantage, 0) is None:
        loading.load_all()
        return machine
    return _Graft(machine, profile).machine()


class _Graft:
    def __init__(self, seen: Machine, profile: str) -> None:
        self.seen = seen
        self.tx = begin(boot.boot(profile))
        self.shift = self.tx.serial
        self.tx.serial += seen.serial
        self.tx.clock = max(self.tx.clock, seen.clock)
        self.booted_init = seen.find(Task, INIT) is None
        """Nobody was seen to be pid 1: the booted machine's stays."""
        init = seen.find(Task, INIT)
        self.keeps_context = init is None or init.state is State.ZOMBIE
        """So does its context, if the observed one has none: init has to live here."""
        self.home = contexts.fs(self.tx, INIT)
        proxy = contexts.proxy(self.tx, INIT)
        assert proxy is not None
        self.first = proxy.kinds
        self.copies: dict[tuple[str, NamespaceId], NamespaceId] = {}
        """(kind, observed namespace) -> its copy."""
        self.places: dict[NamespaceId, Fs] = {}
        """Where tasks stand in the copied mount namespaces."""

    def machine(self) -> Machine:
        self._contexts()
        self._tasks()
        self._groups()
        self._terminals()
        self._spaces()
        self._proc_mounts()
        for (kind, _seen), space in sorted(self.copies.items()):
            namespaces.put(self.tx, kind, space)  # ours; those of their tasks keep them
        return self.tx.commit()

    def id(self, key: int) -> int:
        """An observed id, as it is on the new machine."""
        return key if key < FIRST_ID else key + self.shift

    # ---- namespaces and contexts

    def _contexts(self) -> None:
        """A context for each observed one: files and places of the booted init's."""
        tx, seen = self.tx, self.seen
        fds = contexts.files(tx, INIT)
        homes = self._homes()
        for key, record in seen.items(Context):
            seen_kinds = seen.get(Proxy, record.proxy).kinds
            own = {_CHILDREN: NamespaceId(self.id(seen_kinds[_CHILDREN]))}
            for kind in kinds.kinds():
                if kind.entry != _CHILDREN:
                    space = seen_kinds.get(kind.name)
                    own[kind.entry] = self._namespace(kind, space, homes.get(kind.name))
                    namespaces.hold(tx, kind.name, own[kind.entry])
                    if kind.own:
                        own[kind.own] = own[kind.entry]
                        namespaces.hold(tx, kind.name, own[kind.own])
            places = self.places.get(own["mnt"], self.home)
            proxy = tx.new(ProxyId)
            tx.put(proxy, Proxy(1, Map(own)))
            tx.put(self.id(key), Context(record.users, proxy, places, fds))
            files.hold_fs(tx, places)
            for _fd, entry in sorted(fds.items()):
                files.hold(tx, entry.file)
        highest = max((r.inum for kind in records() for r in _namespaces(seen, kind)), default=0)
        row = tx.find(Inums, 0)
        tx.put(0, Inums(max(highest + 1, namespaces.FIRST_INUM if row is None else row.next)))

    def _homes(self) -> dict[str, NamespaceId]:
        """Of each kind the namespace that becomes the booted machine's first: that of pid 1, or
        if that is hidden, the one with the most tasks."""
        users: dict[str, Counter[NamespaceId]] = {}
        for _key, record in self.seen.items(Context):
            for kind, space in self.seen.get(Proxy, record.proxy).kinds.items():
                users.setdefault(kind, Counter())[space] += record.users
        homes = {kind: min(found, key=lambda s: (-found[s], s)) for kind, found in users.items()}
        init = self.seen.find(Task, INIT)
        context = None if init is None else self.seen.find(Context, init.context)
        if context is not None:
            homes.update(self.seen.get(Proxy, context.proxy).kinds.items())
        return homes

    def _namespace(
        self, kind: kinds.Kind, space: NamespaceId | None, home: NamespaceId | None
    ) -> NamespaceId:
        """What stands for the observed *space*: a copy of the booted machine's first."""
        tx, first = self.tx, self.first[kind.entry]
        if space is None or space == home or kind.name == "user":  # nobody looks at id maps
            return first
        known = self.copies.get((kind.name, space))
        if known is not None:
            return known
        inum = namespaces.fresh_inums(tx)
        new = kinds.New(tx.get(Task, INIT), self.home, self.first, kinds.asked(kind.flag), inum)
        new.creator = -1
        copy = new.next(tx)
        tx.put(copy, kind.copy(tx, first, new))
        if kind.name == "mnt":  # whoever copies one moves into the copy
            self.places[copy] = new.fs
            files.release_fs(tx, new.fs)
        record = tx.get(kind.record, copy)
        seen = self.seen.find(kind.record, space)
        if seen is not None:
            record = replace(record, inum=seen.inum)
            if isinstance(record, Uts) and isinstance(seen, Uts):
                record = replace(record, nodename=seen.nodename, domainname=seen.domainname)
            tx.put(copy, record)
        self.copies[kind.name, space] = copy
        return copy

    # ---- tasks, and what they are called

    def _tasks(self) -> None:
        tx, shifted = self.tx, self.id
        vantage = self.seen.get(Vantage, 0)
        booted = tx.get(Task, INIT)
        adopted = [task for task in vantage.parentless if task != INIT]
        for key, task in self.seen.items(Task):
            parent = TaskId(shifted(task.parent))
            if task.leader == key and key in adopted:
                parent = INIT
            children = {TaskId(shifted(kid)): told for kid, told in task.children.items()}
            if key == INIT:
                children.update({TaskId(shifted(kid)): 0 for kid in adopted})
            tx.put(
                shifted(key),
                replace(
                    task,
                    leader=TaskId(shifted(task.leader)),
                    space=SpaceId(shifted(task.space)),
                    context=ContextId(shifted(task.context)),
                    parent=parent,
                    children=Map(children),
                    threads=tuple(TaskId(shifted(tid)) for tid in task.threads),
                    group=TaskId(shifted(task.group)),
                    session=TaskId(shifted(task.session)),
                    tty=TerminalId(shifted(task.tty)),
                ),
            )
        if self.booted_init:
            children = {TaskId(shifted(kid)): 0 for kid in adopted}
            tx.put(INIT, replace(booted, children=Map(children)))
        elif self.keeps_context:
            init = tx.get(Task, INIT)
            tx.put(INIT, replace(init, state=State.ALIVE, status=0, context=booted.context))
        else:  # the observed one has a context of its own
            contexts.drop(tx, booted.context)

    def _groups(self) -> None:
        tx, shifted = self.tx, self.id
        if not self.booted_init:
            tx.drop(Group, INIT)
            tx.drop(Session, INIT)
        for key, group in self.seen.items(Group):
            members = {TaskId(shifted(task)): order for task, order in group.members.items()}
            session = TaskId(shifted(group.session))
            space = SpaceId(shifted(group.space))
            tx.put(shifted(key), Group(session, space, group.pids, Map(members)))
        for key, one in self.seen.items(Session):
            groups = Map(dict.fromkeys(TaskId(shifted(name)) for name in one.groups))
            space, tty = SpaceId(shifted(one.space)), TerminalId(shifted(one.tty))
            tx.put(shifted(key), Session(space, one.pids, groups, tty))

    def _terminals(self) -> None:
        """The observed ones; the booted machine's console stays init's, if init has no other."""
        tx, shifted = self.tx, self.id
        for key, terminal in self.seen.items(Terminal):
            front = terminal.foreground
            if front is not None:
                path = tuple(SpaceId(shifted(space)) for space in front.path)
                front = replace(front, group=TaskId(shifted(front.group)), path=path)
            session = TaskId(shifted(terminal.session))
            tx.put(shifted(key), replace(terminal, session=session, foreground=front))
        for key, console in list(tx.items(Terminal)):
            if key >= self.shift or console.session != INIT or self.booted_init:
                continue
            init, own, group = tx.get(Task, INIT), tx.find(Session, INIT), tx.find(Group, INIT)
            leads = init.session == INIT and group is not None and group.session == INIT
            if own is None or not leads or own.tty != NO_TERMINAL:
                tx.put(key, replace(console, session=NOBODY, foreground=None))
                continue
            tx.put(INIT, replace(own, tty=TerminalId(key)))
            tx.put(INIT, replace(init, tty=TerminalId(key)))

    # ---- pid spaces

    def _spaces(self) -> None:
        tx, shifted = self.tx, self.id
        users: Counter[int] = Counter()
        for _key, proxy in tx.items(Proxy):
            users[proxy.kinds[_CHILDREN]] += 1
        for _key, space in self.seen.items(PidSpace):
            users.update(shifted(above) for above in kept_above(space.path))
        root = tx.get(PidSpace, ROOT)
        for key, space in self.seen.items(PidSpace):
            numbers = {nr: TaskId(shifted(task)) for nr, task in space.task_of.items()}
            init, live = TaskId(shifted(space.init)), space.live
            if key == ROOT and self.booted_init:
                numbers[1], init, live = INIT, INIT, live + 1
            tx.put(
                shifted(key),
                replace(
                    space,
                    adding=space.adding or key == ROOT,
                    users=users[shifted(key)] + bool(numbers),
                    owner=root.owner,
                    path=tuple(SpaceId(shifted(each)) for each in space.path),
                    task_of=Map(numbers),
                    init=init,
                    live=live,
                ),
            )
        names = self.seen.get(Containers, 0)
        by_number = {nr: SpaceId(shifted(space)) for nr, space in names.by_number.items()}
        tx.put(0, Containers(Map(by_number), Map(), names.last))

    def _proc_mounts(self) -> None:
        """Where /proc was another than pid 1's, the oldest task there mounts one."""
        devices = {key: row.proc for key, row in self.seen.items(NamespaceSighting) if row.proc}
        first = self._homes().get("mnt", NamespaceId(0))
        oldest: dict[NamespaceId, TaskId] = {}
        for key, task in self.seen.items(Task):
            context = self.seen.find(Context, task.context)
            if context is not None and task.state is not State.ZOMBIE:
                mnt = self.seen.get(Proxy, context.proxy).kinds.get("mnt")
                if mnt is not None:
                    oldest.setdefault(mnt, TaskId(self.id(key)))
        for mnt, caller in sorted(oldest.items()):
            if mnt != first and devices.get(mnt) and devices[mnt] != devices.get(first):
                asked = begin(self.tx.commit())
                dispatch.call(asked, caller, Mount("proc", "/proc", "proc"))
                self.tx = begin(asked.commit())


def _namespaces(machine: Machine, kind: type[Record]) -> list[Namespace]:
    return [row for _key, row in machine.items(kind) if isinstance(row, Namespace)]
