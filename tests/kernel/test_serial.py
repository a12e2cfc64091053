"""N10: a serial line keeps its last pages, whether or not anybody watches from outside."""

import pytest

from nsh.abi.consoles import AttachSerial
from nsh.abi.files import Close, Dup, Fcntl, FcntlCommand, OpenFlag, Read, Write
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.process import CloneFlag, Fork, Setsid
from nsh.abi.signals import Kill, Sig, Sigaction
from nsh.kernel.boot import INIT
from nsh.machine.consoles import SERIAL, Consoles
from nsh.machine.ids import TaskId
from nsh.machine.printed import KEPT, MOST
from nsh.machine.serial import SerialLine
from nsh.machine.terminals import BACKLOG_KEPT, INPUT_KEPT, Terminal
from tests.kernel.proc.computer import Computer

NEWTTY = int(CloneFlag.CLONE_NEWTTY)
NOCTTY = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY)


class Line(Computer):
    """A computer with a container, web, whose serial line is open inside as ``inner``."""

    def __init__(self) -> None:
        super().__init__()
        self.web = self.spawn("web", flags=NEWTTY)
        self.inner = self.open("/dev/ttyS0", NOCTTY, self.web)

    def attach(self, who: TaskId = INIT, pid: int = 2) -> object:
        fd = self.open(f"/proc/{pid}/ns/tty", 0, who)
        reply = self.ask(AttachSerial(fd), who)
        self.ask(Close(fd), who)
        return reply

    def space(self) -> Consoles:
        return self.machine.items(Consoles)[-1][1]

    def watch(self) -> int:
        end = self.attach()
        assert isinstance(end, int)
        return end

    def put(self, data: bytes) -> object:
        return self.ask(Write(self.inner, data), self.web)


@pytest.fixture
def line() -> Line:
    return Line()


def test_what_was_written_before_can_be_read_later(line):
    assert line.put(b"booting\n") == 8
    first, second = line.watch(), line.watch()
    assert line.ask(Read(first, 4)) == b"boot"
    assert line.ask(Read(first)) == b"ing\r\n"
    assert line.ask(Read(second)) == b"booting\r\n", "each reads for itself"
    assert line.ask(Read(first)) == "blocked"
    line.put(b"ready")
    assert line.again(INIT) == b"ready"


def test_a_copy_of_the_descriptor_reads_on(line):
    line.put(b"abcdef")
    end = line.watch()
    line.ask(Read(end, 3))
    assert line.ask(Read(line.ask(Dup(end)))) == b"def"


def test_the_oldest_is_lost_and_nobody_waits(line):
    for number in range(200):
        assert line.put(b"%04d" % number + b"x" * 1020) == 1024
    data = b""
    end = line.watch()
    line.ask(Fcntl(end, FcntlCommand.F_SETFL, OpenFlag.O_RDWR | OpenFlag.O_NONBLOCK))
    while isinstance(more := line.ask(Read(end)), bytes):
        data += more
    assert more == "EAGAIN"
    assert KEPT <= len(data) <= MOST
    assert data.endswith(b"0199" + b"x" * 1020)


def test_a_giant_line_and_binary_junk_arrive_as_they_are(line):
    junk = bytes(range(256)).replace(b"\n", b"") * 300
    assert line.put(junk) == len(junk)
    end = line.watch()
    assert line.ask(Read(end, 1 << 20)) == junk
    for keys in (junk, b"\x13\x11" + b"y" * 100_000, b"\0" * 5000):
        assert line.ask(Write(end, keys)) == len(keys), "what there is no room for is lost"
    terminal = line.machine.get(Terminal, line.space().terminals[SERIAL])
    assert len(terminal.input.ready) <= INPUT_KEPT
    assert terminal.arriving.waiting <= 2 * BACKLOG_KEPT


def test_what_is_typed_outside_is_read_inside(line):
    end = line.watch()
    assert line.ask(Read(line.inner, 100), line.web) == "blocked"
    assert line.ask(Write(end, b"lsx\x7f\n")) == 5
    assert line.again(line.web) == b"ls\n"
    assert line.ask(Read(end)) == b"lsx\b \b\r\n"


def test_interrupting_from_outside(line):
    leader = line.spawn("", line.web)
    line.ask(Setsid(), leader)
    line.open("/dev/ttyS0", int(OpenFlag.O_RDWR), leader)
    assert line.task(leader).tty
    end = line.watch()
    line.ask(Write(end, b"\x03"))
    assert line.fields(3)[0] == "Z"


def test_only_those_around_may_attach(line):
    assert line.attach(line.web, 2) == "EPERM"
    assert line.attach(INIT, 1) == "EPERM", "nobody is outside the machine"
    sibling = line.spawn("db", flags=NEWTTY)
    assert line.attach(sibling, 2) == "EPERM"
    assert line.attach(line.web, 3) == "EPERM"
    inner = line.spawn("deep", line.web, flags=NEWTTY)
    pid = line.task(inner).pids[0]
    assert isinstance(line.attach(line.web, pid), int)
    assert isinstance(line.attach(INIT, pid), int)
    uts = line.open("/proc/1/ns/uts")
    assert line.ask(AttachSerial(uts)) == "EINVAL"
    assert line.ask(AttachSerial(0)) == "EINVAL"
    assert line.ask(AttachSerial(99)) == "EBADF"


def test_attaching_and_detaching_is_not_noticed_inside(line):
    before = line.space()
    end = line.watch()
    assert line.ask(Poll(((line.inner, PollEvent.POLLIN | PollEvent.POLLHUP),), 0), line.web) == (
        0,
    )
    line.ask(Close(end))
    assert line.space() == before
    assert line.machine.count(SerialLine) == 0
    assert line.put(b"on\n") == 3


def test_who_stopped_the_line_and_left_does_not_hold_it_up(line):
    end, other = line.watch(), line.watch()
    line.ask(Write(end, b"\x13"))
    assert line.put(b"held") == "blocked"
    line.ask(Close(end))
    assert line.machine.count(SerialLine) == 1
    line.ask(Close(other))
    assert line.again(line.web) == 4


def test_poll_tells_of_what_is_new(line):
    end = line.watch()
    ask = Poll(((end, PollEvent.POLLIN | PollEvent.POLLOUT),), 0)
    assert line.ask(ask) == (PollEvent.POLLOUT,)
    line.put(b"x")
    assert line.ask(ask) == (PollEvent.POLLOUT | PollEvent.POLLIN,)
    line.ask(Read(end))
    assert line.ask(Poll(((end, PollEvent.POLLIN),))) == "blocked"
    line.put(b"y")
    assert line.again(INIT) == (PollEvent.POLLIN,)


def test_the_last_words_of_a_container_are_read_by_who_is_attached(line):
    end = line.watch()
    line.put(b"panic\n")
    line.ask(Kill(2, Sig.SIGKILL))
    line.reap()
    assert line.machine.count(Consoles) == 1
    assert line.ask(Poll(((end, PollEvent.POLLIN),), 0)) == (PollEvent.POLLIN | PollEvent.POLLHUP,)
    assert line.ask(Read(end)) == b"panic\r\n"
    assert line.ask(Read(end)) == b""
    assert line.ask(Write(end, b"x")) == "EIO"
    line.ask(Close(end))
    assert line.machine.count(Terminal) == 1


def test_who_waits_when_the_line_goes_is_told_the_end(line):
    end = line.watch()
    assert line.ask(Read(end)) == "blocked"
    line.ask(Kill(2, Sig.SIGKILL), line.web)
    assert line.again(INIT) == b""


def test_a_signal_interrupts_the_wait(line):
    end = line.watch()
    reader = line.spawn()
    line.ask(Sigaction(Sig.SIGUSR1, "handler"), reader)
    assert line.ask(Read(end), reader) == "blocked"
    line.ask(Kill(line.task(reader).pids[0], Sig.SIGUSR1))
    assert line.again(reader) == "EINTR"


def test_a_fork_inherits_the_outer_end(line):
    end = line.watch()
    pid = line.ask(Fork())
    assert isinstance(pid, int)
    line.ask(Close(end))
    assert line.machine.count(SerialLine) == 1
    line.ask(Kill(pid, Sig.SIGKILL))
    assert line.machine.count(SerialLine) == 0
