"""Where an instance is mounted, through whose eyes."""

from nsh.abi.files import Mount, MountFlag, Open, OpenFlag, Umount
from nsh.abi.names import Chroot, Mkdir, Rename
from nsh.abi.process import CloneFlag
from nsh.kernel.boot import INIT
from nsh.machine.devpts import DevPts
from nsh.machine.files import Superblock
from nsh.views import ids, mounted
from nsh.views.consoles import called, sitting_at
from nsh.views.devpts import devpts
from nsh.views.whose import Whose
from tests.kernel.proc.computer import Computer

NEWNS, NEWPID = int(CloneFlag.CLONE_NEWNS), int(CloneFlag.CLONE_NEWPID)


def machine_with_two() -> Computer:
    box = Computer()
    for path in ("/a", "/a/b", "/c", "/c/pts"):
        box.ask(Mkdir(path))
    box.ask(Mount("x", "/a/b", "devpts"))
    box.ask(Mount("/a/b", "/c/pts", "", int(MountFlag.MS_BIND)))
    return box


def newest(box: Computer) -> int:
    return max(key for key, row in box.machine.items(Superblock) if isinstance(row.data, DevPts))


def test_every_mount_by_its_path_the_oldest_first():
    box = machine_with_two()
    root = ids.root(box.machine)
    assert mounted.paths(box.machine, newest(box), root) == ("/a/b", "/c/pts")
    box.ask(Rename("/a", "/d"))
    box.ask(Umount("/c/pts"))
    assert mounted.paths(box.machine, newest(box), root) == ("/d/b",)
    row = devpts(box.machine)[-1]
    assert (row.where, row.mounts) == (("/d/b",), 1)
    assert devpts(box.machine)[0].where == ("/dev/pts",)


def test_below_the_root_of_who_looks():
    box = machine_with_two()
    inner = box.spawn("inner", INIT, flags=NEWPID)
    space = box.task(inner).space
    assert mounted.paths(box.machine, newest(box), space) == ("/a/b", "/c/pts")
    box.ask(Chroot("/c"), inner)
    assert mounted.paths(box.machine, newest(box), space) == ("/pts",)
    assert devpts(box.machine, space)[0].where == ()


def test_of_another_mount_namespace_there_is_no_path():
    box = machine_with_two()
    inner = box.spawn("inner", INIT, flags=NEWPID | NEWNS)
    space = box.task(inner).space
    box.ask(Umount("/c/pts"), inner)
    box.ask(Mount("y", "/c", "devpts"), inner)
    assert mounted.paths(box.machine, newest(box), space) == ("/c",)
    assert mounted.paths(box.machine, newest(box), ids.root(box.machine)) == ()
    assert mounted.paths(box.machine, 999_999, space) == ()


def test_a_terminal_is_called_so_that_it_is_found():
    box = machine_with_two()
    box.ask(Mount("x", "/c", "devpts", 0, "ptmxmode=666"))
    for ptmx in ("/dev/ptmx", "/c/ptmx"):
        assert isinstance(box.ask(Open(ptmx, int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY))), int)
    names = [called(box.machine, key, Whose()) for key in sitting_at(box.machine, 99)]
    assert names == ["0:console", "0:pts/0", "0:/c/0"]
    box.ask(Umount("/c", 2))
    assert called(box.machine, sitting_at(box.machine, 99)[-1], Whose()) == "pts/0"
