"""The steps that programs about ipc are made of, each as likely as it is worth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nsh.abi import ipc
from nsh.abi.files import OpenFlag
from nsh.abi.ipc import IpcCommand
from nsh.abi.process import CloneFlag
from nsh.abi.signals import SaFlag, Sig
from nsh.machine.ids import TaskId
from nsh.machine.sem import SemSet
from nsh.machine.tasks import Task
from tests.kernel import _steps

if TYPE_CHECKING:
    from tests.kernel._ipc_programs import IpcWriter

C = CloneFlag
FIRST_FD, FDS = 200, 6
MODES = (0o600, 0o600, 0o644, 0o400, 0o200, 0)

KEYS = (0, 0, 1, 2, 3, -7)
ADDRESSES = tuple(0x1_0000_0000 + n * 0x10_0000 for n in range(5))
NAMES = ("a", "b", "c")
TEXTS = ("", "x", "hello", "0123456789")
SETTINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("kernel/msg_next_id", ("0", "1", "7", "32769", "98305", "-1", "x")),
    ("kernel/sem_next_id", ("0", "1", "7", "32769", "65537")),
    ("kernel/shm_next_id", ("0", "2", "7", "32769")),
    ("kernel/msgmax", ("4", "8192", "0", "-1")),
    ("kernel/msgmnb", ("9", "16384", "20")),
    ("kernel/msgmni", ("2", "3", "32000", "32769")),
    ("kernel/shmmni", ("2", "4096", "-1")),
    ("kernel/shmmax", ("4096", "18446744073692774399", "-1")),
    ("kernel/shmall", ("3", "18446744073692774399")),
    ("kernel/shm_rmid_forced", ("0", "1", "1", "2")),
    ("kernel/sem", ("32000 1024000000 500 32000", "3 5 2 2", "4", "5 6", "1 2 3 40000", "x")),
    ("fs/mqueue/msg_max", ("3", "10", "0")),
    ("fs/mqueue/msg_default", ("2", "10")),
    ("fs/mqueue/msgsize_default", ("128", "8192", "127")),
)


Kind = Callable[["IpcWriter", TaskId], list[Any] | None]
KINDS: list[tuple[Kind, float]] = []
_kind = _steps.weighing(KINDS)


# ---- processes


_kind(1.2)(_steps.fork)


@_kind(1.2)
def _clone(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    new = writer.new()
    if new is None:
        return None
    flags = 0
    for flag, chance in (
        (C.CLONE_NEWIPC, 0.12),
        (C.CLONE_SYSVSEM, 0.5),
        (C.CLONE_NEWPID, 0.25),
        (C.CLONE_FILES, 0.1),
    ):
        flags |= int(flag) if writer.chance(chance) else 0
    if flags & C.CLONE_NEWIPC:  # with both it fails, having attached and detached all segments
        flags &= ~int(C.CLONE_SYSVSEM)
    return ["clone", new, flags, int(Sig.SIGCHLD), []]


_kind(0.5)(_steps.exec_)


@_kind(0.9)
def _exit(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    return None if writer.spared(me) else ["exit_group", 0]


@_kind(0.3)
def _wait(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    return ["wait4", -1, 1]


@_kind(1.5)
def _kill(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    signo = writer.pick(Sig.SIGUSR1, Sig.SIGUSR1, Sig.SIGSTOP, Sig.SIGCONT, Sig.SIGCONT, 9)
    return ["kill", writer.pid(me), int(signo)]


@_kind(1)
def _continue(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    stopped = [
        task.pids[1]
        for _key, task in writer.world.machine.items(Task)
        if task.state.name == "STOPPED" and task.pids[1:]
    ]
    if not stopped or len(writer.world.machine.get(Task, me).pids) != 2:
        return None
    return ["kill", writer.random.choice(stopped), int(Sig.SIGCONT)]


@_kind(0.7)
def _sigaction(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    flags = writer.pick(0, int(SaFlag.SA_RESTART))
    signo = writer.pick(Sig.SIGUSR1, Sig.SIGUSR2)
    return ["sigaction", int(signo), writer.pick("handler", "handler", "ignore"), flags, 0]


@_kind(0.35)
def _unshare(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    return ["unshare", int(writer.pick(C.CLONE_NEWIPC, C.CLONE_SYSVSEM, C.CLONE_SYSVSEM))]


@_kind(0.5)
def _setns(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    machine = writer.world.machine
    leaders = [task for key, task in machine.items(Task) if task.leader == key]
    number = writer.random.choice([task.pids[1] for task in leaders if len(task.pids) > 1])
    return ["setns", number, "ipc", int(writer.pick(C.CLONE_NEWIPC, C.CLONE_NEWIPC, 0))]


@_kind(1)
def _setting(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    path, values = writer.pick(*SETTINGS)
    return ["setting", path, writer.random.choice(values)]


@_kind(3)
def _look(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    return ["look", writer.pick("shm", "sem", "msg")]


@_kind(1)
def _control(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    kind = writer.pick("shm", "sem", "msg")
    command = writer.pick(*(IpcCommand.IPC_STAT,) * 3, IpcCommand.IPC_SET, IpcCommand.IPC_RMID)
    # more than msgmnb takes CAP_SYS_RESOURCE, which root may not have
    mode, qbytes = writer.pick(*MODES), min(writer.pick(10, 20, 5), writer.space(me).msgmnb)
    number = writer.id(me, kind)
    return None if number is None else ["control", kind, number, int(command), mode, qbytes]


# ---- segments


@_kind(2)
def _shmget(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    size = writer.pick(1, 100, 4096, 5000, 5000, 0)
    return ["shmget", writer.pick(*KEYS), size, writer.creation()]


@_kind(2.5)
def _shmat(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    number = writer.id(me, "shm")
    if number is None:
        return None
    address = writer.random.choice(ADDRESSES)
    flags = writer.pick(0, 0, 0, ipc.SHM_RDONLY)
    if writer.chance(0.1):
        address += writer.pick(1, 4096, 5000)
        flags |= ipc.SHM_RND if writer.chance(0.5) else 0
    return ["shmat", number, address, int(flags)]


@_kind(1)
def _shmdt(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    known = writer.attached(me)
    if not known:
        return None
    address = writer.random.choice(known).address
    return ["shmdt", address if writer.chance(0.95) else address + 4096]


@_kind(1.5)
def _store(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    known = [each for each in writer.attached(me) if not each.readonly]
    if not known:
        return None
    each = writer.random.choice(known)
    offset = writer.pick(0, 3, 90, each.size - 10)
    return ["store", each.address + offset, writer.random.choice(TEXTS)]


@_kind(1.5)
def _load(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    known = writer.attached(me)
    if not known:
        return None
    each = writer.random.choice(known)
    return ["load", each.address + writer.pick(0, 0, 85, each.size - 12), 12]


# ---- semaphores


@_kind(1.5)
def _semget(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    count = writer.pick(1, 2, 3, 3, 3, 3, 0, -1)
    return ["semget", writer.pick(*KEYS), count, writer.creation()]


@_kind(7)
def _semop(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    number = writer.id(me, "sem")
    if number is None:
        return None
    ops = []
    for _ in range(writer.random.choices((1, 2, 3), (6, 3, 1))[0]):
        change = writer.pick(1, 1, 2, 3, -1, -1, -2, -3, 0, 0, 32767)
        flags = writer.nowait(0.15) | (ipc.SEM_UNDO if writer.chance(0.35) else 0)
        ops.append([writer.pick(*(0,) * 8, *(1,) * 4, 2, 2, 5), change, flags])
    timeout = writer.pick(None, None, None, 0)
    return ["semop", number, ops, timeout]


@_kind(3)
def _semctl(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    number = writer.id(me, "sem")
    if number is None:
        return None
    command = writer.pick(
        IpcCommand.GETALL,
        IpcCommand.GETALL,
        IpcCommand.GETVAL,
        IpcCommand.GETPID,
        IpcCommand.GETPID,
        IpcCommand.GETNCNT,
        IpcCommand.GETNCNT,
        IpcCommand.GETZCNT,
        IpcCommand.SETVAL,
    )
    semnum = writer.pick(0, 0, 0, 1, 1, 2, 9)
    values = [writer.pick(0, 1, 2, 3, 32767, 32768, -1)] if command == IpcCommand.SETVAL else []
    return ["semctl", number, semnum, int(command), values]


@_kind(0.4)
def _setall(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    number = writer.id(me, "sem")
    if number is None:
        return None
    sets = [found for _key, found in writer.world.machine.items(SemSet)]
    count = next((len(found.values) for found in sets if found.id == number), 0)
    same = {len(found.values) for found in sets if found.id == number}
    if len(same) != 1:
        return None
    values = [writer.pick(0, 1, 2, 32768) for _ in range(count)]
    return ["semctl", number, 0, int(IpcCommand.SETALL), values]


# ---- messages


@_kind(1.5)
def _msgget(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    return ["msgget", writer.pick(*KEYS), writer.creation()]


@_kind(5)
def _msgsnd(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    number = writer.id(me, "msg")
    if number is None:
        return None
    mtype = writer.pick(1, 1, 2, 3, 5, 0)
    text = writer.random.choice(TEXTS)
    return ["msgsnd", number, mtype, text, writer.nowait(0.3)]


@_kind(5)
def _msgrcv(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    number = writer.id(me, "msg")
    if number is None:
        return None
    flags = writer.nowait(0.4)
    for flag, chance in ((ipc.MSG_EXCEPT, 0.1), (ipc.MSG_COPY, 0.12), (ipc.MSG_NOERROR, 0.2)):
        flags |= flag if writer.chance(chance) else 0
    size = writer.pick(20, 20, 20, 3, 0, -1)
    mtype = writer.pick(0, 0, 1, 2, 3, -1, -2, -5)
    return ["msgrcv", number, size, mtype, flags]


# ---- POSIX queues


@_kind(2)
def _mq_open(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    flags = writer.pick(OpenFlag.O_RDWR, OpenFlag.O_RDWR, OpenFlag.O_RDONLY, OpenFlag.O_WRONLY, 3)
    for flag, chance in (
        (OpenFlag.O_CREAT, 0.9),
        (OpenFlag.O_EXCL, 0.1),
        (OpenFlag.O_NONBLOCK, 0.3),
    ):
        flags |= flag if writer.chance(chance) else 0
    maxmsg, msgsize = writer.pick((2, 10), (2, 10), (1, 5), (3, 16), (1, 0))
    fd = FIRST_FD + writer.random.randrange(FDS)
    name = writer.random.choice(NAMES)
    return ["mq_open", fd, name, int(flags), writer.pick(*MODES), maxmsg, msgsize]


@_kind(0.4)
def _mq_unlink(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    return ["mq_unlink", writer.random.choice(NAMES)]


@_kind(3)
def _mq_send(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    fd = writer.fd(me)
    if fd is None:
        return None
    return ["mq_send", fd, writer.random.choice(TEXTS), writer.pick(0, 0, 1, 9, 32768)]


@_kind(3)
def _mq_receive(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    fd = writer.fd(me)
    return None if fd is None else ["mq_receive", fd, writer.pick(16, 16, 16, 10, 4)]


@_kind(1)
def _mq_notify(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    fd = writer.fd(me)
    signo = int(writer.pick(Sig.SIGUSR1, Sig.SIGUSR2, Sig.SIGCHLD, 0, 65))
    return None if fd is None else ["mq_notify", fd, writer.pick(0, 0, 0, 1, -1, 3), signo]


@_kind(1)
def _mq_look(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    fd = writer.fd(me)
    if fd is None:
        return None
    flags = writer.pick(-1, -1, 0, 2048)
    return ["mq_text", fd] if writer.chance(0.5) else ["mq_attr", fd, flags]


@_kind(0.5)
def _mq_close(writer: IpcWriter, me: TaskId) -> list[Any] | None:
    fd = writer.fd(me)
    return None if fd is None else ["close_tty", fd]
