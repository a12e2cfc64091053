"""Any sequence of calls about files: the model answers as the kernel of this machine does."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsh.abi import files as abi
from nsh.abi.attributes import Chmod, Fstat, Stat, StatResult, Truncate, Utimens
from nsh.abi.files import OpenFlag
from nsh.abi.names import (
    Chdir,
    Chroot,
    Fchdir,
    Getcwd,
    Link,
    Mkdir,
    Mkfifo,
    Rename,
    Rmdir,
    Symlink,
    Umask,
    Unlink,
)
from nsh.abi.request import Blocked, Failure, Request
from nsh.machine.invariants import violations
from tests.kernel.fs._oracle import Oracle, SetUser
from tests.kernel.fs._world import World, jail

SETUP: list[Request] = [
    Mkdir("a"),
    Mkdir("a/b"),
    Mkdir("a/b/c"),
    Mkdir("b", 0o1777),
    Mkdir("a/e"),
    abi.Open("c", OpenFlag.O_CREAT | OpenFlag.O_RDWR),
    abi.Open("a/c", OpenFlag.O_CREAT | OpenFlag.O_RDWR | OpenFlag.O_APPEND, 0o600),
    abi.Open("b/c", OpenFlag.O_CREAT | OpenFlag.O_WRONLY, 0o666),
    abi.Open("a"),
    abi.Pipe(),
    abi.Pipe(OpenFlag.O_NONBLOCK),
    abi.MemfdCreate("m"),
    Symlink("a/b", "d"),
    Symlink("../c", "b/d"),
    Symlink("d", "a/d"),
    Symlink("/a/b/../c", "a/b/d"),
    Mkfifo("b/e"),
    Link("c", "e"),
    abi.Write(3, b"0123456789"),
]
"""A small tree, and descriptors 3 to 11, so that the calls that follow meet something."""

NAMES = st.sampled_from(["a", "b", "c", "d", "e", "f"])
ODD = st.sampled_from([".", "..", "", "n" * 255, "n" * 256, "\udcff", "é"])
COMPONENT = st.one_of(NAMES, NAMES, NAMES, NAMES, st.just(".."), ODD)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """Mostly short paths over few names, so that they meet."""
    text = "/".join(draw(st.lists(COMPONENT, min_size=1, max_size=4)))
    before, after = draw(st.sampled_from([("", ""), ("", ""), ("/", ""), ("", "/"), ("/", "/")]))
    return before + text + after


PATHS = st.one_of(NAMES, paths(), paths())
FDS = st.sampled_from(range(3, 14))
BYTES = st.one_of(st.binary(max_size=12), st.binary(min_size=4090, max_size=9000))
SIZES = st.one_of(st.integers(0, 20), st.integers(4000, 9000))
MODES = st.one_of(
    st.sampled_from([0o777, 0o755, 0o700, 0o666, 0o600, 0o444, 0o0, 0o1777, 0o2775]),
    st.integers(0, 0o7777),
)
CHOICES = [
    OpenFlag.O_CREAT,
    OpenFlag.O_EXCL,
    OpenFlag.O_TRUNC,
    OpenFlag.O_APPEND,
    OpenFlag.O_NONBLOCK,
    OpenFlag.O_DIRECTORY,
    OpenFlag.O_NOFOLLOW,
    OpenFlag.O_CLOEXEC,
    OpenFlag.O_PATH,
]


@st.composite
def open_flags(draw: st.DrawFn) -> int:
    """An access mode, often O_CREAT, and any of the others."""
    flags = draw(st.integers(0, 3))
    for flag in draw(st.lists(st.sampled_from([OpenFlag.O_CREAT, *CHOICES]), max_size=3)):
        flags |= int(flag)
    return flags


NAMESPACE_CALLS = st.one_of(
    st.builds(Mkdir, PATHS, MODES),
    st.builds(Rmdir, PATHS),
    st.builds(Unlink, PATHS),
    st.builds(Rename, PATHS, PATHS),
    st.builds(Link, PATHS, PATHS),
    st.builds(Symlink, PATHS, PATHS),
    st.builds(Mkfifo, PATHS, MODES),
    st.builds(abi.Open, PATHS, open_flags(), MODES),
    st.builds(Chdir, PATHS),
    st.builds(Chroot, PATHS),
)
ATTRIBUTE_CALLS = st.one_of(
    st.builds(Stat, PATHS, st.booleans()),
    st.builds(abi.Readlink, PATHS),
    st.builds(Truncate, PATHS, st.integers(-1, 9000)),
    st.builds(Chmod, PATHS, MODES),
    st.builds(Utimens, PATHS),
    st.builds(Getcwd),
    st.builds(Umask, st.integers(0, 0o7777)),
    st.builds(SetUser, st.sampled_from([0, 0, 1000, 1001])),
)
DESCRIPTOR_CALLS = st.one_of(
    st.builds(abi.Close, FDS),
    st.builds(Fchdir, FDS),
    st.builds(abi.Read, FDS, SIZES),
    st.builds(abi.Write, FDS, BYTES),
    st.builds(abi.Lseek, FDS, st.integers(-10, 9000), st.sampled_from([0, 1, 2, 9])),
    st.builds(abi.Dup, FDS, st.one_of(st.integers(-1, 14), st.integers(1020, 1030)), st.booleans()),
    st.builds(abi.Dup2, FDS, st.one_of(FDS, st.sampled_from([-1, 1024]))),
    st.builds(
        abi.Fcntl, FDS, st.sampled_from([1, 2, 3, 4]), st.sampled_from([0, 1, 0o2000, 0o4000])
    ),
    st.builds(abi.Getdents, FDS),
    st.builds(Fstat, FDS),
    st.builds(abi.Pipe, st.sampled_from([0, 0o4000, 0o2000000])),
    st.builds(abi.MemfdCreate, st.sampled_from(["m", "x" * 249, "x" * 250])),
)
MS = abi.MountFlag
MOUNT_FLAGS = st.sampled_from(
    [
        0,
        0,
        MS.MS_RDONLY,
        MS.MS_BIND,
        MS.MS_BIND,
        MS.MS_BIND | MS.MS_REC,
        MS.MS_MOVE,
        MS.MS_MOVE,
        MS.MS_REMOUNT,
        MS.MS_REMOUNT | MS.MS_RDONLY,
        MS.MS_REMOUNT | MS.MS_BIND | MS.MS_RDONLY,
        MS.MS_REMOUNT | MS.MS_BIND,
        MS.MS_PRIVATE,
        MS.MS_PRIVATE | MS.MS_REC,
        MS.MS_SLAVE,
        MS.MS_UNBINDABLE,
        MS.MS_PRIVATE | MS.MS_SLAVE,
        MS.MS_PRIVATE | MS.MS_NODEV,
    ]
)
MOUNT_POINTS = st.sampled_from(
    ["a", "a/b", "b", "c", "a/c", "a/e", ".", "..", "/", "/a/b", "d", "z"]
)
MOUNT_CALLS = st.one_of(
    st.builds(
        abi.Mount,
        MOUNT_POINTS,
        MOUNT_POINTS,
        st.sampled_from(["tmpfs", "tmpfs", "nofs"]),
        MOUNT_FLAGS.map(int),
        st.sampled_from(["", "", "mode=755", "size=8k", "size=1", "odd"]),
    ),
    st.builds(abi.Umount, MOUNT_POINTS, st.sampled_from([0, 0, 2, 8, 1 << 10])),
)
"""What 64-bit kernels add to the flags of every open(2)."""


class Comparison:
    """Holds the replies of both sides against each other."""

    def __init__(self) -> None:
        self._inodes: dict[tuple[int, int], tuple[int, int]] = {}

    def same(self, request: Request, model: Any, real: Any) -> bool:
        """Whether the replies are equal up to inode and device numbers, which must only
        correspond."""
        if isinstance(model, Failure) or isinstance(real, Failure):
            return (
                isinstance(model, Failure)
                and isinstance(real, Failure)
                and model.errno == real.errno
            )
        if isinstance(model, StatResult):
            plain = ("mode", "nlink", "uid", "gid", "size", "rdev")
            if any(getattr(model, field) != getattr(real, field) for field in plain):
                return False
            here, there = (model.dev, model.ino), (real.dev, real.ino)
            return self._inodes.setdefault(here, there) == there
        if isinstance(request, abi.Getdents):
            return [(e.name, e.kind) for e in model] == [(e.name, e.kind) for e in real]
        return bool(model == real)


def seeks_inside_directory(request: Request, world: World) -> bool:
    """Whether it is an lseek to somewhere in a directory: those positions are the file
    system's own, and the model's directories have but a beginning and an end."""
    if not isinstance(request, abi.Lseek) or (request.offset, request.whence) == (0, 0):
        return False
    status = world.do(Fstat(request.fd))
    return isinstance(status, StatResult) and status.mode & abi.S_IFMT == abi.S_IFDIR


def run(requests: list[Request], world: World, oracle: Oracle) -> None:
    """Put *requests* to both, after the setup; a call that blocks the model is not made at all."""
    comparison = Comparison()
    done = []
    for request in [*SETUP, *requests]:
        before = world.machine
        if seeks_inside_directory(request, world):
            continue
        if isinstance(request, SetUser):
            world.become(request.uid)
            oracle.do(request)
            done.append(repr(request))
            continue
        model = world.do(request)
        if isinstance(model, Blocked):
            world.machine = before
            continue
        real = oracle.do(request)
        done.append(f"{request} -> {model!r} / {real!r}")
        assert comparison.same(request, model, real), "\n".join(["", *done])
    assert violations(world.machine) == [], "\n".join(["", *done])


PART = settings(
    max_examples=max(10, settings().max_examples // 2),
    suppress_health_check=[HealthCheck.too_slow],
)
"""Each example is dozens of calls."""


@PART
@given(st.lists(st.one_of(NAMESPACE_CALLS, ATTRIBUTE_CALLS), min_size=8, max_size=50))
def test_names_and_attributes(requests: list[Request]) -> None:
    with Oracle() as oracle:
        run(requests, jail(), oracle)


@PART
@given(
    st.lists(
        st.one_of(NAMESPACE_CALLS, DESCRIPTOR_CALLS, DESCRIPTOR_CALLS), min_size=8, max_size=50
    )
)
def test_open_files(requests: list[Request]) -> None:
    with Oracle() as oracle:
        run(requests, jail(), oracle)


@PART
@given(
    st.lists(
        st.one_of(MOUNT_CALLS, MOUNT_CALLS, NAMESPACE_CALLS, ATTRIBUTE_CALLS, DESCRIPTOR_CALLS),
        min_size=8,
        max_size=50,
    )
)
def test_mounts(requests: list[Request]) -> None:
    with Oracle() as oracle:
        run(requests, jail(), oracle)
