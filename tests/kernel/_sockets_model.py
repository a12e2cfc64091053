"""The model performing programs about sockets; `_sockets_linux` performs them for real.

Three processes in two network namespaces, which a pair of veth joins; one is no root, one in a pid
namespace of its own.  After every call poll is asked of every socket, and how much it could read.
"""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec.structs import replace

from nsh.abi import Failure, KernelError, Request, files, sockets
from nsh.abi.files import Fcntl, FcntlCommand, OpenFlag
from nsh.abi.names import Chdir, Unlink
from nsh.abi.net import Getlink, Newaddr, Newlink, Setlink
from nsh.abi.poll import Poll
from nsh.abi.process import Clone, CloneFlag, Getpid
from nsh.abi.signals import Sig, SigDelivery, Sigtimedwait, bit
from nsh.abi.sockets import SocketOption
from nsh.kernel import perform
from nsh.kernel.boot import INIT, boot
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.drivers import operations_of
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.sockets import Inet, UnixName
from nsh.machine.tasks import Task, ordinary
from nsh.machine.value import begin
from tests.kernel._sockets_linux import HOSTS, POLL, TOLD, UID, WORKERS, Step, body, told

STREAM, DGRAM, SEQPACKET = 1, 2, 5
UNIX, INET = 1, 2


class World:
    """One program's machine."""

    profile: ClassVar[str] = "mainline"

    def __init__(self) -> None:
        self.machine = boot(self.profile)
        self._make(INIT, Chdir("/tmp"))
        self.init = self._clone(INIT, int(CloneFlag.CLONE_NEWPID | CloneFlag.CLONE_NEWNET))
        self.workers = [self._clone(self.init, 0), self._clone(self.init, 0)]
        apart = int(CloneFlag.CLONE_NEWPID | CloneFlag.CLONE_NEWNET)
        self.workers.append(self._clone(self.init, apart))
        self._network()
        tx = begin(self.machine)
        me = tx.get(Task, self.workers[1])
        tx.put(self.workers[1], replace(me, creds=ordinary(UID, UID)))
        for each in self.workers:
            tx.put(each, replace(tx.get(Task, each), blocked=bit(Sig.SIGPIPE) | bit(TOLD)))
        self.machine = tx.commit()
        self.fds: list[dict[int, int]] = [{} for _ in range(WORKERS)]
        self.kinds: list[dict[int, tuple[int, int]]] = [{} for _ in range(WORKERS)]
        self.asked: list[dict[int, int]] = [{} for _ in range(WORKERS)]

    def _clone(self, who: TaskId, flags: int) -> TaskId:
        self._make(who, Clone(flags | 0, exit_signal=int(Sig.SIGCHLD)))
        return TaskId(self.machine.items(Task)[-1][0])

    def _network(self) -> None:
        self._make(self.init, Setlink(1, 1))
        self._make(self.init, Newlink("v0", "veth", "v1", 4))
        there = self.workers[2]
        self._make(there, Setlink(1, 1))
        for who, host in ((self.init, HOSTS[0]), (there, HOSTS[1])):
            links = self._make(who, Getlink())
            index = links[-1].index
            self._make(who, Newaddr(index, host, 24))
            self._make(who, Setlink(index, 1))

    def _make(self, who: TaskId, request: Request) -> Any:
        outcome = perform(self.machine, who, request)
        if isinstance(outcome.reply, Failure):
            raise OSError(outcome.reply.errno.name)
        self.machine = outcome.machine
        return outcome.reply

    def ask(self, index: int, request: Request) -> Any:
        """The reply; a failure raises, but keeps what it changed."""
        outcome = perform(self.machine, self.workers[index], request)
        self.machine = outcome.machine
        if isinstance(outcome.reply, Failure):
            raise OSError(outcome.reply.errno.name)
        return outcome.reply

    def step(self, step: Step) -> Any:
        """Perform a step: the answer, and what all sockets look like then."""
        index, name, *arguments = step
        before = self._pending(index)
        try:
            answer = getattr(self, f"do_{name}")(index, *arguments)
        except OSError as error:
            answer = {"EAGAIN": "EAGAIN", "ENOTSUP": "ENOTSUP"}.get(str(error), str(error))
        if self._pending(index) != before:
            answer = [answer, "SIGPIPE"]
            self.ask(index, Sigtimedwait(bit(Sig.SIGPIPE), 0))
        wrong = violations(self.machine)
        assert not wrong, (step, wrong)
        return [answer, [self._look(each) for each in range(WORKERS)]]

    def _pending(self, index: int) -> Any:
        return self.machine.get(Task, self.workers[index]).pending

    def _look(self, index: int) -> dict[str, Any]:
        found: dict[str, Any] = {"told": self._told(index)}
        for slot, fd in sorted(self.fds[index].items()):
            reply = self.ask(index, Poll(((fd, POLL),), 0))
            found[str(slot)] = [reply[0], self._queued(index, slot, fd)]
        return found

    def _told(self, index: int) -> list[list[int]]:
        told: list[list[int]] = []
        while True:
            outcome = perform(self.machine, self.workers[index], Sigtimedwait(bit(TOLD), 0))
            self.machine = outcome.machine
            if not isinstance(outcome.reply, SigDelivery):
                return told
            told.append([self.asked[index][outcome.reply.fd], outcome.reply.code])

    def _queued(self, index: int, slot: int, fd: int) -> Any:
        if self.kinds[index][slot] == (INET, DGRAM):
            return 0
        tx = begin(self.machine)
        _key, file = open_file(tx, self.workers[index], fd)
        try:
            return operations_of(tx, file).queued(tx, self.workers[index], file)
        except KernelError as error:
            return error.errno.name

    def _keep(self, index: int, slot: int, fd: int, kind: tuple[int, int]) -> None:
        self.ask(index, Fcntl(fd, int(FcntlCommand.F_SETFL), int(OpenFlag.O_NONBLOCK)))
        self.fds[index][slot] = fd
        self.kinds[index][slot] = kind

    def do_socket(self, index: int, slot: int, family: int, kind: int, number: int) -> int:
        self._keep(
            index, slot, self.ask(index, sockets.Socket(family, kind, number)), (family, kind)
        )
        return 0

    def do_pair(self, index: int, slot: int, other: int, kind: int) -> int:
        one, two = self.ask(index, sockets.Socketpair(UNIX, kind))
        self._keep(index, slot, one, (UNIX, kind))
        self._keep(index, other, two, (UNIX, kind))
        return 0

    def do_close(self, index: int, slot: int) -> int:
        del self.kinds[index][slot]
        return int(self.ask(index, files.Close(self.fds[index].pop(slot))))

    def do_bind(self, index: int, slot: int, address: list[Any], *_: Any) -> int:
        return int(self.ask(index, sockets.Bind(self.fds[index][slot], _address(address))))

    def do_listen(self, index: int, slot: int, backlog: int) -> int:
        return int(self.ask(index, sockets.Listen(self.fds[index][slot], backlog)))

    def do_accept(self, index: int, slot: int, new: int, *_: Any) -> Any:
        found = self.ask(index, sockets.Accept(self.fds[index][slot]))
        self._keep(index, new, found.fd, self.kinds[index][slot])
        return [0, _told(found.address)]

    def do_connect(self, index: int, slot: int, address: list[Any], *_: Any) -> int:
        return int(self.ask(index, sockets.Connect(self.fds[index][slot], _address(address))))

    def do_send(
        self,
        index: int,
        slot: int,
        size: int,
        address: list[Any] | None,
        passed: list[int],
        creds: list[int],
        flags: int,
        *_: Any,
    ) -> int:
        target = None if address is None else _address(address)
        fds = tuple(self.fds[index][each] for each in passed)
        call = sockets.Sendmsg(self.fds[index][slot], body(size), target, fds, tuple(creds), flags)
        return int(self.ask(index, call))

    def do_receive(
        self, index: int, slot: int, size: int, flags: int, room: list[int], *_: Any
    ) -> Any:
        call = sockets.Recvmsg(self.fds[index][slot], size, flags, len(room))
        got = self.ask(index, call)
        for new, fd in zip(room, got.fds, strict=False):
            self._keep(index, new, fd, self._kind(index, fd))
        data = got.data
        address = "" if got.address is None else _told(got.address)
        start = data[:1].decode()
        return [len(data), start, address, len(got.fds), list(got.creds), got.flags]

    def _kind(self, index: int, fd: int) -> tuple[int, int]:
        family = self.ask(index, sockets.Getsockopt(fd, int(SocketOption.SO_DOMAIN)))
        return family, self.ask(index, sockets.Getsockopt(fd, int(SocketOption.SO_TYPE)))

    def do_shutdown(self, index: int, slot: int, how: int, *_: Any) -> int:
        return int(self.ask(index, sockets.Shutdown(self.fds[index][slot], how)))

    def do_name(self, index: int, slot: int) -> Any:
        return _told(self.ask(index, sockets.Getsockname(self.fds[index][slot])))

    def do_peer(self, index: int, slot: int) -> Any:
        return _told(self.ask(index, sockets.Getpeername(self.fds[index][slot])))

    def do_option(self, index: int, slot: int, option: int) -> Any:
        got = self.ask(index, sockets.Getsockopt(self.fds[index][slot], option))
        return [got.pid, got.uid, got.gid] if isinstance(got, sockets.Ucred) else got

    def do_set(self, index: int, slot: int, option: int, value: int) -> int:
        return int(self.ask(index, sockets.Setsockopt(self.fds[index][slot], option, value)))

    def do_tell(self, index: int, slot: int) -> int:
        fd = self.fds[index][slot]
        self.asked[index][fd] = slot
        self.ask(index, Fcntl(fd, FcntlCommand.F_SETOWN, self.ask(index, Getpid())))
        self.ask(index, Fcntl(fd, FcntlCommand.F_SETSIG, TOLD))
        flags = int(OpenFlag.O_NONBLOCK | OpenFlag.O_ASYNC)
        return int(self.ask(index, Fcntl(fd, FcntlCommand.F_SETFL, flags)))

    def do_unlink(self, index: int, path: str) -> int:
        return int(self.ask(index, Unlink(path)))

    def do_fill(self, index: int, slot: int, size: int) -> Any:
        count = 0
        while count < 400:
            try:
                taken = self.ask(index, files.Write(self.fds[index][slot], b"f" * size))
            except OSError as error:
                if str(error) == "EAGAIN":
                    break
                raise
            count += taken > 0
        return count


def _address(address: list[Any]) -> Inet | UnixName:
    return Inet(*address) if len(address) == 2 else UnixName(address[0])


def _told(address: Inet | UnixName) -> Any:
    return told([address.host, address.port] if isinstance(address, Inet) else address.path)
