"""Process groups, sessions and terminals, from what their members say."""

from immutables import Map

from nsh.linux.observe import ttys
from nsh.linux.observe.facts import Process
from nsh.linux.observe.identities import Identities
from nsh.linux.observe.placing import Placing
from nsh.machine.files import makedev
from nsh.machine.ids import SpaceId, TaskId, TerminalId
from nsh.machine.tasks import Group, Session
from nsh.machine.terminals import Foreground, Terminal


class Gathered:
    """What the members of groups and sessions say, taken together."""

    def __init__(self, placing: Placing, spaces: dict[int, SpaceId], ids: Identities) -> None:
        self._placing = placing
        self._spaces = spaces
        self._ids = ids
        self.group_of: dict[int, TaskId] = {}
        self.session_of: dict[int, TaskId] = {}
        self.tty_of: dict[int, TerminalId] = {}
        self.derived: dict[int, set[str]] = {}
        """pid -> fields in which it contradicts the others, who are believed."""
        self.groups: dict[int, Group] = {}
        self.sessions: dict[int, Session] = {}
        self.terminals: dict[int, Terminal] = {}
        self._members: dict[TaskId, list[TaskId]] = {}
        self._session_of_group: dict[TaskId, TaskId] = {}
        self._numbers: dict[TaskId, tuple[SpaceId, tuple[int, ...]]] = {}
        self._ttys: dict[TaskId, tuple[int, int]] = {}

    def gather(self, processes: list[Process], tasks: dict[int, TaskId]) -> None:
        """Take in the leaders among *processes*."""
        leaders = [one for one in processes if one.tgid == one.pid]
        known = {one.pid: one for one in leaders}
        for one in leaders:
            session = self._named(one, one.sids, known, tasks, "session", one.tty)
            group = self._named(one, one.pgids, known, tasks, "group", session)
            session = self._agree(one, group, session)
            self.group_of[one.pid], self.session_of[one.pid] = group, session
            self._members.setdefault(group, []).append(tasks[one.pid])
            if one.tty and (session not in self._ttys or tasks[one.pid] == session):
                self._ttys[session] = (one.tty, one.foreground)
        self._write(leaders, tasks)

    def _named(
        self,
        one: Process,
        numbers: tuple[int, ...],
        known: dict[int, Process],
        tasks: dict[int, TaskId],
        what: str,
        beside: int,
    ) -> TaskId:
        """Who gave a group or session its number: a task that was seen, or one that is gone."""
        number = numbers[0]
        path = self._placing.of[one.pid]
        leader = known.get(number)
        if number == 0:  # outside of what can be seen; *beside* tells such apart a little
            key = TaskId(self._ids.of("outside", what, beside))
            self._numbers.setdefault(key, (self._spaces[path[0]], (0,)))
        elif leader is not None:
            key = tasks[number]
            own = self._placing.of[number]
            self._numbers[key] = (self._spaces[own[-1]], leader.pids)
        else:
            key = TaskId(self._ids.of("gone", number))
            depth = next((level for level, nr in enumerate(numbers) if not nr), len(numbers))
            if depth > len(self._numbers.get(key, (0, ()))[1]):
                self._numbers[key] = (self._spaces[path[depth - 1]], numbers[:depth])
        return key

    def _agree(self, one: Process, group: TaskId, session: TaskId) -> TaskId:
        """A group is in one session: who was read while that changed is taken along."""
        agreed = self._session_of_group.setdefault(group, session)
        if agreed != session:
            self.derived.setdefault(one.pid, set()).add("session")
        return agreed

    def _write(self, leaders: list[Process], tasks: dict[int, TaskId]) -> None:
        groups_of: dict[TaskId, list[TaskId]] = {}
        for group, session in self._session_of_group.items():
            groups_of.setdefault(session, []).append(group)
            space, pids = self._numbers[group]
            members = {task: order for order, task in enumerate(self._members[group])}
            self.groups[group] = Group(session, space, pids, Map(members))
        terminals: dict[TaskId, TerminalId] = {}
        for session, groups in groups_of.items():
            space, pids = self._numbers[session]
            tty, foreground = self._ttys.get(session, (0, -1))
            key = TerminalId(self._ids.of("tty", tty, session) if tty else 0)
            self.sessions[session] = Session(space, pids, Map(dict.fromkeys(groups)), key)
            if tty:
                terminals[session] = key
                front = self._foreground(foreground, tasks)
                major, minor = tty >> 8 & 0xFFF, tty & 0xFF | tty >> 12 & 0xFFF00
                rdev = makedev(major, minor)
                self.terminals[key] = Terminal(ttys.name(tty), rdev, session, front)
        for one in leaders:
            if one.tty:
                session = self.session_of[one.pid]
                self.tty_of[one.pid] = terminals[session]
                if self._ttys[session][0] != one.tty:
                    self.derived.setdefault(one.pid, set()).add("tty")

    def _foreground(self, number: int, tasks: dict[int, TaskId]) -> Foreground | None:
        key = tasks.get(number) or TaskId(self._ids.of("gone", number)) if number > 0 else None
        if key is None or key not in self.groups:
            return None
        group = self.groups[key]
        spaces = {space: path for path, space in self._spaces.items()}
        path = self._placing.paths[spaces[group.space]]
        return Foreground(key, tuple(self._spaces[each] for each in path), group.pids)
