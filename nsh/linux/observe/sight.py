"""One look, put in order for being printed: who is below whom, and where."""

from functools import cached_property

from nsh.linux.observe.evidence import evidence
from nsh.linux.observe.facts import Process, Snapshot
from nsh.linux.observe.families import families
from nsh.linux.observe.placing import Key, by_age, consistent, inits
from nsh.machine.observed import Evidence


class Sight:
    """A snapshot with what follows from it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.placing = consistent(snapshot)
        self.families = families(snapshot, self.placing)
        self.inits = inits(self.placing, snapshot.processes)
        order = by_age(self.placing, self.inits)
        self.numbers: dict[Key, int] = {key: number for number, key in enumerate(order)}
        """The number that people name a space by, as in ``3:1``; the root's is 0."""

    def evidence(self, one: Process) -> dict[str, Evidence]:
        """What of a process is no fact."""
        return evidence(one, self.placing, self.families)

    @cached_property
    def tree(self) -> list[tuple[Process, tuple[bool, ...]]]:
        """Parents before children, siblings by pid, threads in front of them; with each, for every
        generation below the first, whether a later sibling follows."""
        below: dict[int, list[Process]] = {}
        for one in self.snapshot.processes:
            above = self.families.parents[one.pid] if one.tgid == one.pid else one.tgid
            below.setdefault(above, []).append(one)
        for some in below.values():
            some.sort(key=lambda one: (one.tgid == one.pid, one.pid))
        rows: list[tuple[Process, tuple[bool, ...]]] = []
        waiting: list[tuple[Process, tuple[bool, ...]]]
        waiting = [(one, ()) for one in reversed(below.get(0, ()))]
        while waiting:
            one, rails = waiting.pop()
            rows.append((one, rails))
            last = True
            for kid in reversed(below.get(one.pid, ())):
                waiting.append((kid, (*rails, not last)))
                last = False
        return rows
