"""tmpfs beyond what comparison reaches: sizes, costs, devices, and what belongs in a root."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from nsh.abi.attributes import Stat, Truncate
from nsh.abi.files import Getdents, Lseek, Open, OpenFlag, Read, Readlink, Umount, Write
from nsh.abi.files import Mount as MountRequest
from nsh.abi.names import Mkdir, Rmdir, Unlink
from nsh.kernel.boot import INIT
from nsh.kernel.dispatch import perform
from nsh.kernel.fs import pages
from nsh.machine.invariants import violations
from nsh.machine.tmpfs import Dentry, Inode
from tests.kernel.fs._world import World

CREATE = int(OpenFlag.O_CREAT | OpenFlag.O_RDWR)
APPEND = int(OpenFlag.O_APPEND)
EDGES = st.one_of(
    st.integers(0, 3 * pages.PAGE_SIZE), st.sampled_from([4095, 4096, 4097, 8191, 8192])
)


@given(
    st.lists(
        st.one_of(
            st.tuples(EDGES, st.binary(max_size=40)),
            st.tuples(EDGES, st.integers(4000, 9000).map(lambda size: b"x" * size)),
            st.tuples(EDGES, st.none()),
        ),
        max_size=12,
    )
)
def test_pages_hold_what_a_byte_array_holds(steps: list[tuple[int, bytes | None]]) -> None:
    content: pages.Pages = Map()
    expected = bytearray()
    for position, data in steps:
        if data is None:
            content = pages.truncate(content, position)
            expected = expected[:position].ljust(position, b"\0")
        elif data:
            content = pages.write(content, position, data)
            expected = expected.ljust(position, b"\0")
            expected[position : position + len(data)] = data
        assert pages.read(content, 0, len(expected)) == expected
        assert pages.read(content, position // 2, position) == bytes(
            expected[position // 2 : position].ljust(position - position // 2, b"\0")
        )
        assert all(0 < len(page) <= pages.PAGE_SIZE for page in content.values())


def test_appending_rewrites_the_last_page_alone() -> None:
    world = World()
    fd = world.ok(Open("/tmp/log", CREATE | APPEND))
    world.ok(Write(fd, bytes(3 * pages.PAGE_SIZE)))
    before = world.machine
    outcome = perform(before, INIT, Write(fd, b"line\n"))
    (inode,) = [change.after for change in outcome.changes if change.kind is Inode]
    assert isinstance(inode, Inode)
    old = before.get(Inode, inode.ino)
    changed = {n for n in inode.pages if inode.pages[n] is not old.pages.get(n)}
    assert changed == {3}


def test_a_file_has_a_largest_size() -> None:
    world = World()
    fd = world.ok(Open("/tmp/big", CREATE))
    assert world.errno(Truncate("/tmp/big", pages.MAX_SIZE + 1)) == "EFBIG"
    world.ok(Truncate("/tmp/big", pages.MAX_SIZE))
    world.ok(Lseek(fd, pages.MAX_SIZE - 2))
    assert world.ok(Write(fd, b"abcd")) == 2
    assert world.errno(Write(fd, b"cd")) == "EFBIG"
    assert world.ok(Stat("/tmp/big")).size == pages.MAX_SIZE


def test_a_file_system_has_a_size() -> None:
    world = World()
    world.ok(MountRequest("small", "/mnt", "tmpfs", data="size=8k"))
    fd = world.ok(Open("/mnt/f", CREATE))
    assert world.ok(Write(fd, bytes(20_000))) == 8192
    assert world.errno(Write(fd, b"x")) == "ENOSPC"
    world.ok(Truncate("/mnt/f", 4096))
    other = world.ok(Open("/mnt/g", CREATE))
    assert world.ok(Write(other, bytes(20_000))) == 4096
    world.ok(Unlink("/mnt/g"))
    assert world.errno(Write(fd, b"x")) == "ENOSPC", "removed, but still open"


def test_ten_thousand_files_in_a_directory() -> None:
    world = World()
    names = [f"f{n}" for n in range(10_000)]
    for name in names:
        world.ok(Mkdir(f"/tmp/{name}"))
    fd = world.ok(Open("/tmp"))
    found = [entry.name for entry in world.ok(Getdents(fd))]
    assert found == [".", "..", *reversed(names)]
    assert world.ok(Getdents(fd)) == ()
    outcome = perform(world.machine, INIT, Rmdir("/tmp/f5000"))
    assert {change.kind.__name__ for change in outcome.changes} == {"Inode", "Dentry"}
    assert len(outcome.changes) == 3


def test_unmounting_frees_the_files() -> None:
    world = World()
    before = (world.machine.count(Inode), world.machine.count(Dentry))
    world.ok(MountRequest("t", "/mnt", "tmpfs"))
    world.ok(Mkdir("/mnt/a"))
    world.ok(Mkdir("/mnt/a/b"))
    world.ok(Open("/mnt/a/b/c", CREATE))
    assert world.errno(Umount("/mnt")) == "EBUSY"
    world.ok(Umount("/mnt", 2))
    assert world.ok(Readlink("/proc/self/fd/3")) == "/a/b/c"
    assert world.machine.count(Inode) > before[0]
    child = world.spawn()
    assert violations(world.machine) == []
    for task in (INIT, child):
        world.close_all(task)
    assert (world.machine.count(Inode), world.machine.count(Dentry)) == before
    assert violations(world.machine) == []


@pytest.mark.parametrize(
    ("name", "content", "taken"),
    [("null", b"", 3), ("zero", bytes(5), 3), ("full", bytes(5), "ENOSPC")],
)
def test_memory_devices(name: str, content: bytes, taken: int | str) -> None:
    world = World()
    fd = world.ok(Open(f"/dev/{name}", 2))
    assert world.ok(Read(fd, 5)) == content
    reply = world.do(Write(fd, b"abc"))
    assert (reply if isinstance(reply, int) else reply.errno.name) == taken
    assert world.ok(Lseek(fd, 77)) == 0
    assert world.errno(Lseek(fd, 0, 9)) == "EINVAL"


def test_random_is_one_stream_and_the_same_each_time() -> None:
    first, second = World(), World()
    for world in (first, second):
        world.ok(Open("/dev/urandom"))
        world.ok(Open("/dev/random"))
    assert first.ok(Read(3, 40)) == second.ok(Read(3, 40))
    assert first.ok(Read(4, 40)) != first.ok(Read(3, 40))


def test_root_has_what_programs_expect() -> None:
    world = World()
    assert world.ok(Read(world.ok(Open("/etc/passwd")))).startswith(b"root:x:0:0:")
    assert world.ok(Stat("/tmp")).mode & 0o7777 == 0o1777
    assert world.ok(Readlink("/dev/stdin")) == "/proc/self/fd/0"
    for fd in range(3):
        assert world.ok(Readlink(f"/proc/self/fd/{fd}")) == "/dev/console"
    assert violations(world.machine) == []
