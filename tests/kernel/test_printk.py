"""N11: the kernel's log, as tests/probes/test_kmsg.py tried it; shared, or one each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.abi.files import Close, Lseek, Open, OpenFlag, Read, Write
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.printk import Syslog, SyslogAction
from nsh.abi.process import CloneFlag, ExitGroup
from nsh.abi.signals import Kill, Sig, Sigaction
from nsh.kernel import policies
from nsh.kernel.boot import INIT
from nsh.kernel.consoles import FIRST
from nsh.kernel.terminals import CONSOLE
from nsh.machine.consoles import Consoles
from nsh.machine.ids import TaskId
from nsh.machine.printed import since
from nsh.machine.printk import LOG_BUF_LEN, Log
from nsh.machine.terminals import Terminal
from nsh.machine.value import begin
from tests.kernel.proc.computer import Computer

NEWTTY = int(CloneFlag.CLONE_NEWTTY)
NONBLOCK = int(OpenFlag.O_NONBLOCK)
A = SyslogAction


class Logging(Computer):
    def __init__(self, printk: str = "shared", profile: str = "all") -> None:
        super().__init__(profile)
        tx = begin(self.machine)
        policies.set_policy(tx, "printk", printk)
        self.machine = tx.commit()

    def say(self, data: bytes, who: TaskId = INIT) -> object:
        return self.write("/dev/kmsg", data, who)

    def rest(self, fd: int, who: TaskId = INIT) -> list[str]:
        """What a non-blocking reader finds, record by record; errnos in between."""
        found = []
        while (reply := self.ask(Read(fd, 8192), who)) != "EAGAIN":
            found.append(reply.decode() if isinstance(reply, bytes) else str(reply))
        return found

    def texts(self, who: TaskId = INIT) -> list[str]:
        fd = self.open("/dev/kmsg", NONBLOCK, who)
        found = [record.partition(";")[2].rstrip("\n") for record in self.rest(fd, who)]
        self.ask(Close(fd), who)
        return found

    @property
    def shown(self) -> bytes:
        return since(self.machine.get(Terminal, CONSOLE).printed, 0)


@pytest.fixture
def box() -> Logging:
    return Logging()


def test_what_the_kernel_says_at_boot(box):
    assert box.texts()[0].startswith("Linux version 6.18.0-nsh ")
    assert box.texts()[1:] == ["Command line: quiet", "Run /sbin/init as init process"]
    assert box.shown == b""


@pytest.mark.parametrize(
    ("data", "head", "text"),
    [
        (b"hi\n", "12", "hi"), (b"<7>seven", "15", "seven"), (b"<15>f1\n\n", "15", r"f1\x0a"),
        (b"<191>f23", "191", "f23"), (b"<-1>neg", "12", "<-1>neg"), (b"<>empty", "8", "empty"),
        (b"<3 >x", "12", "<3 >x"), (b"< 3>x", "12", "< 3>x"), (b"<99999999999>big", "2047", "big"),
        (b"<7>a\nb\n", "15", r"a\x0ab"), (b"<0x7>h", "12", "<0x7>h"), (b"<010>o", "10", "o"),
        (b"<7>nul\0after", "15", "nul"), (b"<7> lead", "15", " lead"), (b"<7>", "15", ""),
        (b"", "12", ""), (b"\n", "12", ""), (b"<4>\0x", "12", ""), (b"<7>sp \n", "15", "sp "),
        (b"<7>\x01\x1b[31m\\ \xc3\xa9 \x7f\t.", "15", r"\x01\x1b[31m\x5c \xc3\xa9 \x7f\x09."),
        (b"<7>" + b"n" * 1021, "15", "n" * 1021),
    ],
)  # fmt: skip
def test_a_message_as_it_is_written_and_read(box, data, head, text):
    fd = box.open("/dev/kmsg", NONBLOCK)
    box.ask(Lseek(fd, 0, 2))
    assert box.say(data) == len(data)
    assert box.rest(fd) == [f"{head},3,0,-;{text}\n"]


@pytest.mark.parametrize("size", [1025, 2000, 100_000])
def test_a_message_that_is_too_long(box, size):
    assert box.say(b"x" * size) == "EINVAL"
    assert len(box.texts()) == 3


def test_reading_and_seeking(box):
    fd = box.open("/dev/kmsg", NONBLOCK)
    assert box.ask(Read(fd, 5)) == "EINVAL", "it does not fit"
    assert b"Command line" in box.ask(Read(fd, 8192)), "and is passed over"
    for whence, reply in ((0, 0), (1, "EINVAL"), (2, 0), (3, 0), (4, "EINVAL"), (5, "EINVAL")):
        assert box.ask(Lseek(fd, 0, whence)) == reply
        assert box.ask(Lseek(fd, 5, whence)) == ("ESPIPE" if whence < 5 else "EINVAL")
    box.ask(Syslog(A.CLEAR))
    box.ask(Lseek(fd, 0, 3))
    assert box.rest(fd) == []
    box.ask(Lseek(fd, 0, 0))
    assert len(box.rest(fd)) == 3, "/dev/kmsg has what was cleared"
    assert box.ask(Write(fd, b"x")) == "EBADF"


def test_a_reader_waits_and_poll_tells(box):
    fd = box.open("/dev/kmsg")
    ask = Poll(((fd, PollEvent.POLLIN),), 0)
    assert box.ask(ask) == (PollEvent.POLLIN,)
    box.ask(Lseek(fd, 0, 2))
    assert box.ask(ask) == (0,)
    reader = box.spawn()
    assert box.ask(Read(fd, 100), reader) == "blocked"
    box.say(b"now")
    assert box.again(reader) == b"12,3,0,-;now\n"
    box.ask(Sigaction(Sig.SIGUSR1, "handler"), reader)
    assert box.ask(Read(fd, 100), reader) == "blocked"
    box.ask(Kill(2, Sig.SIGUSR1))
    assert box.again(reader) == "EINTR"


def test_the_oldest_is_overwritten_and_a_slow_reader_told(box):
    fd = box.open("/dev/kmsg", NONBLOCK)
    for _ in range(LOG_BUF_LEN // 1000):
        box.say(b"x" * 1024)
    log = box.machine.get(Log, FIRST)
    assert log.size <= LOG_BUF_LEN < log.size + 1100
    assert box.ask(Read(fd, 8192)) == "EPIPE"
    assert box.ask(Read(fd, 8192)).startswith(f"12,{log.first},".encode())


# ---- syslog(2) ----


def test_syslog_by_its_actions(box):
    whole = box.ask(Syslog(A.READ_ALL, 1 << 17))
    assert whole.splitlines()[1:] == [
        b"<6>[    0.000000] Command line: quiet",
        b"<6>[    0.000000] Run /sbin/init as init process",
    ]
    assert box.ask(Syslog(A.READ_ALL, 60)) == whole.splitlines(True)[2], "the last that fit"
    assert [box.ask(Syslog(action)) for action in (A.OPEN, A.CLOSE, A.SIZE_BUFFER)] == [
        0,
        0,
        1 << 17,
    ]
    assert box.ask(Syslog(A.SIZE_UNREAD)) == len(whole)
    first = box.ask(Syslog(A.READ, 20))
    second = box.ask(Syslog(A.READ, 1000))
    assert first + second == whole, "what does not fit is told in parts"
    assert box.ask(Syslog(A.SIZE_UNREAD)) == 0
    assert box.ask(Syslog(A.READ_CLEAR, 1000)) == whole
    assert box.ask(Syslog(A.READ_ALL, 1000)) == b""
    box.say(b"a\nb")
    assert box.ask(Syslog(A.READ_ALL, 1000)) == b"<12>[    0.000000] a\n<12>[    0.000000] b\n"
    assert box.ask(Syslog(A.READ, 1000)) == box.ask(Syslog(A.READ_ALL, 1000))
    assert box.ask(Syslog(A.READ, 1000)) == "blocked"


@pytest.mark.parametrize(
    ("action", "size", "reply"),
    [(A.READ_ALL, -1, "EINVAL"), (A.READ, 0, b""), (A.READ_ALL, 0, b""), (11, 0, "EINVAL"),
     (-1, 0, "EINVAL"), (A.CONSOLE_LEVEL, 0, "EINVAL"), (A.CONSOLE_LEVEL, 9, "EINVAL"),
     (A.CONSOLE_LEVEL, -5, "EINVAL"), (A.CONSOLE_LEVEL, 8, 0)],
)  # fmt: skip
def test_syslog_refuses(box, action, size, reply):
    assert box.ask(Syslog(action, size)) == reply


def test_who_may_read_the_log(box):
    user = box.spawn()
    box.become(user, 1000)
    free = {A.READ_ALL, A.SIZE_BUFFER}
    for action in range(A.SIZE_BUFFER + 2):
        expected = "EPERM" if action not in free else box.ask(Syslog(action, 10))
        assert box.ask(Syslog(action, 10), user) == expected
    assert isinstance(box.ask(Open("/dev/kmsg"), user), int)
    assert box.say(b"x", user) == "EACCES"
    assert box.write("/proc/sys/kernel/dmesg_restrict", b"1", user) == "EACCES"
    assert box.write("/proc/sys/kernel/dmesg_restrict", b"2") == "EINVAL"
    assert box.write("/proc/sys/kernel/dmesg_restrict", b"1") == 1
    assert [box.ask(Syslog(action, 10), user) for action in free] == ["EPERM"] * 2
    assert box.ask(Open("/dev/kmsg"), user) == "EPERM"
    assert box.cat("/proc/sys/kernel/dmesg_restrict", user) == "1\n"


# ---- the console ----


def test_what_shows_on_the_console(box):
    box.say(b"<4>warning")
    box.say(b"<3>error\nof two lines")
    assert box.shown == b"[    0.000000] error\r\n[    0.000000] of two lines\r\n"
    assert box.write("/proc/sys/kernel/printk", b"8") == 1
    box.say(b"<7>debug")
    assert box.shown.endswith(b"] debug\r\n")
    assert box.cat("/proc/sys/kernel/printk") == "8\t4\t1\t7\n"
    size = len(box.shown)
    box.ask(Syslog(A.CONSOLE_OFF))
    box.say(b"<1>alert")
    assert len(box.shown) == size
    box.ask(Syslog(A.CONSOLE_ON))
    box.say(b"<7>again")
    assert box.shown.endswith(b"] again\r\n")


@pytest.mark.parametrize(
    ("data", "reply", "after"),
    [(b"-1\n", 3, "-1 4 1 7"), (b"1 4 1 7\n", 8, "1 4 1 7"), (b"5 3", 3, "5 3 1 7"),
     (b"", 0, "4 4 1 7"), (b"5 3 2 6 9", 8, "5 3 2 6"),
     (b"-1 99 100 7000000", 17, "-1 99 100 7000000"),
     (b"0x5 010", 7, "5 8 1 7"), (b"5\t3", 3, "5 3 1 7"), (b"loud", "EINVAL", "4 4 1 7"),
     (b"1 x", "EINVAL", "1 4 1 7"), (b"5,3", "EINVAL", "4 4 1 7"),
     (b"5 99999999999", "EINVAL", "5 4 1 7")],
)  # fmt: skip
def test_the_levels_by_sysctl(box, data, reply, after):
    """As they were on a 6.18."""
    assert box.write("/proc/sys/kernel/printk", data) == reply
    assert box.cat("/proc/sys/kernel/printk") == after.replace(" ", "\t") + "\n"


@pytest.mark.parametrize(("level", "head"), [(2, 10), (9, 9), (-1, 15), (15, 15), (300, 12)])
def test_the_level_of_what_comes_without_one(box, level, head):
    """As it was on a 6.18: three bits of the number count."""
    box.write("/proc/sys/kernel/printk", f"4 {level}".encode())
    box.say(b"no level")
    assert box.ask(Syslog(A.READ_ALL, 9999)).splitlines()[-1].startswith(f"<{head}>".encode())


def test_syslog_sets_no_level_below_the_least(box):
    box.write("/proc/sys/kernel/printk", b"4 4 3 7")
    box.ask(Syslog(A.CONSOLE_LEVEL, 1))
    assert box.cat("/proc/sys/kernel/printk").startswith("3\t")
    box.ask(Syslog(A.CONSOLE_LEVEL, 5))
    box.ask(Syslog(A.CONSOLE_OFF))
    assert box.cat("/proc/sys/kernel/printk").startswith("3\t")
    box.ask(Syslog(A.CONSOLE_ON))
    assert box.cat("/proc/sys/kernel/printk").startswith("5\t")


def test_a_negative_level_silences_even_an_emergency(box):
    box.write("/proc/sys/kernel/printk", b"-1")
    box.say(b"<0>help")
    assert box.shown == b""


def test_a_message_on_the_console_is_made_harmless_by_nobody_but_the_front_end(box):
    """As on Linux: the log keeps bytes; who shows a terminal to people guards them."""
    box.say(b"<0>\x1b[2J")
    assert b"\x1b[2J" in box.shown


# ---- what the kernel itself says ----


def test_containers_come_and_go(box):
    box.spawn("web", flags=int(CloneFlag.CLONE_NEWPID))
    box.write("/proc/container", b"shop", box.spawn())
    box.ask(Kill(2, Sig.SIGKILL))
    box.reap()
    said = ["container web: created", "container shop: created", "container web: ended"]
    assert box.texts()[3:] == said
    assert box.shown == b""


def test_mainline_does_not_speak_of_containers():
    box = Logging(profile="mainline")
    box.spawn("web", flags=int(CloneFlag.CLONE_NEWPID))
    assert len(box.texts()) == 3


def test_the_last_words(box):
    box.raw(ExitGroup(3))
    log = box.machine.get(Log, FIRST)
    words = "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000300"
    texts = [log.records[number] for number in sorted(log.records)][-2:]
    assert [(each.level, each.text.decode()) for each in texts] == [
        (0, words), (0, f"---[ end {words} ]---")
    ]  # fmt: skip
    assert words.encode() in box.shown


# ---- the debate ----


def containers(position: str) -> tuple[Logging, TaskId, TaskId]:
    box = Logging(position)
    flags = NEWTTY | int(CloneFlag.CLONE_NEWPID)
    return box, box.spawn("web", flags=flags), box.spawn("db", flags=flags)


def test_shared_a_container_reads_and_clears_everybodys():
    box, web, db = containers("shared")
    box.say(b"the machine's secret")
    box.say(b"db's secret", db)
    assert box.texts(web)[-2:] == ["the machine's secret", "db's secret"]
    assert box.ask(Syslog(A.CLEAR), web) == 0
    assert box.ask(Syslog(A.READ_ALL, 1000)) == box.ask(Syslog(A.READ_ALL, 1000), db) == b""
    box.write("/proc/sys/kernel/printk", b"1", web)
    assert box.cat("/proc/sys/kernel/printk", db).startswith("1\t")


def test_isolated_each_has_its_own_and_the_machine_has_all():
    box, web, db = containers("isolated")
    box.say(b"the machine's secret")
    box.say(b"<3>db's secret", db)
    box.say(b"<3>web's", web)
    assert box.texts(web) == ["web's"]
    assert box.texts(db) == ["db's secret"]
    assert box.texts()[-3:] == ["the machine's secret", "db: db's secret", "web: web's"]
    box.ask(Syslog(A.CLEAR), web)
    assert box.ask(Syslog(A.READ_ALL, 1000), db) != b""
    box.write("/proc/sys/kernel/printk", b"1", web)
    assert box.cat("/proc/sys/kernel/printk", db).startswith("4\t")
    console = box.machine.get(Consoles, _space(box, db)).terminals[0]
    shown = since(box.machine.get(Terminal, console).printed, 0)
    assert shown == b"[    0.000000] db's secret\r\n"
    assert box.shown == b"[    0.000000] db: db's secret\r\n[    0.000000] web: web's\r\n"


def _space(box: Logging, who: TaskId) -> int:
    inum = re.search(r"\d+", str(box.readlink(f"/proc/{box.task(who).pids[0]}/ns/tty")))
    assert inum is not None
    spaces = box.machine.items(Consoles)
    return next(key for key, space in spaces if space.inum == int(inum.group()))


def test_isolated_a_deeper_one_is_heard_by_all_around_it():
    box, web, db = containers("isolated")
    deep = box.spawn("deep", web, flags=NEWTTY | int(CloneFlag.CLONE_NEWPID))
    box.say(b"hello", deep)
    assert box.texts(deep) == ["hello"]
    assert box.texts(web) == ["deep: hello"]
    assert box.texts()[-1] == "deep: hello"
    assert box.texts(db) == []


def test_isolated_a_ring_ends_with_its_namespace():
    box, web, _db = containers("isolated")
    box.say(b"x", web)
    assert box.machine.count(Log) == 2
    fd = box.open("/dev/kmsg", 0, web)
    box.ask(Read(fd, 100), web)
    box.ask(Kill(2, Sig.SIGKILL))
    assert box.machine.count(Log) == 1


@pytest.mark.parametrize("profile", ["all", "mainline", "summit-2008"])
def test_the_documents_positions(profile):
    box = Computer(profile)
    expected = "isolated" if profile == "summit-2008" else "shared"
    assert policies.value(box.machine, policies.PRINTK) == expected


@given(st.lists(st.binary(max_size=1100), max_size=40), st.sampled_from(["shared", "isolated"]))
def test_whatever_is_written_can_be_read_back(messages, position):
    """Every record once, in order, none of them longer than a line of printable characters."""
    box = Logging(position)
    web = box.spawn("web", flags=NEWTTY)
    for number, data in enumerate(messages):
        reply = box.say(data, web if number % 2 else INIT)
        assert reply == (len(data) if len(data) <= 1024 else "EINVAL")
    fd = box.open("/dev/kmsg", NONBLOCK)
    records = box.rest(fd)
    stored = sum(len(data) <= 1024 for data in messages)
    assert len(records) == 3 + stored
    for number, record in enumerate(records):
        assert re.fullmatch(rf"\d+,{number},0,-;[ -~]*\n", record)
