"""Random programs for puppets: from the same source, always the same as long as the model is."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from nsh.abi.prctl import PrctlOption
from nsh.abi.process import CloneFlag, IdType, WaitOption
from nsh.abi.signals import SaFlag, Sig, bit
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import State, Task
from tests.kernel._linux import PUPPETS, Step
from tests.kernel._model import World

C = CloneFlag
W = WaitOption
SIGNALS = [
    0,
    Sig.SIGTERM,
    Sig.SIGKILL,
    Sig.SIGSTOP,
    Sig.SIGTSTP,
    Sig.SIGTTIN,
    Sig.SIGCONT,
    Sig.SIGCONT,
    Sig.SIGCHLD,
    Sig.SIGUSR1,
    Sig.SIGUSR2,
    Sig.SIGWINCH,
    Sig.SIGHUP,
    Sig.SIGQUIT,
    34,
    40,
]
ODD = [-(2**31), -99, 99, 5000]


class Writer:
    """Writes one program, performing it on the model as it goes."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.world = World()
        self.steps: list[Step] = []
        self.seen: list[dict[str, Any]] = []
        self.puppets = 1

    def write(self, length: int) -> None:
        """As many steps, less those that cannot be compared."""
        for _ in range(length):
            if not self.add():
                break

    def add(self) -> bool:
        """One step more, if it can be compared; False if nobody can make any."""
        step = self._next()
        if step is None:
            return False
        self.take(step)
        return True

    def take(self, step: Step) -> None:
        """That step, if it can be compared."""
        before = self.world.copy()
        seen = self.world.step(len(self.steps), step)
        if self.world.told_otherwise(before) or not self.world.mortal():
            self.world = before
        else:
            self.seen.append(seen)
            self.steps.append(step)

    def _next(self) -> Step | None:
        free = list(self.world.puppets())
        if not free:
            return None
        if len(free) > 1 and free[0][0] == 0 and self.random.random() < 0.5:
            free = free[1:]  # init is one among many, and seldom the interesting one
        slot, task = self.random.choice(free)
        kinds, weights = zip(*_KINDS, strict=True)
        while True:
            kind = self.random.choices(kinds, weights)[0]
            step = kind(self, task)
            if step is not None:
                return [slot, *step]

    # ---- material

    def new(self) -> int | None:
        if self.puppets == PUPPETS:
            return None
        self.puppets += 1
        return self.puppets - 1

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def seen_by(self, me: TaskId) -> list[int]:
        machine = self.world.machine
        return sorted(machine.get(PidSpace, machine.get(Task, me).space).task_of)

    def pid(self, me: TaskId) -> int:
        """Mostly somebody the caller sees."""
        if self.random.random() < 0.08:
            return int(self.random.choice(ODD))
        if self.random.random() < 0.3:
            mine = self.world.machine.get(Task, self.world.machine.get(Task, me).leader)
            level = len(mine.pids) - 1
            children = [self.world.machine.get(Task, child) for child in sorted(mine.children)]
            if children:
                return int(self.random.choice(children).pids[level])
        return int(self.random.choice(self.seen_by(me)))

    def crowd(self, me: TaskId) -> int:
        """As in kill(2): one, my group, all, a group."""
        roll = self.random.random()
        if roll < 0.6:
            return self.pid(me)
        if roll < 0.7:
            return 0
        if roll < 0.8:
            return -1
        return -abs(self.pid(me))

    def spared(self, me: TaskId) -> bool:
        """Whether the caller had better not die: the world would end with it."""
        leader = self.world.machine.get(Task, self.world.machine.get(Task, me).leader)
        return leader.pids[1:] == (1,) and self.random.random() < 0.97

    def options(self) -> int:
        value = 0
        for flag, chance in (
            (W.WNOHANG, 0.6),
            (W.WUNTRACED, 0.4),
            (W.WCONTINUED, 0.3),
            (W.WALL, 0.3),
            (W.WNOTHREAD, 0.1),
            (W.WCLONE, 0.1),
        ):
            if self.random.random() < chance:
                value |= int(flag)
        return value

    def signo(self) -> int:
        return int(self.random.choice(SIGNALS))

    def mask(self) -> int:
        value = 0
        for _ in range(self.random.randrange(4)):
            value |= bit(self.random.choice([s for s in SIGNALS if s]))
        return value


Kind = Callable[[Writer, TaskId], list[Any] | None]
_KINDS: list[tuple[Kind, float]] = []


def _kind(weight: float) -> Callable[[Kind], Kind]:
    def register(function: Kind) -> Kind:
        _KINDS.append((function, weight))
        return function

    return register


@_kind(6)
def _fork(writer: Writer, me: TaskId) -> list[Any] | None:
    new = writer.new()
    return None if new is None else ["clone", new, 0, int(Sig.SIGCHLD), []]


@_kind(3)
def _clone(writer: Writer, me: TaskId) -> list[Any] | None:
    new = writer.new()
    if new is None:
        return None
    flags = 0
    for flag, chance in (
        (C.CLONE_NEWPID, 0.5),
        (C.CLONE_PARENT, 0.15),
        (C.CLONE_FILES, 0.1),
        (C.CLONE_FS, 0.1),
        (C.CLONE_NEWUTS, 0.1),
        (C.CLONE_NEWCGROUP, 0.1),
        (C.CLONE_THREAD, 0.03),
        (C.CLONE_SIGHAND, 0.03),
    ):
        if writer.random.random() < chance:
            flags |= int(flag)
    set_tid: list[int] = []
    if writer.random.random() < 0.3:
        inside = writer.world.machine.get(Task, me).pids[1:]
        levels = len(inside) + bool(flags & C.CLONE_NEWPID)
        wanted = writer.pick(*range(1, levels + 1), 40)
        set_tid = [writer.pick(1, 2, 3, 5, 7, 20, 300, 0, -1) for _ in range(wanted)]
    if flags & (C.CLONE_THREAD | C.CLONE_SIGHAND):
        flags &= ~int(C.CLONE_PARENT)  # never both: that one could succeed, sharing memory
    signo = 0 if flags & C.CLONE_PARENT else writer.pick(17, 17, 17, 0, int(Sig.SIGWINCH))
    if flags & C.CLONE_THREAD:
        signo = 0
    return ["clone", new, flags, signo, set_tid]


@_kind(2)
def _thread(writer: Writer, me: TaskId) -> list[Any] | None:
    new = writer.new()
    return None if new is None else ["thread", new]


@_kind(1)
def _exit(writer: Writer, me: TaskId) -> list[Any] | None:
    if writer.spared(me):
        return None
    return ["exit", writer.random.randrange(256)]


@_kind(3)
def _exit_group(writer: Writer, me: TaskId) -> list[Any] | None:
    if writer.spared(me):
        return None
    return ["exit_group", writer.random.randrange(256)]


@_kind(0.4)
def _exec(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["exec"]


def _somebody_waits(writer: Writer, me: TaskId) -> bool:
    """Whether another thread of the process is blocked: which of two is woken is a race."""
    machine = writer.world.machine
    leader = machine.get(Task, machine.get(Task, me).leader)
    free = {task for _slot, task in writer.world.puppets()}
    return any(
        tid not in free and machine.get(Task, tid).state is State.ALIVE
        for tid in (machine.get(Task, me).leader, *leader.threads)
    )


@_kind(4)
def _wait4(writer: Writer, me: TaskId) -> list[Any] | None:
    options = writer.options()
    if not options & W.WNOHANG and _somebody_waits(writer, me):
        return None
    if writer.random.random() < 0.05:
        options |= writer.pick(4, 0x01000000, 16)
    which = writer.pick(-1, -1, writer.crowd(me), writer.pid(me), 0)
    return ["wait4", which, options]


@_kind(2.5)
def _waitid(writer: Writer, me: TaskId) -> list[Any] | None:
    options = writer.options()
    if not options & W.WNOHANG and _somebody_waits(writer, me):
        return None
    if writer.random.random() < 0.8:
        options |= int(W.WEXITED)
    if writer.random.random() < 0.3:
        options |= int(W.WNOWAIT)
    idtype = writer.pick(IdType.P_ALL, IdType.P_PID, IdType.P_PID, IdType.P_PGID, 7)
    return ["waitid", int(idtype), writer.pick(0, writer.pid(me), writer.pid(me), -1), options]


@_kind(7)
def _kill(writer: Writer, me: TaskId) -> list[Any] | None:
    signo = writer.pick(writer.signo(), writer.signo(), writer.signo(), 65, -1)
    return ["kill", writer.crowd(me), signo]


@_kind(1.5)
def _stop(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["kill", writer.pid(me), writer.pick(int(Sig.SIGSTOP), int(Sig.SIGTSTP))]


@_kind(1)
def _continue(writer: Writer, me: TaskId) -> list[Any] | None:
    stopped = [
        task
        for _key, task in writer.world.machine.items(Task)
        if task.state is State.STOPPED and task.leader == TaskId(_key)
    ]
    if not stopped:
        return None
    own = writer.world.machine.get(PidSpace, writer.world.machine.get(Task, me).space)
    whom = writer.random.choice(stopped)
    if own.level >= len(whom.pids) or own.task_of.get(whom.pids[own.level]) is None:
        return None
    return ["kill", whom.pids[own.level], int(Sig.SIGCONT)]


@_kind(1)
def _tgkill(writer: Writer, me: TaskId) -> list[Any] | None:
    tid = writer.pick(writer.pid(me), writer.pid(me), 0)
    return ["tgkill", writer.pick(tid, writer.pid(me), 0), tid, writer.pick(writer.signo(), 65)]


@_kind(0.5)
def _tkill(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["tkill", writer.pick(writer.pid(me), 0), writer.pick(writer.signo(), 65)]


@_kind(1)
def _sigqueue(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["sigqueue", writer.pid(me), writer.pick(writer.signo(), 65), 7]


@_kind(3)
def _sigaction(writer: Writer, me: TaskId) -> list[Any] | None:
    signo = writer.pick(writer.signo(), int(Sig.SIGCHLD), 65)
    flags = 0
    for flag, chance in (
        (SaFlag.SA_NOCLDSTOP, 0.2),
        (SaFlag.SA_NOCLDWAIT, 0.2),
        (SaFlag.SA_RESTART, 0.3),
        (SaFlag.SA_NODEFER, 0.1),
        (SaFlag.SA_RESETHAND, 0.1),
    ):
        if writer.random.random() < chance:
            flags |= int(flag)
    handler = writer.pick("default", "ignore", "handler", "handler")
    return ["sigaction", signo, handler, flags, writer.mask()]


@_kind(3)
def _sigprocmask(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["sigprocmask", writer.pick(0, 0, 1, 2, 3), writer.mask()]


@_kind(0.7)
def _sigpending(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["sigpending"]


@_kind(1.5)
def _sigtimedwait(writer: Writer, me: TaskId) -> list[Any] | None:
    blocked = writer.world.machine.get(Task, me).blocked
    return [
        "sigtimedwait",
        writer.pick(blocked, blocked, writer.mask()),
        writer.pick(False, False, True),
    ]


@_kind(0.3)
def _pause(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["pause"]


@_kind(1.5)
def _setsid(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["setsid"]


@_kind(5)
def _setpgid(writer: Writer, me: TaskId) -> list[Any] | None:
    return [
        "setpgid",
        writer.pick(0, writer.pid(me), writer.pid(me), -1),
        writer.pick(0, 0, writer.pid(me), writer.pid(me), -1),
    ]


@_kind(0.7)
def _getpgid(writer: Writer, me: TaskId) -> list[Any] | None:
    return [writer.pick("getpgid", "getsid"), writer.pick(0, -1, writer.pid(me), writer.pid(me))]


@_kind(0.7)
def _getpid(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["getpid"]


@_kind(2)
def _unshare(writer: Writer, me: TaskId) -> list[Any] | None:
    flags = writer.pick(
        C.CLONE_NEWPID,
        C.CLONE_NEWPID,
        C.CLONE_NEWPID,
        C.CLONE_FILES,
        C.CLONE_FS,
        C.CLONE_NEWUTS,
        C.CLONE_NEWCGROUP,
        C.CLONE_VM,
        C.CLONE_THREAD,
        C.CLONE_SIGHAND,
        C.CLONE_PARENT,
        0,
    )
    return ["unshare", int(flags)]


@_kind(2)
def _setns(writer: Writer, me: TaskId) -> list[Any] | None:
    machine = writer.world.machine
    leaders = [task for key, task in machine.items(Task) if task.leader == key]
    number = writer.random.choice([task.pids[1] for task in leaders if len(task.pids) > 1])
    entry = writer.pick("pid", "pid", "pid", "pid_for_children", "uts", "cgroup")
    kind = writer.pick(C.CLONE_NEWPID, C.CLONE_NEWPID, 0, C.CLONE_NEWUTS, C.CLONE_NEWCGROUP)
    return ["setns", number, entry, int(kind)]


@_kind(1.5)
def _prctl(writer: Writer, me: TaskId) -> list[Any] | None:
    step: list[Any] = writer.pick(
        ["prctl", int(PrctlOption.PR_SET_CHILD_SUBREAPER), 1],
        ["prctl", int(PrctlOption.PR_SET_CHILD_SUBREAPER), 1],
        ["prctl", int(PrctlOption.PR_SET_CHILD_SUBREAPER), 0],
        ["prctl", int(PrctlOption.PR_SET_PDEATHSIG), writer.signo()],
        ["prctl", int(PrctlOption.PR_SET_PDEATHSIG), 65],
        ["prctl_get", int(PrctlOption.PR_GET_CHILD_SUBREAPER)],
        ["prctl_get", int(PrctlOption.PR_GET_PDEATHSIG)],
    )
    return step


@_kind(0.5)
def _last_pid(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["last_pid", writer.pick("50", "7", "0", "320", "+5", "-1", "x", "9 ", "0x20\n", "1")]
