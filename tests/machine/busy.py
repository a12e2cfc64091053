"""A machine with something of everything going on, for `tests.machine.test_invariants` to break."""

from __future__ import annotations

from typing import Any

from immutables import Map

from nsh.abi.consoles import AttachSerial
from nsh.abi.files import Mount as MountRequest
from nsh.abi.files import MountFlag, Open, OpenFlag, Pipe, Write
from nsh.abi.limits import Resource, SetLimit
from nsh.abi.locks import FcntlLock, Flock, FlockOperation, LockCommand, LockType
from nsh.abi.names import Mkdir
from nsh.abi.net import Newlink, Newroute, Setlink
from nsh.abi.pidfds import PidfdOpen
from nsh.abi.process import Clone, CloneFlag, Fork, Nanosleep, Setsid, Wait4
from nsh.abi.request import Blocked, Failure, Request
from nsh.abi.signals import How, Kill, Sig, Sigprocmask, Sigqueue, bit
from nsh.abi.sockets import Bind, Connect, Listen, Sendmsg, Socket, Socketpair
from nsh.abi.terminals import SetControllingTty
from nsh.abi.timers import TimerCreate, TimerfdCreate, TimerSettime
from nsh.kernel import perform
from nsh.kernel.boot import INIT, boot
from nsh.machine.ids import TaskId
from nsh.machine.sockets import Inet, UnixName
from nsh.machine.tasks import Task
from nsh.machine.value import begin
from nsh.machine.waiting import RunQueue
from tests.kernel._running import THREAD
from tests.machine import cgroup_cases, container_cases, ipc_cases


class Busy:
    """A machine with something of everything going on."""

    def __init__(self) -> None:
        self.machine = boot()
        self.ask(INIT, MountRequest("shared", "/mnt", "tmpfs"))
        self.ask(INIT, MountRequest("", "/mnt", flags=int(MountFlag.MS_SHARED)))
        self.ask(INIT, Mkdir("/containers"))
        self.ask(INIT, MountRequest("none", "/containers", "ns_container"))
        self.ask(INIT, Mkdir("/containers/web"))
        self.told = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWNS)))
        self.ask(self.told, MountRequest("", "/mnt", flags=int(MountFlag.MS_SLAVE)))
        self.parent = self.birth(INIT, Fork())
        self.child = self.birth(self.parent, Fork())
        self.ask(self.parent, Wait4())
        self.leader = self.birth(INIT, Fork())
        self.ask(self.leader, Setsid())
        self.thread = self.birth(self.leader, Clone(THREAD, 0))
        self.grandchild = self.birth(self.thread, Fork())
        self.inner = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWPID | CloneFlag.CLONE_NEWUTS)))
        self.sleeper = self.birth(self.inner, Fork())
        self.ask(self.sleeper, Nanosleep(5))
        self.stopped = self.birth(INIT, Fork())
        self.stopped_thread = self.birth(self.stopped, Clone(THREAD, 0))
        self.ask(INIT, Kill(self.pid(self.stopped), Sig.SIGSTOP))
        self.writer = self.birth(INIT, Fork())
        _reader, end = self.ask(self.writer, Pipe())
        self.ask(self.writer, Write(end, bytes(70_000)))
        self.ask(INIT, Open("/tmp/file", OpenFlag.O_CREAT | OpenFlag.O_WRONLY))
        self.ask(INIT, Open("/dev/ptmx", OpenFlag.O_RDWR | OpenFlag.O_NOCTTY))
        self.spaces = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWDEV)))
        self.ask(INIT, SetControllingTty(0))
        self.ask(INIT, Write(1, b"hello\n"))
        self.hall = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWTTY)))
        self.ask(self.hall, Open("/dev/tty1", OpenFlag.O_RDWR | OpenFlag.O_NOCTTY))
        self.ask(INIT, AttachSerial(self.ask(INIT, Open(f"/proc/{self.pid(self.hall)}/ns/tty"))))
        receiver, taker = self.birth(INIT, Fork()), self.birth(INIT, Fork())
        for caller, request in ipc_cases.something_of_everything(
            self.ask, self.birth(INIT, Fork()), (receiver, taker)
        ):
            self.machine = perform(self.machine, caller, request).machine
        cgroup_cases.some(self.ask, self.birth(INIT, Fork()))
        container_cases.some_of_everything(self.ask, self.birth(INIT, Fork()))
        self.holder = self.birth(INIT, Fork())
        self.ask(self.holder, SetLimit(0, int(Resource.RLIMIT_SIGPENDING), 3, 5))
        self.ask(self.holder, Sigprocmask(How.SIG_BLOCK, bit(40)))
        self.ask(INIT, Sigqueue(self.pid(self.holder), 40, 1))
        fd = self.ask(INIT, Open("/tmp/file", OpenFlag.O_RDWR))
        for caller, start in ((INIT, 0), (self.holder, 20)):
            opened = fd if caller == INIT else self.ask(caller, Open("/tmp/file", OpenFlag.O_RDWR))
            self.ask(caller, FcntlLock(opened, LockCommand.F_SETLK, LockType.F_WRLCK, start, 10))
        self.ask(INIT, Flock(fd, FlockOperation.LOCK_SH))
        self.ask(INIT, PidfdOpen(self.pid(self.holder)))
        self.ask(INIT, TimerfdCreate(1))
        self.ask(INIT, TimerCreate(1))
        self.ask(INIT, TimerSettime(0, 1000))
        self._network()
        tx = begin(self.machine)
        tx.put(0, RunQueue(Map({4: self.child, 5: self.leader}), 4, 6))
        self.machine = tx.commit()

    def _network(self) -> None:
        """Two network namespaces with a pair between them, names, ports, and a file on its way."""
        self.web = self.birth(INIT, Clone(int(CloneFlag.CLONE_NEWNET)))
        self.ask(INIT, Newlink("v0", "veth", "eth0", self.pid(self.web)))
        one, other = self.ask(INIT, Socketpair(1, 1))
        self.ask(INIT, Sendmsg(one, b"take this", None, (other,)))
        for type_, name in ((1, UnixName("\0here")), (2, UnixName("/tmp/there"))):
            self.ask(INIT, Bind(self.ask(INIT, Socket(1, type_)), name))
        listener = self.ask(INIT, Socket(2, 1))
        self.ask(INIT, Bind(listener, Inet("0.0.0.0", 80)))
        self.ask(INIT, Listen(listener))
        self.ask(INIT, Setlink(1, 1))
        self.ask(INIT, Newroute("10.0.0.0", 8, 1))
        self.ask(INIT, Connect(self.ask(INIT, Socket(2, 1)), Inet("127.0.0.1", 80)))

    def ask(self, caller: TaskId, request: Request) -> Any:
        outcome = perform(self.machine, caller, request)
        assert not isinstance(outcome.reply, Failure), outcome.reply
        assert isinstance(outcome.reply, Blocked) == isinstance(
            request, (Wait4, Nanosleep)
        ) or isinstance(request, Write)
        self.machine = outcome.machine
        return outcome.reply

    def birth(self, caller: TaskId, request: Request) -> TaskId:
        before = self.machine.rows(Task)
        self.ask(caller, request)
        (found,) = [key for key, _task in self.machine.items(Task) if key not in before]
        return TaskId(found)

    def pid(self, task: TaskId) -> int:
        return self.machine.get(Task, task).pids[0]


BUSY = Busy()
