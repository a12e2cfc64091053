"""execve(2): a new interpreter takes this one's place, in this one's process.

What execve keeps and resets is so done by the kernel: descriptors, dispositions, the other
threads, the leader's number.  The interpreter lies in the host's root, of which the request
brings a descriptor: the puppet goes there by chroot(2), and the new one comes back.  Without the
privilege for that it is reached through /proc/self/fd.
"""

import ctypes
import errno
import marshal
import os
import sys
from typing import TYPE_CHECKING, Any, Final

from nsh.linux.puppet import arguments
from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.actor import Actor, Process, attend, dispositions, enter
from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.table import Refusal, performs
from nsh.linux.puppet.wire import Channel

if TYPE_CHECKING:
    from collections.abc import Sequence

_F_DUPFD: Final = 0
_HIGH: Final = 512
_O_PATH: Final = 0o10000000
_CHANGED: Final = (2, 13, 25)
"""SIGINT, SIGPIPE, SIGXFSZ: an interpreter changes what is done about them when it starts."""

Command = tuple[str, ...]


@performs("Execve")
def execve(
    actor: Actor,
    path: str,
    argv: tuple[str, ...],
    environ: tuple[str, ...] | None,
    interpreter: "Sequence[str]",
) -> Any:
    """execve(2).  *interpreter*: the command line that starts a puppet, in the host's root."""
    (host,) = actor.fds
    if not path:
        os.close(host)
        raise OSError(errno.ENOENT, "ENOENT")
    if environ is not None:
        actor.process.environ = environ
    variables = [text(one) for one in actor.process.environ]
    words = [text(word) for word in argv]
    control, root, cwd = actor.channel.fd, -1, -1
    try:
        root, cwd = _high("/"), _high(".")
        state = marshal.dumps(
            (
                control,
                actor.process.top,
                actor.mask,
                dispositions(),
                root,
                cwd,
                text(path).rpartition(b"/")[2][:15],
            )
        ).hex()
        call("fchdir", host)
        try:
            call("chroot", b".")
        except PermissionError:
            call("fchdir", cwd)
            raise Refusal(
                errno.ENOSYS, "a puppet without CAP_SYS_CHROOT cannot reach its interpreter"
            ) from None
        os.close(host)
        host = -1
        os.set_inheritable(control, True)
        line = [os.fsencode(word) for word in interpreter]
        _replace([*line, state.encode(), *words], variables)
    except OSError:
        if root >= 0 and cwd >= 0:
            _return(root, cwd)
        os.set_inheritable(control, False)
        for fd in (host, root, cwd):
            if fd >= 0:
                os.close(fd)
        raise


def _high(path: str) -> int:
    """A descriptor of a directory that outlives exec, out of the program's way."""
    low = os.open(path, _O_PATH | os.O_DIRECTORY)
    try:
        return call("fcntl", low, _F_DUPFD, _HIGH)
    finally:
        os.close(low)


def _return(root: int, cwd: int) -> None:
    call("fchdir", root)
    call("chroot", b".")
    call("fchdir", cwd)


def _replace(argv: list[bytes], environ: list[bytes]) -> None:
    def vector(words: list[bytes]) -> Any:
        return (ctypes.c_char_p * (len(words) + 1))(*words, None)

    call("execve", argv[0], vector(argv), vector(environ))


def main(skipped: int, state: str) -> None:
    """Where a fresh interpreter begins: *skipped* arguments precede the program's own."""
    control, top, mask, ignored, root, cwd, comm = marshal.loads(bytes.fromhex(state))
    arguments.show(skipped, len(sys.orig_argv))
    _return(root, cwd)
    os.close(root)
    os.close(cwd)
    os.set_inheritable(control, False)
    for signo in _CHANGED:
        disposition = (1 if signo in ignored else 0).to_bytes(8, "little") + bytes(24)
        call("rt_sigaction", signo, disposition, None, 8)
    call("prctl", nr.PR_SET_NAME, comm, 0, 0, 0)
    environ = tuple(f"{name}={value}" for name, value in os.environ.items())
    process = Process(top, environ)
    actor = Actor(process, Channel(control), mask)
    attend(process)
    enter(actor)
    actor.tell("ok", 0)
    while True:
        actor.serve()
