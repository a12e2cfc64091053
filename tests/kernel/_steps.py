"""The steps that programs about processes are made of, each as likely as it is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from nsh.abi.prctl import PrctlOption
from nsh.abi.process import CloneFlag, IdType, WaitOption
from nsh.abi.signals import SaFlag, Sig
from nsh.machine.ids import TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import State, Task

if TYPE_CHECKING:
    from tests.kernel._programs import Writer

C = CloneFlag
W = WaitOption

Kind = Callable[["Writer", TaskId], list[Any] | None]
KINDS: list[tuple[Kind, float]] = []
K = TypeVar("K", bound=Callable[..., list[Any] | None])


def weighing(kinds: list[tuple[K, float]]) -> Callable[[float], Callable[[K], K]]:
    """How a kind of step, a function, is put among others: with its weight, to decorate it."""

    def weigh(weight: float) -> Callable[[K], K]:
        def register(function: K) -> K:
            kinds.append((function, weight))
            return function

        return register

    return weigh


_kind = weighing(KINDS)


@_kind(6)
def fork(writer: Writer, me: TaskId) -> list[Any] | None:
    new = writer.new()
    return None if new is None else ["clone", new, 0, int(Sig.SIGCHLD), []]


@_kind(3)
def clone(writer: Writer, me: TaskId) -> list[Any] | None:
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
def thread(writer: Writer, me: TaskId) -> list[Any] | None:
    new = writer.new()
    return None if new is None else ["thread", new]


@_kind(1)
def exit_(writer: Writer, me: TaskId) -> list[Any] | None:
    if writer.spared(me):
        return None
    return ["exit", writer.random.randrange(256)]


@_kind(3)
def exit_group(writer: Writer, me: TaskId) -> list[Any] | None:
    if writer.spared(me):
        return None
    return ["exit_group", writer.random.randrange(256)]


@_kind(0.4)
def exec_(writer: Writer, me: TaskId) -> list[Any] | None:
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
def wait4(writer: Writer, me: TaskId) -> list[Any] | None:
    options = writer.options()
    if not options & W.WNOHANG and _somebody_waits(writer, me):
        return None
    if writer.random.random() < 0.05:
        options |= writer.pick(4, 0x01000000, 16)
    which = writer.pick(-1, -1, writer.crowd(me), writer.pid(me), 0)
    return ["wait4", which, options]


@_kind(2.5)
def waitid(writer: Writer, me: TaskId) -> list[Any] | None:
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
def kill(writer: Writer, me: TaskId) -> list[Any] | None:
    signo = writer.pick(writer.signo(), writer.signo(), writer.signo(), 65, -1)
    return ["kill", writer.crowd(me), signo]


@_kind(1.5)
def stop(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["kill", writer.pid(me), writer.pick(int(Sig.SIGSTOP), int(Sig.SIGTSTP))]


@_kind(1)
def continue_(writer: Writer, me: TaskId) -> list[Any] | None:
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
def tgkill(writer: Writer, me: TaskId) -> list[Any] | None:
    tid = writer.pick(writer.pid(me), writer.pid(me), 0)
    return ["tgkill", writer.pick(tid, writer.pid(me), 0), tid, writer.pick(writer.signo(), 65)]


@_kind(0.5)
def tkill(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["tkill", writer.pick(writer.pid(me), 0), writer.pick(writer.signo(), 65)]


@_kind(1)
def sigqueue(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["sigqueue", writer.pid(me), writer.pick(writer.signo(), 65), 7]


@_kind(3)
def sigaction(writer: Writer, me: TaskId) -> list[Any] | None:
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
def sigprocmask(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["sigprocmask", writer.pick(0, 0, 1, 2, 3), writer.mask()]


@_kind(0.7)
def sigpending(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["sigpending"]


@_kind(1.5)
def sigtimedwait(writer: Writer, me: TaskId) -> list[Any] | None:
    blocked = writer.world.machine.get(Task, me).blocked
    return [
        "sigtimedwait",
        writer.pick(blocked, blocked, writer.mask()),
        writer.pick(False, False, True),
    ]


@_kind(0.3)
def pause(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["pause"]


@_kind(1.5)
def setsid(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["setsid"]


@_kind(5)
def setpgid(writer: Writer, me: TaskId) -> list[Any] | None:
    return [
        "setpgid",
        writer.pick(0, writer.pid(me), writer.pid(me), -1),
        writer.pick(0, 0, writer.pid(me), writer.pid(me), -1),
    ]


@_kind(0.7)
def getpgid(writer: Writer, me: TaskId) -> list[Any] | None:
    return [writer.pick("getpgid", "getsid"), writer.pick(0, -1, writer.pid(me), writer.pid(me))]


@_kind(0.7)
def getpid(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["getpid"]


@_kind(2)
def unshare(writer: Writer, me: TaskId) -> list[Any] | None:
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
def setns(writer: Writer, me: TaskId) -> list[Any] | None:
    machine = writer.world.machine
    leaders = [task for key, task in machine.items(Task) if task.leader == key]
    number = writer.random.choice([task.pids[1] for task in leaders if len(task.pids) > 1])
    entry = writer.pick("pid", "pid", "pid", "pid_for_children", "uts", "cgroup")
    kind = writer.pick(C.CLONE_NEWPID, C.CLONE_NEWPID, 0, C.CLONE_NEWUTS, C.CLONE_NEWCGROUP)
    return ["setns", number, entry, int(kind)]


@_kind(1.5)
def prctl(writer: Writer, me: TaskId) -> list[Any] | None:
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
def last_pid(writer: Writer, me: TaskId) -> list[Any] | None:
    return ["last_pid", writer.pick("50", "7", "0", "320", "+5", "-1", "x", "9 ", "0x20\n", "1")]
