"""Waiting for children: the shell's wait, and wait4(2) itself."""

from collections.abc import Sequence

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import (
    CONTINUED,
    IdType,
    Wait4,
    Waitid,
    WaitInfo,
    WaitOption,
    WaitResult,
    shell_status,
)
from nsh.abi.signals import SiCode, signal_name
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.refs import pid_of, target_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain, write

_ECHILD = Errno.ECHILD
_FOR_ANY = Wait4(-1)
NOT_A_CHILD = 127
INTERRUPTED = 129
"""POSIX asks for more than 128; which signal was handled, its handler alone was told."""


@command(
    "wait",
    "wait for children to end; the status is the last one's",
    Topic.PROCESSES,
    options=(option("-n", "wait for whichever ends next"),),
    operands=(optional("PID", Kind.PID, many=True),),
    man="wait(1p)",
    gap="the kernel alone knows the children, so none can be waited for twice",
    examples=("spawn w { exit 3 }; wait w; echo $?",),
    see=("waitpid", "exit", "fork"),
    rows=("P2", "P10"),
    answers=True,
    trouble=2,
)
def wait(call: Invocation, given: Given) -> Running:
    """Without operands 0, once no child is left; 127 for a pid that is no child."""
    if given.options and given.operands:
        raise UsageError("-n takes no PID")
    if given.options:
        return _unless_interrupted(_wait_next())
    return (
        _unless_interrupted(_wait_for(call, given.operands)) if given.operands else _wait_for_all()
    )


def _wait_for_all() -> Running:
    try:
        while True:
            yield _FOR_ANY
    except KernelError as error:
        if error.errno is _ECHILD:
            return 0
        if error.errno is Errno.EINTR:
            return INTERRUPTED
        raise


def _unless_interrupted(waiting: Running) -> Running:
    try:
        return (yield from waiting)
    except KernelError as error:
        if error.errno is Errno.EINTR:
            return INTERRUPTED
        raise


def _wait_for(call: Invocation, refs: Sequence[str]) -> Running:
    status = 0
    for ref in refs:
        try:
            pid = yield from pid_of(ref)
            found: WaitResult = yield Wait4(pid)
        except KernelError as error:
            if error.errno not in (Errno.ECHILD, Errno.ESRCH):
                raise
            yield from complain(call, ref, error)
            status = NOT_A_CHILD
        else:
            status = shell_status(found.status)
    return status


def _wait_next() -> Running:
    try:
        found: WaitResult = yield Wait4(-1)
    except KernelError as error:
        if error.errno is not Errno.ECHILD:
            raise
        return NOT_A_CHILD
    return shell_status(found.status)


@command(
    "waitpid",
    "perform one waitpid(2): print who changed, and how",
    Topic.PROCESSES,
    options=(
        option("-n, --nohang", "do not wait: print 0 when nothing has happened yet"),
        option("-u, --untraced", "report stopped children too"),
        option("-c, --continued", "report continued children too"),
        option("-k, --keep", "leave the child as it is: waitid(2) with WNOWAIT"),
        option("-P, --pidfd", "PID is a descriptor of one: waitid(2) with P_PIDFD"),
        option("--all", "children of every exit signal: __WALL"),
        option("--clone", "only children whose exit signal is not SIGCHLD: __WCLONE"),
        option("--nothread", "not the children of other threads of mine: __WNOTHREAD"),
    ),
    operands=(optional("PID", Kind.PID),),
    man="waitpid(2)",
    gap="PID is -1 (any) if left out, 0 my group, -PGRP that group, as in the call",
    examples=("spawn w { exit 3 }; waitpid w", "spawn w; kill -STOP w; waitpid -u"),
    see=("wait",),
    rows=("P2",),
    negatives=True,
)
def waitpid(call: Invocation, given: Given) -> Running:
    """``7 exited 3``, ``7 killed KILL``, ``7 stopped STOP``, ``7 continued``, or ``0``."""
    flags = 0
    for key, flag in _FLAGS.items():
        flags |= flag if given.has(key) else 0
    keep = WaitOption.WNOWAIT * given.has("keep")
    if given.has("pidfd"):
        idtype, ident = IdType.P_PIDFD, whole_number(given.operand(0), "descriptor")
    else:
        pid = yield from target_of(given.operand(0, "-1"))
        idtype, ident = _idtype(pid)
    if keep or idtype is IdType.P_PIDFD:
        info: WaitInfo = yield Waitid(idtype, ident, flags | WaitOption.WEXITED | keep)
        words = f"{info.pid} {_said(info)}" if info.pid else "0"
    else:
        found: WaitResult = yield Wait4(pid, flags)
        words = f"{found.pid} {described(found.status)}" if found.pid else "0"
    yield from write(1, words + "\n")
    return 0


_FLAGS = {
    "nohang": WaitOption.WNOHANG,
    "untraced": WaitOption.WUNTRACED,
    "continued": WaitOption.WCONTINUED,
    "all": WaitOption.WALL,
    "clone": WaitOption.WCLONE,
    "nothread": WaitOption.WNOTHREAD,
}


def described(status: int) -> str:
    """A wait status in words: ``exited 3``."""
    if status == CONTINUED:
        return "continued"
    low = status & 0xFF
    if low == 0x7F:
        return f"stopped {signal_name(status >> 8)}"
    if low == 0:
        return f"exited {status >> 8}"
    return f"killed {signal_name(low & 0x7F)}{' (core dumped)' if low & 0x80 else ''}"


def _said(info: WaitInfo) -> str:
    """The same for waitid(2), which says it in two fields."""
    match info.code:
        case SiCode.CLD_EXITED:
            return f"exited {info.status}"
        case SiCode.CLD_CONTINUED:
            return "continued"
        case SiCode.CLD_STOPPED:
            return f"stopped {signal_name(info.status)}"
        case _:
            core = " (core dumped)" if info.code == SiCode.CLD_DUMPED else ""
            return f"killed {signal_name(info.status)}{core}"


def _idtype(pid: int) -> tuple[IdType, int]:
    """How waitid(2) says what waitpid(2) means by *pid*."""
    if pid > 0:
        return IdType.P_PID, pid
    if pid == -1:
        return IdType.P_ALL, 0
    return IdType.P_PGID, -pid
