"""From one look at /proc to the machine, each value with its evidence beside it.

:class:`Observer` looks again and again: whoever is seen again keeps their id, and a row that has
not changed stays the very same record, so that two machines are compared at the cost of what
differs.
"""

from collections import Counter
from typing import Any

from immutables import Map
from msgspec.structs import replace

from nsh.linux.observe import keeping
from nsh.linux.observe.evidence import evidence
from nsh.linux.observe.facts import KINDS, Process, Snapshot
from nsh.linux.observe.families import families
from nsh.linux.observe.gaps import gaps
from nsh.linux.observe.gathering import Gathered
from nsh.linux.observe.identities import FIRST_SPACE, FIRST_TASK, Identities
from nsh.linux.observe.instances import devpts
from nsh.linux.observe.placing import by_age, consistent, inits
from nsh.machine.ids import NO_TERMINAL, NOBODY, ContextId, NamespaceId, SpaceId, TaskId
from nsh.machine.namespaces import kept_above
from nsh.machine.observed import NetSighting, PortSighting, Sighting, SysvSighting, Vantage
from nsh.machine.pids import Containers, PidSpace, SpaceKind
from nsh.machine.record import Record, records
from nsh.machine.tasks import Creds, Image, State, Task
from nsh.machine.value import Machine, begin

TICK = 10_000_000
"""Nanoseconds of one clock tick (USER_HZ is 100 wherever Python runs on Linux)."""
PID_MAX = 4_194_304
_SIGSTOP = 19


class Observer:
    """Makes machines of looks, one after the other."""

    def __init__(self) -> None:
        self._ids = Identities()
        self._last = Machine()

    def machine(self, snapshot: Snapshot) -> Machine:
        """The machine that *snapshot* shows."""
        build = _Build(snapshot, self._ids)
        rows = build.rows()
        self._ids.forget()
        self._last = _after(self._last, rows, self._ids.serial, snapshot.now)
        return self._last


class _Build:
    def __init__(self, snapshot: Snapshot, ids: Identities) -> None:
        self.snapshot = snapshot
        self.ids = ids
        self.placing = consistent(snapshot)
        ids.name(FIRST_SPACE, "pid", self.placing.root)
        self.spaces = {
            inum: SpaceId(ids.of("pid", inum))
            for inum in by_age(self.placing, inits(self.placing, snapshot.processes))
        }
        self.tasks: dict[int, TaskId] = {}
        for one in sorted(snapshot.processes, key=lambda one: (one.start, one.pid)):
            if one.pid == 1:
                ids.name(FIRST_TASK, "task", 1, one.start)
            self.tasks[one.pid] = TaskId(ids.of("task", one.pid, one.start))
        self.families = families(snapshot, self.placing)
        self.gathered = Gathered(self.placing, self.spaces, ids)
        self.gathered.gather(snapshot.processes, self.tasks)
        self.contexts = keeping.Contexts(ids, self.placing, self.spaces)

    def rows(self) -> dict[type[Record], dict[int, Any]]:
        """Every table."""
        snapshot, gathered = self.snapshot, self.gathered
        rows: dict[type[Record], dict[int, Any]] = {Task: self._tasks()}
        contexts, proxies = self.contexts.rows()
        tables: list[dict[int, Any]] = [contexts, proxies, gathered.groups, gathered.sessions]
        tables += [gathered.terminals, self._spaces(proxies), self._sightings()]
        tables += [devpts(snapshot, self.tasks, gathered), self._sysv(), self._networks()]
        args = (snapshot, self.ids, self.spaces, proxies.values())
        tables.append(keeping.namespaces(*args))
        tables.append(keeping.sightings(snapshot, self.ids, self.placing, self.spaces))
        for found in tables:
            for key, record in found.items():
                rows.setdefault(type(record), {})[key] = record
        numbers = {record.number: key for key, record in rows[PidSpace].items()}
        rows[Containers] = {0: Containers(Map(numbers), Map(), max(numbers))}
        outside = tuple(
            self.tasks[pid] for pid, above in self.families.parents.items() if not above
        )
        rows[Vantage] = {
            0: Vantage(
                snapshot.pid,
                snapshot.uid,
                self.spaces[self.placing.root],
                tuple(sorted(outside)),
                snapshot.vanished,
                gaps(snapshot),
            )
        }
        return rows

    def _tasks(self) -> dict[int, Task]:
        children: dict[int, dict[TaskId, int]] = {}
        threads: dict[int, list[TaskId]] = {}
        spaces_of = self.placing.of
        processes = {one.pid: one for one in self.snapshot.processes}
        for pid, above in self.families.parents.items():
            if above:
                level = len(spaces_of[above]) - 1
                beside = spaces_of[pid][level : level + 1] == spaces_of[above][-1:]
                told = processes[pid].pids[level] if beside else 0
                children.setdefault(above, {})[self.tasks[pid]] = told
        for one in self.snapshot.processes:
            if one.tgid != one.pid:
                threads.setdefault(one.tgid, []).append(self.tasks[one.pid])
        found: dict[int, Task] = {}
        for one in self.snapshot.processes:
            leader = processes[one.tgid]
            found[self.tasks[one.pid]] = self._task(
                one, leader, Map(children.get(one.pid, {})), tuple(threads.get(one.pid, ()))
            )
        return found

    def _task(
        self,
        one: Process,
        leader: Process,
        children: Map[TaskId, int],
        threads: tuple[TaskId, ...],
    ) -> Task:
        state = self._state(one, leader)
        path = self.placing.of[one.pid]
        uid, euid, suid = one.uids[:3]
        gid, egid, sgid = one.gids[:3]
        creds = Creds(uid, euid, suid, gid, egid, sgid, one.groups, euid, egid)
        if euid:
            creds = replace(creds, permitted=0, effective=0)
        context = ContextId(0) if state is State.ZOMBIE else self.contexts.take(one)
        itself = one is leader
        gathered = self.gathered
        above = self.families.parents.get(one.pid, 0)
        return Task(
            self.tasks[leader.pid],
            self.spaces[path[-1]],
            one.pids,
            context,
            one.name.decode("utf-8", "surrogateescape"),
            creds,
            state,
            _SIGSTOP if state is State.STOPPED else 0,
            start=one.start * TICK,
            exit_signal=17 if itself else 0,
            parent=self.tasks[above] if above else NOBODY,
            children=children,
            threads=threads,
            group=gathered.group_of[one.pid] if itself else NOBODY,
            session=gathered.session_of[one.pid] if itself else NOBODY,
            tty=gathered.tty_of.get(one.pid, NO_TERMINAL),
            image=Image(tuple(_text(word) for word in one.argv)),
        )

    def _state(self, one: Process, leader: Process) -> State:
        """Stopped as a whole; a dead leader whose threads live on is a zombie all the same."""
        if one is leader:
            if one.pid in self.families.dead:
                return State.ZOMBIE
        elif one.state in "ZX":
            return State.ZOMBIE
        return State.STOPPED if leader.state == "T" else State.ALIVE

    def _spaces(self, proxies: dict[int, Any]) -> dict[int, PidSpace]:
        users: Counter[int] = Counter(p.kinds[keeping.FOR_CHILDREN] for p in proxies.values())
        numbers = self._numbers()
        live = Counter(inum for one in self.snapshot.processes for inum in self.placing.of[one.pid])
        first = inits(self.placing, self.snapshot.processes)
        for path in self.placing.paths.values():
            users[self.spaces[path[-1]]] += bool(numbers[path[-1]])
            users.update(self.spaces[above] for above in kept_above(path))
        found: dict[int, PidSpace] = {}
        for inum in self.spaces:
            path = self.placing.paths[inum]
            init = first.get(inum)
            relation = self.snapshot.relations.get(("pid", inum))
            owner = 0 if relation is None else relation.owner
            dead = init is not None and init.pid in self.families.dead
            key = self.spaces[inum]
            found[key] = PidSpace(
                users[key],
                max(0, inum),
                keeping.namespace_id(self.ids, "user", owner) if owner else NamespaceId(0),
                tuple(self.spaces[each] for each in path),
                SpaceKind.NAMESPACE,
                0 if len(path) == 1 else self.ids.number(key),
                "",
                Map(numbers[inum]),
                max(numbers[inum], default=0),
                PID_MAX,
                NOBODY if init is None else self.tasks[init.pid],
                live[inum],
                not dead and (len(path) == 1 or init is not None),
            )
        return found

    def _numbers(self) -> dict[int, dict[int, TaskId]]:
        """Who has each number of a space: a task, or else what is left of one that a group or a
        session is called by."""
        numbers: dict[int, dict[int, TaskId]] = {inum: {} for inum in self.spaces}
        for one in self.snapshot.processes:
            for inum, number in zip(self.placing.of[one.pid], one.pids, strict=True):
                numbers[inum][number] = self.tasks[one.pid]
        by_space = {space: inum for inum, space in self.spaces.items()}
        for table in (self.gathered.groups, self.gathered.sessions):
            for key, record in table.items():
                path = self.placing.paths[by_space[record.space]]
                for inum, number in zip(path, record.pids, strict=False):
                    if number:
                        numbers[inum].setdefault(number, TaskId(key))
        return numbers

    def _networks(self) -> dict[int, NetSighting]:
        """The network namespaces that could be looked into."""
        holders: dict[int, list[TaskId]] = {}
        for pid, inodes in self.snapshot.sockets.items():
            for inode in dict.fromkeys(inodes) if pid in self.tasks else ():
                holders.setdefault(inode, []).append(self.tasks[pid])
        found: dict[int, NetSighting] = {}
        for one in self.snapshot.networks:
            links = tuple(
                (name, tuple(address for link, address in one.addresses6 if link == name))
                for name in one.links
            )
            ports = tuple(
                PortSighting(
                    port.kind,
                    port.host,
                    port.number,
                    port.uid,
                    tuple(sorted(holders.get(port.inode, ()))),
                )
                for port in one.ports
            )
            key = keeping.namespace_id(self.ids, "net", one.inum)
            found[key] = NetSighting(links, one.addresses, ports)
        return found

    def _sysv(self) -> dict[int, SysvSighting]:
        """The ipc objects that the observer sees: those of its own namespace."""
        own = self.snapshot.own[KINDS.index("ipc")]
        namespace = keeping.namespace_id(self.ids, "ipc", own) if own > 0 else NamespaceId(0)
        return {
            self.ids.of("sysv", one.kind, one.id): SysvSighting(
                namespace,
                one.kind,
                one.id,
                one.key,
                one.uid,
                one.mode,
                one.amount,
                one.first,
                one.last,
                one.doomed,
            )
            for one in self.snapshot.sysv
        }

    def _sightings(self) -> dict[int, Sighting]:
        found: dict[int, Sighting] = {}
        sets: dict[tuple[int, ...], Map[str, NamespaceId]] = {}
        for one in self.snapshot.processes:
            kinds = sets.get(one.links)
            if kinds is None:
                kinds = sets[one.links] = Map(
                    {
                        kind: keeping.namespace_id(self.ids, kind, inum)
                        for kind, inum in zip(KINDS, one.links, strict=True)
                        if inum > 0
                    }
                )
            cgroups = _text(one.cgroups).splitlines()
            found[self.tasks[one.pid]] = Sighting(
                one.start,
                one.state,
                kinds,
                tuple(cgroups),
                one.kernel,
                Map(evidence(one, self.placing, self.families, self.gathered)),
            )
        return found


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _after(
    last: Machine, rows: dict[type[Record], dict[int, Any]], serial: int, clock: int
) -> Machine:
    """A machine of *rows*, each that has not changed taken over from *last*."""
    tx = begin(last)
    for kind in records():
        before: Map[int, Any] = last.rows(kind)
        after = rows.get(kind, {})
        for key in before:
            if key not in after:
                tx.drop(kind, key)
        for key, record in after.items():
            if before.get(key) != record:
                tx.put(key, record)
    tx.serial, tx.clock = serial, clock
    return tx.commit()
