"""The kernel of this machine, answering the same requests: what the model is compared with.

A child process in a mount namespace of its own, whose root is an empty tmpfs, out of which no
path leads, takes requests through a socket.  Nothing of it is left when it ends.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import functools
import os
import pickle
import platform
import resource
import signal
import socket
import struct
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn

import pytest

from nsh.abi import Errno
from nsh.abi import files as abi
from nsh.abi.attributes import Chmod, Fstat, Stat, StatResult, Truncate, Utimens
from nsh.abi.names import (
    Chdir,
    Chroot,
    Fchdir,
    Getcwd,
    Link,
    Mkdir,
    Mkfifo,
    Mknod,
    Rename,
    Rmdir,
    Symlink,
    Umask,
    Unlink,
)
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer, PtyLocked
from nsh.abi.request import Blocked, Failure, Request

OLDEST: Final = (6, 12)
"""The oldest kernel that the model is held against."""
PATIENCE: Final = 0.25
"""Seconds after which a call counts as blocked."""

CLONE_NEWNS: Final = 0x20000
CLONE_NEWUSER: Final = 0x10000000
MS_REC_PRIVATE: Final = 1 << 14 | 1 << 18
MNT_DETACH: Final = 2
HIGH: Final = 900
"""Where the server keeps its own descriptors, out of the way."""

_X86 = platform.machine() == "x86_64"
_GETCWD: Final = 79 if _X86 else 17
_PIVOT_ROOT: Final = 155 if _X86 else 41
_GETDENTS64: Final = 217 if _X86 else 61

_TIOCGPTN: Final = 0x80045430
_TIOCSPTLCK: Final = 0x40045431
_TIOCGPTLCK: Final = 0x80045439
_TIOCGPTPEER: Final = 0x5441

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


class SetUser(Request, frozen=True, gc=False):
    """seteuid(2) and setegid(2); for the tests only."""

    uid: int


class _Alarm(Exception):
    pass


def _check(result: int) -> int:
    if result == -1:
        raise OSError(ctypes.get_errno(), "")
    return result


def _path(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _mount(source: str, target: str, fstype: str, flags: int, data: str = "") -> int:
    return _check(
        _libc.mount(_path(source), _path(target), _path(fstype), ctypes.c_ulong(flags), _path(data))
    )


def _stat(found: os.stat_result) -> StatResult:
    return StatResult(
        found.st_dev,
        found.st_ino,
        found.st_mode,
        found.st_nlink,
        found.st_uid,
        found.st_gid,
        found.st_rdev,
        found.st_size,
        0,
    )


def _getdents(fd: int) -> tuple[abi.Dirent, ...]:
    found = []
    buffer = ctypes.create_string_buffer(65536)
    while count := _check(_libc.syscall(_GETDENTS64, fd, buffer, 65536)):
        offset = 0
        while offset < count:
            ino, _, length, kind = struct.unpack_from("QqHB", buffer, offset)
            name = buffer.raw[offset + 19 : offset + length].split(b"\0")[0]
            found.append(abi.Dirent(os.fsdecode(name), ino, kind << 12))
            offset += length
    return tuple(found)


def _open(request: abi.Open) -> int:
    fd = os.open(_path(request.path), request.flags, request.mode)
    if not request.flags & os.O_CLOEXEC:  # which Python adds
        os.set_inheritable(fd, True)
    return fd


def _getcwd() -> str:
    buffer = ctypes.create_string_buffer(8192)
    _check(_libc.syscall(_GETCWD, buffer, 8192))
    return os.fsdecode(buffer.value)


def _set_user(uid: int) -> int:
    os.seteuid(0)
    os.setegid(uid)
    os.seteuid(uid)
    return 0


_CALLS: dict[type[Request], Callable[[Any], object]] = {
    SetUser: lambda r: _set_user(r.uid),
    abi.Open: _open,
    abi.Close: lambda r: os.close(r.fd),
    abi.Read: lambda r: os.read(r.fd, r.size),
    abi.Write: lambda r: os.write(r.fd, r.data),
    abi.Lseek: lambda r: os.lseek(r.fd, r.offset, r.whence),
    abi.Dup: lambda r: fcntl.fcntl(
        r.fd, fcntl.F_DUPFD_CLOEXEC if r.cloexec else fcntl.F_DUPFD, r.least
    ),
    abi.Dup2: lambda r: os.dup2(r.old, r.new, inheritable=not r.cloexec),
    abi.Fcntl: lambda r: fcntl.fcntl(r.fd, r.command, r.argument),
    abi.Pipe: lambda r: os.pipe2(r.flags),
    abi.MemfdCreate: lambda r: os.memfd_create(r.name, 0),
    abi.Getdents: lambda r: _getdents(r.fd),
    Stat: lambda r: _stat(os.stat(_path(r.path), follow_symlinks=r.follow)),
    Fstat: lambda r: _stat(os.fstat(r.fd)),
    abi.Readlink: lambda r: os.fsdecode(os.readlink(_path(r.path))),
    Mkdir: lambda r: os.mkdir(_path(r.path), r.mode),
    Rmdir: lambda r: os.rmdir(_path(r.path)),
    Unlink: lambda r: os.unlink(_path(r.path)),
    Rename: lambda r: os.rename(_path(r.old), _path(r.new)),
    Link: lambda r: os.link(_path(r.old), _path(r.new)),
    Symlink: lambda r: os.symlink(_path(r.target), _path(r.path)),
    Mkfifo: lambda r: os.mkfifo(_path(r.path), r.mode),
    Mknod: lambda r: os.mknod(_path(r.path), r.mode, r.rdev),
    GetPtyNumber: lambda r: struct.unpack("i", fcntl.ioctl(r.fd, _TIOCGPTN, bytes(4)))[0],
    PtyLocked: lambda r: struct.unpack("i", fcntl.ioctl(r.fd, _TIOCGPTLCK, bytes(4)))[0],
    LockPty: lambda r: fcntl.ioctl(r.fd, _TIOCSPTLCK, struct.pack("i", r.locked)) and 0,
    OpenPtyPeer: lambda r: fcntl.ioctl(r.fd, _TIOCGPTPEER, r.flags),
    Truncate: lambda r: os.truncate(_path(r.path), r.size),
    Chmod: lambda r: os.chmod(_path(r.path), r.mode),
    Utimens: lambda r: os.utime(_path(r.path)),
    Chdir: lambda r: os.chdir(_path(r.path)),
    Fchdir: lambda r: os.fchdir(r.fd),
    Chroot: lambda r: os.chroot(_path(r.path)),
    Getcwd: lambda r: _getcwd(),
    Umask: lambda r: os.umask(r.mask),
    abi.Mount: lambda r: _mount(r.source, r.target, r.fstype, r.flags, r.data),
    abi.Umount: lambda r: _check(_libc.umount2(_path(r.target), r.flags)),
    Unshare: lambda r: _check(_libc.unshare(r.flags)),
    Setns: lambda r: _check(_libc.setns(r.fd, r.nstype)),
}


class Oracle:
    """A context manager around the child; :meth:`do` answers as the model would."""

    def __init__(self) -> None:
        why = _why_not()
        if why:
            pytest.skip(why)
        self._here, there = socket.socketpair()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # 3.12: fork beside threads
            self._child = os.fork()
        if not self._child:
            _serve(there)
        there.close()

    def __enter__(self) -> Oracle:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._here.close()
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)

    def do(self, request: Request) -> Any:
        """The kernel's reply: a value, a Failure, or Blocked if it does not come soon."""
        _send(self._here, request)
        return _receive(self._here)


def _send(channel: socket.socket, value: object) -> None:
    data = pickle.dumps(value)
    channel.sendall(struct.pack("I", len(data)) + data)


def _receive(channel: socket.socket) -> Any:
    (size,) = struct.unpack("I", _exactly(channel, 4))
    return pickle.loads(_exactly(channel, size))


def _exactly(channel: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = channel.recv(size - len(data))
        if not part:
            raise EOFError("the other side has closed")
        data += part
    return data


def _enter_jail() -> None:
    """Fresh mount namespace, and an empty tmpfs as its root."""
    if _libc.unshare(CLONE_NEWNS):
        uid, gid = os.getuid(), os.getgid()
        _check(_libc.unshare(CLONE_NEWNS | CLONE_NEWUSER))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {uid} 1")
        Path("/proc/self/gid_map").write_text(f"0 {gid} 1")
    _mount("none", "/", "", MS_REC_PRIVATE)
    _mount("jail", "/tmp", "tmpfs", 0)
    os.chdir("/tmp")
    _check(_libc.syscall(_PIVOT_ROOT, b".", b"."))
    _check(_libc.umount2(b".", MNT_DETACH))
    os.chdir("/")


def _serve(channel: socket.socket) -> NoReturn:
    try:
        signal.signal(signal.SIGALRM, _ring)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        high = fcntl.fcntl(channel.fileno(), fcntl.F_DUPFD_CLOEXEC, HIGH)
        null = fcntl.fcntl(os.open(os.devnull, os.O_RDWR), fcntl.F_DUPFD_CLOEXEC, HIGH)
        channel.detach()
        os.closerange(3, HIGH)
        for fd in range(3):
            os.dup2(null, fd)
        own = socket.socket(fileno=high)
        _enter_jail()
        os.umask(0o022)
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        while True:
            request = _receive(own)
            _send(own, _answer(request))
    except EOFError:
        os._exit(0)
    finally:  # never back into the test
        sys.stderr.write(repr(sys.exception()))
        os._exit(1)


def _ring(_signo: int, _frame: object) -> NoReturn:
    raise _Alarm


def _answer(request: Request) -> object:
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        reply = _CALLS[type(request)](request)
    except OSError as problem:
        return Failure(Errno(problem.errno or 0))
    except _Alarm:
        return Blocked()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return 0 if reply is None else reply


@functools.cache
def _why_not() -> str:
    """Why there can be no oracle here; "" when there can."""
    if sys.platform != "linux":
        return "not Linux"
    release = tuple(int(part) for part in os.uname().release.split("-")[0].split(".")[:2])
    if release < OLDEST:
        return f"needs Linux {OLDEST[0]}.{OLDEST[1]}, this is {os.uname().release}"
    child = os.fork()
    if not child:
        try:
            _enter_jail()
        except OSError as problem:
            os._exit(problem.errno or 255)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "" if code == 0 else f"no mount namespaces here: {errno.errorcode.get(code, code)}"
