"""access(2): as the real user, or as one would open the file."""

from __future__ import annotations

import pytest

from nsh.abi.attributes import Access, Chmod
from nsh.abi.credentials import Setresuid
from nsh.abi.names import Mkdir
from nsh.kernel.boot import INIT
from nsh.machine.tasks import Task
from tests.kernel.fs._world import World

READ, WRITE, SEARCH = 4, 2, 1


def world_of_roots() -> World:
    world = World()
    world.ok(Mkdir("/tmp/d", 0o700))
    return world


def test_the_real_user_is_asked_unless_the_effective_one_is_to_be() -> None:
    """A set-user-ID program asks what its caller may do (access(2), NOTES)."""
    world = world_of_roots()
    world.ok(Setresuid(1000, 0, 0))
    before = world.machine.get(Task, INIT)
    assert world.errno(Access("/tmp/d", WRITE)) == "EACCES"
    assert world.ok(Access("/tmp/d", WRITE, effective=True)) == 0
    assert world.machine.get(Task, INIT) == before


def test_a_real_root_has_its_permitted_capabilities_whoever_it_acts_for() -> None:
    world = world_of_roots()
    world.ok(Chmod("/tmp/d", 0))
    world.ok(Setresuid(0, 1000, 0))
    assert world.ok(Access("/tmp/d", READ | WRITE | SEARCH)) == 0
    assert world.errno(Access("/tmp/d", READ, effective=True)) == "EACCES"


@pytest.mark.parametrize(
    ("path", "mode", "errno"),
    [
        ("/tmp/d", 8, "EINVAL"),
        ("/tmp/none", 0, "ENOENT"),
        ("/tmp/none", 8, "EINVAL"),
        ("/etc/passwd/x", 0, "ENOTDIR"),
        ("", 0, "ENOENT"),
    ],
)
def test_refusals(path: str, mode: int, errno: str) -> None:
    assert world_of_roots().errno(Access(path, mode)) == errno
