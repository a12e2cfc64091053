"""Signals.  One that a puppet sends itself arrives when the call has been answered."""

from __future__ import annotations

import ctypes
import os
import struct

from nsh.linux.puppet import siginfo
from nsh.linux.puppet.gate import ENTER, RESTORER, call
from nsh.linux.puppet.numbers import BLOCK_ALL, BLOCKED_ALL
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_SA_SIGINFO: Final = 0x4
_SA_RESTORER: Final = 0x04000000
_SIG_DFL: Final = 0
_SIG_IGN: Final = 1


@performs("Kill")
def kill(actor: Actor, pid: int, signo: int) -> int:
    """kill(2)."""
    del actor
    return call("kill", pid, signo)


@performs("Tgkill")
def tgkill(actor: Actor, tgid: int, tid: int, signo: int) -> int:
    """tgkill(2), tkill(2)."""
    del actor
    return call("tkill", tid, signo) if tgid == -1 else call("tgkill", tgid, tid, signo)


@performs("Sigqueue")
def sigqueue(actor: Actor, pid: int, signo: int, value: int) -> int:
    """sigqueue(3): rt_sigqueueinfo(2) with the caller's pid and real user."""
    del actor
    info = packed("iiiiiiq", signo, 0, siginfo.SI_QUEUE, 0, os.getpid(), os.getuid(), value)
    return call("rt_sigqueueinfo", pid, signo, info.ljust(128, b"\0"))


@performs("Sigaction")
def sigaction(actor: Actor, signo: int, handler: str | None, mask: int, flags: int) -> str:
    """rt_sigaction(2).  Replies the old handler."""
    old = ctypes.create_string_buffer(32)
    if handler is None:
        call("rt_sigaction", signo, None, old, 8)
    else:
        where = {"default": _SIG_DFL, "ignore": _SIG_IGN}.get(handler, ENTER)
        taken = flags | _SA_SIGINFO | _SA_RESTORER
        new = packed("QQQQ", where, taken, RESTORER, mask & BLOCK_ALL)
        call("rt_sigaction", signo, new, old, 8)
    (before,) = struct.unpack_from("Q", old)
    named = actor.process.handlers.get(signo, "")
    if handler is not None:
        actor.process.handlers[signo] = handler
    return {_SIG_DFL: "default", _SIG_IGN: "ignore"}.get(before, named)


@performs("Sigprocmask")
def sigprocmask(actor: Actor, how: int, mask: int) -> int:
    """rt_sigprocmask(2): it holds from the next wait on, in the kernel's own mask."""
    old = actor.mask
    match how:
        case 0:
            new = old | mask
        case 1:
            new = old & ~mask
        case 2:
            new = mask
        case _:
            raise OSError(22, "EINVAL")
    actor.mask = new & BLOCKED_ALL
    return old


@performs("Sigpending")
def sigpending(actor: Actor) -> int:
    """rt_sigpending(2): what the program itself holds back."""
    found = ctypes.c_uint64()
    call("rt_sigpending", found, 8)
    return found.value & actor.mask


@performs("Pause")
def pause(actor: Actor) -> int:
    """pause(2)."""
    return call("pause", mask=actor.mask)


@performs("Sigtimedwait")
def sigtimedwait(actor: Actor, mask: int, timeout: int | None) -> tuple[int, ...]:
    """rt_sigtimedwait(2).  Replies signo, code, pid, uid, status, value, fd, band."""
    info = (ctypes.c_int * 32)()
    limit = None if timeout is None else packed("qq", *divmod(timeout, 1_000_000_000))
    wanted = ctypes.c_uint64(mask & BLOCK_ALL)
    signo = call("rt_sigtimedwait", wanted, info, limit, 8, mask=actor.mask)
    return signo, info[2], *siginfo.told(signo, info)
