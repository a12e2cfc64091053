"""Whose child each process is, made whole: no cycles, nobody below the dead."""

from typing import NamedTuple

from nsh.linux.observe.facts import Process, Snapshot
from nsh.linux.observe.placing import Placing, inits


class Families(NamedTuple):
    """The process tree."""

    parents: dict[int, int]
    """pid -> the parent's; 0: it has none that can be seen.  Of leaders only."""
    derived: set[int]
    """Whose parent was gone when it was looked for: who takes in orphans stands for it."""
    unseen: set[int]
    """Whose parent exists, and is hidden."""
    dead: set[int]
    """Zombies.  A dead leader that still has children has threads that live, and is not."""


def families(snapshot: Snapshot, placing: Placing) -> Families:
    """The tree of the processes in *snapshot*."""
    known = {one.pid: one for one in snapshot.processes if one.tgid == one.pid}
    reapers = inits(placing, list(known.values()))
    found = Families({}, set(), set(), set())
    with_children = {one.ppid for one in known.values()}
    with_children |= {one.tgid for one in snapshot.processes if one.tgid != one.pid}
    for pid, one in known.items():
        if one.state in "ZX" and pid not in with_children:
            found.dead.add(pid)
    hidden = snapshot.unreadable > 0 or 1 not in known
    for pid, one in known.items():
        if one.ppid == 0 or one.ppid in known:
            found.parents[pid] = one.ppid
        elif hidden:
            found.parents[pid] = 0
            found.unseen.add(pid)
        else:
            _adopt(found, one, placing, reapers)
    _cut_cycles(found)
    return found


def _adopt(found: Families, one: Process, placing: Placing, reapers: dict[int, Process]) -> None:
    """Its parent ended while we read: by now its space's init has it, or one further out."""
    found.derived.add(one.pid)
    found.parents[one.pid] = 0
    for space in reversed(placing.of[one.pid]):
        reaper = reapers.get(space)
        if reaper is not None and reaper.pid not in (one.pid, *found.dead):
            found.parents[one.pid] = reaper.pid
            return


def _cut_cycles(found: Families) -> None:
    """Pids that were given again while we read can make a cycle: it is cut where it closes."""
    sound = {0}
    for start in found.parents:
        line: list[int] = []
        met: set[int] = set()
        at = start
        while at not in sound:
            if at in met:
                found.parents[line[-1]] = 0
                found.derived.add(line[-1])
                break
            line.append(at)
            met.add(at)
            at = found.parents[at]
        sound.update(line)
