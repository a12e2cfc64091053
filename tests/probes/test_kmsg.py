"""N11: /dev/kmsg and syslog(2), tried on the real log: read, and a few harmless lines written.

A writer may say ten things in five seconds (``printk.devkmsg``), so what is written is little.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import time

import pytest

from tests.probes._real import need

LIBC = ctypes.CDLL(None, use_errno=True)
RECORD = re.compile(rb"(\d+),(\d+),(\d+),([-c])[^;]*;(.*?)\n", re.DOTALL)


def tried(function, *arguments):
    try:
        return function(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def syslog(action, size=0, buffer=None):
    ctypes.set_errno(0)
    reply = LIBC.klogctl(action, buffer, size)
    return reply if reply >= 0 else errno.errorcode[ctypes.get_errno()]


@pytest.fixture
def kmsg():
    need()
    try:
        fd = os.open("/dev/kmsg", os.O_RDWR | os.O_NONBLOCK)
    except OSError as error:
        pytest.skip(f"no log to read: {error}")
    yield fd
    os.close(fd)


def test_reading_and_seeking(kmsg):
    first = os.read(kmsg, 8192)
    head = RECORD.match(first)
    assert head is not None
    assert tried(os.read, kmsg, 5) == "EINVAL"
    third = RECORD.match(os.read(kmsg, 8192))
    assert third is not None
    assert int(third.group(2)) - int(head.group(2)) == 2, "one was passed over"
    for whence, reply in ((0, 0), (1, "EINVAL"), (2, 0), (3, 0), (4, "EINVAL")):
        assert tried(os.lseek, kmsg, 0, whence) == reply
        assert tried(os.lseek, kmsg, 5, whence) == "ESPIPE"
    os.lseek(kmsg, 0, os.SEEK_END)
    assert tried(os.read, kmsg, 8192) == "EAGAIN"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "head", "text"),
    [
        (b"<7>nsh: a\nb\n", b"15", rb"nsh: a\x0ab"),
        (b"<191>nsh\x01\\\xc3\xa9\x7f\t.\n", b"191", rb"nsh\x01\x5c\xc3\xa9\x7f\x09."),
        (b"<-1>nsh", b"12", b"<-1>nsh"),
        (b"<99999999999>nsh\0x", b"2047", b"nsh"),
    ],
)
def test_a_message(kmsg, data, head, text):
    os.lseek(kmsg, 0, os.SEEK_END)
    time.sleep(0.6)  # the limit is shared by all who write
    assert os.write(kmsg, data) == len(data)
    for _ in range(50):
        reply = tried(os.read, kmsg, 8192)
        if reply == "EAGAIN":
            time.sleep(0.01)
            continue
        record = RECORD.match(reply)
        if record is not None and record.group(5) == text:
            assert record.group(1) == head
            return
    pytest.skip("others have written too much for this to be taken")


def test_a_message_that_is_too_long(kmsg):
    assert tried(os.write, kmsg, b"x" * 1025) == "EINVAL"


def test_syslog_refuses(kmsg):
    buffer = ctypes.create_string_buffer(64)
    assert [syslog(0), syslog(1)] == [0, 0]
    assert syslog(10) > 0
    assert syslog(3, 0, buffer) == 0
    assert [syslog(3, -1, buffer), syslog(11), syslog(-1)] == ["EINVAL"] * 3
    assert [syslog(8, 0), syslog(8, 9)] == ["EINVAL"] * 2
    assert syslog(3, 64, buffer) <= 64
    assert re.match(rb"<\d+>\[ *\d+\.\d{6}\] ", buffer.raw) or not buffer.raw.strip(b"\0")
