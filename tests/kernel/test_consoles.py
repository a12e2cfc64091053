"""N9: a namespace's consoles, who has them, which is in front, and what its end does to them."""

import pytest

from nsh.abi.consoles import VtActivate, VtGetState, VtOpenQuery, VtState, VtWaitActive
from nsh.abi.files import Close, Open, OpenFlag, Read, Write
from nsh.abi.namespaces import NsGet, Setns, Unshare
from nsh.abi.process import Clone, CloneFlag, Exit, Fork, Setpgid, Setsid
from nsh.abi.puppets import TypeKeys
from nsh.abi.signals import Kill, Sig, Sigaction, Sigpending, Sigprocmask, bit
from nsh.abi.terminals import SetControllingTty, Tcgetattr, Tcgetpgrp, Tcsetpgrp, Ttyname
from nsh.kernel.boot import INIT
from nsh.kernel.terminals import CONSOLE
from nsh.machine import consoles
from nsh.machine.consoles import Console, Consoles
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.printed import since
from nsh.machine.tasks import Session, State, Task
from nsh.machine.terminals import Terminal
from tests.kernel.proc.computer import Computer

NEWTTY = int(CloneFlag.CLONE_NEWTTY)
RDWR = int(OpenFlag.O_RDWR)
NOCTTY = RDWR | int(OpenFlag.O_NOCTTY)


class Room(Computer):
    """A computer with a container ``web`` that has consoles of its own, and leads a session."""

    def __init__(self) -> None:
        super().__init__()
        self.web = self.spawn("web", flags=NEWTTY | int(CloneFlag.CLONE_NEWPID))
        self.ask(Setsid(), self.web)

    def space(self, who: TaskId) -> Consoles:
        key = consoles.namespace_of(self.machine, who)
        assert key is not None
        return self.machine.get(Consoles, key)

    def key(self, number: int, who: TaskId) -> TerminalId:
        return self.space(who).terminals[number]

    def shown(self, number: int, who: TaskId) -> bytes:
        return since(self.machine.get(Terminal, self.key(number, who)).printed, 0)


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_device_means_the_terminal_of_the_openers_namespace(room):
    assert dict(room.space(INIT).terminals) == {0: CONSOLE}
    assert not room.space(room.web).terminals, "they are made when somebody opens them"
    for who, text in ((INIT, b"outer"), (room.web, b"inner")):
        fd = room.open("/dev/tty2", NOCTTY, who)
        assert room.ask(Write(fd, text), who) == 5
        assert room.ask(Ttyname(fd), who) == "/dev/tty2"
    assert (room.shown(2, INIT), room.shown(2, room.web)) == (b"outer", b"inner")
    assert room.write("/dev/console", b"x", room.web) == 1
    assert b"x" not in since(room.machine.get(Terminal, CONSOLE).printed, 0)


def test_an_open_file_goes_on_meaning_its_terminal_wherever_it_is_handed(room):
    fd = room.open("/dev/tty1", NOCTTY)
    assert room.ask(Unshare(NEWTTY)) == 0
    assert room.ask(Write(fd, b"old")) == 3
    again = room.open("/dev/tty1", NOCTTY)
    assert room.ask(Write(again, b"new")) == 3
    assert room.shown(1, INIT) == b"new"
    outer = next(key for key, each in room.machine.items(Console) if each.number == 1)
    assert since(room.machine.get(Terminal, TerminalId(outer)).printed, 0) == b"old"


def test_a_fork_shares_them_and_a_deeper_namespace_does_not(room):
    child = room.spawn("", room.web)
    assert room.space(child) == room.space(room.web)
    deep = room.spawn("", room.web, flags=NEWTTY)
    assert len(room.space(deep).path) == 3
    room.ask(Exit(), deep)
    assert room.space(room.web).users == 1


def test_a_session_leader_gets_the_console_that_it_opens(room):
    """By the ordinary rules, /dev/console too; but /dev/tty0 is nobody's terminal."""
    room.open("/dev/tty0", RDWR, room.web)
    assert room.task(room.web).tty == 0
    fd = room.open("/dev/console", RDWR, room.web)
    assert room.task(room.web).tty == room.key(0, room.web)
    assert room.ask(Tcgetpgrp(fd), room.web) == 1
    assert room.fields(2)[4:6] == ["1281", "2"]
    other = room.spawn("", room.web)
    room.ask(Setsid(), other)
    fd = room.open("/dev/console", RDWR, other)
    assert room.task(other).tty == 0, "it is taken"
    assert room.ask(SetControllingTty(fd), other) == "EPERM"


def test_the_foreground_alone_is_interrupted(room):
    """P2, N9: ^C at web's console is no matter of anybody else's."""
    fd = room.open("/dev/console", RDWR, room.web)
    front, back = room.spawn("", room.web), room.spawn("", room.web)
    for each in (front, back):
        assert room.ask(Setpgid(), each) == 0
        assert room.ask(Sigprocmask(0, bit(Sig.SIGINT)), each) == 0
    assert room.ask(Tcsetpgrp(fd, 2), room.web) == 0
    assert room.ask(Sigprocmask(0, bit(Sig.SIGINT))) == 0
    assert room.ask(TypeKeys("tty:web/console", b"\x03")) == 0
    pending = {who: room.ask(Sigpending(), who) for who in (INIT, room.web, front, back)}
    assert pending == {INIT: 0, room.web: 0, front: bit(Sig.SIGINT), back: 0}


def test_a_reader_in_the_background_is_stopped(room):
    fd = room.open("/dev/tty1", RDWR, room.web)
    job = room.spawn("", room.web)
    room.ask(Setpgid(), job)
    assert room.ask(Read(fd, 10), job) == "blocked"
    assert room.task(job).state is State.STOPPED
    room.ask(TypeKeys("web:tty1", b"line\n"))
    assert room.ask(Read(fd, 10), room.web) == b"line\n"


def test_who_holds_an_open_file_outside_can_write_there_still(room):
    room.ask(Setns(room.open(f"/proc/{room.task(room.web).pids[0]}/ns/tty"), NEWTTY))
    fd = room.open("/dev/console", NOCTTY)
    room.ask(Setns(room.open("/proc/self/ns/tty"), 0))
    room.open("/dev/console", RDWR, room.web)
    assert room.ask(Write(fd, b"from outside")) == 12
    assert room.shown(0, room.web) == b"from outside"


# ---- the end ----


def test_the_end_of_a_namespace_hangs_its_consoles_up_and_takes_them_along(room):
    fd = room.open("/dev/console", RDWR, room.web)
    worker = room.spawn("", room.web)
    room.ask(Sigaction(Sig.SIGHUP, "handler"), worker)
    assert room.ask(Read(fd, 1), worker) == "blocked"
    keys = [*room.space(room.web).terminals.values()]
    room.ask(Kill(2, Sig.SIGKILL))
    room.reap()
    assert all(room.machine.find(Terminal, key) is None for key in keys)
    assert room.machine.count(Consoles) == 1


def test_what_is_open_outside_when_a_namespace_ends_is_dead(room):
    file = room.open(f"/proc/{room.task(room.web).pids[0]}/ns/tty")
    visitor = room.spawn()
    room.ask(Setsid(), visitor)
    room.ask(Setns(file, NEWTTY), visitor)
    console = room.open("/dev/console", RDWR, visitor)
    mine = room.open("/dev/tty", RDWR, visitor)
    home = room.open("/proc/1/ns/tty", 0, visitor)
    assert room.task(visitor).tty == room.key(0, visitor)
    room.ask(Sigprocmask(0, bit(Sig.SIGHUP)), visitor)
    room.ask(Setns(home, NEWTTY), visitor)
    key = room.task(visitor).tty
    room.ask(Close(file))
    room.ask(Close(file), visitor)
    room.ask(Kill(2, Sig.SIGKILL))
    assert room.task(visitor).tty == 0
    assert room.machine.get(Session, visitor).tty == 0
    assert room.ask(Sigpending(), visitor) & bit(Sig.SIGHUP)
    for fd in (console, mine):
        assert room.ask(Write(fd, b"x"), visitor) == "EIO"
        assert room.ask(Read(fd, 1), visitor) == b""
        assert room.ask(Tcgetattr(fd), visitor) == "EIO"
    assert room.machine.find(Terminal, key) is not None
    room.ask(Close(console), visitor)
    room.ask(Close(mine), visitor)
    assert room.machine.find(Terminal, key) is None


def test_a_reader_that_waits_when_a_namespace_ends_is_told_the_end(room):
    visitor = room.spawn()
    home = room.open("/proc/1/ns/tty", 0, visitor)
    there = room.open("/proc/2/ns/tty", 0, visitor)
    room.ask(Setns(there, NEWTTY), visitor)
    fd = room.open("/dev/tty1", NOCTTY, visitor)
    room.ask(Setns(home, NEWTTY), visitor)
    room.ask(Close(there), visitor)
    assert room.ask(Read(fd, 1), visitor) == "blocked"
    room.ask(Kill(2, Sig.SIGKILL))
    assert room.machine.count(Consoles) == 1
    assert room.again(visitor) == b""


def test_a_namespace_is_shown_by_its_file_and_its_parent_to_those_around_it(room):
    outer, inner = room.readlink("/proc/self/ns/tty"), room.readlink("/proc/2/ns/tty")
    assert outer == "tty:[4026531820]" != inner
    parent = room.ask(NsGet(room.open("/proc/2/ns/tty"), "parent"))
    assert room.readlink(f"/proc/self/fd/{parent}") == outer
    assert room.ask(NsGet(room.open("/proc/1/ns/tty", 0, room.web), "parent"), room.web) == "EPERM"


def test_mainline_has_none_of_it():
    box = Computer("mainline")
    assert box.ask(Clone(NEWTTY)) == box.ask(Unshare(NEWTTY)) == "EINVAL"
    assert "tty" not in box.ls("/proc/self/ns")
    assert box.readlink("/proc/self/ns/tty") == box.cat("/proc/ttyns") == "ENOENT"


# ---- which one is in front ----


def test_switching(room):
    fd = room.open("/dev/tty0", NOCTTY)
    assert room.ask(VtGetState(fd)) == VtState(1, 0b11)
    assert room.ask(VtOpenQuery(fd)) == 2
    waiting = room.spawn()
    assert room.ask(VtWaitActive(fd, 3), waiting) == "blocked"
    assert room.ask(VtActivate(fd, 3)) == 0
    assert room.again(waiting) == 0
    assert room.ask(VtWaitActive(fd, 3)) == 0
    assert room.ask(VtGetState(fd)) == VtState(3, 0b11)
    assert room.ask(Write(room.open("/dev/tty0", NOCTTY), b"x")) == 1
    assert room.shown(3, INIT) == b"x"
    assert room.space(room.web).active == 1
    for number in range(1, 7):
        room.open(f"/dev/tty{number}", NOCTTY)
    assert room.ask(VtOpenQuery(fd)) == -1


@pytest.mark.parametrize(
    ("path", "errno"),
    [("/dev/console", "ENOTTY"), ("/dev/ttyS0", "ENOTTY"), ("/dev/null", "ENOTTY")],
)
def test_only_virtual_consoles_switch(room, path, errno):
    fd = room.open(path, NOCTTY)
    requests = (VtGetState(fd), VtOpenQuery(fd), VtActivate(fd, 1), VtWaitActive(fd, 1))
    assert [room.ask(request) for request in requests] == [errno] * 4
    assert room.ask(VtGetState(99)) == "EBADF"


@pytest.mark.parametrize("number", [0, 7, 64, -1])
def test_there_is_no_such_console(room, number):
    """ENXIO, and EPERM before that: tests/probes/test_consoles.py."""
    fd = room.open("/dev/tty1", NOCTTY)
    assert room.ask(VtActivate(fd, number)) == room.ask(VtWaitActive(fd, number)) == "ENXIO"
    user = room.spawn()
    room.become(user, 1000)
    assert room.ask(VtActivate(fd, number), user) == "EPERM"


def test_who_has_the_terminal_may_switch_without_privilege(room):
    user = room.spawn()
    room.ask(Setsid(), user)
    fd = room.open("/dev/tty2", RDWR, user)
    room.become(user, 1000)
    assert room.ask(VtActivate(fd, 2), user) == 0
    assert room.ask(Open("/dev/tty3", RDWR), user) == "EACCES"


# ---- keys ----


def test_keys_reach_any_terminal_by_name(room):
    names = ("tty:web/1", "tty:web/tty1", "tty:web:1/tty1", "web:tty1", "tty:web/tty0")
    for count, name in enumerate(names, 1):
        assert room.ask(TypeKeys(name, b"x\n")) == 0, name
        assert room.shown(1, room.web).count(b"x") == count
    assert room.ask(TypeKeys("/dev/tty1", b"y")) == room.ask(TypeKeys("tty1", b"y")) == 0
    assert room.shown(1, INIT) == b"yy"
    assert room.ask(TypeKeys("tty:/1", b"z"), room.web) == 0
    assert all(each.opens == (key == CONSOLE) for key, each in room.machine.items(Console))


@pytest.mark.parametrize(
    ("name", "errno"),
    [("/dev/null", "ENOTTY"), ("/nowhere", "ENOENT"), ("tty9", "ENOENT"), ("tty:web/9", "ENOENT"),
     ("tty:nobody/1", "ESRCH"), ("nobody:console", "ESRCH"), ("", "EISDIR"), ("a:b:c", "ESRCH")],
)  # fmt: skip
def test_there_is_no_such_terminal(room, name, errno):
    before = room.machine
    assert room.ask(TypeKeys(name, b"x")) == errno
    assert room.machine == before


def test_typing_at_a_dead_container(room):
    room.ask(Kill(2, Sig.SIGKILL))
    assert room.ask(TypeKeys("tty:web/1", b"x")) == "ESRCH"


def test_ten_thousand_consoles_cost_nothing_until_they_are_opened():
    box = Computer()
    before = box.machine.count(Terminal)
    box.ask(Fork())
    for _ in range(20):
        box.spawn(flags=NEWTTY)
    assert box.machine.count(Terminal) == before
    assert box.machine.count(Task) == 22
