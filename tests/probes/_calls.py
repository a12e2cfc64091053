"""The system calls the probes make, raw: each answers with its value or with the errno's name.

Raw, because libc hides what is tried here: it caches, retries, has no name for `clone3`, and
refuses arguments that the kernel would have answered itself.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import struct
from collections.abc import Callable, Sequence
from typing import Any, Final

# <linux/sched.h>
CLONE_VM: Final = 0x00000100
CLONE_FS: Final = 0x00000200
CLONE_SIGHAND: Final = 0x00000800
CLONE_PARENT: Final = 0x00008000
CLONE_THREAD: Final = 0x00010000
CLONE_NEWNS: Final = 0x00020000
CLONE_SYSVSEM: Final = 0x00040000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000

# <linux/prctl.h>
PR_SET_PDEATHSIG: Final = 1
PR_GET_PDEATHSIG: Final = 2
PR_SET_NAME: Final = 15
PR_SET_CHILD_SUBREAPER: Final = 36
PR_GET_CHILD_SUBREAPER: Final = 37

# <linux/wait.h>
WNOHANG: Final = 1
WUNTRACED: Final = 2
WSTOPPED: Final = 2
WEXITED: Final = 4
WCONTINUED: Final = 8
WNOWAIT: Final = 0x01000000
WNOTHREAD: Final = 0x20000000
WALL: Final = 0x40000000
WCLONE: Final = 0x80000000
P_ALL, P_PID, P_PGID, P_PIDFD = range(4)

# <asm-generic/ioctls.h>
TIOCSCTTY: Final = 0x540E
TIOCGPGRP: Final = 0x540F
TIOCSPGRP: Final = 0x5410
TIOCNOTTY: Final = 0x5422
TIOCGSID: Final = 0x5429

# <asm-generic/siginfo.h>, <asm-generic/signal.h>
SI_USER, SI_KERNEL, SI_QUEUE, SI_TKILL = 0, 0x80, -1, -6
SA_NOCLDSTOP, SA_NOCLDWAIT = 1, 2
CLD_EXITED, CLD_KILLED, CLD_STOPPED, CLD_CONTINUED = 1, 2, 5, 6

# <linux/fs.h>
MS_REC: Final = 1 << 14
MS_PRIVATE: Final = 1 << 18

_X86_64 = {
    "clone": 56,
    "exit": 60,
    "wait4": 61,
    "kill": 62,
    "chown": 92,
    "setuid": 105,
    "setgid": 106,
    "setpgid": 109,
    "setsid": 112,
    "setreuid": 113,
    "setregid": 114,
    "setgroups": 116,
    "setresuid": 117,
    "setresgid": 119,
    "getpgid": 121,
    "setfsuid": 122,
    "setfsgid": 123,
    "getsid": 124,
    "capget": 125,
    "capset": 126,
    "rt_sigtimedwait": 128,
    "rt_sigqueueinfo": 129,
    "prctl": 157,
    "mount": 165,
    "umount2": 166,
    "sethostname": 170,
    "tkill": 200,
    "tgkill": 234,
    "waitid": 247,
    "unshare": 272,
    "setns": 308,
    "pidfd_open": 434,
    "clone3": 435,
}
# <asm-generic/unistd.h>: aarch64, riscv64, loongarch64
_GENERIC = {
    "exit": 93,
    "waitid": 95,
    "unshare": 97,
    "kill": 129,
    "tkill": 130,
    "tgkill": 131,
    "rt_sigtimedwait": 137,
    "rt_sigqueueinfo": 138,
    "setpgid": 154,
    "getpgid": 155,
    "getsid": 156,
    "setsid": 157,
    "prctl": 167,
    "clone": 220,
    "wait4": 260,
    "setns": 268,
    "pidfd_open": 434,
    "clone3": 435,
}
_NUMBER = _X86_64 if os.uname().machine == "x86_64" else _GENERIC

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
libc.mount.argtypes = [ctypes.c_char_p] * 3 + [ctypes.c_ulong, ctypes.c_char_p]

Answer = int | str
"""A value, or the errno's name."""


def _answer(got: int) -> Answer:
    return errno.errorcode[ctypes.get_errno()] if got == -1 and ctypes.get_errno() else int(got)


def call(name: str, *args: Any) -> Answer:
    """Make the system call of that NAME; Python ints are passed as C longs."""
    words = [ctypes.c_long(arg) if isinstance(arg, int) else arg for arg in args]
    ctypes.set_errno(0)
    return _answer(libc.syscall(ctypes.c_long(_NUMBER[name]), *words))


def err(function: Callable[..., Any], *args: Any) -> Any:
    """What FUNCTION returns, or the name of the errno it raises."""
    try:
        return function(*args)
    except OSError as problem:
        return errno.errorcode[problem.errno or 0]


def kill(pid: int, sig: int) -> Answer:
    return call("kill", pid, sig)


def unshare(flags: int) -> Answer:
    return call("unshare", flags)


def setns(where: str | int, kind: int = 0) -> Answer:
    """setns(2) by descriptor, or by the path of a namespace file."""
    if isinstance(where, int):
        return call("setns", where, kind)
    fd = os.open(where, os.O_RDONLY)
    try:
        return call("setns", fd, kind)
    finally:
        os.close(fd)


def prctl(option: int, argument: int = 0) -> Answer:
    return call("prctl", option, argument, 0, 0, 0)


def prctl_get(option: int) -> int:
    """The int a PR_GET_… stores through its pointer; -1 when it stored none."""
    value = ctypes.c_int(-1)
    call("prctl", option, ctypes.byref(value), 0, 0, 0)
    return value.value


def wait4(pid: int, options: int = 0) -> list[Any]:
    """[pid, status word]: [0, 0] when nothing was ready under WNOHANG; or [the errno's name]."""
    word = ctypes.c_int(0)
    got = call("wait4", pid, ctypes.byref(word), options, None)
    return [got] if isinstance(got, str) else [got, word.value]


def waitid(idtype: int, which: int, options: int) -> list[int] | str:
    """[si_pid, si_code, si_status]; [] when nothing was ready (WNOHANG); or the errno's name."""
    info = (ctypes.c_int * 32)()
    got = call("waitid", idtype, which, ctypes.byref(info), options, None)
    if isinstance(got, str):
        return got
    return [info[4], info[2], info[6]] if info[4] else []


def clone(flags: int) -> int:
    """Raw clone(2), sharing no memory, so that it returns twice as fork does.

    Raises OSError. An exit signal has to be in FLAGS; without one the child is a "clone child".
    """
    order = (flags, 0, None, None, 0) if _NUMBER is _X86_64 else (flags, 0, None, 0, None)
    return _or_raise(call("clone", *order))


def clone3(
    flags: int = 0, set_tid: Sequence[int] = (), exit_signal: int = signal.SIGCHLD, size: int = 88
) -> int:
    """clone3(2) with wanted pids, the innermost level's first. Returns twice; raises OSError."""
    array = (ctypes.c_int * max(len(set_tid), 1))(*set_tid)
    where = ctypes.addressof(array) if set_tid else 0
    return clone3_raw(
        flags, exit_signal=exit_signal, set_tid=where, set_tid_size=len(set_tid), size=size
    )


def clone3_raw(
    flags: int = 0, *, exit_signal: int, set_tid: int, set_tid_size: int, size: int = 88
) -> int:
    """clone3(2) with `struct clone_args` as given; SET_TID is an address."""
    args = struct.pack("11Q", flags, 0, 0, 0, exit_signal, 0, 0, 0, set_tid, set_tid_size, 0)
    return _or_raise(call("clone3", ctypes.create_string_buffer(args, len(args)), size))


def _or_raise(got: Answer) -> int:
    if isinstance(got, str):
        raise OSError(getattr(errno, got), got)
    return got


_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_int)(lambda _: None)


def handle(number: int, flags: int) -> None:
    """sigaction(2) of a handler that does nothing, with FLAGS; Python's own sets none."""
    handler = ctypes.cast(_HANDLER, ctypes.c_void_p).value or 0
    libc.sigaction(number, struct.pack("Q128xiQ", handler, flags, 0), None)


def sigqueue(pid: int, sig: int, code: int = SI_QUEUE, value: int = 0) -> Answer:
    """rt_sigqueueinfo(2) with a siginfo of that si_code and value, as sigqueue(3) fills it."""
    info = struct.pack("iiiiiiq", sig, 0, code, 0, os.getpid(), os.getuid(), value)
    return call("rt_sigqueueinfo", pid, sig, ctypes.create_string_buffer(info, 128))


def dequeue(numbers: Sequence[int]) -> list[int]:
    """rt_sigtimedwait(2) without waiting: [si_signo, si_code, si_pid], or [] when none pends.

    libc's own passes SI_TKILL off as SI_USER.
    """
    mask = struct.pack("Q", sum(1 << number - 1 for number in numbers))
    info = (ctypes.c_int * 32)()
    got = call("rt_sigtimedwait", mask, ctypes.byref(info), struct.pack("qq", 0, 0), len(mask))
    return [] if isinstance(got, str) else [info[0], info[2], info[4]]


def mount(source: str, target: str, kind: str, flags: int = 0, options: str = "") -> None:
    """mount(2); raises OSError."""
    if libc.mount(source.encode(), target.encode(), kind.encode(), flags, options.encode()):
        raise OSError(ctypes.get_errno(), f"mount {kind} on {target}")


def tty(fd: int, request: int, value: int = 0) -> Answer:
    """A terminal's ioctl: the number it stores for TIOCGPGRP and TIOCGSID, 0 for the others."""
    ctypes.set_errno(0)
    if request in (TIOCSCTTY, TIOCNOTTY):
        return _answer(libc.ioctl(fd, ctypes.c_ulong(request), ctypes.c_long(value)))
    number = ctypes.c_int(value)
    got = _answer(libc.ioctl(fd, ctypes.c_ulong(request), ctypes.byref(number)))
    return number.value if got == 0 and request in (TIOCGPGRP, TIOCGSID) else got
