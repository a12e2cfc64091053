"""Descriptor tables and open file descriptions: who shares what (open(2), dup(2), fork(2))."""

from __future__ import annotations

from nsh.abi.attributes import Stat
from nsh.abi.files import (
    Close,
    Dup,
    Dup2,
    Fcntl,
    FcntlCommand,
    Lseek,
    MemfdCreate,
    Open,
    OpenFlag,
    Pipe,
    Read,
    Write,
)
from nsh.abi.names import Mkdir, Unlink
from nsh.abi.process import CloneFlag, Execve, Exit
from nsh.kernel.limits import OPEN_FILES
from nsh.machine.files import File
from nsh.machine.invariants import violations
from nsh.machine.tmpfs import Inode
from tests.kernel.fs._world import World

CREATE = int(OpenFlag.O_CREAT | OpenFlag.O_RDWR)


def test_forked_processes_share_offsets_and_not_tables() -> None:
    world = World()
    fd = world.ok(Open("/tmp/f", CREATE))
    child = world.spawn()
    world.ok(Write(fd, b"abc"), child)
    assert world.ok(Lseek(fd, 0, 1)) == 3
    world.ok(Close(fd), child)
    assert world.errno(Close(fd), child) == "EBADF"
    world.ok(Write(fd, b"d"))
    assert world.ok(Stat("/tmp/f")).size == 4
    assert violations(world.machine) == []


def test_threads_share_the_table() -> None:
    world = World()
    flags = CloneFlag.CLONE_VM | CloneFlag.CLONE_SIGHAND | CloneFlag.CLONE_THREAD
    thread = world.spawn(flags=flags | CloneFlag.CLONE_FILES | CloneFlag.CLONE_FS)
    fd = world.ok(MemfdCreate("shared"), thread)
    assert world.ok(Write(fd, b"x")) == 1
    world.ok(Close(fd))
    assert world.errno(Read(fd), thread) == "EBADF"
    assert violations(world.machine) == []


def test_exit_closes_what_nobody_else_has() -> None:
    world = World()
    before = world.machine.count(File)
    child = world.spawn()
    kept = world.ok(Open("/tmp/kept", CREATE), child)
    grandchild = world.spawn(child)
    world.ok(MemfdCreate("own"), child)
    world.ok(Exit(0), child)
    assert world.machine.count(File) == before + 1
    assert world.ok(Write(kept, b"x"), grandchild) == 1
    world.ok(Exit(0), grandchild)
    assert world.machine.count(File) == before
    assert violations(world.machine) == []


def test_exec_closes_what_says_so() -> None:
    world = World()
    child = world.spawn()
    staying = world.ok(Open("/tmp/a", CREATE), child)
    going = world.ok(Open("/tmp/b", CREATE | int(OpenFlag.O_CLOEXEC)), child)
    dup = world.ok(Dup(going), child)
    marked = world.ok(Dup2(staying, 77, cloexec=True), child)
    world.ok(Execve("/bin/true", ("true",)), child)
    for fd, open_now in ((staying, True), (going, False), (dup, True), (marked, False)):
        assert (world.do(Fcntl(fd, FcntlCommand.F_GETFD), child) == 0) is open_now
    assert violations(world.machine) == []


def test_as_many_as_the_limit_says() -> None:
    world = World()
    fds = [world.ok(Dup(0)) for _ in range(OPEN_FILES - 3)]
    assert fds == list(range(3, OPEN_FILES))
    assert world.errno(Dup(0)) == "EMFILE"
    assert world.errno(Pipe()) == "EMFILE"
    assert world.errno(Open("/missing")) == "EMFILE", "the descriptor comes before the path"
    assert world.errno(Open("")) == "ENOENT", "but after the path is copied in"
    world.ok(Close(500))
    assert world.errno(Pipe()) == "EMFILE", "one is not enough for two ends"
    assert world.ok(Dup(0)) == 500


def test_unlinked_file_lives_while_it_is_open() -> None:
    world = World()
    before = world.machine.count(Inode)
    world.ok(Mkdir("/tmp/d"))
    fd = world.ok(Open("/tmp/d/f", CREATE))
    world.ok(Write(fd, b"still here"))
    world.ok(Unlink("/tmp/d/f"))
    world.ok(Lseek(fd, 0))
    assert world.ok(Read(fd)) == b"still here"
    assert world.machine.count(Inode) == before + 2
    world.ok(Close(fd))
    assert world.machine.count(Inode) == before + 1
    assert violations(world.machine) == []


def test_flags_are_the_open_files_and_cloexec_the_descriptors() -> None:
    world = World()
    reader, _writer = world.ok(Pipe())
    other = world.ok(Dup(reader, cloexec=True))
    world.ok(Fcntl(other, FcntlCommand.F_SETFL, int(OpenFlag.O_NONBLOCK)))
    assert world.errno(Read(reader)) == "EAGAIN"
    assert world.ok(Fcntl(reader, FcntlCommand.F_GETFD)) == 0
    assert world.ok(Fcntl(other, FcntlCommand.F_GETFD)) == 1
