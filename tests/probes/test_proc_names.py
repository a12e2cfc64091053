"""P4: comm and hostname: what may be written, how it is cut and where it is escaped.

proc_pid_comm(5), proc_pid_status(5), proc_sys_kernel(5), sethostname(2), tried.
"""

import os

import pytest

from tests.probes._calls import (
    CLONE_NEWUTS,
    PR_SET_NAME,
    libc,
    unshare,
)
from tests.probes._inside import (
    read,
    spare,
    write,
    zombie,
)
from tests.probes._real import need, trial

LAST = "/proc/sys/kernel/ns_last_pid"
HOSTNAME = "/proc/sys/kernel/hostname"


@pytest.mark.parametrize(
    ("name", "comm", "in_status"),
    [
        (b"plain", b"plain", b"plain"),
        (b"exactly15chars_", b"exactly15chars_", b"exactly15chars_"),
        (b"sixteen_chars_xx", b"sixteen_chars_x", b"sixteen_chars_x"),
        (b"a b)c(", b"a b)c(", b"a b)c("),
        (b"tab\tnl\nbs\\", b"tab\tnl\nbs\\", b"tab\tnl\\nbs\\\\"),
        (b"\x01\x7f\xff", b"\x01\x7f\xff", b"\x01\x7f\xff"),
        (b"", b"", b""),
    ],
)
def test_a_name_is_cut_at_15_bytes_and_escaped_only_in_status(name, comm, in_status):
    def body():
        libc.prctl(PR_SET_NAME, name, 0, 0, 0)
        with (
            open("/proc/self/comm", "rb") as comm_file,
            open("/proc/self/status", "rb") as status_file,
            open("/proc/self/stat", "rb") as stat_file,
        ):
            between = stat_file.read().split(b"(", 1)[1].rpartition(b")")[0]
            lines = status_file.read().split(b"\nUmask")[0]
            return [text.decode("latin-1") for text in (comm_file.read(), lines, between)]

    assert [text.encode("latin-1") for text in trial(body)] == [
        comm + b"\n",
        b"Name:\t" + in_status,
        comm,
    ]


@pytest.mark.parametrize(
    ("text", "answer", "comm"),
    [
        ("new", 3, "new\n"),
        ("new\n", 4, "new\n\n"),
        ("", 0, "\n"),
        ("a" * 40, 40, "a" * 15 + "\n"),
        ("a\0b", 3, "a\n"),
    ],
)
def test_writing_a_comm(text, answer, comm):
    assert trial(lambda: [write("/proc/self/comm", text), read("/proc/self/comm")]) == [
        answer,
        comm,
    ]


def test_only_the_process_itself_may_write_its_comm():
    need(root=True)
    assert (
        trial(lambda: [write(f"/proc/{pid}/comm", "x") for pid in (1, spare(), zombie())])
        == ["EINVAL"] * 3
    )


@pytest.mark.parametrize(
    ("text", "answer", "name"),
    [
        ("web1", 4, "web1"),
        ("web1\n", 5, "web1"),
        ("", 0, "before"),
        ("\n", 1, ""),
        ("a b", 3, "a b"),
        ("two\nlines", 9, "two"),
        ("x" * 70, 70, "x" * 64),
        ("a\0b", 3, "a"),
    ],
)
def test_writing_the_hostname(text, answer, name):
    need(root=True)

    def body():
        unshare(CLONE_NEWUTS)
        write(HOSTNAME, "before")
        return [write(HOSTNAME, text), read(HOSTNAME), os.uname().nodename]

    assert trial(body) == [answer, f"{name}\n", name]


def test_sethostname_has_room_for_64_bytes():
    def body():
        unshare(CLONE_NEWUTS)
        return [libc.sethostname(b"y" * 64, size) for size in (64, 65, -1, 0)]

    assert trial(body) == [0, -1, -1, 0]
