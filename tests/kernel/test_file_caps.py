"""Capabilities of files where no command leads: values that no tool sets, and old machines."""

from __future__ import annotations

import pytest

import nsh
from nsh.abi.attributes import Chown
from nsh.abi.filecaps import FileCaps, pack, unpack
from nsh.abi.files import Open, OpenFlag, Write
from nsh.abi.process import Execve
from nsh.abi.request import Failure, Request
from nsh.abi.xattrs import CAPABILITY, Getxattr, Listxattr, Removexattr, Setxattr
from nsh.kernel import perform
from nsh.kernel.boot import INIT
from nsh.machine import store
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task

KILL = 1 << 5
GIVES = pack(FileCaps(KILL, 0, True))


class World:
    """A machine with a file, and a task of another user."""

    def __init__(self) -> None:
        session = nsh.boot()
        assert session.run("touch /tmp/f; chmod 755 /tmp/f; ln -s f /tmp/l; spawn w").ok
        assert session.run("w setresuid 1000 1000 1000").ok
        self.machine = session.machine
        self.other = TaskId(self.machine.items(Task)[-1][0])

    def ask(self, request: Request, task: TaskId = INIT) -> object:
        """The answer; the errno's name if it fails."""
        outcome = perform(self.machine, task, request)
        self.machine = outcome.machine
        return outcome.reply.errno.name if isinstance(outcome.reply, Failure) else outcome.reply


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("root", [None, 0, 7, 4294967295])
def test_packing_is_undone_by_unpacking(root: int | None) -> None:
    caps = FileCaps((1 << 64) - 1, 1 << 40, False, root)
    assert unpack(pack(caps)) == caps
    assert unpack(pack(caps) + b"0") is None
    assert unpack(pack(caps)[:-1]) is None


def test_an_empty_value_is_anybodys_to_set_and_stops_programs(world: World) -> None:
    assert world.ask(Setxattr("/tmp/f", CAPABILITY, GIVES)) == 0
    assert world.ask(Setxattr("/tmp/f", CAPABILITY, GIVES), world.other) == "EPERM"
    assert world.ask(Setxattr("/tmp/f", CAPABILITY, b""), world.other) == 0
    assert world.ask(Getxattr("/tmp/f", CAPABILITY)) == "EINVAL"
    assert world.ask(Listxattr("/tmp/f")) == (CAPABILITY,)
    assert world.ask(Execve("/tmp/f", ("f",)), world.other) == "EINVAL"


def test_an_empty_value_outlives_writing(world: World) -> None:
    assert world.ask(Setxattr("/tmp/f", CAPABILITY, b"")) == 0
    fd = world.ask(Open("/tmp/f", OpenFlag.O_WRONLY))
    assert isinstance(fd, int)
    assert world.ask(Write(fd, b"x")) == 1
    assert world.ask(Chown("/tmp/f", 5, -1)) == 0
    assert world.ask(Listxattr("/tmp/f")) == (CAPABILITY,)


@pytest.mark.parametrize(
    ("request_", "errno"),
    [
        (Setxattr("/tmp/f", "", GIVES), "ERANGE"),
        (Setxattr("/tmp/f", "x" * 256, GIVES), "ERANGE"),
        (Setxattr("/tmp/f", CAPABILITY, GIVES, 4), "EINVAL"),
        (Setxattr("/tmp/f", CAPABILITY, GIVES, 2), "ENODATA"),
        (Setxattr("/tmp/f", CAPABILITY, bytes(65537)), "E2BIG"),
        (Setxattr("/tmp/f", CAPABILITY, b"\2\0\0\2" + bytes(16)), "EINVAL"),
        (Setxattr("/tmp/f", "user.x", b"x"), "ENOTSUP"),
        (Getxattr("/tmp/f", CAPABILITY), "ENODATA"),
        (Getxattr("/proc/version", CAPABILITY), "ENOTSUP"),
        (Removexattr("/tmp/f", CAPABILITY), "ENODATA"),
        (Setxattr("/tmp/none", CAPABILITY, GIVES), "ENOENT"),
    ],
)
def test_refusals(world: World, request_: Request, errno: str) -> None:
    assert world.ask(request_) == errno


def test_links_have_their_own(world: World) -> None:
    assert world.ask(Setxattr("/tmp/l", CAPABILITY, GIVES, follow=False)) == 0
    assert world.ask(Getxattr("/tmp/l", CAPABILITY)) == "ENODATA"
    assert world.ask(Listxattr("/proc/version")) == ()


def test_machines_that_were_stored_before_files_had_any_can_be_loaded(world: World) -> None:
    lines = list(store.dump(world.machine))
    inodes = [line for line in lines if line.startswith('["Inode"')]
    assert inodes
    assert not any("capability" in line for line in inodes)
    assert store.load(lines) == world.machine
    assert world.ask(Setxattr("/tmp/f", CAPABILITY, GIVES)) == 0
    assert store.load(store.dump(world.machine)) == world.machine
