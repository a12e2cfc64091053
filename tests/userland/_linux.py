"""The kernel of this machine, answering the requests of a command: the oracle's other half.

A command runs in a child process of its own (as it would on a real system), with temporary files
for its descriptors, so that what it prints can be held against what the real tool prints.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import pty
import select
import signal
import stat
import struct
import sys
import tempfile
import termios
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from immutables import Map

from nsh.abi import (
    Errno,
    KernelError,
    Request,
    files,
    namespaces,
    process,
    puppets,
    signals,
    terminals,
)
from nsh.abi.attributes import Access, Chmod, Fstat, Stat, StatResult, Truncate, Utimens
from nsh.abi.invocation import Invocation, steps
from nsh.abi.names import (
    Chdir,
    Chroot,
    Fchdir,
    Getcwd,
    Link,
    Mkdir,
    Mkfifo,
    Rename,
    Rmdir,
    Symlink,
    Umask,
    Unlink,
)
from nsh.abi.poll import Poll
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.ptys import LockPty, OpenPtyPeer
from nsh.linux.puppet.numbers import AT_EACCESS, AT_FDCWD
from nsh.machine.terminals import Termios, Winsize
from nsh.userland.registry import commands
from nsh.userland.stty_table import BAUD_MASK, SPEEDS
from tests.userland import _linux_caps, _linux_limits, _linux_namespaces

LIBC = ctypes.CDLL(None, use_errno=True)
TIOCSPTLCK = 0x40045431
TIOCGPTPEER = 0x5441
_TERMIOS = struct.Struct("4IB19s")
_WINSIZE = struct.Struct("4H")


class Said(NamedTuple):
    """What a command left behind."""

    status: int
    """Its exit status; -N if signal N ended it."""
    out: str
    err: str


def _libc(name: str, *arguments: object) -> int:
    result = getattr(LIBC, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)


def _access(request: Access) -> int:
    flags = AT_EACCESS if request.effective else 0
    return _libc("faccessat", AT_FDCWD, os.fsencode(request.path), request.mode, flags)


def _stat(found: os.stat_result) -> StatResult:
    return StatResult(
        dev=found.st_dev,
        ino=found.st_ino,
        mode=found.st_mode,
        nlink=found.st_nlink,
        uid=found.st_uid,
        gid=found.st_gid,
        rdev=found.st_rdev,
        size=found.st_size,
        mtime=found.st_mtime_ns,
    )


def _getdents(fd: int) -> tuple[files.Dirent, ...]:
    found = [files.Dirent(".", 1, files.S_IFDIR), files.Dirent("..", 1, files.S_IFDIR)]
    with os.scandir(fd) as entries:
        for entry in entries:
            mode = entry.stat(follow_symlinks=False).st_mode
            found.append(files.Dirent(entry.name, entry.inode(), stat.S_IFMT(mode)))
    return tuple(found)


def _wait4(request: process.Wait4) -> process.WaitResult:
    pid, status = os.waitpid(request.pid, request.options)
    return process.WaitResult(pid, status)


def _uname() -> namespaces.Utsname:
    found = os.uname()
    domain = Path("/proc/sys/kernel/domainname").read_text(encoding="utf-8").strip()
    return namespaces.Utsname(
        found.sysname, found.nodename, found.release, found.version, found.machine, domain
    )


def _ids() -> process.Ids:
    ruid, euid, suid = os.getresuid()
    rgid, egid, sgid = os.getresgid()
    return process.Ids(ruid, euid, suid, rgid, egid, sgid, tuple(os.getgroups()))


def _setns(request: namespaces.Setns) -> int:
    return _libc("setns", request.fd, request.nstype)


def _prctl(request: Prctl) -> object:
    option, argument = PrctlOption(request.option), request.argument
    if option is PrctlOption.PR_GET_NAME:
        return Path("/proc/self/comm").read_text(encoding="utf-8").removesuffix("\n")
    if option.name.startswith("PR_GET"):
        answer = ctypes.c_int()
        _libc("prctl", option, ctypes.byref(answer))
        return answer.value
    return _libc("prctl", option, os.fsencode(argument) if isinstance(argument, str) else argument)


def _resolve(request: puppets.Resolve) -> NoReturn:
    """Nobody has a label here."""
    raise OSError(errno.ESRCH, os.strerror(errno.ESRCH))


def _mount(request: files.Mount) -> int:
    encode = os.fsencode
    return _libc(
        "mount",
        encode(request.source),
        encode(request.target),
        encode(request.fstype) or None,
        ctypes.c_ulong(request.flags),
        encode(request.data) or None,
    )


def _setsid() -> int:
    os.setsid()
    return os.getpid()


def _sigprocmask(request: signals.Sigprocmask) -> int:
    numbers = {n for n in range(1, 65) if request.mask & signals.bit(n)}
    return sum(signals.bit(n) for n in signal.pthread_sigmask(request.how, numbers))


def _tcgetattr(request: terminals.Tcgetattr) -> Termios:
    data = fcntl.ioctl(request.fd, termios.TCGETS, bytes(_TERMIOS.size))
    iflag, oflag, cflag, lflag, line, cc = _TERMIOS.unpack(data)
    speed = next(bauds for bauds, bits in SPEEDS.items() if bits == cflag & BAUD_MASK)
    return Termios(iflag, oflag, cflag, lflag, line, cc, speed, speed)


def _tcsetattr(request: terminals.Tcsetattr) -> int:
    new = request.settings
    data = _TERMIOS.pack(new.iflag, new.oflag, new.cflag, new.lflag, new.line, new.cc)
    fcntl.ioctl(request.fd, termios.TCSETS + request.when, data)
    return 0


def _set_winsize(fd: int, size: Winsize) -> int:
    data = _WINSIZE.pack(size.rows, size.columns, size.xpixel, size.ypixel)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, data)
    return 0


def _set_int(fd: int, code: int, number: int) -> int:
    fcntl.ioctl(fd, code, struct.pack("i", number))
    return 0


def _poll(request: Poll) -> tuple[int, ...]:
    watch = select.poll()
    for fd, events in request.fds:
        watch.register(fd, events)
    found = dict(watch.poll(None if request.timeout < 0 else request.timeout // 1_000_000))
    return tuple(found.get(fd, 0) for fd, _events in request.fds)


def _execve(request: process.Execve) -> NoReturn:
    """What the task does after execve: be the new command."""
    if commands.find(request.argv[0]) is None:
        raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
    Path("/proc/self/comm").write_text(request.argv[0], encoding="utf-8")
    environ = dict(pair.split("=", 1) for pair in request.environ or ())
    os._exit(status_of(request.argv, environ))


ANSWERS: dict[type[Request], Callable[[Any], object]] = {
    files.Open: lambda r: os.open(r.path, r.flags, r.mode),
    files.Close: lambda r: os.close(r.fd),
    files.Read: lambda r: os.read(r.fd, r.size),
    files.Write: lambda r: os.write(r.fd, r.data),
    files.Lseek: lambda r: os.lseek(r.fd, r.offset, r.whence),
    files.Dup: lambda r: os.dup(r.fd),
    files.Dup2: lambda r: os.dup2(r.old, r.new, inheritable=not r.cloexec),
    files.Fcntl: lambda r: fcntl.fcntl(r.fd, r.command, r.argument),
    files.Pipe: lambda r: os.pipe(),
    files.MemfdCreate: lambda r: os.memfd_create(r.name),
    files.Getdents: lambda r: _getdents(r.fd),
    Stat: lambda r: _stat(os.stat(r.path, follow_symlinks=r.follow)),
    Access: _access,
    Fstat: lambda r: _stat(os.fstat(r.fd)),
    files.Readlink: lambda r: os.readlink(r.path),
    **_linux_caps.ANSWERS,
    **_linux_limits.ANSWERS,
    **_linux_namespaces.ANSWERS,
    Mkdir: lambda r: os.mkdir(r.path, r.mode),
    Rmdir: lambda r: os.rmdir(r.path),
    Unlink: lambda r: os.unlink(r.path),
    Rename: lambda r: os.rename(r.old, r.new),
    Link: lambda r: os.link(r.old, r.new),
    Symlink: lambda r: os.symlink(r.target, r.path),
    Mkfifo: lambda r: os.mkfifo(r.path, r.mode),
    Truncate: lambda r: os.truncate(r.path, r.size),
    Chmod: lambda r: os.chmod(r.path, r.mode),
    Utimens: lambda r: os.utime(r.path),
    Chdir: lambda r: os.chdir(r.path),
    Fchdir: lambda r: os.fchdir(r.fd),
    Chroot: lambda r: os.chroot(r.path),
    Getcwd: lambda r: os.getcwd(),
    Umask: lambda r: os.umask(r.mask),
    files.Mount: _mount,
    files.Umount: lambda r: _libc("umount2", os.fsencode(r.target), r.flags),
    terminals.Tcgetpgrp: lambda r: os.tcgetpgrp(r.fd),
    terminals.Tcsetpgrp: lambda r: os.tcsetpgrp(r.fd, r.pgid),
    terminals.Ttyname: lambda r: os.ttyname(r.fd),
    terminals.Tcgetattr: _tcgetattr,
    terminals.Tcsetattr: _tcsetattr,
    terminals.SetControllingTty: lambda r: fcntl.ioctl(r.fd, termios.TIOCSCTTY, int(r.steal)),
    LockPty: lambda r: _set_int(r.fd, TIOCSPTLCK, int(r.locked)),
    OpenPtyPeer: lambda r: fcntl.ioctl(r.fd, TIOCGPTPEER, r.flags),
    Poll: _poll,
    terminals.GetWinsize: lambda r: Winsize(
        *_WINSIZE.unpack(fcntl.ioctl(r.fd, termios.TIOCGWINSZ, bytes(_WINSIZE.size)))
    ),
    terminals.SetWinsize: lambda r: _set_winsize(r.fd, r.size),
    namespaces.Unshare: lambda r: _libc("unshare", r.flags),
    namespaces.Setns: _setns,
    puppets.Resolve: _resolve,
    namespaces.Uname: lambda r: _uname(),
    namespaces.Sethostname: lambda r: _libc("sethostname", os.fsencode(r.name), len(r.name)),
    process.Fork: lambda r: os.fork(),
    process.Execve: _execve,
    process.Exit: lambda r: os._exit(r.status),
    process.ExitGroup: lambda r: os._exit(r.status),
    process.Wait4: _wait4,
    Prctl: _prctl,
    process.Getpid: lambda r: os.getpid(),
    process.Getppid: lambda r: os.getppid(),
    process.Getpgid: lambda r: os.getpgid(r.pid),
    process.Getsid: lambda r: os.getsid(r.pid),
    process.Setsid: lambda r: _setsid(),
    process.Setpgid: lambda r: os.setpgid(r.pid, r.pgid),
    process.Getuid: lambda r: _ids(),
    process.Nanosleep: lambda r: time.sleep(r.duration / 1e9),
    process.ClockGettime: lambda r: time.clock_gettime_ns(r.clock),
    signals.Kill: lambda r: os.kill(r.pid, r.signo),
    signals.Sigprocmask: _sigprocmask,
}


def answer(request: Request) -> object:
    """What this machine's kernel says to *request*; :class:`KernelError` if it fails."""
    try:
        reply = ANSWERS[type(request)](request)
    except OSError as error:
        raise KernelError(Errno(error.errno or 0)) from None
    return 0 if reply is None else reply


def status_of(argv: tuple[str, ...], variables: Mapping[str, str]) -> int:
    """Perform a command here and now; its exit status.  Prints what a shell would print."""
    declaration = commands.find(argv[0])
    assert declaration is not None, f"no command called {argv[0]}"
    asking = steps(declaration.run(Invocation(argv[0], argv[1:], Map(variables))))
    try:
        request = next(asking)
        while True:
            try:
                reply = answer(request)
            except KernelError as error:
                request = asking.throw(error)
            else:
                request = asking.send(reply)
    except StopIteration as stop:
        return int(stop.value)
    except KernelError as error:
        os.write(2, os.fsencode(f"nsh: {argv[0]}: {error}\n"))
        return 1


def run(
    *argv: str,
    stdin: bytes = b"",
    cwd: str | Path | None = None,
    variables: Mapping[str, str] | None = None,
    terminal: bool = False,
) -> Said:
    """Perform a command in a child process; *terminal* gives it a pty as descriptors 1 and 2."""
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(stdin)
        given.seek(0)
        master, slave = pty.openpty() if terminal else (-1, -1)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _be_the_command(argv, variables or {}, cwd, given.fileno(), slave, out, err)
        if terminal:
            os.close(slave)
            text = _drain(master).replace("\r\n", "\n")
            _, status = os.waitpid(pid, 0)
            return Said(os.waitstatus_to_exitcode(status), text, "")
        _, status = os.waitpid(pid, 0)
        out.seek(0)
        err.seek(0)
        return Said(
            os.waitstatus_to_exitcode(status),
            out.read().decode("utf-8", "surrogateescape"),
            err.read().decode("utf-8", "surrogateescape"),
        )


def _be_the_command(
    argv: tuple[str, ...],
    variables: Mapping[str, str],
    cwd: str | Path | None,
    given: int,
    slave: int,
    out: Any,
    err: Any,
) -> NoReturn:
    try:
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        Path("/proc/self/comm").write_text(argv[0], encoding="utf-8")
        if cwd is not None:
            os.chdir(cwd)
        os.dup2(given, 0)
        os.dup2(slave if slave >= 0 else out.fileno(), 1)
        os.dup2(slave if slave >= 0 else err.fileno(), 2)
        os._exit(status_of(argv, variables))
    except BaseException:  # noqa: BLE001  # a forked test must not come back as a second pytest
        traceback.print_exc(file=sys.__stderr__)
        os._exit(99)


def _drain(master: int) -> str:
    chunks: list[bytes] = []
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # EIO: the other side is gone
            data = b""
        if not data:
            os.close(master)
            return b"".join(chunks).decode("utf-8", "surrogateescape")
        chunks.append(data)
