"""N8, N9: exclusive mode, locked modes and SIGIO, where it matters who asks (ioctl_tty(2)).

What root alone can tell stands in tests/conformance/terminals.
"""

import ctypes
import errno
import fcntl
import os
import signal
import struct

import pytest

from tests.probes._calls import err, libc
from tests.probes._inside import ask
from tests.probes._real import need, trial

pytestmark = pytest.mark.usefixtures("ptys")

TIOCEXCL, TIOCNXCL, TIOCGPTPEER, TIOCSPTLCK = 0x540C, 0x540D, 0x5441, 0x40045431
TIOCSLCKTRMIOS, TIOCSCTTY = 0x5457, 0x540E
SETFL, SETOWN = 4, 8
QUIET = os.O_RDWR | os.O_NOCTTY
NOBODY = 65534


def ioctl(fd, request, argument=0):
    return _answered(libc.ioctl(fd, ctypes.c_ulong(request), argument))


def control(fd, command, argument=0):
    return _answered(libc.fcntl(fd, command, argument))


def _answered(got):
    return errno.errorcode[ctypes.get_errno()] if got == -1 else got


def as_nobody(function):
    def body():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        return function()

    return ask(body)


def asynchronous(fd):
    return bool(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ASYNC)


def opens(path, flags=QUIET):
    got = err(os.open, path, flags)
    return got if isinstance(got, str) else 0


def test_exclusive_keeps_others_out():
    need(root=True)

    def body():
        master, slave = os.openpty()
        name = os.ttyname(slave)
        os.chmod(name, 0o666)
        ioctl(slave, TIOCEXCL)

        def tries():
            return [opens(name), ioctl(master, TIOCGPTPEER, QUIET)]

        def own():
            os.setsid()
            ioctl(slave, TIOCSCTTY)
            return [opens("/dev/tty"), ioctl(slave, TIOCNXCL), opens(name), ioctl(slave, TIOCEXCL)]

        shut = [as_nobody(tries), opens(name)]
        ioctl(master, TIOCSPTLCK, ctypes.byref(ctypes.c_int(1)))
        locked = [as_nobody(lambda: opens(name)), opens(name)]
        ioctl(master, TIOCSPTLCK, ctypes.byref(ctypes.c_int(0)))
        return [shut, locked, as_nobody(own)]

    assert trial(body) == [
        [["EBUSY", "EBUSY"], 0],
        ["EBUSY", "EIO"],
        ["EBUSY", 0, 0, 0],
    ]


def test_locks_are_roots():
    need(root=True)

    def body():
        slave = os.openpty()[1]
        locks = struct.pack("4IB19s", 0, 0, 0, 8, 0, bytes(19))
        return [
            as_nobody(lambda: ioctl(slave, TIOCSLCKTRMIOS, locks)),
            ioctl(slave, TIOCSLCKTRMIOS, locks),
        ]

    assert trial(body) == ["EPERM", 0]


def test_who_set_the_owner_could_have_signalled_it():
    need(root=True)

    def body():
        master, slave = os.openpty()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
        me = os.getpid()
        told = []
        for by in (as_nobody, ask):
            by(lambda: control(slave, SETOWN, me))
            control(slave, SETFL, os.O_RDWR | os.O_ASYNC)
            os.write(master, b"\n")
            told.append(signal.sigtimedwait([signal.SIGIO], 1 if by is ask else 0.05) is not None)
        return told

    assert trial(body) == [False, True]


def test_a_hang_up_ends_it():
    def body():
        master, slave = os.openpty()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
        before = control(slave, SETFL, os.O_RDWR | os.O_ASYNC)
        os.close(master)
        flags = asynchronous(slave)
        pending = signal.SIGIO in signal.sigpending()
        return [
            before,
            flags,
            control(slave, SETFL, os.O_RDWR | os.O_ASYNC),
            pending,
        ]

    assert trial(body) == [0, False, "ENOTTY", False]


def test_room_is_told_to_who_found_none():
    def body():
        master, slave = os.openpty()
        os.set_blocking(slave, False)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
        flags = os.O_RDWR | os.O_NONBLOCK | os.O_ASYNC
        control(slave, SETFL, flags)
        while not isinstance(err(os.write, slave, b"x" * 1000), str):
            pass
        full = signal.SIGIO in signal.sigpending()
        while signal.SIGIO not in signal.sigpending():
            os.read(master, 1000)
        return full

    assert trial(body) is False


def test_open_takes_it_in_vain():
    def body():
        slave = os.openpty()[1]
        again = os.open(os.ttyname(slave), QUIET | os.O_ASYNC)
        shown = asynchronous(again)
        return [shown, control(again, SETFL, os.O_RDWR | os.O_ASYNC), control(again, 9)]

    assert trial(body) == [True, 0, 0]
