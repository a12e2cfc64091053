"""What may go wrong with cgroups, for `tests.machine.test_invariants`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from immutables import Map

from nsh.abi.files import Mount, Open, OpenFlag, Write
from nsh.abi.names import Mkdir, Rmdir
from nsh.abi.namespaces import Unshare
from nsh.abi.process import CloneFlag
from nsh.abi.request import Request
from nsh.machine import Record, Transaction
from nsh.machine.cgroups import (
    Arrival,
    Cgroup,
    CgroupSpace,
    FreezerCgroup,
    Hierarchy,
    InCgroups,
    OpenNode,
    PidsCgroup,
)
from nsh.machine.files import SuperblockId
from nsh.machine.ids import TaskId
from nsh.machine.tasks import State, Task
from tests.machine.breaking import GONE, Corrupt, row

_TOP = "/tmp/cgroups"
_UNIFIED = "/tmp/cgroup2"


def some(ask: Callable[[TaskId, Request], Any], insider: TaskId) -> None:
    """Let *insider* be in one, and see another as the root, which has been removed."""
    ask(insider, Mkdir(_TOP, 0o755))
    ask(insider, Mount("none", _TOP, "cgroup", 0, "none,name=tests"))
    for name in ("left", "taken"):
        ask(insider, Mkdir(f"{_TOP}/{name}", 0o755))
        ask(insider, Write(ask(insider, Open(f"{_TOP}/{name}/tasks", OpenFlag.O_WRONLY)), b"0"))
        if name == "left":
            ask(insider, Unshare(CloneFlag.CLONE_NEWCGROUP))
    ask(insider, Rmdir(f"{_TOP}/left"))
    ask(insider, Mkdir(_UNIFIED, 0o755))
    ask(insider, Mount("none", _UNIFIED, "cgroup2", 0, ""))
    ask(insider, Mkdir(f"{_UNIFIED}/cold", 0o755))
    control = ask(insider, Open(f"{_UNIFIED}/cgroup.subtree_control", OpenFlag.O_WRONLY))
    ask(insider, Write(control, b"+pids"))
    procs = f"{_UNIFIED}/cold/cgroup.procs"
    ask(insider, Write(ask(insider, Open(procs, OpenFlag.O_WRONLY)), b"0"))
    ask(insider, Open(f"{_UNIFIED}/cold/cgroup.events", OpenFlag.O_RDONLY))


def _named(kind: type[Record], where: Callable[[Any], bool], **changes: Any) -> Corrupt:
    """Change fields of the first row of which something holds."""
    return lambda tx: row(
        kind, next(key for key, found in tx.items(kind) if where(found)), **changes
    )(tx)


def _root(cgroup: Cgroup) -> bool:
    return not cgroup.name


def _taken(cgroup: Cgroup) -> bool:
    return cgroup.name == "taken"


def _left(cgroup: Cgroup) -> bool:
    return cgroup.name == "left"


def _anywhere(row: object) -> bool:
    return True


def _with_roots(space: CgroupSpace) -> bool:
    return bool(space.roots)


def _drop_a_root(tx: Transaction) -> None:
    tx.drop(Cgroup, next(key for key, row in tx.items(Cgroup) if _root(row)))


CASES: dict[str, list[Corrupt]] = {
    "_cgroups": [
        _named(Cgroup, _taken, users=7),
        _named(Cgroup, _left, users=0),
        _named(Cgroup, _left, children=Map({"x": 1})),
        _named(Cgroup, _taken, name="other"),
        _named(Cgroup, _taken, removed=True, users=0),
        _named(Cgroup, _root, children=Map()),
        _named(Hierarchy, _anywhere, root=GONE),
        _drop_a_root,
    ],
    "_open_nodes": [
        _named(OpenNode, _anywhere, files=2),
        lambda tx: tx.put(GONE, OpenNode(1, 1, "")),
    ],
    "_in_cgroups": [
        _named(InCgroups, _anywhere, cgroups=Map()),
        _named(InCgroups, _anywhere, cgroups=Map({1: GONE})),
        _named(InCgroups, _anywhere, cgroups=lambda found: Map({7: next(iter(found.values()))})),
        lambda tx: tx.put(GONE, InCgroups(Map())),
        _named(Cgroup, _taken, removed=True),
        _named(CgroupSpace, _with_roots, roots=lambda found: Map({7: next(iter(found.values()))})),
    ],
    "_frozen": [
        _named(Cgroup, lambda cgroup: cgroup.name == "cold", freeze=True),
        _named(Task, _anywhere, state=State.TRAPPED),
    ],
    "_arrivals": [lambda tx: tx.put(GONE, Arrival(1))],
    "_pids": [
        _named(PidsCgroup, _anywhere, current=7),
        _named(PidsCgroup, _anywhere, peak=0),
        lambda tx: tx.put(GONE, PidsCgroup()),
        lambda tx: tx.put(GONE, FreezerCgroup()),
    ],
    "_hierarchies": [
        _named(Hierarchy, _anywhere, superblock=SuperblockId(0)),
        _named(Hierarchy, _anywhere, superblock=SuperblockId(1)),
        lambda tx: tx.drop(Hierarchy, next(key for key, _row in tx.items(Hierarchy))),
        lambda tx: tx.put(77, next(row for _key, row in tx.items(Hierarchy))),
        _named(Hierarchy, _anywhere, controllers=("pids", "pids")),
    ],
}
