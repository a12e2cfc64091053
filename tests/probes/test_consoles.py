"""N9: virtual consoles, as far as they can be tried without switching the machine's own."""

from __future__ import annotations

import errno
import fcntl
import os
import struct

import pytest

from tests.probes._real import need

VT_OPENQRY, VT_GETSTATE, VT_ACTIVATE, VT_WAITACTIVE = 0x5600, 0x5603, 0x5606, 0x5607
NOCTTY = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK


def ask(fd, request, argument=0):
    try:
        return fcntl.ioctl(fd, request, argument)
    except OSError as error:
        return errno.errorcode[error.errno or 0]


def state(fd):
    return struct.unpack("HHH", fcntl.ioctl(fd, VT_GETSTATE, bytes(6)))


@pytest.fixture
def console():
    need()
    try:
        fd = os.open("/dev/tty0", NOCTTY)
        state(fd)
    except OSError as error:
        pytest.skip(f"no virtual consoles: {error}")
    yield fd
    os.close(fd)


def test_the_one_in_front_is_open_by_being_asked(console):
    active, _signal, mask = state(console)
    assert mask & 1
    assert mask >> active & 1
    assert os.ttyname(console) == "/dev/tty0"


def test_the_first_free_one_is_not_open(console):
    (number,) = struct.unpack("i", fcntl.ioctl(console, VT_OPENQRY, bytes(4)))
    assert number == -1 or not state(console)[2] >> number & 1


@pytest.mark.parametrize("number", [0, 64, 65, -1])
def test_there_is_no_such_console(console, number):
    assert ask(console, VT_ACTIVATE, number) == ask(console, VT_WAITACTIVE, number) == "ENXIO"


def test_waiting_for_the_one_in_front(console):
    assert ask(console, VT_WAITACTIVE, state(console)[0]) == 0


def test_who_lacks_the_privilege_is_told_so_first(console):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setuid(65534)
        told = [ask(console, VT_ACTIVATE, 0), ask(console, VT_WAITACTIVE, state(console)[0])]
        os.write(writer, " ".join(map(str, told)).encode())
        os._exit(0)
    os.close(writer)
    assert os.read(reader, 100) == b"EPERM EPERM"
    os.close(reader)
    os.waitpid(pid, 0)


def test_it_is_no_session_leaders_terminal_by_being_opened(console):
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        os.open("/dev/tty0", os.O_RDWR | os.O_NONBLOCK)
        try:
            os.open("/dev/tty", os.O_RDWR)
        except OSError as error:
            os.write(writer, errno.errorcode[error.errno or 0].encode())
        os._exit(0)
    os.close(writer)
    assert os.read(reader, 100) == b"ENXIO"
    os.close(reader)
    os.waitpid(pid, 0)
