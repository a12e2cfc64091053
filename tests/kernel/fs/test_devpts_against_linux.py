"""Any sequence of mounts, masters, slaves and closings: devpts answers as this kernel's does."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nsh.abi import files as abi
from nsh.abi.attributes import Chmod, Fstat, Stat, Utimens
from nsh.abi.files import MountFlag as Ms
from nsh.abi.files import OpenFlag
from nsh.abi.names import Link, Mkdir, Mknod, Rename, Rmdir, Symlink, Unlink
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer, PtyLocked
from nsh.abi.request import Request
from nsh.machine.files import makedev
from nsh.machine.invariants import violations
from tests.kernel.fs._oracle import Oracle, SetUser
from tests.kernel.fs._world import World, jail
from tests.kernel.fs.test_against_linux import Comparison

QUIET = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)
PTMX = makedev(5, 2)
SETUP: list[Request] = [
    *(Mkdir(path) for path in ("a", "a/pts", "b", "c", "c/pts")),
    Mknod("a/ptmx", abi.S_IFCHR | 0o666, PTMX),
    Symlink("pts/ptmx", "c/ptmx"),
    abi.Open("f", OpenFlag.O_CREAT | OpenFlag.O_WRONLY),
    abi.Mount("one", "a/pts", "devpts", 0, "gid=5,mode=620"),
    abi.Mount("two", "b", "devpts", 0, "ptmxmode=666,newinstance"),
    abi.Open("a/ptmx", QUIET),
    abi.Open("b/ptmx", QUIET),
]
"""Two instances, with a terminal each, and places for more."""

FILES = ["a/ptmx", "a/pts/ptmx", "b/ptmx", "c/ptmx", "c/pts/ptmx", "f"]
SLAVES = [f"{top}/{index}" for top in ("a/pts", "b", "c/pts") for index in (0, 1, 2)]
TOPS = ["a/pts", "b", "c/pts", "a", "c"]
MASTERS = st.sampled_from([*FILES, *FILES[:3]])
PATHS = st.sampled_from([*FILES, *SLAVES, *TOPS, "b/new", "b/00", "n", "a/new"])
FDS = st.integers(3, 12)
OPTIONS = st.sampled_from(
    [
        "", "newinstance", "ptmxmode=666", "ptmxmode=666", "max=1,ptmxmode=666", "max=0", "max=010",
        "mode=0,uid=7", "uid=4294967295", "gid=0x7fffffff", "max=1048577", "odd", "mode=9", "max=",
        "rw", "newinstance=1", ",,gid=+3", "ro,ptmxmode=777",
    ]
)  # fmt: skip
FLAGS = st.sampled_from(
    [
        0, 0, 0, Ms.MS_BIND, Ms.MS_BIND, Ms.MS_REMOUNT, Ms.MS_REMOUNT, Ms.MS_MOVE, Ms.MS_RDONLY,
        Ms.MS_NODEV, Ms.MS_REMOUNT | Ms.MS_BIND | Ms.MS_NODEV, Ms.MS_BIND | Ms.MS_REC,
        Ms.MS_REMOUNT | Ms.MS_RDONLY,
    ]
)  # fmt: skip
KNOWN = st.sampled_from(["", "ptmxmode=666", "ptmxmode=666", "max=1,ptmxmode=666", "rw", "odd"])
"""Also for remounts of what is no devpts."""
OPEN_FLAGS = st.sampled_from([QUIET] * 4 + [0, OpenFlag.O_PATH, OpenFlag.O_CREAT, OpenFlag.O_TRUNC])
DEVICES = st.sampled_from([PTMX, PTMX, makedev(136, 0), makedev(128, 0), makedev(1, 3), 0, 1 << 32])
CALLS = st.one_of(
    st.builds(abi.Open, MASTERS, st.just(QUIET)),
    st.builds(abi.Open, MASTERS, st.just(QUIET)),
    st.builds(abi.Open, st.sampled_from(SLAVES), OPEN_FLAGS.map(lambda f: int(f) | 0o400)),
    st.builds(OpenPtyPeer, FDS, st.just(QUIET)),
    st.builds(abi.Close, FDS),
    st.builds(abi.Close, FDS),
    st.builds(LockPty, FDS, st.booleans()),
    st.builds(LockPty, FDS, st.just(False)),
    st.builds(GetPtyNumber, FDS),
    st.builds(PtyLocked, FDS),
    st.builds(abi.Dup, FDS),
    st.builds(abi.Mount, PATHS, PATHS, st.just("devpts"), FLAGS.map(int), KNOWN),
    st.builds(
        abi.Mount, st.just("x"), st.sampled_from(TOPS), st.just("devpts"), st.just(0), OPTIONS
    ),
    st.builds(abi.Mount, PATHS, st.sampled_from(TOPS), st.just("tmpfs")),
    st.builds(abi.Umount, PATHS, st.sampled_from([0, 0, 0, 2])),
    st.builds(Stat, PATHS, st.booleans()),
    st.builds(Fstat, FDS),
    st.builds(abi.Open, st.sampled_from(TOPS), st.just(0)),
    st.builds(abi.Getdents, FDS),
    st.builds(Chmod, PATHS, st.sampled_from([0o600, 0o666, 0o7777, 0])),
    st.builds(Utimens, PATHS),
    st.builds(Unlink, PATHS),
    st.builds(Rmdir, PATHS),
    st.builds(Mkdir, PATHS),
    st.builds(Rename, PATHS, PATHS),
    st.builds(Link, PATHS, PATHS),
    st.builds(Symlink, PATHS, PATHS),
    st.builds(
        Mknod,
        PATHS,
        st.sampled_from([0, abi.S_IFCHR, abi.S_IFCHR, abi.S_IFBLK, abi.S_IFIFO, abi.S_IFDIR]).map(
            lambda kind: kind | 0o666
        ),
        DEVICES,
    ),
    st.builds(SetUser, st.sampled_from([0, 0, 0, 1000])),
)


def opens_what_waits(request: Request, world: World) -> bool:
    """Whether it opens a fifo, or as controlling terminal, which sessions decide."""
    if not isinstance(request, abi.Open):
        return False
    found = world.do(Stat(request.path))
    kind = getattr(found, "mode", 0) & abi.S_IFMT
    return kind == abi.S_IFIFO or (kind == abi.S_IFCHR and not request.flags & OpenFlag.O_NOCTTY)


@settings(
    max_examples=max(20, settings().max_examples), suppress_health_check=[HealthCheck.too_slow]
)
@given(st.lists(CALLS, min_size=10, max_size=60))
def test_instances_and_their_terminals(requests: list[Request]) -> None:
    world, comparison = jail(), Comparison()
    done = []
    with Oracle() as oracle:
        for request in [*SETUP, *requests]:
            if opens_what_waits(request, world):
                continue
            if isinstance(request, SetUser):
                world.become(request.uid)
                oracle.do(request)
                done.append(repr(request))
                continue
            model, real = world.do(request), oracle.do(request)
            done.append(f"{request} -> {model!r} / {real!r}")
            assert comparison.same(request, model, real), "\n".join(["", *done])
    assert violations(world.machine) == [], "\n".join(["", *done])
