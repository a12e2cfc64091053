"""What kind of request each is, for who waits for the answer."""

from typing import Final

from nsh.abi import (
    attributes,
    capabilities,
    clocks,
    files,
    ipc,
    limits,
    locks,
    mqueue,
    names,
    namespaces,
    net,
    personality,
    pidfds,
    poll,
    process,
    ptys,
    signals,
    sockets,
    terminals,
    timers,
    xattrs,
)
from nsh.abi.request import Request

QUIET: Final[frozenset[type[Request]]] = frozenset(
    {
        process.Getpid,
        process.Gettid,
        process.Getppid,
        process.Getpgid,
        process.Getsid,
        process.Getuid,
        capabilities.Capget,
        process.ClockGettime,
        limits.GetLimit,
        limits.SetLimit,
        personality.Personality,
        timers.TimerGettime,
        timers.TimerGetoverrun,
        timers.Getitimer,
        timers.TimerfdGettime,
        pidfds.PidfdGetInfo,
        namespaces.Uname,
        files.Getdents,
        attributes.Access,
        attributes.Stat,
        attributes.Fstat,
        xattrs.Getxattr,
        xattrs.Listxattr,
        files.Readlink,
        names.Getcwd,
        names.Umask,
        files.Lseek,
        terminals.Tcgetpgrp,
        terminals.Tcgetsid,
        terminals.Ttyname,
        terminals.Tcgetattr,
        terminals.GetWinsize,
        terminals.InputQueue,
        terminals.OutputQueue,
        terminals.Exclusive,
        terminals.GetDiscipline,
        terminals.GetLockedTermios,
        ptys.GetPtyNumber,
        ptys.PtyLocked,
        net.Getlink,
        net.Getaddr,
        net.Getroute,
        sockets.Getsockname,
        sockets.Getpeername,
        sockets.Getsockopt,
        ipc.Attached,
        ipc.Load,
    }
)
"""They change nothing for anybody else: nobody has to be looked at after them."""

SOCKETS: Final[frozenset[type[Request]]] = frozenset(
    {sockets.Accept, sockets.Connect, sockets.Sendmsg, sockets.Recvmsg}
)
"""They may have to wait for a packet."""

SLEEPY: Final[frozenset[type[Request]]] = frozenset(
    {
        files.Open,
        files.Read,
        files.Write,
        terminals.Tcsetpgrp,
        terminals.Tcsetattr,
        terminals.Tcflush,
        terminals.Tcflow,
        terminals.Tcdrain,
        terminals.Tcsendbreak,
        terminals.SetDiscipline,
        poll.Poll,
        process.Wait4,
        process.Waitid,
        process.Nanosleep,
        clocks.ClockNanosleep,
        locks.FcntlLock,
        locks.Flock,
        signals.Pause,
        signals.Sigtimedwait,
        ipc.Semop,
        ipc.Msgsnd,
        ipc.Msgrcv,
        mqueue.MqTimedsend,
        mqueue.MqTimedreceive,
        *SOCKETS,
    }
)
"""They may have to wait.  Whoever sleeps over another is busy with it all the same."""


def ends_by_time(request: Request | None) -> bool:
    """Whether time alone can end the wait."""
    match request:
        case process.Nanosleep() | clocks.ClockNanosleep():
            return True
        case signals.Sigtimedwait() | ipc.Semop():
            return request.timeout is not None
        case mqueue.MqTimedsend() | mqueue.MqTimedreceive():
            return request.deadline is not None
        case poll.Poll():
            return request.timeout > 0
    return False


_SET_IDS: Final = 0o6000
_READABLE: Final = 0o444
_EXECUTABLE: Final = 0o111


def makes_programs_count(request: Request) -> bool:
    """Whether a file may have set-id bits or capabilities for this, or be a program that not all
    may read."""
    if isinstance(request, attributes.Chmod | files.Open | names.Mknod):
        mode = request.mode
        secret = mode & _EXECUTABLE and mode & _READABLE != _READABLE
        return bool(mode & _SET_IDS or secret)
    return isinstance(request, xattrs.Setxattr)
