"""Processes: identity, relations, ends, waiting, and the clock."""

from __future__ import annotations

import ctypes
import os

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from nsh.linux.puppet.actor import Actor


@performs("Exit")
def exit_(actor: Actor, status: int) -> int:
    """_exit(2) of this thread.  Its control socket would stay open as long as others run."""
    actor.channel.close()
    return call("exit", status, mask=actor.mask)


@performs("ExitGroup")
def exit_group(actor: Actor, status: int) -> int:
    """exit_group(2)."""
    return call("exit_group", status, mask=actor.mask)


@performs("Wait4")
def wait4(actor: Actor, pid: int, options: int) -> tuple[int, int]:
    """wait4(2).  Replies pid and status word."""
    word = ctypes.c_int()
    got = call("wait4", pid, word, options, None, mask=actor.mask)
    return got, word.value & 0xFFFF


@performs("Waitid")
def waitid(actor: Actor, idtype: int, id: int, options: int) -> tuple[int, int, int, int]:
    """waitid(2).  Replies pid, uid, code, status."""
    info = (ctypes.c_int * 32)()
    call("waitid", idtype, id, info, options, None, mask=actor.mask)
    return info[4], info[5], info[2], info[6]


@performs("Getpid")
def getpid(actor: Actor) -> int:
    """getpid(2)."""
    del actor
    return call("getpid")


@performs("Gettid")
def gettid(actor: Actor) -> int:
    """gettid(2)."""
    del actor
    return call("gettid")


@performs("Getppid")
def getppid(actor: Actor) -> int:
    """getppid(2)."""
    del actor
    return call("getppid")


@performs("Getpgid")
def getpgid(actor: Actor, pid: int) -> int:
    """getpgid(2)."""
    del actor
    return call("getpgid", pid)


@performs("Getsid")
def getsid(actor: Actor, pid: int) -> int:
    """getsid(2)."""
    del actor
    return call("getsid", pid)


@performs("Setsid")
def setsid(actor: Actor) -> int:
    """setsid(2)."""
    del actor
    return call("setsid")


@performs("Setpgid")
def setpgid(actor: Actor, pid: int, pgid: int) -> int:
    """setpgid(2)."""
    del actor
    return call("setpgid", pid, pgid)


@performs("Getuid")
def getuid(actor: Actor) -> tuple[Any, ...]:
    """Credentials: uid, euid, suid, gid, egid, sgid, groups."""
    del actor
    return (*os.getresuid(), *os.getresgid(), tuple(os.getgroups()))


@performs("Prctl")
def prctl(actor: Actor, option: int, argument: int | str, more: int) -> int | str:
    """prctl(2); what PR_GET_… stores is replied."""
    del actor
    if option == nr.PR_SET_NAME:
        return call("prctl", option, text(str(argument)), 0, 0, 0)
    if option == nr.PR_GET_NAME:
        name = ctypes.create_string_buffer(16)
        call("prctl", option, name, 0, 0, 0)
        return os.fsdecode(name.value)
    if option in (nr.PR_GET_PDEATHSIG, nr.PR_GET_CHILD_SUBREAPER):
        value = ctypes.c_int()
        call("prctl", option, value, 0, 0, 0)
        return value.value
    return call("prctl", option, int(argument), more, 0, 0)


@performs("Nanosleep")
def nanosleep(actor: Actor, duration: int) -> int:
    """nanosleep(2)."""
    limit = packed("qq", *divmod(duration, 1_000_000_000))
    return call("nanosleep", limit, None, mask=actor.mask)


@performs("ClockGettime")
def clock_gettime(actor: Actor, clock: int) -> int:
    """clock_gettime(2), in nanoseconds."""
    del actor
    time = (ctypes.c_long * 2)()
    call("clock_gettime", clock, time)
    return time[0] * 1_000_000_000 + time[1]
