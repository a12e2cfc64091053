"""Pids and references to tasks: where a command takes a pid, ``web:1`` or ``sshd`` may stand."""

from nsh.abi import Errno
from nsh.abi.puppets import Resolve
from nsh.userland.streams import Asking


def number(text: str) -> int | None:
    """*text* as a decimal number with an optional sign, or None."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    if digits.isascii() and digits.isdigit() and len(digits) <= 10:
        return int(text)
    return None


def pid_of(ref: str) -> Asking[int]:
    """The pid that *ref* means to the caller; a number means itself.  ESRCH."""
    pid = number(ref)
    if pid is not None:
        return pid
    if ref.startswith("%"):
        raise Errno.ESRCH("there are no jobs: $! is the pid of the child that was started last")
    resolved: int = yield Resolve(ref)
    return resolved


def target_of(ref: str) -> Asking[int]:
    """Like :func:`pid_of`, and ``-REF`` means the process group of that number.  ESRCH."""
    if ref.startswith("-") and number(ref) is None:
        resolved: int = yield Resolve(ref[1:])
        return -resolved
    return (yield from pid_of(ref))
