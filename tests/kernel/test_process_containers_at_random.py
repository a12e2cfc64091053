"""G1-G11: whatever is done to process containers, in whatever order, the machine stays sound.

Invariants are checked after each call; they hold what subsystems count against who is there.
"""

from __future__ import annotations

import random
from typing import Any, Final

import pytest

from nsh.abi.files import Close, Dup, MountFlag, Open, OpenFlag, Pipe, Umount
from nsh.abi.files import Mount as MountRequest
from nsh.abi.names import Mkdir, Rename, Rmdir, Unlink
from nsh.abi.namespaces import Unshare
from nsh.abi.process import Clone, CloneFlag, Execve, Exit, Fork, Wait4, WaitOption
from nsh.abi.request import Failure, Request
from nsh.abi.signals import Kill, Sig
from nsh.kernel import policies
from nsh.kernel.boot import INIT
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.subsystems import Subsystems
from nsh.machine.tasks import State, Task
from tests.kernel._running import THREAD
from tests.kernel.lab import Lab

SUBSYSTEMS: Final = ("cpuacct", "cpuset", "memset", "ns_container", "numfiles", "numtasks")
TREES: Final = ("/tmp/one", "/tmp/two")
PATHS: Final = ("", "/a", "/a", "/b", "/a/a", "/a/b", "/b/a")
SETTINGS: Final = (
    *(("cpuset.cpus", text) for text in ("0", "0-1", "0-3", "3", "", "9", "x")),
    *(("memset.mems", text) for text in ("0", "0-1", "1", "")),
    *((f"{name}_exclusive", text) for name in ("cpuset.cpu", "memset.mem") for text in "01"),
    *(("numtasks.shares", f"min_shares={n}") for n in (0, 10, 60, "dont_care")),
    *(("numtasks.shares", f"max_shares={n}") for n in (0, 50, 100, "dont_care")),
    ("numtasks.shares", "child_shares_divisor=50"),
    *(("numtasks.total", text) for text in ("4", "9", "32768")),
    *((f"numfiles.{name}", text) for name in ("barrier", "limit") for text in ("0", "2", "99")),
    *(
        (name, text)
        for name in ("auto_delete", "auto_delete", "notify_on_release")
        for text in "011"
    ),
    ("cpuacct.usage", "0"),
    ("release_agent", "/tmp/agent"),
)
POLICIES: Final = (
    policies.CONTAINER_CREATE,
    policies.CONTAINER_RMDIR,
    policies.CONTAINER_BINDING,
)
SPACES: Final = tuple(map(int, (CloneFlag.CLONE_NEWUTS, CloneFlag.CLONE_NEWPID)))


class Crowd(Lab):
    """Tasks that do what they are told, at random."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = random.Random(seed)
        for tree in TREES:
            self.ask(Mkdir(tree))
        self.mount(TREES[0], "")

    def mount(self, where: str, options: str, flags: int = 0) -> object:
        return self.ask(MountRequest("none", where, "container", flags, options))

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def living(self) -> list[TaskId]:
        rows = self.machine.items(Task)
        return [TaskId(key) for key, row in rows if row.state is State.ALIVE and row.context]

    def options(self) -> str:
        some = self.random.sample(SUBSYSTEMS, self.random.randrange(1, len(SUBSYSTEMS) + 1))
        return str(self.one("", *[",".join(some)] * 3))

    def step(self) -> None:
        path = self.one(*TREES) + self.one(*PATHS)
        who = self.one(INIT, *self.living())
        match self.random.randrange(20):
            case 0 | 1:
                self.change(Mkdir(path), INIT)
            case 2:
                self.change(Rmdir(path), INIT)
            case 3 | 4 | 5:
                number = self.task(self.one(*self.living())).pids[0]
                self.write(f"{path}/tasks", str(self.one(number, 0, 999)).encode(), who)
            case 6 | 7 | 8:
                name, text = self.one(*SETTINGS)
                self.write(f"{path}/{name}", text.encode())
            case 9:
                self.change(Fork(), who)
            case 10:
                self.change(Clone(self.one(THREAD, *SPACES), self.one(0, 17)), who)
            case 11:
                self.change(Unshare(CloneFlag(self.one(*SPACES))), who)
            case 12 if who != INIT:
                self.ask(self.one(Exit(0), Execve("/bin/true", ("true",))), who)
            case 13:
                number = self.task(self.one(*self.living())).pids[0]
                if number != 1:
                    self.ask(Kill(number, Sig.SIGKILL))
            case 14:
                self.ask(Wait4(-1, WaitOption.WNOHANG), who)
            case 15:
                request = self.one(Open("/proc/self/stat", OpenFlag.O_RDONLY), Pipe(), Dup(0))
                self.change(request, who)
            case 16:
                self.ask(Close(self.random.randrange(3, 8)), who)
            case 17:
                self.mount(self.one(*TREES), self.options(), self.one(0, int(MountFlag.MS_REMOUNT)))
            case 18:
                self.ask(self.one(Umount(self.one(*TREES)), Unlink(f"{path}/tasks")))
                self.ask(Rename(path, path + "2"))
            case 19:
                chosen = self.one(*POLICIES)
                self.policy(chosen, self.one(*chosen.values))

    def change(self, request: Request, who: TaskId) -> None:
        """A call that, refused, leaves who is in which container, and what each says, as it was."""
        before = self.told()
        if isinstance(self.raw(request, who), Failure):
            assert self.told() == before, request

    def told(self) -> list[str]:
        """Where everybody is, and what everything says that is not to be counted up by asking."""
        row = self.machine.find(Subsystems, 0)
        told = [str(sorted({} if row is None else dict(row.bound).items()))]
        machine = self.machine
        told += [self.cat(f"/proc/{pid}/containers") for pid in self.pids()]
        names = ("tasks", "cpuset.cpus", "memset.mems", "numfiles.held", "auto_delete")
        for where in (tree + path for tree in TREES for path in dict.fromkeys(PATHS)):
            told += [self.cat(f"{where}/{name}") for name in names]
            told.append(self.cat(f"{where}/numtasks.stats").partition("failures")[0])
        self.machine = machine
        return told


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_anything_leaves_the_machine_sound(seed: int) -> None:
    crowd = Crowd(seed)
    for _ in range(100):
        crowd.step()
    assert violations(crowd.machine) == []
