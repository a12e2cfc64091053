"""The same workers as tasks of the model, for `tests.kernel.test_cgroup2_programs`."""

from __future__ import annotations

from typing import Any

import nsh
from nsh.abi.credentials import Setgroups, Setresgid, Setresuid
from nsh.abi.files import Mount
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import Clone, Wait4, WaitOption
from nsh.abi.signals import Kill
from nsh.kernel.cgroup import freezing, tree
from nsh.machine.cgroups import Cgroup, InCgroups, is_freezing
from nsh.machine.ids import CgroupId
from nsh.machine.tasks import Task
from nsh.machine.value import begin
from tests.kernel._linux_cgroup2 import KEEPER, THREADED, UNIFIED, Hierarchy
from tests.kernel._linux_cgroups import ORDINARY, PLACES, TOP, WORKERS
from tests.kernel._model_cgroups import Tasks as Legacy


class Tasks(Legacy):
    """The same on the model."""

    def __init__(self, name: str, hierarchies: tuple[Hierarchy, ...] = UNIFIED) -> None:
        self.session = nsh.boot("mainline")
        self.contained = set()
        self.kept = [-1] * (WORKERS + 1)
        self.tasks, self.pids = [], []
        for place in (*PLACES, "/u"):
            self.session.run(f"mkdir -m 777 {TOP}{place}")
        self._do("spawn keeper")
        for each in hierarchies:
            where, given = f"{TOP}/u/{each.place}", f"-o {each.options}" * bool(each.options)
            self._do(f"mkdir {where}", f"mount -t {each.kind} {given} none {where}")
            self._do(f"mkdir {where}/{name}", f"echo 2 > {where}/{name}/cgroup.procs")
        self._do("keeper unshare -C")
        for each in hierarchies:
            given = f"-o {each.options}" * bool(each.options)
            self._do(f"keeper mount -t {each.kind} {given} none {TOP}/{each.place}")
        keeper = self.session.task("keeper")
        for number in range(WORKERS):
            self._do(f"keeper spawn w{number}")
            self.tasks.append(self.session.task(f"w{number}"))
        self.tasks.append(keeper)
        for number in THREADED:
            self._do(f"w{number} spawn --thread t{number}")
        threads = [self.session.task(f"t{number}") for number in THREADED]
        self.pids = [task.pids[0] for task in (*self.tasks, *threads)]
        for request in (Setgroups(()), Setresgid(1000, 1000, 1000), Setresuid(1000, 1000, 1000)):
            self._call(ORDINARY, request)
        self._call(ORDINARY, Prctl(PrctlOption.PR_SET_DUMPABLE, 1))
        self._born = 0
        self._children: dict[int, list[int]] = {}

    def _do(self, *lines: str) -> None:
        for line in lines:
            told = self.session.run(line)
            assert told.ok, f"{line}: {told.output}"

    def _mount(self, who: int, where: str) -> Any:
        return self._call(who, Mount("none", where, "cgroup2", 0, ""))

    def _read(self, who: int, path: str) -> Any:
        return self._text(who, path)

    def _put(self, who: int, path: str, text: str) -> Any:
        return self._attach(who, path, text)

    def _fork(self, who: int) -> Any:
        self._born += 1
        pid = self._call(who, Clone(name=f"c{self._born}"))
        self._children.setdefault(who, []).append(pid)
        return 0

    def _bury(self, who: int, whole: bool) -> Any:
        children = self._children.get(who)
        if not children:
            return "ECHILD"
        self._call(who, Kill(children[0], 9))
        if whole:
            self._call(who, Wait4(children.pop(0)))
        return 0

    def _begin(self, who: int) -> Any:
        self._born += 1
        return self._call(who, Clone(name=f"v{self._born}"))

    def _send(self, who: int, pid: int, signo: int) -> Any:
        return self._call(who, Kill(pid, signo))

    def _state(self, who: int, pid: int) -> Any:
        lines = self._text(who, f"/proc/{pid}/status").splitlines()
        told = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        return [told["State"][:1].replace("R", "S"), told["ShdPnd"]]

    def _reap(self, who: int, pid: int) -> Any:
        options = WaitOption.WNOHANG | WaitOption.WUNTRACED | WaitOption.WCONTINUED
        found = self._call(who, Wait4(pid, int(options)))
        return [found.pid, found.status]

    # ---- what is asked of the model alone

    def _cgroup(self, path: str) -> CgroupId | None:
        """The cgroup of the last hierarchy that the keeper finds there."""
        tx = begin(self.session.machine)
        row = tx.get(InCgroups, self.tasks[KEEPER].id)
        here = row.cgroups[max(row.cgroups)]
        for name in path.strip("/").split("/"):
            found = tx.get(Cgroup, here).children.get(name)
            if found is None:
                return None
            here = found
        return here

    def holds_worker(self, path: str) -> bool:
        """Whether a worker, or a thread of one, is in the cgroup that the keeper finds at *path* or
        below; so it is said of what is not there."""
        top = self._cgroup(path)
        tx = begin(self.session.machine)
        if top is None:
            return True
        for task in self.tasks:
            for tid in (task.id, *tx.get(Task, task.id).threads):
                row = tx.find(InCgroups, tid)
                if row and any(tree.is_below(tx, one, top) for one in row.cgroups.values()):
                    return True
        return False

    def is_gone(self, whose: int) -> bool:
        """Whether nobody has the number of that one, or never had."""
        gone = (
            self.ask(KEEPER, ["send", self.pids[whose], 0]) if whose < len(self.pids) else "ESRCH"
        )
        return bool(gone == "ESRCH")

    @property
    def anything_frozen(self) -> bool:
        """Whether a cgroup is to be frozen."""
        tx = begin(self.session.machine)
        return any(
            freezing.to_freeze(tx, CgroupId(key)) or is_freezing(tx, CgroupId(key))
            for key, _row in tx.items(Cgroup)
        )
