"""Random programs about locks: ranges, owners, waiters, circles of waiters, and ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nsh.abi.files import OpenFlag
from nsh.abi.locks import FlockOperation, LockCommand, LockType
from nsh.abi.process import CloneFlag
from nsh.abi.signals import SaFlag, Sig
from nsh.kernel import contexts
from nsh.machine.ids import TaskId
from nsh.machine.tasks import State, Task
from nsh.machine.value import begin
from tests.kernel import _steps
from tests.kernel._linux import Step
from tests.kernel._programs import Writer

FIRST_FD, FDS = 200, 5
_FORK = [0, int(Sig.SIGCHLD), []]
_BEGINNING: list[Step] = [
    [0, "memory", FIRST_FD],
    [0, "clone", 1, *_FORK],
    [0, "clone", 2, *_FORK],
    [0, "clone", 3, *_FORK],
]


class LockWriter(Writer):
    """Writes one program, performing it on the model as it goes."""

    def write(self, length: int) -> None:
        """A file that several processes have open is there to begin with."""
        for step in _BEGINNING:
            self.take(step)
        self.puppets = 4
        super().write(length)

    def among(self, free: list[tuple[int, TaskId]]) -> list[tuple[int, TaskId]]:
        return free

    def kinds(self) -> Sequence[tuple[Any, float]]:
        return _KINDS

    def fd(self, me: TaskId) -> int:
        """Mostly one that is open."""
        table = contexts.files(begin(self.world.machine), me)
        known = [fd for fd in sorted(table) if fd >= FIRST_FD]
        if known and self.random.random() < 0.97:
            return int(self.random.choice(known))
        return FIRST_FD + self.random.randrange(FDS)

    def number(self) -> int:
        """Of a descriptor that may be made."""
        return FIRST_FD + self.random.randrange(FDS)

    def range(self) -> list[int]:
        """Start, length, whence."""
        if self.random.random() < 0.03:
            return [
                self.pick(-1, 1 << 62, (1 << 63) - 1),
                self.pick(0, -3, 1 << 62),
                self.pick(0, 3),
            ]
        start, length = self.random.randrange(10), self.random.randrange(6)
        if self.random.random() < 0.05:
            length = -length
        return [start, length, self.pick(0, 0, 0, 0, 1, 2)]

    def kind(self) -> int:
        return int(
            self.pick(LockType.F_RDLCK, LockType.F_WRLCK, LockType.F_WRLCK, LockType.F_UNLCK)
        )


Kind = Callable[[LockWriter, TaskId], "list[Any] | None"]
_KINDS: list[tuple[Kind, float]] = []
_kind = _steps.weighing(_KINDS)


@_kind(10)
def _set(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["record_lock", writer.fd(me), int(LockCommand.F_SETLK), writer.kind(), *writer.range()]


@_kind(9)
def _wait(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["record_lock", writer.fd(me), int(LockCommand.F_SETLKW), writer.kind(), *writer.range()]


@_kind(5)
def _ofd(writer: LockWriter, me: TaskId) -> list[Any] | None:
    command = writer.pick(
        LockCommand.F_OFD_SETLK, LockCommand.F_OFD_SETLK, LockCommand.F_OFD_SETLKW
    )
    return ["record_lock", writer.fd(me), int(command), writer.kind(), *writer.range()]


@_kind(7)
def _get(writer: LockWriter, me: TaskId) -> list[Any] | None:
    command = writer.pick(LockCommand.F_GETLK, LockCommand.F_GETLK, LockCommand.F_OFD_GETLK)
    return ["record_lock", writer.fd(me), int(command), writer.kind(), *writer.range()]


@_kind(5)
def _flock(writer: LockWriter, me: TaskId) -> list[Any] | None:
    operation = writer.pick(FlockOperation.LOCK_SH, FlockOperation.LOCK_EX, FlockOperation.LOCK_UN)
    if writer.random.random() < 0.6:
        operation |= FlockOperation.LOCK_NB
    return ["flock", writer.fd(me), int(operation) if writer.random.random() < 0.98 else 3]


@_kind(1)
def _everything(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["record_lock", writer.fd(me), int(LockCommand.F_SETLK), int(LockType.F_UNLCK), 0, 0, 0]


@_kind(1.5)
def _close(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["close_file", writer.fd(me)]


@_kind(2.5)
def _reopen(writer: LockWriter, me: TaskId) -> list[Any] | None:
    flags = writer.pick(OpenFlag.O_RDWR, OpenFlag.O_RDWR, OpenFlag.O_RDWR, OpenFlag.O_RDONLY)
    if writer.random.random() < 0.1:
        flags = OpenFlag.O_WRONLY
    return ["reopen", writer.number(), writer.fd(me), int(flags)]


@_kind(1)
def _dup(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["dup_file", writer.fd(me), writer.number()]


@_kind(0.4)
def _second_file(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["memory", writer.number()]


@_kind(2)
def _fork(writer: LockWriter, me: TaskId) -> list[Any] | None:
    new = writer.new()
    if new is None:
        return None
    flags = int(CloneFlag.CLONE_NEWPID) if writer.random.random() < 0.3 else 0
    flags |= int(CloneFlag.CLONE_FILES) if writer.random.random() < 0.4 else 0
    return ["clone", new, flags, int(Sig.SIGCHLD), []]


@_kind(0.7)
def _part(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["unshare", int(writer.pick(CloneFlag.CLONE_FILES, 0, CloneFlag.CLONE_FS))]


_kind(0.7)(_steps.thread)


@_kind(0.5)
def _exit(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return None if writer.spared(me) else ["exit", 0]


@_kind(1)
def _exit_group(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return None if writer.spared(me) else ["exit_group", 0]


_kind(0.3)(_steps.exec_)


@_kind(2.5)
def _kill(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["kill", writer.pid(me), int(writer.pick(Sig.SIGUSR1, Sig.SIGUSR2, Sig.SIGKILL))]


@_kind(1)
def _stop(writer: LockWriter, me: TaskId) -> list[Any] | None:
    stopped = [
        task for key, task in writer.world.machine.items(Task) if task.state is State.STOPPED
    ]
    signo = Sig.SIGCONT if stopped and writer.random.random() < 0.7 else Sig.SIGSTOP
    return ["kill", writer.pid(me), int(signo)]


@_kind(2)
def _sigaction(writer: LockWriter, me: TaskId) -> list[Any] | None:
    flags = int(SaFlag.SA_RESTART) if writer.random.random() < 0.5 else 0
    handler = writer.pick("handler", "handler", "ignore")
    return ["sigaction", int(writer.pick(Sig.SIGUSR1, Sig.SIGUSR2)), handler, flags, 0]


@_kind(1)
def _wait4(writer: LockWriter, me: TaskId) -> list[Any] | None:
    return ["wait4", -1, 1]
