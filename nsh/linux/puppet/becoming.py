"""execve(2): a new interpreter takes this one's place, in this one's process.

What execve keeps and resets is so done by the kernel: descriptors, dispositions, the other
threads, the leader's number.  The interpreter lies in the host's root, of which the request
brings a descriptor: the puppet goes there by chroot(2), and the new one comes back.  Who is not
root would lose the privilege for that on the way, and is served through /proc/self/fd; descriptors
of directories nearer to the interpreter spare it the search of some that it may not search.
"""

from __future__ import annotations

import ctypes
import errno
import marshal
import os
import sys

from nsh.linux.puppet import arguments
from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.actor import Actor, Process, attend, dispositions, enter
from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.numbers import AT_EACCESS, AT_FDCWD
from nsh.linux.puppet.table import Refusal, performs
from nsh.linux.puppet.wire import Channel

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_F_DUPFD: Final = 0
_HIGH: Final = 512
_O_PATH: Final = 0o10000000
_CAP_SYS_CHROOT: Final = 18
_NONE: Final = -1
_AT_EMPTY_PATH: Final = 0x1000
_X_OK: Final = 1
_R_OK: Final = 4
_S_IFMT: Final = 0o170000
_S_IFREG: Final = 0o100000
_SET_IDS: Final = 0o6000
_NO_CAPABILITY: Final = (errno.ENODATA, errno.ENOTSUP)
_CHANGED: Final = (2, 13, 25)
"""SIGINT, SIGPIPE, SIGXFSZ: an interpreter changes what is done about them when it starts."""
_OPTIONS: Final = (b"-S", b"-s", b"-P", b"-X", b"utf8")
_OWN: Final = b"PYTHON"
"""What the variables begin with that an interpreter reads."""

Interpreter = tuple[tuple[str, ...], str, str, tuple[str, ...], str, tuple[str, ...]]
"""The command line that starts a puppet; then the same in parts: the program, its dynamic
loader, the directories of its libraries, and where its modules are; and the directories of which
descriptors come with the request, "/" first."""


@performs("Execve")
def execve(
    actor: Actor,
    path: str,
    argv: tuple[str, ...],
    environ: tuple[str, ...] | None,
    interpreter: Interpreter,
) -> Any:
    """execve(2).  *interpreter* is how the host's root has it; a descriptor more than its is of a
    file that stands in for the one at *path* (see nsh.linux.programs)."""
    open_: list[int] = [*actor.fds]
    program = open_[len(interpreter[-1])] if len(open_) > len(interpreter[-1]) else _NONE
    try:
        if not path:
            raise OSError(errno.ENOENT, "ENOENT")
        if environ is not None:
            actor.process.environ = environ
        variables = [text(one) for one in actor.process.environ]
        words = [text(word) for word in argv]
        name = text(path).rpartition(b"/")[2][:15]
        if program == _NONE and _stays_root():
            try:
                _by_chroot(actor, open_, name, words, variables, interpreter[0])
            except PermissionError:
                pass
        _by_descriptor(actor, open_, name, words, variables, interpreter, program)
    finally:
        os.set_inheritable(actor.channel.fd, False)
        for fd in open_:
            os.close(fd)


@performs("Program")
def program_(actor: Actor, path: str) -> int:
    """Hand over the file that an execve of *path* would have its credentials from, or could not
    read, and the directory that it is in; 0 if any other file would do as well."""
    try:
        call("faccessat2", AT_FDCWD, text(path), _X_OK, AT_EACCESS)
        file = os.open(text(path), _O_PATH | os.O_CLOEXEC)
    except OSError:
        return 0
    mode = os.fstat(file).st_mode
    counts = mode & _SET_IDS or _has_capability(path) or not _readable(path)
    if mode & _S_IFMT != _S_IFREG or not counts:
        os.close(file)
        return 0
    actor.born = [file]
    directory = os.path.dirname(os.readlink(f"/proc/self/fd/{file}"))
    actor.born.append(os.open(directory, _O_PATH | os.O_DIRECTORY | os.O_CLOEXEC))
    return 1


def _has_capability(path: str) -> bool:
    try:
        call("getxattr", text(path), b"security.capability", None, 0)
    except OSError as error:
        return error.errno not in _NO_CAPABILITY
    return True


def _readable(path: str) -> bool:
    try:
        call("faccessat2", AT_FDCWD, text(path), _R_OK, AT_EACCESS)
    except OSError:
        return False
    return True


def _stays_root() -> bool:
    """Whether the program will be able to come back by chroot(2): nothing forbids root's usual
    capabilities."""
    if os.geteuid() or call("prctl", nr.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0):
        return False
    bounded = not call("prctl", nr.PR_CAPBSET_READ, _CAP_SYS_CHROOT, 0, 0, 0)
    return not bounded and not call("prctl", nr.PR_GET_SECUREBITS, 0, 0, 0, 0)


def _by_chroot(
    actor: Actor,
    open_: list[int],
    name: bytes,
    words: list[bytes],
    variables: list[bytes],
    line: tuple[str, ...],
) -> None:
    host = open_[0]
    first = len(open_)
    for place in ("/", "."):
        low = os.open(place, _O_PATH | os.O_DIRECTORY)
        open_.append(_high(low))
        os.close(low)
    root, cwd = open_[first:]
    call("fchdir", host)
    try:
        call("chroot", b".")
    except PermissionError:
        call("fchdir", cwd)
        raise
    try:
        state = _state(actor, name, (root, cwd), back=True)
        _replace([*map(os.fsencode, line), state, *words], variables)
    finally:
        _return(root, cwd)


def _by_descriptor(
    actor: Actor,
    open_: list[int],
    name: bytes,
    words: list[bytes],
    variables: list[bytes],
    interpreter: Interpreter,
    program_file: int,
) -> None:
    line, loader, program, libraries, home, roots = interpreter
    high = [_high(fd) for fd in open_[: len(roots)]]
    open_ += high

    def there(path: str) -> str:
        """*path* from the nearest of the directories on."""
        root, fd = max(pair for pair in zip(roots, high, strict=True) if path.startswith(pair[0]))
        return f"/proc/self/fd/{fd}/{path[len(root) :]}"

    start = (
        there(loader),
        "--library-path",
        ":".join(there(directory) for directory in libraries),
        there(program),
    )
    argv = [*map(os.fsencode, start), *_OPTIONS, os.fsencode(there(line[-1]))]
    seen = [one for one in variables if not one.startswith(_OWN)]
    seen.append(_OWN + b"HOME=" + os.fsencode(there(home)))
    try:
        argv = [*argv, _state(actor, name, tuple(high), back=False), *words]
        _replace(argv, seen, program_file)
    except FileNotFoundError:
        raise Refusal(
            errno.ENOSYS, "a puppet that is not root reaches its interpreter by /proc alone"
        ) from None


def _high(fd: int) -> int:
    """A copy that outlives exec, out of the program's way."""
    return call("fcntl", fd, _F_DUPFD, _HIGH)


def _state(actor: Actor, name: bytes, directories: tuple[int, ...], *, back: bool) -> bytes:
    """What the new interpreter has to know, as one word; *back*: the directories are the root and
    the working directory that it goes back to."""
    os.set_inheritable(actor.channel.fd, True)
    top, mask = actor.process.top, actor.mask
    known = (actor.channel.fd, top, mask, dispositions(), directories, back, name)
    return marshal.dumps(known).hex().encode()


def _return(root: int, cwd: int) -> None:
    call("fchdir", root)
    call("chroot", b".")
    call("fchdir", cwd)


def _replace(argv: list[bytes], environ: list[bytes], program: int = _NONE) -> None:
    """Execute the file that *argv* begins with, or that the descriptor *program* is of."""

    def vector(words: list[bytes]) -> Any:
        return (ctypes.c_char_p * (len(words) + 1))(*words, None)

    if program == _NONE:
        call("execve", argv[0], vector(argv), vector(environ))
    else:
        call("execveat", program, b"", vector(argv), vector(environ), _AT_EMPTY_PATH)


def main(skipped: int, state: str) -> None:
    """Where a fresh interpreter begins: *skipped* arguments precede the program's own."""
    control, top, mask, ignored, directories, back, comm = marshal.loads(bytes.fromhex(state))
    arguments.show(skipped, len(sys.orig_argv))
    if back:
        _return(*directories)
    for fd in directories:
        os.close(fd)
    os.set_inheritable(control, False)
    for signo in _CHANGED:
        disposition = (1 if signo in ignored else 0).to_bytes(8, "little") + bytes(24)
        call("rt_sigaction", signo, disposition, None, 8)
    call("prctl", nr.PR_SET_NAME, comm, 0, 0, 0)
    own = os.fsdecode(_OWN)
    environ = tuple(f"{k}={v}" for k, v in os.environ.items() if not k.startswith(own))
    process = Process(top, environ)
    actor = Actor(process, Channel(control), mask)
    attend(process)
    enter(actor)
    actor.tell("ok", 0, False)
    while True:
        actor.serve()
