"""Which pid space a process is in at each level, and how the spaces nest.

The kernel tells three things: a process's numbers (how deep it is), the inode number of its own
space, and each space's parent.  Any of them may be hidden.  What is left open is derived from the
process tree: a child's space is its parent's or one below it, for nobody leaves a pid namespace
(pid_namespaces(7)); so a child as deep as its parent is beside it, and a deeper one that is called
1 began a space.
"""

from collections.abc import Sequence
from typing import Final

from nsh.linux.observe.facts import Process, Relation, Snapshot

ROOT_UNKNOWN: Final = 0
"""The key of the root space if its inode number is hidden."""

Key = int
"""A pid space: its inode number; below 0 a space whose inode number is hidden."""


class Placing:
    """The pid spaces of one look, and who is where."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.paths: dict[Key, tuple[Key, ...]] = {}
        """Space -> the spaces from the root down to it."""
        self.derived: set[Key] = set()
        """Spaces whose place in the tree was concluded, not told."""
        self.of: dict[int, tuple[Key, ...]] = {}
        """pid (tid) -> the spaces it has a number in."""
        self.guessed: set[int] = set()
        """Those of whom the innermost space was concluded."""
        self.root = _root(snapshot)
        self.paths[self.root] = (self.root,)
        self._relations = snapshot.relations
        self._known = {one.pid: one for one in snapshot.processes}
        self._made: dict[tuple[Key, ...], Key] = {}
        self._taken: dict[Key, set[int]] = {}
        self._next = -1
        for one in snapshot.processes:
            self._place(one)
        for kind, inum in sorted(snapshot.relations):
            if kind == "pid":
                self._told(inum)

    def _place(self, one: Process) -> tuple[Key, ...]:
        """The path of a process; those of its ancestors first, without recursion."""
        line = [one]
        met = {one.pid}
        while line[-1].pid not in self.of:
            above = self._above(line[-1])
            if above is None or above.pid in met:
                break
            met.add(above.pid)
            line.append(above)
        for each in reversed(line):
            if each.pid not in self.of:
                self.of[each.pid] = self._path(each)
        return self.of[one.pid]

    def _above(self, one: Process) -> Process | None:
        return self._known.get(one.ppid if one.tgid == one.pid else one.tgid)

    def _path(self, one: Process) -> tuple[Key, ...]:
        depth = len(one.pids)
        inum = one.links[0]
        if depth == 1:
            if inum != self.root:
                self.guessed.add(one.pid)
            return self.paths[self.root]
        if inum > 0:
            path = self._told(inum)
            if path is None or len(path) != depth:
                path = self._concluded(one, depth, inum)
            return path
        self.guessed.add(one.pid)
        return self._concluded(one, depth, 0)

    def _told(self, inum: int) -> tuple[Key, ...] | None:
        """The path to a space by the kernel's own word; None if that does not reach the root."""
        line: list[int] = []
        at = inum
        while at not in self.paths:
            relation: Relation | None = self._relations.get(("pid", at))
            if relation is None or relation.parent <= 0 or at in line:
                return None
            line.append(at)
            at = relation.parent
        for each in reversed(line):
            self.paths[each] = (*self.paths[at], each)
            at = each
        return self.paths[inum]

    def _concluded(self, one: Process, depth: int, inum: int) -> tuple[Key, ...]:
        """A path of *depth* for a process from where its parent is, and its own number."""
        if inum and len(self.paths.get(inum, ())) == depth:
            return self.paths[inum]
        above = self._above(one)
        path = self.paths[self.root] if above is None else self.of.get(above.pid, ())
        path = (path or self.paths[self.root])[:depth]
        if not inum and len(path) == depth:
            return path
        if len(path) == depth:  # it is elsewhere than its parent: only the last step differs
            path = path[:-1]
        while len(path) < depth - 1:
            path = self._below(path, one.pids[len(path)], 0)
        return self._below(path, one.pids[depth - 1], inum)

    def _below(self, path: tuple[Key, ...], number: int, inum: int) -> tuple[Key, ...]:
        """A space below *path* in which *number* is free: the one called so, else a hidden one."""
        key = inum if inum and inum not in self.paths else 0
        if not key:
            key = self._made.get(path, 0)
            if not key or number == 1 or number in self._taken.get(key, ()):
                key = self._next
                self._next -= 1
                self._made[path] = key
        self._taken.setdefault(key, set()).add(number)
        if key not in self.paths:
            self.paths[key] = (*path, key)
            self.derived.add(key)
        return self.paths[key]


def _root(snapshot: Snapshot) -> Key:
    """The space whose numbers the proc mount shows: where a process has no second number."""
    for one in snapshot.processes:
        if len(one.pids) == 1 and one.links[0] > 0 and "pids" not in one.doubts:
            return one.links[0]
    return snapshot.own[0] if snapshot.own[0] > 0 else ROOT_UNKNOWN


def consistent(snapshot: Snapshot) -> Placing:
    """The placing of *snapshot*, in which no number has two owners.

    Pids that were given again while we read can make it look so: who was read later is right,
    and the other keeps its number in the root space alone.
    """
    while True:
        placing = Placing(snapshot)
        taken: dict[tuple[int, int], Process] = {}
        stale = []
        for one in snapshot.processes:
            for inum, number in zip(placing.of[one.pid][1:], one.pids[1:], strict=True):
                other = taken.setdefault((inum, number), one)
                if other is not one:
                    stale.append(other)
                    taken[inum, number] = one
        if not stale:
            return placing
        for one in stale:
            one.pids, one.pgids, one.sids = one.pids[:1], one.pgids[:1], one.sids[:1]
            one.doubts += ("pids",)


def inits(placing: Placing, processes: Sequence[Process]) -> dict[Key, Process]:
    """The pid 1 of each space, where it was seen."""
    found = {}
    for one in processes:
        for key, number in zip(placing.of[one.pid], one.pids, strict=True):
            if number == 1:
                found[key] = one
    return found


def by_age(placing: Placing, first: dict[Key, Process]) -> list[Key]:
    """The spaces, each behind those around it; *first* are their inits."""

    def began(key: Key) -> tuple[int, int, int]:
        init = first.get(key)
        return len(placing.paths[key]), 1 << 33 if init is None else init.pid, key

    return sorted(placing.paths, key=began)
