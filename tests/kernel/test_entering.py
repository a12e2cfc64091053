"""Getting into a container from outside: hijack, containers as directories, and which there are."""

from __future__ import annotations

import pytest

from nsh.abi.attributes import Stat
from nsh.abi.files import Mount as MountRequest
from nsh.abi.files import Open, OpenFlag, Read, Umount, Write
from nsh.abi.names import Link, Mkdir, Rmdir, Unlink
from nsh.abi.namespaces import Sethostname, Setns, Uname, Unshare
from nsh.abi.process import Clone, CloneFlag, Execve, Exit, Getpid, Getppid
from nsh.kernel import policies
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.tasks import Task
from nsh.machine.uts import Uts
from nsh.machine.value import begin
from tests.kernel.fs._world import World

NEWUTS = int(CloneFlag.CLONE_NEWUTS)
NEWPID = int(CloneFlag.CLONE_NEWPID)
OWN = "/proc/self/ns_container"


def choose(world: World, **chosen: str) -> World:
    tx = begin(world.machine)
    for name, value in chosen.items():
        policies.set_policy(tx, name.replace("_", ".", 1).replace("_", "-"), value)
    world.machine = tx.commit()
    return world


def tree() -> World:
    world = World()
    world.ok(Mkdir("/c"))
    world.ok(MountRequest("none", "/c", "ns_container"))
    for name in ("web", "db"):
        world.ok(Mkdir(f"/c/{name}"))
    return world


def write(world: World, task: TaskId, path: str, *, to: str = OWN) -> object:
    fd = world.ok(Open(to, OpenFlag.O_WRONLY), task)
    return world.do(Write(fd, path.encode() + b"\n"), task)


def host(world: World, task: TaskId) -> str:
    return str(world.ok(Uname(), task).nodename)


def settled(world: World, name: str) -> TaskId:
    """A task with a host name of its own, the first to join the container of that name."""
    task = world.spawn(flags=NEWUTS)
    world.ok(Sethostname(f"{name}host"), task)
    assert write(world, task, f"/c/{name}") == len(name) + 4
    return task


def hijacked(world: World, target: TaskId, **more: object) -> TaskId:
    before = {key for key, _task in world.machine.items(Task)}
    pid = world.machine.get(Task, target).pids[0]
    world.ok(Clone(hijack=pid, **more))  # type: ignore[arg-type]
    (child,) = {key for key, _task in world.machine.items(Task)} - before
    assert violations(world.machine) == []
    return TaskId(child)


def test_what_a_hijacked_child_has_from_whom() -> None:
    world = World()
    fd = world.ok(Open("/tmp/mine", OpenFlag.O_CREAT | OpenFlag.O_RDWR))
    target = world.spawn(flags=NEWPID | NEWUTS)
    world.ok(Sethostname("webhost"), target)
    world.become(1000, target)
    child = hijacked(world, target)
    record, other = world.machine.get(Task, child), world.machine.get(Task, target)
    assert host(world, child) == "webhost"
    assert record.space == other.space
    assert record.creds == other.creds
    assert record.parent == INIT
    assert record.session == world.machine.get(Task, INIT).session
    assert world.ok(Getpid(), child) == 2
    assert world.ok(Getppid(), child) == 0
    assert world.ok(Write(fd, b"x"), child) == 1, "the files are the caller's"
    world.ok(Exit(3), child)
    assert violations(world.machine) == []


def test_hijack_refuses_whom_it_cannot_have() -> None:
    world = World()
    target = world.spawn(flags=NEWUTS)
    thread = int(CloneFlag.CLONE_THREAD | CloneFlag.CLONE_SIGHAND | CloneFlag.CLONE_VM)
    assert world.errno(Clone(hijack=99)) == "ESRCH"
    assert world.errno(Clone(thread, 0, hijack=2)) == "EINVAL"
    assert world.errno(Clone(int(CloneFlag.CLONE_NEWUSER), hijack=2)) == "EINVAL"
    other = world.spawn()
    world.become(1000, other)
    assert world.errno(Clone(hijack=2), other) == "EPERM"
    world.ok(Exit(0), target)
    assert world.errno(Clone(hijack=2)) == "ESRCH"
    assert violations(world.machine) == []


def test_the_first_to_join_gives_a_container_its_namespaces() -> None:
    world = tree()
    web = settled(world, "web")
    visitor = world.spawn()
    write(world, visitor, "/c/web")
    assert host(world, visitor) == "webhost"
    world.ok(Exit(0), web)
    world.ok(Exit(0), visitor)
    late = world.spawn()
    write(world, late, "/c/web")
    assert host(world, late) == "webhost", "the files kept it"
    assert violations(world.machine) == []


def test_one_namespace_alone_and_linked_containers() -> None:
    world = tree()
    settled(world, "web")
    settled(world, "db")
    world.ok(Mkdir("/c/both"))
    world.ok(Link("/c/db/uts", "/c/both/uts"))
    assert world.ok(Stat("/c/db/uts")).nlink == 2
    mixed, partly = world.spawn(), world.spawn()
    write(world, mixed, "/c/both")
    write(world, partly, "/c/web/uts")
    assert (host(world, mixed), host(world, partly)) == ("dbhost", "webhost")
    world.ok(Unlink("/c/both/uts"))
    assert host(world, mixed) == "dbhost"
    assert violations(world.machine) == []


def test_at_exec_the_child_that_executes_something_goes() -> None:
    world = choose(tree(), ns_enter_when="at-write")
    settled(world, "web")
    choose(world, ns_enter_when="at-exec")
    shell = world.spawn()
    write(world, shell, "/c/web")
    child = world.spawn(shell)
    assert host(world, child) == "nsh"
    world.ok(Execve("/bin/true", ("true",)), child)
    assert host(world, child) == "webhost"
    assert host(world, shell) == "nsh"
    world.ok(Unshare(NEWUTS), shell)
    world.ok(Execve("/bin/true", ("true",)), shell)
    assert host(world, shell) == "nsh", "who went elsewhere meanwhile goes nowhere"
    assert violations(world.machine) == []


def test_a_removed_container_leaves_nothing_behind() -> None:
    world = tree()
    web = settled(world, "web")
    spaces = world.machine.count(Uts)
    assert world.errno(Rmdir("/c/web")) == "EBUSY"
    world.ok(Exit(0), web)
    assert world.machine.count(Uts) == spaces
    world.ok(Rmdir("/c/web"))
    assert world.machine.count(Uts) == spaces - 1
    settled(world, "db")
    world.ok(Umount("/c"))
    assert violations(world.machine) == []


@pytest.mark.parametrize(
    ("path", "errno"),
    [("/c/none", "ENOENT"), ("/tmp", "EINVAL"), ("/proc/self/ns/uts", "EINVAL"), ("", "ENOENT")],
)
def test_a_path_that_leads_into_no_container(path: str, errno: str) -> None:
    world = tree()
    task = world.spawn()
    before = world.machine.get(Task, task)
    fd = world.ok(Open(OWN, OpenFlag.O_WRONLY), task)
    assert world.errno(Write(fd, path.encode()), task) == errno
    assert world.machine.get(Task, task).pids == before.pids


def test_nobody_is_put_into_a_container_by_others() -> None:
    world = tree()
    settled(world, "web")
    world.spawn()
    fd = world.ok(Open("/proc/3/ns_container", OpenFlag.O_WRONLY))
    assert world.errno(Write(fd, b"/c/web")) == "EPERM"
    task = world.spawn()
    world.become(1000, task)
    own = world.ok(Open(OWN), task)
    assert world.ok(Read(own, 100), task) == b"/\n" or world.ok(Read(own, 100), task) == b""


def test_names_in_the_tree() -> None:
    world = tree()
    settled(world, "web")
    assert world.errno(Mkdir("/c/web/uts")) == "EEXIST"
    assert world.errno(Mkdir("/c/db/uts")) == "EINVAL"
    assert world.errno(Link("/c/web/uts", "/c/db/other")) == "EINVAL"
    assert world.errno(Link("/c/web/uts", "/tmp/uts")) == "EXDEV"
    world.ok(Mkdir("/c/web/inner"))
    assert world.errno(Rmdir("/c/web")) == "ENOTEMPTY"


@pytest.mark.parametrize("way", ["hijack", "attach", "setns"])
def test_under_each_position_one_way_alone(way: str) -> None:
    world = choose(tree(), ns_enter=way)
    world.spawn(flags=NEWUTS)
    fd = world.ok(Open("/proc/2/ns/uts"))
    found = {
        "hijack": world.do(Clone(hijack=2)),
        "setns": world.do(Setns(fd)),
        "attach": world.do(Open(OWN)),
    }
    assert {name for name, reply in found.items() if isinstance(reply, int)} == {way}
