"""Mount namespaces, their files, and the mount table as text (mount_namespaces(7), nsfs)."""

from __future__ import annotations

import re

from nsh.abi.attributes import Stat
from nsh.abi.files import (
    Close,
    Fcntl,
    FcntlCommand,
    MountFlag,
    Open,
    OpenFlag,
    Pipe,
    Read,
    Readlink,
    Umount,
)
from nsh.abi.files import Mount as MountRequest
from nsh.abi.names import Chdir, Chroot, Getcwd, Mkdir, Rmdir, Symlink
from nsh.abi.namespaces import NsGet, Setns, Unshare
from nsh.abi.process import CloneFlag, Exit
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.mounts import Mount, MountSpace
from tests.kernel.fs._world import World

CREATE = int(OpenFlag.O_CREAT)
BIND = int(MountFlag.MS_BIND)
NEWNS = int(CloneFlag.CLONE_NEWNS)
NEWUTS = int(CloneFlag.CLONE_NEWUTS)
DETACH = 2


def text(world: World, path: str, task: TaskId) -> str:
    fd = world.ok(Open(path), task)
    data = world.ok(Read(fd), task)
    world.ok(Close(fd), task)
    assert isinstance(data, bytes)
    return data.decode()


def test_copy_is_independent_both_ways() -> None:
    world = World()
    child = world.spawn(flags=NEWNS)
    world.ok(MountRequest("inner", "/mnt", "tmpfs"), child)
    world.ok(Mkdir("/mnt/x"), child)
    assert world.errno(Stat("/mnt/x")) == "ENOENT"
    world.ok(MountRequest("outer", "/tmp", "tmpfs"))
    world.ok(Mkdir("/tmp/y"))
    assert world.errno(Stat("/tmp/y"), child) == "ENOENT"
    world.ok(Mkdir("/home/z"), child)
    assert world.ok(Stat("/home/z")).nlink == 2, "the files are the same"
    assert violations(world.machine) == []
    mounts = world.machine.count(Mount)
    world.ok(Exit(0), child)
    assert world.machine.count(MountSpace) == 1
    assert world.machine.count(Mount) < mounts
    assert violations(world.machine) == []


def test_caller_stands_where_it_stood() -> None:
    world = World()
    world.ok(MountRequest("t", "/mnt", "tmpfs"))
    world.ok(Mkdir("/mnt/d"))
    task = world.spawn()
    world.ok(Chdir("/mnt/d"), task)
    world.ok(Unshare(NEWNS), task)
    assert world.ok(Getcwd(), task) == "/mnt/d"
    assert world.errno(Umount("/mnt"), task) == "EBUSY"
    world.ok(Umount("/mnt"))
    assert world.ok(Getcwd(), task) == "/mnt/d", "that was another namespace's mount"
    world.ok(Chdir("/"), task)
    world.ok(Umount("/mnt"), task)
    assert violations(world.machine) == []


def test_detached_mount_lives_for_who_is_in_it() -> None:
    world = World()
    world.ok(MountRequest("t", "/mnt", "tmpfs"))
    world.ok(Mkdir("/mnt/d"))
    world.ok(Chdir("/mnt/d"))
    world.ok(Umount("/mnt", DETACH))
    assert world.ok(Getcwd()) == "(unreachable)/d"
    assert world.ok(Readlink("/proc/self/cwd")) == "/d"
    world.ok(Mkdir("../e"))
    assert world.errno(MountRequest("x", "../e", "tmpfs")) == "ENOENT"
    assert world.errno(Umount("..")) == "EINVAL"
    mounts = world.machine.count(Mount)
    world.ok(Chdir("/"))
    assert world.machine.count(Mount) == mounts - 1
    assert violations(world.machine) == []


def test_removing_a_mount_point_of_another_namespace() -> None:
    world = World()
    world.ok(Mkdir("/mnt/d"))
    child = world.spawn(flags=NEWNS)
    world.ok(MountRequest("t", "/mnt/d", "tmpfs"), child)
    assert world.errno(Rmdir("/mnt/d"), child) == "EBUSY"
    world.ok(Rmdir("/mnt/d"))
    assert "/mnt/d" not in text(world, "/proc/self/mounts", child)
    assert violations(world.machine) == []


def test_namespace_file_keeps_its_namespace() -> None:
    world = World()
    child = world.spawn(flags=NEWNS | NEWUTS)
    world.ok(MountRequest("inner", "/mnt", "tmpfs"), child)
    world.ok(Mkdir("/mnt/inside"), child)
    fd = world.ok(Open("/proc/2/ns/mnt"))
    uts = world.ok(Open("/proc/2/ns/uts"))
    link = world.ok(Readlink("/proc/2/ns/mnt"))
    world.ok(Exit(0), child)
    assert violations(world.machine) == []
    assert world.ok(Readlink(f"/proc/self/fd/{fd}")) == link
    visitor = world.spawn()
    assert world.errno(Setns(fd, NEWUTS), visitor) == "EINVAL"
    world.ok(Setns(fd, NEWNS), visitor)
    assert world.ok(Stat("/mnt/inside"), visitor).nlink == 2
    assert world.ok(Readlink("/proc/self/ns/mnt"), visitor) == link
    world.ok(Exit(0), visitor)
    world.ok(Close(fd))
    world.ok(Close(uts))
    assert world.machine.count(MountSpace) == 1
    assert violations(world.machine) == []


def test_namespace_file_is_for_entering_only() -> None:
    world = World()
    assert world.errno(Open("/proc/self/ns/mnt", 2)) == "EPERM"
    fd = world.ok(Open("/proc/self/ns/mnt"))
    assert world.errno(Read(fd)) == "EINVAL"
    reader, _writer = world.ok(Pipe())
    assert world.errno(Setns(reader)) == "EINVAL"
    assert world.errno(Setns(99)) == "EBADF"


def test_bound_namespace_file() -> None:
    world = World()
    world.ok(Close(world.ok(Open("/tmp/uts", CREATE))))
    child = world.spawn(flags=NEWUTS)
    world.ok(MountRequest("/proc/2/ns/uts", "/tmp/uts", flags=BIND))
    inum = world.ok(Stat("/proc/2/ns/uts")).ino
    world.ok(Exit(0), child)
    assert world.ok(Stat("/tmp/uts")).ino == inum
    fd = world.ok(Open("/tmp/uts"))
    assert world.ok(Readlink(f"/proc/self/fd/{fd}")) == "/tmp/uts"
    world.ok(Setns(fd, NEWUTS))
    (line,) = [x for x in text(world, "/proc/self/mountinfo", INIT).splitlines() if "nsfs" in x]
    assert re.fullmatch(rf"\d+ \d+ 0:\d+ uts:\[{inum}\] /tmp/uts rw - nsfs nsfs rw", line)
    world.ok(Close(fd))
    world.ok(Umount("/tmp/uts"))
    assert violations(world.machine) == []


def test_mount_namespaces_bind_no_cycles() -> None:
    world = World()
    world.ok(Close(world.ok(Open("/tmp/mnt", CREATE))))
    assert world.errno(MountRequest("/proc/self/ns/mnt", "/tmp/mnt", flags=BIND)) == "EINVAL"
    child = world.spawn(flags=NEWNS)
    assert world.errno(MountRequest("/proc/1/ns/mnt", "/tmp/mnt", flags=BIND), child) == "EINVAL"
    world.ok(MountRequest("/proc/2/ns/mnt", "/tmp/mnt", flags=BIND))
    world.ok(Exit(0), child)
    assert world.machine.count(MountSpace) == 2
    world.ok(Umount("/tmp/mnt"))
    assert world.machine.count(MountSpace) == 1
    assert violations(world.machine) == []


def test_entering_needs_a_root_of_ones_own() -> None:
    world = World()
    world.spawn(flags=NEWNS)
    fd = world.ok(Open("/proc/2/ns/mnt"))
    sharer = world.spawn(flags=int(CloneFlag.CLONE_FS))
    assert world.errno(Setns(fd, NEWNS), sharer) == "EINVAL"
    world.ok(Exit(0), sharer)
    world.ok(Setns(fd, NEWNS))


def test_mount_table_shows_what_the_reader_reaches() -> None:
    world = World()
    world.ok(Mkdir("/mnt/a b"))
    world.ok(MountRequest("so#urce", "/mnt/a b", "tmpfs", data="size=64k,mode=700"))
    flags = MountFlag.MS_RDONLY | MountFlag.MS_NOSUID | MountFlag.MS_NODEV | MountFlag.MS_NOEXEC
    world.ok(MountRequest("", "/home", "tmpfs", flags=int(flags)))
    lines = text(world, "/proc/self/mounts", INIT).splitlines()
    assert lines[0] == "rootfs / tmpfs rw,relatime,mode=755 0 0"
    assert lines[-2] == r"so\043urce /mnt/a\040b tmpfs rw,relatime,size=64k,mode=700 0 0"
    assert lines[-1] == "none /home tmpfs ro,nosuid,nodev,noexec,relatime 0 0"
    world.ok(Chroot("/mnt/a b"))
    world.ok(Mkdir("/proc"))
    world.ok(MountRequest("proc", "/proc", "proc"))
    (first, last) = text(world, "/proc/mounts", INIT).splitlines()
    assert first.startswith(r"so\043urce / tmpfs ")
    assert last.startswith("proc /proc proc ")
    world.ok(Mkdir("/jail"))
    world.ok(Mkdir("/jail/proc"))
    world.ok(Chroot("/jail"))
    world.ok(MountRequest("proc", "/proc", "proc"))
    assert text(world, "/proc/mounts", INIT) == "proc /proc proc rw,relatime 0 0\n"


def test_mountinfo_tells_the_bound_part() -> None:
    world = World()
    world.ok(Mkdir("/mnt/from"))
    world.ok(Mkdir("/mnt/to"))
    world.ok(MountRequest("/mnt/from", "/mnt/to", flags=BIND))
    line = text(world, "/proc/self/mountinfo", INIT).splitlines()[-1]
    assert re.fullmatch(
        r"\d+ \d+ 0:\d+ /mnt/from /mnt/to rw,relatime - tmpfs rootfs rw,mode=755", line
    )
    world.ok(Rmdir("/mnt/from"))
    line = text(world, "/proc/self/mountinfo", INIT).splitlines()[-1]
    assert " /mnt/from//deleted /mnt/to " in line
    assert violations(world.machine) == []


def test_devtmpfs_is_one_and_nodev_closes_its_devices() -> None:
    world = World()
    world.ok(MountRequest("dev", "/mnt", "devtmpfs", flags=int(MountFlag.MS_NODEV)))
    world.ok(Symlink("null", "/dev/nil"))
    assert world.ok(Readlink("/mnt/nil")) == "null"
    assert world.errno(Open("/mnt/null")) == "EACCES"
    world.ok(Open("/dev/nil"))
    world.ok(Umount("/mnt"))
    assert violations(world.machine) == []


def test_unprivileged_may_not() -> None:
    world = World()
    world.become(1000)
    assert world.errno(MountRequest("t", "/tmp", "tmpfs")) == "EPERM"
    assert world.errno(MountRequest("t", "/missing", "tmpfs")) == "ENOENT"
    assert world.errno(Umount("/dev")) == "EPERM"


def test_relations_of_namespaces() -> None:
    world = World()
    child = world.spawn(flags=int(CloneFlag.CLONE_NEWPID))
    pid, uts = world.ok(Open("/proc/2/ns/pid")), world.ok(Open("/proc/2/ns/uts"))
    parent = world.ok(NsGet(pid, "parent"))
    assert world.ok(Readlink(f"/proc/self/fd/{parent}")) == "pid:[4026531836]"
    assert world.ok(Fcntl(parent, FcntlCommand.F_GETFD)) == 1
    assert world.errno(NsGet(parent, "parent")) == "EPERM"
    assert world.errno(NsGet(pid, "parent"), child) == "EBADF"
    own = world.ok(Open("/proc/2/ns/pid"), child)
    assert world.errno(NsGet(own, "parent"), child) == "EPERM", "it is out of sight from inside"
    assert world.errno(NsGet(uts, "parent")) == "EINVAL"
    owner = world.ok(NsGet(uts, "userns"))
    assert world.ok(Readlink(f"/proc/self/fd/{owner}")) == "user:[4026531837]"
    assert world.ok(NsGet(owner, "owner_uid")) == 0
    assert world.errno(NsGet(uts, "owner_uid")) == "EINVAL"
    assert world.errno(NsGet(owner, "userns")) == "EPERM", "nobody owns the first one"
    assert world.ok(NsGet(uts, "nstype")) == NEWUTS
    assert world.errno(NsGet(0, "nstype")) == "ENOTTY"
    assert violations(world.machine) == []
