"""N9-N11: anything that tasks in and around tty namespaces may do to consoles, lines and logs.

After each step the invariants hold, a call that failed has changed nothing, and an outer end of a
serial line has read what the line was given to show, in order.  At the end the same calls are made
again, and lead to the same machine.
"""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from nsh.abi import Blocked, Failure, Request
from nsh.abi.consoles import AttachSerial, VtActivate, VtGetState, VtOpenQuery, VtWaitActive
from nsh.abi.files import Close, Dup, Open, OpenFlag, Read, Write
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.printk import Syslog
from nsh.abi.process import Clone, CloneFlag, ExitGroup, Fork, Setpgid, Setsid, Wait4
from nsh.abi.puppets import TypeKeys
from nsh.abi.signals import Kill
from nsh.abi.terminals import (
    DropControllingTty,
    SetControllingTty,
    Tcgetattr,
    Tcsetpgrp,
    Ttyname,
)
from nsh.kernel import perform, policies, waiting
from nsh.kernel.boot import INIT, boot
from nsh.machine.digest import digest
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.invariants import violations
from nsh.machine.printed import since
from nsh.machine.serial import SerialEnd
from nsh.machine.tasks import State, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine, begin
from nsh.machine.waiting import Waiter

NEWTTY, NEWPID = int(CloneFlag.CLONE_NEWTTY), int(CloneFlag.CLONE_NEWPID)
DEVICES = [f"/dev/{name}" for name in ("console", "tty0", "tty1", "tty2", "tty6", "ttyS0", "tty")]
OPENS = st.sampled_from([2, 0, 1, 0o400, 0o402]).map(lambda flags: flags | OpenFlag.O_NONBLOCK)
FDS = st.integers(0, 9)
NUMBERS = st.sampled_from([-1, 0, 1, 2, 3, 6, 7, 64])
DATA = st.one_of(
    st.sampled_from([b"", b"\n", b"\x03", b"\x04", b"\x13", b"\x11", b"\x1a", b"ls\n", b"<3>x"]),
    st.binary(max_size=40),
    st.integers(1000, 9000).map(lambda size: b"x" * size),
)
PLACES = [*DEVICES, "tty:2/1", "tty:3/console", "tty:web/ttyS0", "pts:web/0", "tty9", "a:b"]
SIGNOS = [0, 1, 2, 9, 15, 18, 20]


class Halls(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.machine: Machine
        self.done: list[tuple[TaskId, Request]] = []
        self.read: dict[int, bytes] = {}

    @initialize(
        profile=st.sampled_from(["all", "summit-2008"]),
        printk=st.sampled_from(["shared", "isolated"]),
    )
    def boot(self, profile: str, printk: str) -> None:
        tx = begin(boot(profile))
        policies.set_policy(tx, "printk", printk)
        self.first = self.machine = tx.commit()
        for flags in (NEWTTY, NEWTTY | NEWPID):
            self.ask(INIT, Clone(flags, name="web" if flags == NEWTTY else "db"))

    def free(self) -> list[TaskId]:
        """Who can make a call."""
        found = []
        for key, task in self.machine.items(Task):
            waiter = self.machine.find(Waiter, key)
            idle = waiter is None or not waiter.channels
            if task.state is State.ALIVE and task.context and idle:
                found.append(TaskId(key))
        return found

    def ask(self, who: TaskId, request: Request) -> object:
        """Make a call; of a task that was woken, its blocked one instead."""
        waiter = self.machine.find(Waiter, who)
        if waiter is not None:
            assert isinstance(waiter.request, Request)
            request = waiter.request
        before = self.machine
        outcome = perform(before, who, request)
        self.machine = outcome.machine
        if waiter is not None and not isinstance(outcome.reply, Blocked):
            tx = begin(self.machine)
            waiting.done(tx, who)
            self.machine = tx.commit()
        self.done.append((who, request))
        assert violations(self.machine) == []
        if isinstance(outcome.reply, Failure) and waiter is None and not isinstance(request, Read):
            assert self.machine == before, request
        return outcome.reply

    def anybody(self, data: st.DataObject) -> TaskId:
        return data.draw(st.sampled_from(self.free()), "who")

    def pid(self, data: st.DataObject) -> int:
        tasks = [task.pids[0] for _key, task in self.machine.items(Task)]
        return data.draw(st.sampled_from([*tasks, 99]), "pid")

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), flags=st.sampled_from([0, NEWTTY, NEWTTY | NEWPID, NEWPID]))
    def born(self, data: st.DataObject, flags: int) -> None:
        if self.machine.count(Task) < 12:
            self.ask(self.anybody(data), Clone(flags) if flags else Fork())

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), path=st.sampled_from([*DEVICES, "/dev/kmsg"]), flags=OPENS)
    def opens(self, data: st.DataObject, path: str, flags: int) -> None:
        self.ask(self.anybody(data), Open(path, flags))

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), then=st.sampled_from(["attach", "enter", "keep"]))
    def opens_a_namespace(self, data: st.DataObject, then: str) -> None:
        who = self.anybody(data)
        fd = self.ask(who, Open(f"/proc/{self.pid(data)}/ns/tty"))
        if isinstance(fd, int) and then != "keep" and who in self.free():
            self.ask(who, AttachSerial(fd) if then == "attach" else Setns(fd, NEWTTY))
            if data.draw(st.booleans(), "and closes it") and who in self.free():
                self.ask(who, Close(fd))

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), fd=FDS, what=DATA)
    def writes(self, data: st.DataObject, fd: int, what: bytes) -> None:
        self.ask(self.anybody(data), Write(fd, what))

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), fd=FDS, size=st.sampled_from([0, 1, 100, 10_000]))
    def reads(self, data: st.DataObject, fd: int, size: int) -> None:
        who = self.anybody(data)
        if self.machine.find(Waiter, who) is not None:
            self.ask(who, Fork())
            return
        before = {
            key: file.opened
            for key, file in self.machine.items(File)
            if isinstance(file.opened, SerialEnd)
        }
        reply = self.ask(who, Read(fd, size))
        for key, end in before.items():
            file = self.machine.find(File, key)
            if file is None or file.opened == end or not isinstance(reply, bytes):
                continue
            assert isinstance(file.opened, SerialEnd)
            printed = self.machine.get(Terminal, file.opened.line).printed
            tail = since(printed, file.opened.seen - len(reply))
            assert tail.startswith(reply)
            self.read[key] = self.read.get(key, b"") + reply

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), place=st.sampled_from(PLACES), what=DATA)
    def types(self, data: st.DataObject, place: str, what: bytes) -> None:
        self.ask(self.anybody(data), TypeKeys(place, what))

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), fd=FDS, number=NUMBERS)
    def about_a_terminal(self, data: st.DataObject, fd: int, number: int) -> None:
        requests = [
            VtGetState(fd), VtOpenQuery(fd), VtActivate(fd, number), VtWaitActive(fd, number),
            SetControllingTty(fd, number > 1), DropControllingTty(fd), Tcsetpgrp(fd, number),
            Tcgetattr(fd), Ttyname(fd), Close(fd), Dup(fd),
        ]  # fmt: skip
        self.ask(self.anybody(data), data.draw(st.sampled_from(requests), "request"))

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), action=st.integers(-1, 12), size=st.sampled_from([-1, 0, 1, 8, 9, 5000]))
    def syslogs(self, data: st.DataObject, action: int, size: int) -> None:
        self.ask(self.anybody(data), Syslog(action, size))

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data())
    def alone(self, data: st.DataObject) -> None:
        requests = [Setsid(), Setpgid(), Unshare(NEWTTY), Wait4(-1, 1)]
        self.ask(self.anybody(data), data.draw(st.sampled_from(requests), "request"))

    @precondition(lambda self: bool(self.free()))
    @rule(data=st.data(), signo=st.sampled_from(SIGNOS))
    def kills(self, data: st.DataObject, signo: int) -> None:
        self.ask(self.anybody(data), Kill(self.pid(data), signo))

    @precondition(lambda self: len(self.free()) > 1)
    @rule(data=st.data())
    def ends(self, data: st.DataObject) -> None:
        who = self.anybody(data)
        if who != INIT:
            self.ask(who, ExitGroup(1))

    @rule()
    def nothing(self) -> None:
        """For when everybody waits."""

    def teardown(self) -> None:
        if not self.done:
            return
        again, self.machine, done = self.machine, self.first, self.done
        self.done = []
        for who, request in done:
            self.ask(who, request)
        assert digest(self.machine) == digest(again)


TestHalls = Halls.TestCase
TestHalls.settings = settings(stateful_step_count=30, deadline=None)
