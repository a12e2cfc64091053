"""Any mounts, binds, moves and unmounts, in several mount namespaces, whoever is told of them: the
mount tables are those of this kernel, with peers, masters and order."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsh.abi import files as abi
from nsh.abi.files import MountFlag as Ms
from nsh.abi.names import Mkdir, Rmdir
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.process import CloneFlag
from nsh.abi.request import Failure, Request
from nsh.machine.invariants import violations
from tests.kernel.fs._oracle import Oracle
from tests.kernel.fs._world import World, jail

SPACES = 3
FIRST_FD = 100
DIRECTORIES = ["/a", "/b", "/c", "/a/x", "/a/y", "/b/x", "/b/x/y", "/c/x", "/a/x/y"]
TYPES = [Ms.MS_SHARED, Ms.MS_SHARED, Ms.MS_SHARED, Ms.MS_SLAVE, Ms.MS_PRIVATE, Ms.MS_UNBINDABLE]
Do = Callable[[Request], Any]


@dataclasses.dataclass(frozen=True)
class Enter:
    """Go on in another mount namespace, or in a new one if there is none of that number yet."""

    space: int


@dataclasses.dataclass(frozen=True)
class New:
    """A tmpfs with two directories in it."""

    where: str


@dataclasses.dataclass(frozen=True)
class Stand:
    """Open a directory, or close it again."""

    where: str


WHERE = st.sampled_from(DIRECTORIES)
STEPS = st.one_of(
    st.builds(New, WHERE),
    st.builds(New, WHERE),
    st.builds(Enter, st.integers(0, SPACES - 1)),
    st.builds(
        abi.Mount,
        st.just("none"),
        st.sampled_from([*DIRECTORIES, "/", "/"]),
        st.just(""),
        st.builds(
            lambda kind, rec: int(kind | rec),
            st.sampled_from(TYPES),
            st.sampled_from([Ms(0), Ms.MS_REC]),
        ),
    ),
    st.builds(
        abi.Mount,
        st.sampled_from([*DIRECTORIES, "/"]),
        WHERE,
        st.just(""),
        st.sampled_from([int(Ms.MS_BIND), int(Ms.MS_BIND | Ms.MS_REC), int(Ms.MS_MOVE)]),
    ),
    st.builds(abi.Umount, WHERE, st.sampled_from([0, 2])),
    st.builds(Stand, WHERE),
    st.builds(Rmdir, WHERE),
)
SETUP: list[Request] = [
    Mkdir("/proc"),
    abi.Mount("proc", "/proc", "proc"),
    *(Mkdir(path) for path in DIRECTORIES),
]


class Side:
    """One of the two kernels, and what was opened there."""

    def __init__(self, do: Do) -> None:
        self._do = do
        self._spaces: list[int] = []
        self._open: dict[str, int] = {}
        self._here = 0
        for request in SETUP:
            do(request)
        self._keep_space()

    def perform(self, step: object) -> object:
        """The errno's name, or "ok"."""
        match step:
            case Enter(space) if space < len(self._spaces):
                self._enter(space)
                return "ok"
            case Enter():
                self._do(Unshare(int(CloneFlag.CLONE_NEWNS)))
                return self._keep_space()
            case New(where):
                reply = self._do(abi.Mount("t", where, "tmpfs"))
                if not isinstance(reply, Failure):
                    for name in "xy":
                        self._do(Mkdir(f"{where}/{name}"))
            case Stand(where) if where in self._open:
                reply = self._do(abi.Close(self._open.pop(where)))
            case Stand(where):
                reply = self._do(abi.Open(where))
                if not isinstance(reply, Failure):
                    self._open[where] = reply
            case Request():
                reply = self._do(step)
        return reply.errno.name if isinstance(reply, Failure) else "ok"

    def tables(self) -> list[str]:
        """The mount table of each namespace, with numbers that both kernels agree on."""
        here = self._here
        texts = []
        for space in range(len(self._spaces)):
            self._enter(space)
            texts.append(self._read("/proc/self/mountinfo"))
        self._enter(here)
        return _alike(texts)

    def _keep_space(self) -> str:
        fd = self._do(abi.Open("/proc/self/ns/mnt"))
        if isinstance(fd, Failure):
            self._enter(self._here)
            return fd.errno.name
        self._here = len(self._spaces)
        self._do(abi.Dup2(fd, FIRST_FD + self._here))
        self._do(abi.Close(fd))
        self._spaces.append(FIRST_FD + self._here)
        return "ok"

    def _enter(self, space: int) -> None:
        self._do(Setns(self._spaces[space]))
        self._here = space

    def _read(self, path: str) -> str:
        """What is in a file; "" if that has been mounted over."""
        fd = self._do(abi.Open(path))
        if isinstance(fd, Failure):
            return ""
        data = b""
        while part := self._do(abi.Read(fd, 65536)):
            data += part
        self._do(abi.Close(fd))
        return data.decode()


def _alike(texts: list[str]) -> list[str]:
    """Mounts by their place in the table, file systems and peer groups by first appearance."""
    devices: dict[str, str] = {}
    groups: dict[str, str] = {}

    def group(match: re.Match[str]) -> str:
        return f"{match[1]}:{groups.setdefault(match[2], str(len(groups)))}"

    tables = []
    for text in texts:
        rows = [line.split(" - ")[0].split(" ") for line in text.splitlines()]
        place = {row[0]: str(index) for index, row in enumerate(rows)}
        lines = []
        for number, parent, device, root, point, _options, *marks in rows:
            above = "-" if parent == number else place.get(parent, "-")
            said = re.sub(r"(\w+):(\d+)", group, " ".join(marks))
            known = devices.setdefault(device, str(len(devices)))
            lines.append(f"{place[number]} on {above} dev {known} {root} at {point} {said}")
        tables.append("\n".join(lines))
    return tables


@settings(
    max_examples=max(20, settings().max_examples), suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(STEPS, min_size=10, max_size=40))
def test_everybody_is_told(steps: list[object]) -> None:
    world: World = jail()
    done = []
    with Oracle() as oracle:
        model, real = Side(world.do), Side(oracle.do)
        for step in steps:
            here, there = model.perform(step), real.perform(step)
            done.append(f"{step} -> {here} / {there}")
            assert here == there, "\n".join(["", *done])
            ours, theirs = model.tables(), real.tables()
            assert ours == theirs, "\n".join(["", *done, "model", *ours, "Linux", *theirs])
            assert violations(world.machine) == [], "\n".join(["", *done])
