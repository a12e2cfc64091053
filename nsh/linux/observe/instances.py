"""The instances of devpts: each mount of it may be one of its own (devpts(5))."""

from collections.abc import Mapping

from immutables import Map

from nsh.linux.observe import ttys
from nsh.linux.observe.facts import KINDS, Process, PtyHolder, Snapshot
from nsh.linux.observe.gathering import Gathered
from nsh.machine.files import makedev
from nsh.machine.ids import NO_TERMINAL, TaskId, TerminalId
from nsh.machine.observed import (
    ALL_FACTS,
    DevptsSighting,
    Evidence,
    Opener,
    SlaveSighting,
)

_MNT = KINDS.index("mnt")
_USUAL = b"/dev/pts"
Slave = tuple[str, int]
"""An instance, by its device, and an index in it."""


def devpts(
    snapshot: Snapshot, tasks: Mapping[int, TaskId], gathered: Gathered
) -> dict[int, DevptsSighting]:
    """Every instance that is mounted somewhere, by its device number.

    Its terminals are hidden only if no mount of it could be listed.
    """
    mounts: dict[str, list[tuple[int, str]]] = {}
    uids: dict[str, dict[int, int]] = {}
    listed: set[str] = set()
    for seen in snapshot.devpts:
        path = seen.path.decode("utf-8", "surrogateescape")
        mounts.setdefault(seen.device, []).append((seen.mnt, path))
        owners = seen.uids or (-1,) * len(seen.ptys)
        uids.setdefault(seen.device, {}).update(zip(seen.ptys, owners, strict=True))
        if not seen.hidden:
            listed.add(seen.device)
    ends = _Ends(snapshot, tasks, gathered)
    found = {}
    for device, places in mounts.items():
        major, _, minor = device.partition(":")
        weak = ALL_FACTS if device in listed else Map({"ptys": Evidence.HIDDEN})
        slaves = tuple(
            ends.slave(device, index, uid) for index, uid in sorted(uids[device].items())
        )
        found[makedev(int(major), int(minor or 0))] = DevptsSighting(
            device, tuple(slave.index for slave in slaves), tuple(sorted(places)), weak, slaves
        )
    return found


class _Ends:
    """Who sits at which slave, and who has it or its master open."""

    def __init__(self, snapshot: Snapshot, tasks: Mapping[int, TaskId], gathered: Gathered) -> None:
        self._usual = {seen.mnt: seen for seen in snapshot.devpts if seen.path == _USUAL}
        self._every = {seen.device: seen for seen in snapshot.devpts}
        self._processes = {one.pid: one for one in snapshot.processes if one.tgid == one.pid}
        self._openers: dict[Slave, list[tuple[Opener, Evidence]]] = {}
        self._terminals: dict[Slave, tuple[TerminalId, Evidence]] = {}
        for held in snapshot.ptys:
            if held.pid in tasks:
                device, how = self._meant(held)
                opener = Opener(tasks[held.pid], held.fd, held.master)
                self._openers.setdefault((device, held.index), []).append((opener, how))
        told = {
            (held.pid, held.index): held.device
            for held in snapshot.ptys
            if held.device in self._every or not held.master
        }
        self._gather(gathered, told)

    def _gather(self, gathered: Gathered, told: Mapping[tuple[int, int], str]) -> None:
        """The terminals of sessions: where a member has its own open, that one says which it is."""
        for pid, terminal in gathered.tty_of.items():
            one = self._processes[pid]
            index = ttys.slave(one.tty)
            if index < 0:
                continue
            known = told.get((pid, index))
            device = known or self._instance(one, index)
            how = Evidence.DERIVED if known is None else Evidence.FACT
            slave = device, index
            if slave not in self._terminals or how < self._terminals[slave][1]:
                self._terminals[slave] = terminal, how

    def _meant(self, held: PtyHolder) -> tuple[str, Evidence]:
        """The instance that an open end is in."""
        if held.device in self._every or not held.master:
            return held.device, Evidence.FACT
        one = self._processes.get(held.pid)
        return ("" if one is None else self._instance(one, held.index)), Evidence.DERIVED

    def _instance(self, one: Process, index: int) -> str:
        """Where a process finds the slave of that number: in what it has on /dev/pts, if it is
        there; else in the only one that has it. "": nobody can tell."""
        usual = self._usual.get(one.links[_MNT])
        if usual is not None and (usual.hidden or index in usual.ptys):
            return usual.device
        found = [seen.device for seen in self._every.values() if index in seen.ptys]
        return found[0] if len(found) == 1 else ""

    def slave(self, device: str, index: int, uid: int) -> SlaveSighting:
        """What is known of one."""
        terminal, how = self._terminals.get((device, index), (NO_TERMINAL, Evidence.FACT))
        openers = self._openers.get((device, index), [])
        known = {"terminal": how, "openers": max((each for _, each in openers), default=how)}
        weak = {name: each for name, each in known.items() if each}
        return SlaveSighting(
            index, uid, terminal, tuple(opener for opener, _ in openers), Map(weak)
        )
