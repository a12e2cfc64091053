"""path_resolution(7) where any sequence of calls is unlikely to go; all else by comparison."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nsh.abi.attributes import Stat
from nsh.abi.files import Mount as MountRequest
from nsh.abi.files import Open, OpenFlag, Pipe, Read, Readlink, Umount, Write
from nsh.abi.names import Chdir, Chroot, Fchdir, Getcwd, Mkdir, Rename, Rmdir, Symlink, Unlink
from nsh.abi.request import Failure, Request
from nsh.machine.invariants import violations
from tests.kernel.fs._oracle import Oracle
from tests.kernel.fs._world import World, jail


def chain(length: int) -> list[Request]:
    """Links 1 -> 2 -> … -> *length* -> a file."""
    links: list[Request] = [Symlink(str(n + 1), str(n)) for n in range(1, length)]
    return [Open("end", int(OpenFlag.O_CREAT)), *links, Symlink("end", str(length))]


@pytest.mark.parametrize("length", [39, 40, 41])
def test_as_many_links_as_the_kernel_follows(length: int) -> None:
    world = jail()
    with Oracle() as oracle:
        for request in [*chain(length), Stat("1"), Stat("1", follow=False), Open("1", 2)]:
            model, real = world.do(request), oracle.do(request)
            assert type(model) is type(real), request
            if isinstance(model, Failure):
                assert model.errno == real.errno


LONG = st.builds(
    lambda part, count, tail: part * count + tail,
    st.sampled_from(["a/", "./", "../", "/", "a/../", "é/"]),
    st.integers(600, 2100),
    st.sampled_from(["", "a", "n" * 255, "n" * 256]),
)


@given(st.lists(LONG, min_size=1, max_size=5))
@settings(max_examples=max(10, settings().max_examples // 4))
def test_as_long_paths_as_the_kernel_takes(paths: list[str]) -> None:
    world = jail()
    with Oracle() as oracle:
        for first in (Mkdir("a"), Symlink("..", "a/a"), Mkdir("é")):
            assert world.ok(first) == oracle.do(first)
        for path in paths:
            calls: list[Request] = [Stat(path), Mkdir(path), Symlink(path, "l"), Unlink("l")]
            for call in calls:
                model, real = world.do(call), oracle.do(call)
                assert type(model) is type(real), (call, model, real)
                if isinstance(model, Failure):
                    assert model.errno == real.errno, call


@given(st.text(st.characters(codec=None), max_size=6))
def test_no_text_is_too_odd(text: str) -> None:
    """Lone surrogates, NULs, controls: an errno or a file, never a Python exception."""
    world = World()
    world.ok(Chdir("/tmp"))
    for request in (
        Mkdir(text),
        Stat(text),
        Symlink(text, text + "l"),
        Readlink(text + "l"),
        Rename(text, "x" + text),
        MountRequest(text, "x" + text, text),
        Umount(text),
        Rmdir("x" + text),
    ):
        world.do(request)
    assert violations(world.machine) == []


def test_magic_links_lead_to_the_thing_itself() -> None:
    world = World()
    fd = world.ok(Open("/tmp/f", int(OpenFlag.O_CREAT | OpenFlag.O_RDWR)))
    world.ok(Write(fd, b"content"))
    world.ok(Unlink("/tmp/f"))
    link = f"/proc/self/fd/{fd}"
    assert world.ok(Readlink(link)) == "/tmp/f (deleted)"
    assert world.ok(Read(world.ok(Open(link)))) == b"content"
    assert world.errno(Open(link, int(OpenFlag.O_NOFOLLOW))) == "ELOOP"
    assert world.errno(Open(link, int(OpenFlag.O_CREAT | OpenFlag.O_EXCL))) == "EEXIST"
    world.ok(Open(link, int(OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_TRUNC)))
    assert world.ok(Read(world.ok(Open(link)))) == b""
    assert world.errno(Stat(link + "/x")) == "ENOTDIR"
    reader, writer = world.ok(Pipe())
    again = world.ok(Open(f"/proc/self/fd/{writer}", int(OpenFlag.O_WRONLY)))
    world.ok(Write(again, b"through"))
    assert world.ok(Read(reader)) == b"through"
    assert world.ok(Readlink(f"/proc/self/fd/{reader}")).startswith("pipe:[")
    assert world.errno(Stat(f"/proc/self/fd/{reader}/x")) == "ENOTDIR"
    world.ok(Mkdir("/tmp/d"))
    world.ok(Chdir("/tmp/d"))
    world.ok(Mkdir("/proc/self/cwd/made"))
    assert world.ok(Stat("/tmp/d/made")).nlink == 2
    assert violations(world.machine) == []


def test_working_directory_outside_of_the_root() -> None:
    world = World()
    world.ok(Mkdir("/a"))
    world.ok(Mkdir("/a/b"))
    world.ok(Mkdir("/c"))
    world.ok(Chdir("/c"))
    world.ok(Chroot("/a"))
    assert world.ok(Getcwd()) == "(unreachable)/c"
    world.ok(Chdir("../a/b"))
    assert world.ok(Getcwd()) == "/b"
    world.ok(Chdir("../../.."))
    assert world.ok(Getcwd()) == "/", "from inside, .. ends at the root"


def test_a_directory_that_is_open_can_be_gone_to_without_a_path() -> None:
    world = World()
    world.ok(Mkdir("/a"))
    world.ok(Mkdir("/c"))
    outside = world.ok(Open("/c"))
    named = world.ok(Open("/a", int(OpenFlag.O_PATH)))
    world.ok(Chroot("/a"))
    world.ok(Fchdir(outside))
    assert world.ok(Getcwd()) == "(unreachable)/c"
    world.ok(Fchdir(named))
    assert world.ok(Getcwd()) == "/"
    reader, _writer = world.ok(Pipe())
    assert world.errno(Fchdir(reader)) == "ENOTDIR"
    assert world.errno(Fchdir(99)) == "EBADF"
    assert violations(world.machine) == []


def test_device_without_a_driver_and_odd_opens() -> None:
    world = World()
    assert world.errno(Open("/dev/null", int(OpenFlag.O_DIRECTORY))) == "ENOTDIR"
    assert world.errno(Open("/tmp/x", int(OpenFlag.O_CREAT | OpenFlag.O_DIRECTORY))) == "EINVAL"
