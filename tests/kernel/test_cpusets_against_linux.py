"""G7: the rules of cpusets are Linux's: random programs on a hierarchy of both agree.

What S1 took process containers out of is still there, as a controller of the first version of
cgroups, and its rules are those of then (validate_change_legacy).  Two processes are moved about
between a few cpusets, whose processors change; each errno, each list of processors and what each
process may use is held against the model's.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import random
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

import nsh
from nsh.machine.invariants import violations
from tests.probes._calls import libc

LENGTH: Final = 60
WORKERS: Final = 2
PLACES: Final = ("", "/a", "/a", "/b", "/a/a", "/a/b", "/b/a")
LISTS: Final = (
    *("0", "1", "0-1", "0", "1", "0-1", "0,1", "0-0", "", "", "x", "1-0", " 0 ", "0-1,", ",1"),
    *("0 1", "0-1:1/2", "0-1:2/1", "0-1:0/1", "0-1:1/0", "0:1/2", "0-", "-1", "0x1", "00", "0\t1"),
)
EMPTY: Final = ("", "0-1:0/1")
Step = tuple[str, ...]


def _steps(source: random.Random) -> Iterator[Step]:
    kinds = ("cpus", "cpus", "cpus", "exclusive", "attach", "attach", "mkdir", "mkdir", "rmdir")
    for place in ("/a", "/b", "/a/a"):
        yield "mkdir", place
        yield "cpus", place, source.choice(("0", "1", "0-1"))
        yield "mems", place, "0"
    for _ in range(LENGTH):
        place = source.choice(PLACES)
        match source.choice(kinds):
            case "cpus":
                yield "cpus", place, source.choice(LISTS)
            case "exclusive":
                yield "exclusive", place, source.choice("0112")
            case "attach":
                yield "attach", place, str(source.randrange(WORKERS))
            case kind:
                yield kind, place or "/b"
                if kind == "mkdir":
                    yield "mems", place, "0"


class Linux:
    """A cpuset of the machine's own that stands for the root of the model's."""

    def __init__(self, mounted: Path, workers: list[int]) -> None:
        self.workers = workers
        self.top = Path(tempfile.mkdtemp(prefix="nsh-cpusets-", dir=mounted))
        self._write("/cpuset.cpus", "0-1")
        self._write("/cpuset.mems", "0")
        self._write("/cpuset.cpu_exclusive", "1")

    def _write(self, path: str, text: str) -> None:
        fd = os.open(f"{self.top}{path}", os.O_WRONLY)
        try:
            os.write(fd, text.encode() or b"\n")
        finally:
            os.close(fd)

    def do(self, step: Step) -> str:
        try:
            self._do(step)
        except OSError as error:
            return errno.errorcode[error.errno or 0]
        return "ok"

    def _do(self, step: Step) -> None:
        match step:
            case "mkdir", place:
                os.mkdir(f"{self.top}{place}")
            case "rmdir", place:
                os.rmdir(f"{self.top}{place}")
            case "attach", place, number:
                self._write(f"{place}/tasks", str(self.workers[int(number)]))
            case "exclusive", place, text:
                self._write(f"{place}/cpuset.cpu_exclusive", text)
            case name, place, text:
                self._write(f"{place}/cpuset.{name}", text)

    def told(self) -> dict[str, str]:
        found = {}
        for place in dict.fromkeys(PLACES):
            for name in ("cpuset.cpus", "cpuset.cpu_exclusive"):
                path = Path(f"{self.top}{place}/{name}")
                found[f"{place}/{name}"] = path.read_text().strip() if path.exists() else "-"
        for number, pid in enumerate(self.workers):
            found[f"worker {number}"] = _allowed(Path(f"/proc/{pid}/status").read_text())
        return found

    def end(self) -> None:
        for pid in self.workers:
            (self.top.parent / "tasks").write_text(str(pid))
        for path in sorted(self.top.rglob("*"), reverse=True):
            if path.is_dir():
                path.rmdir()
        self.top.rmdir()


class Model:
    """A container below the root, and two tasks."""

    def __init__(self) -> None:
        self.session: Any = nsh.boot("all")
        for line in (
            "mkdir /c; mount -t container -o cpuset,memset none /c; mkdir /c/top",
            "echo 0-1 > /c/top/cpuset.cpus; echo 0 > /c/top/memset.mems",
            "echo 1 > /c/top/cpuset.cpu_exclusive",
            "spawn w0; spawn w1; for n in 2 3 { echo $n > /c/top/tasks }",
        ):
            told = self.session.run(line)
            assert told.ok, told.output

    def do(self, step: Step) -> str:
        match step:
            case "mkdir" | "rmdir" as call, place:
                line = f"{call} /c/top{place}"
            case "attach", place, number:
                line = f"echo {int(number) + 2} > /c/top{place}/tasks"
            case "exclusive", place, text:
                line = f"echo {text} > /c/top{place}/cpuset.cpu_exclusive"
            case name, place, text:
                kind = "memset" if name == "mems" else "cpuset"
                line = f"echo '{text}' > /c/top{place}/{kind}.{name}"
        told = self.session.run(line)
        assert violations(self.session.machine) == []
        return "ok" if told.ok else told.output.partition("(")[2].partition(")")[0]

    def exclusive(self, place: str) -> bool:
        told = self.session.run(f"cat /c/top{place}/cpuset.cpu_exclusive")
        return bool(told.ok and told.output.strip() == "1")

    def told(self) -> dict[str, str]:
        found = {}
        for place in dict.fromkeys(PLACES):
            for name in ("cpuset.cpus", "cpuset.cpu_exclusive"):
                told = self.session.run(f"cat /c/top{place}/{name}")
                found[f"{place}/{name}"] = told.output.strip() if told.ok else "-"
        for number in range(WORKERS):
            told = self.session.run(f"cat /proc/{number + 2}/status")
            found[f"worker {number}"] = _allowed(told.output)
        return found


def _allowed(status: str) -> str:
    return status.partition("Cpus_allowed_list:\t")[2].partition("\n")[0]


@pytest.fixture(scope="module")
def mounted() -> Iterator[Path]:
    """The machine's hierarchy of cpusets."""
    where = Path(tempfile.mkdtemp(prefix="nsh-cpusets-"))
    if libc.mount(b"none", bytes(where), b"cgroup", 0, b"cpuset"):
        where.rmdir()
        pytest.skip(f"no hierarchy of cpusets here: {errno.errorcode[ctypes.get_errno()]}")
    try:
        if (where / "cpuset.cpus").read_text().strip()[:3] not in ("0-1", "0-2", "0-3"):
            pytest.skip("fewer than two processors")
        yield where
    finally:
        libc.umount2(bytes(where), 0)
        where.rmdir()


@contextlib.contextmanager
def _workers() -> Iterator[list[int]]:
    pids = []
    for _ in range(WORKERS):
        pid = os.fork()
        if not pid:
            signal.pause()
            os._exit(0)
        pids.append(pid)
    try:
        yield pids
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


@pytest.mark.parametrize("seed", range(6))
def test_linux_and_the_model_agree_on_cpusets(mounted: Path, seed: int) -> None:
    with _workers() as pids:
        linux, model = Linux(mounted, pids), Model()
        try:
            for number in range(WORKERS):
                linux.do(("attach", "", str(number)))
            for count, step in enumerate(_steps(random.Random(seed))):
                if step[0] == "cpus" and step[-1] in EMPTY and model.exclusive(step[1]):
                    continue  # EBUSY since deadline scheduling, which wants room there (Linux 6.8)
                theirs, ours = linux.do(step), model.do(step)
                assert ours == theirs, f"step {count}: {step}"
                assert model.told() == linux.told(), f"step {count}: {step}"
        finally:
            linux.end()
