"""/proc/sys/kernel: numbers and names, whose they are, and what may be written."""

import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.abi import Failure, KernelError
from nsh.abi.files import Lseek, Mount, OpenFlag, Read, Write
from nsh.abi.names import Mkdir
from nsh.abi.namespaces import Uname, Unshare
from nsh.abi.process import CloneFlag
from nsh.kernel.fs.proc.sysctl import parse_number
from tests.kernel.proc.computer import Computer
from tests.probes._calls import CLONE_NEWUTS, unshare
from tests.probes._inside import read
from tests.probes._real import need, trial

LAST = "/proc/sys/kernel/ns_last_pid"
MAX = "/proc/sys/kernel/pid_max"
HOST = "/proc/sys/kernel/hostname"
DOMAIN = "/proc/sys/kernel/domainname"


# -- numbers --------------------------------------------------------------------------------------

# What Linux 6.18 says to each write of ns_last_pid: (bytes taken, value), None for EINVAL.
WRITES: dict[bytes, tuple[int, int] | None] = {
    b"100": (3, 100), b"100\n": (4, 100), b" 100 ": (5, 100), b"100 200": (4, 100),
    b"12\t13": (3, 12), b"0": (1, 0), b"0x100": (5, 256), b"0X1f ": (5, 31), b"0100": (4, 64),
    b"\v\f7": (3, 7), b"\xa07": (2, 7), b"00000000000000000007": (20, 7),
    b"000000000000000000007": None, b"100x": None, b"x": None, b" ": None, b"\n": None,
    b"-1": None, b"-": None, b"--1": None, b"1-": None, b"+5": None, b"\0": None, b"100\0": None,
    b"100\r": None, b"08": None, b"0x": None, b"0xg": None, b"\xff\xfe": None, b"1" * 5000: None,
    b" " * 5000: None, b"99999999999": None, b"2147483648": None, b"-2147483649": None,
}  # fmt: skip


@pytest.mark.parametrize("data", WRITES, ids=repr)
def test_what_a_number_is(box, data):
    before = box.cat(LAST)
    taken = box.write(LAST, data)
    wanted = WRITES[data]
    if wanted is None:
        assert [taken, box.cat(LAST)] == ["EINVAL", before]
    else:
        assert (taken, box.cat(LAST)) == (wanted[0], f"{wanted[1]}\n")


def real_numbers(cases: list[list[int]]) -> list[list[object]]:
    """Each write to ns_last_pid on Linux: what it returns, and the value afterwards."""
    answers: list[list[object]] = []
    fd = os.open(LAST, os.O_WRONLY)
    for case in cases:
        os.lseek(fd, 0, 0)
        try:
            answers.append([os.write(fd, bytes(case)), int(read(LAST))])
        except OSError:
            answers.append(["EINVAL", 0])
    return answers


def test_numbers_are_parsed_as_linux_parses_them():
    """Three characters of those that matter, in every order."""
    need(root=True)
    alphabet = [*b"0189xXaF-+ \t\n\v\r\xa0\0", *b"3"]
    cases = [
        list(word) for length in (1, 2, 3) for word in itertools.product(alphabet, repeat=length)
    ]
    real = trial(real_numbers, cases)
    limit = 4 << 20
    for case, theirs in zip(cases, real, strict=True):
        try:
            number, taken = parse_number(bytes(case))
            ours = [taken, number] if 0 <= number <= limit else ["EINVAL", 0]
        except KernelError:
            ours = ["EINVAL", 0]
        assert ours == theirs, bytes(case)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_number_or_einval(data):
    box = Computer()
    reply = box.raw(Write(box.open(LAST, OpenFlag.O_WRONLY), data))
    if isinstance(reply, Failure):
        assert reply.errno.name == "EINVAL"
        assert reply.reason.isprintable()
    else:
        assert isinstance(reply, int)
        assert reply <= len(data)
        assert 0 <= int(box.cat(LAST)) <= int(box.cat(MAX))


def test_the_next_pid_follows_the_last(box):
    box.write(LAST, b"500")
    child = box.spawn()
    assert box.task(child).pids == (501,)
    assert box.cat(LAST) == "501\n"


def test_bounds(box):
    assert [box.write(MAX, data) for data in (b"300", b"301", b"4194304", b"4194305", b"0100")] == [
        "EINVAL", 3, 7, "EINVAL", "EINVAL",
    ]  # fmt: skip
    box.write(MAX, b"400")
    assert [box.write(LAST, data) for data in (b"400", b"401")] == [3, "EINVAL"]
    box.write(LAST, b"399")
    assert box.task(box.spawn()).pids == (300,)  # past the end it goes on after the reserved ones


def test_a_write_elsewhere_than_at_the_start_does_nothing(box):
    fd = box.open(LAST, OpenFlag.O_RDWR)
    assert [box.ask(Write(fd, b"7")), box.ask(Write(fd, b"8")), box.ask(Read(fd))] == [1, 1, b""]
    box.ask(Lseek(fd, 0))
    assert box.ask(Read(fd)) == b"7\n"
    assert box.write(LAST, b"") == 0


def test_numbers_are_the_readers_whichever_proc_it_uses(box):
    inner = box.spawn("inner", flags=int(CloneFlag.CLONE_NEWPID))
    box.ask(Mkdir("/mnt/p"))
    box.ask(Mount("proc", "/mnt/p", "proc"), inner)
    assert box.cat(LAST, inner) == "1\n"
    assert box.cat("/mnt/p/sys/kernel/ns_last_pid") == "2\n"
    assert box.write("/mnt/p/sys/kernel/pid_max", b"500", inner) == 3
    assert [box.cat(MAX, inner), box.cat(MAX)] == ["500\n", "32768\n"]
    assert box.cat("/proc/loadavg", inner).split()[-1] == "1"
    assert box.cat("/mnt/p/loadavg").split()[-2:] == ["1/2", "2"]


def test_who_may_write(box):
    other = box.spawn()
    box.become(other, 1000)
    assert [box.write(path, b"400", other) for path in (LAST, MAX, HOST)] == [
        "EPERM",
        "EACCES",
        "EACCES",
    ]
    assert box.write("/proc/sys/kernel/ostype", b"x") == "EACCES"  # not even root


# -- lines ----------------------------------------------------------------------------------------

LINES = [
    b"web", b"web\n", b"a b\n", b"two\nlines\n", b"\n", b"x" * 63, b"x" * 64, b"x" * 65, b"x" * 200,
    b"nul\0rest", b"\xff\xfe", b" lead", b"tab\there",
]  # fmt: skip


def real_lines(lines: list[list[int]]) -> list[list[object]]:
    """Each write to hostname on Linux, in a uts namespace of its own."""
    assert unshare(CLONE_NEWUTS) == 0
    text = [bytes(line).decode("latin-1") for line in lines]
    return [[_write(line), read(HOST)] for line in text]


def _write(line: str) -> object:
    fd = os.open(HOST, os.O_WRONLY)
    try:
        return os.write(fd, line.encode("latin-1"))
    finally:
        os.close(fd)


def test_names_are_taken_as_linux_takes_them(box):
    need(root=True)
    real = trial(real_lines, [list(line) for line in LINES])
    assert [[box.write(HOST, line), box.cat(HOST)] for line in LINES] == real


def test_names_are_the_uts_namespaces(box):
    other = box.spawn()
    box.ask(Unshare(int(CloneFlag.CLONE_NEWUTS)), other)
    box.write(HOST, b"web\n", other)
    box.write(DOMAIN, b"example.org\n", other)
    assert [box.cat(HOST), box.cat(HOST, other)] == ["nsh\n", "web\n"]
    assert [box.cat(DOMAIN), box.cat(DOMAIN, other)] == ["(none)\n", "example.org\n"]
    name = box.ask(Uname(), other)
    assert (name.nodename, name.domainname) == ("web", "example.org")
    assert box.cat("/proc/sys/kernel/osrelease") == name.release + "\n"
    assert box.cat("/proc/sys/kernel/version") == name.version + "\n"
    assert box.cat("/proc/version").startswith(f"{name.sysname} version {name.release} ")


def test_a_name_is_written_from_the_offset_on(box):
    fd = box.open(HOST, OpenFlag.O_WRONLY)
    box.ask(Write(fd, b"abc"))
    box.ask(Write(fd, b"def"))
    assert box.cat(HOST) == "abcdef\n"
    box.ask(Lseek(fd, 1))
    box.ask(Write(fd, b"ZZ"))
    assert box.cat(HOST) == "aZZ\n"
    box.ask(Lseek(fd, 50))
    assert box.ask(Write(fd, b"lost")) == 4
    assert box.cat(HOST) == "aZZ\n"
