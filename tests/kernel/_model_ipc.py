"""The calls of `tests.kernel._linux_ipc`, on the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nsh.abi import files, ipc, mqueue
from nsh.abi.request import Request
from nsh.machine.ids import TaskId
from tests.kernel._linux_ipc import rows


def _control(kind: str, number: int, command: int, mode: int, qbytes: int) -> Request:
    match kind:
        case "shm":
            return ipc.Shmctl(number, command, 0, 0, mode)
        case "sem":
            return ipc.Semctl(number, 0, command, (), 0, 0, mode)
    return ipc.Msgctl(number, command, 0, 0, mode, qbytes)


SIMPLE: dict[str, Callable[..., Request]] = {
    "shmget": ipc.Shmget,
    "shmat": ipc.Shmat,
    "shmdt": ipc.Shmdt,
    "load": ipc.Load,
    "store": lambda address, text: ipc.Store(address, text.encode("latin-1")),
    "semget": ipc.Semget,
    "semop": lambda number, ops, timeout: ipc.Semop(number, tuple(map(tuple, ops)), timeout),
    "semctl": lambda number, semnum, command, values: ipc.Semctl(
        number, semnum, command, tuple(values)
    ),
    "msgget": ipc.Msgget,
    "msgsnd": lambda number, mtype, text, flags: ipc.Msgsnd(
        number, mtype, text.encode("latin-1"), flags
    ),
    "msgrcv": ipc.Msgrcv,
    "control": _control,
    "mq_unlink": mqueue.MqUnlink,
    "mq_send": lambda fd, text, priority: mqueue.MqTimedsend(fd, text.encode("latin-1"), priority),
    "mq_receive": mqueue.MqTimedreceive,
    "mq_notify": lambda fd, how, signo: mqueue.MqNotify(fd, None if how < 0 else how, signo, 7),
    "mq_attr": lambda fd, flags: mqueue.MqGetsetattr(fd, None if flags < 0 else flags),
}


def plain(reply: object) -> Any:
    """A reply as `tests.kernel._linux_ipc` tells it."""
    match reply:
        case ipc.MsgBuf():
            return [reply.mtype, reply.data.decode("latin-1")]
        case ipc.ShmidDs():
            rest = [reply.size, reply.cpid, reply.lpid, reply.nattch]
            return [*_perm(reply.perm), *rest]
        case ipc.SemidDs():
            return [*_perm(reply.perm), reply.nsems]
        case ipc.MsqidDs():
            rest = [reply.cbytes, reply.qnum, reply.qbytes, reply.lspid, reply.lrpid]
            return [*_perm(reply.perm), *rest]
        case mqueue.MqMessage():
            return [reply.priority, reply.data.decode("latin-1")]
        case mqueue.MqAttr():
            return [reply.flags, reply.maxmsg, reply.msgsize, reply.curmsgs]
        case bytes():
            return reply.decode("latin-1")
        case tuple():
            return list(reply)
    return reply


def _perm(perm: ipc.IpcPerm) -> list[int]:
    return [perm.key, perm.uid, perm.gid, perm.cuid, perm.cgid, perm.mode]


class Ipc:
    """Calls that are more than a request."""

    def ask(self, caller: TaskId, request: Request) -> Any:
        raise NotImplementedError

    def _look(self, me: TaskId, kind: str) -> Any:
        fd = self.ask(me, files.Open(f"/proc/sysvipc/{kind}"))
        text = self.ask(me, files.Read(fd, 65536))[1]
        self.ask(me, files.Close(fd))
        return rows(text)

    def _setting(self, me: TaskId, path: str, text: str) -> Any:
        fd = self.ask(me, files.Open(f"/proc/sys/{path}", files.OpenFlag.O_WRONLY))
        if isinstance(fd, str):
            return fd
        got = self.ask(me, files.Write(fd, text.encode()))
        self.ask(me, files.Close(fd))
        return got

    def _mq_open(
        self, me: TaskId, fd: int, name: str, flags: int, mode: int, maxmsg: int, msgsize: int
    ) -> Any:
        sizes = (maxmsg, msgsize) if maxmsg else (None, None)
        got = self.ask(me, mqueue.MqOpen(name, flags, mode, *sizes))
        if isinstance(got, str):
            return got
        self.ask(me, files.Dup2(got, fd))
        self.ask(me, files.Close(got))
        return 0

    def _mq_text(self, me: TaskId, fd: int) -> Any:
        got = self.ask(me, files.Lseek(fd, 0, 0))
        if isinstance(got, str):
            return got
        got = self.ask(me, files.Read(fd, 200))
        return got if isinstance(got, str) else got[1]
