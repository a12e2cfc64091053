"""What may go wrong with process containers, for `tests.machine.test_invariants`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from immutables import Map

from nsh.abi.files import Mount, Open, OpenFlag, Write
from nsh.abi.names import Mkdir
from nsh.abi.request import Request
from nsh.machine import Transaction
from nsh.machine.beancounters import Beancounter, ChargedFile
from nsh.machine.classes import ClassShares, InJob
from nsh.machine.cpuacct import CpuUsage
from nsh.machine.cpusets import Cpuset, Memset
from nsh.machine.crfs import CrfsImages, ImageTree
from nsh.machine.ids import CgroupId, HierarchyId, TaskId
from nsh.machine.numtasks import Numtasks
from nsh.machine.subsystems import Subsystems
from tests.machine.breaking import GONE, Corrupt, more, row, some, without_last

_TOP = "/tmp/containers"
_CLASSES = "/tmp/classes"
_IMAGES = "/tmp/images"


def some_of_everything(ask: Callable[[TaskId, Request], Any], insider: TaskId) -> None:
    """Let *insider* be in a container of all subsystems, with a file that is charged to it, and
    another one have processors of its own; let an image of a container be unfinished."""
    ask(insider, Mkdir(_TOP, 0o755))
    ask(insider, Mount("none", _TOP, "container", 0, ""))
    for name, cpus in (("other", b"2"), ("web", b"0-1")):
        ask(insider, Mkdir(f"{_TOP}/{name}", 0o755))
        _write(ask, insider, f"{name}/cpuset.cpus", cpus)
        _write(ask, insider, f"{name}/cpuset.cpu_exclusive", b"1")
        _write(ask, insider, f"{name}/memset.mems", b"0")
    _write(ask, insider, "web/tasks", b"0")
    ask(insider, Open("/proc/self/status", OpenFlag.O_RDONLY))
    ask(insider, Mkdir(_CLASSES, 0o755))
    ask(insider, Mount("none", _CLASSES, "rcfs", 0, ""))
    ask(insider, Mkdir(f"{_CLASSES}/class", 0o755))
    ask(insider, Write(ask(insider, Open("/proc/self/job", OpenFlag.O_WRONLY)), b"1"))
    ask(insider, Mkdir(_IMAGES, 0o755))
    ask(insider, Mount("none", _IMAGES, "crfs", 0, ""))
    for name in ("", "/files"):
        ask(insider, Mkdir(f"{_IMAGES}/unfinished{name}", 0o755))


def _write(ask: Callable[[TaskId, Request], Any], who: TaskId, path: str, data: bytes) -> None:
    ask(who, Write(ask(who, Open(f"{_TOP}/{path}", OpenFlag.O_WRONLY)), data))


def _key(tx: Transaction, kind: Any, place: int) -> int:
    found: int = list(tx.items(kind))[place][0]
    return found


CASES: dict[str, list[Corrupt]] = {
    "_bound": [
        row(Subsystems, 0, bound=lambda bound: bound.delete("numtasks")),
        row(Subsystems, 0, bound=lambda bound: bound.set("numtasks", HierarchyId(GONE))),
        row(Subsystems, 0, bound=Map()),
        without_last(Subsystems),
    ],
    "_counted": [
        some(Numtasks, tasks=more),
        lambda tx: tx.put(GONE, Numtasks()),
        row(Subsystems, 0, bound=lambda bound: bound.delete("numtasks")),
    ],
    "_beancounters": [
        some(Beancounter, held=more),
        some(ChargedFile, container=CgroupId(GONE)),
        lambda tx: tx.put(GONE, ChargedFile(CgroupId(_key(tx, Beancounter, 0)))),
        without_last(Beancounter),
    ],
    "_nested": [
        some(Cpuset, bits=0b10000),
        some(Cpuset, bits=0b111),
        some(Memset, exclusive=True),
        lambda tx: tx.put(GONE, Memset()),
        lambda tx: tx.drop(Cpuset, _key(tx, Cpuset, 0)),
        lambda tx: row(Cpuset, _key(tx, Cpuset, 0), exclusive=False)(tx),
    ],
    "_classes": [
        lambda tx: tx.put(GONE, ClassShares()),
        without_last(ClassShares),
    ],
    "_crfs": [
        lambda tx: tx.put(GONE, CrfsImages()),
        without_last(CrfsImages),
        some(CrfsImages, trees=Map({"web": ImageTree(Map({"": None, "files/1": b""}))})),
        some(CrfsImages, trees=Map({"web": ImageTree(Map({"": b"", "files": None}))})),
    ],
    "_jobs": [lambda tx: tx.put(GONE, InJob(1))],
    "_of_containers": [
        lambda tx: tx.put(GONE, CpuUsage()),
        some(CpuUsage, steps=-1),
    ],
}
