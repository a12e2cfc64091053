"""Requests and replies between abi's records and what crosses a control socket."""

from collections.abc import Callable
from typing import Any, Final

from nsh.abi import (
    attributes,
    capabilities,
    files,
    ipc,
    locks,
    mqueue,
    namespaces,
    net,
    pidfds,
    process,
    signals,
    sockets,
    timers,
)
from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.abi.request import Failure, Request
from nsh.machine.record import Record
from nsh.machine.sockets import Inet, SocketAddress, UnixName
from nsh.machine.terminals import Termios, Winsize


def fields(request: Request) -> tuple[Any, ...]:
    """The request as data: its name, then its fields."""
    return (
        type(request).__name__,
        *(_plain(getattr(request, field)) for field in request.__struct_fields__),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Record):
        return tuple(_plain(getattr(value, field)) for field in value.__struct_fields__)
    return int(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _accepted(data: tuple[int, int, int, int, int, int, int, int]) -> signals.SigDelivery:
    return signals.SigDelivery(*data, "", 0)


def _socket_address(data: tuple[Any, ...]) -> SocketAddress:
    """A path, or a host and a port; nothing: no name."""
    return Inet(*data) if len(data) == 2 else UnixName(*data)


def _message(data: tuple[Any, ...]) -> sockets.Message:
    content, address, *rest = data
    return sockets.Message(content, None if address is None else _socket_address(address), *rest)


def _option(data: Any) -> object:
    return sockets.Ucred(*data) if isinstance(data, tuple) else data


def _status(kind: Callable[..., object]) -> Callable[[Any], object]:
    """The reply of IPC_STAT, where the permissions come first; other commands' are numbers."""

    def decode(data: Any) -> object:
        if not isinstance(data, tuple) or not isinstance(data[0], tuple):
            return data
        perm, *rest = data
        return kind(ipc.IpcPerm(*perm), *rest)

    return decode


_REPLIES: Final[dict[str, Callable[[Any], object]]] = {
    "Getdents": lambda data: tuple(files.Dirent(*entry) for entry in data),
    "Stat": lambda data: attributes.StatResult(*data),
    "Fstat": lambda data: attributes.StatResult(*data),
    "Wait4": lambda data: process.WaitResult(*data),
    "Waitid": lambda data: process.WaitInfo(*data),
    "Clone": lambda data: process.Cloned(*data) if isinstance(data, tuple) else data,
    "Capget": lambda data: capabilities.CapSets(*data),
    "Getuid": lambda data: process.Ids(*data),
    **dict.fromkeys(
        (
            "TimerSettime",
            "TimerGettime",
            "Setitimer",
            "Getitimer",
            "TimerfdSettime",
            "TimerfdGettime",
        ),
        lambda data: timers.Setting(*data),
    ),
    "FcntlGetownEx": lambda data: files.OwnerEx(*data),
    "FcntlLock": lambda data: locks.LockFound(*data) if isinstance(data, tuple) else data,
    "PidfdGetInfo": lambda data: pidfds.PidfdInfo(*data),
    "Uname": lambda data: namespaces.Utsname(*data),
    "Sigtimedwait": _accepted,
    "Tcgetattr": lambda data: Termios(*data),
    "GetLockedTermios": lambda data: Termios(*data),
    "GetWinsize": lambda data: Winsize(*data),
    "Accept": lambda data: sockets.Accepted(data[0], _socket_address(data[1])),
    "Getsockname": _socket_address,
    "Getpeername": _socket_address,
    "Getsockopt": _option,
    "Recvmsg": _message,
    "Getlink": lambda data: tuple(net.LinkInfo(*each) for each in data),
    "Getaddr": lambda data: tuple(net.AddressInfo(*each) for each in data),
    "Getroute": lambda data: tuple(net.RouteInfo(*each) for each in data),
    "Shmctl": _status(ipc.ShmidDs),
    "Semctl": _status(ipc.SemidDs),
    "Msgctl": _status(ipc.MsqidDs),
    "Msgrcv": lambda data: ipc.MsgBuf(*data),
    "MqTimedreceive": lambda data: mqueue.MqMessage(*data),
    "MqGetsetattr": lambda data: mqueue.MqAttr(*data),
}


def reply(request: Request, data: Any) -> object:
    """What *data* says in answer to *request*."""
    decode = _REPLIES.get(type(request).__name__)
    return data if decode is None else decode(data)


_PROC_FILES: Final = ("/container", "/containers", "/lies", "/devices", "/pts", "/ns/tty", "/ttyns")
"""What a path below /proc may end in that mainline has not."""
_MACHINES_OWN: Final = frozenset(
    ("/dev/kmsg", "/dev/rtc", "/dev/ttyS0", *(f"/dev/tty{number}" for number in range(64)))
)
_OURS: Final = {
    CloneFlag.CLONE_NEWPTS: "pts",
    CloneFlag.CLONE_NEWDEV: "device",
    CloneFlag.CLONE_NEWTTY: "tty",
}
"""Kinds of namespaces that mainline lacks, by their flags."""
_NOT_PERFORMED: Final = {
    **dict.fromkeys(("RtcReadTime", "RtcSetTime"), "the hardware clock is the host's"),
    **dict.fromkeys(("StartKthread", "StopKthread"), "no driver is loaded into the host's kernel"),
    **dict.fromkeys(
        ("GetLabel", "SetLabel", "LoadRule", "GetRules", "GetFileLabel", "SetFileLabel"),
        "the security modules are the host's",
    ),
    "Syslog": "the log is the host's, which is not to be seen here, nor cleared",
    "AttachSerial": "mainline Linux has no tty namespaces, and so no lines of theirs",
    **dict.fromkeys(
        ("VtGetState", "VtOpenQuery", "VtActivate", "VtWaitActive"),
        "the virtual consoles are the host's",
    ),
    **dict.fromkeys(
        ("Checkpoint", "Freeze", "Restart", "Survey", "Thaw"),
        "mainline Linux took neither checkpoints nor restarts: CRIU is a program",
    ),
}
"""Why no puppet performs them."""


def failure(request: Request, errno: int, reason: str) -> Failure:
    """An errno, with the reason: the puppet's, or that mainline lacks what was asked for."""
    if errno == Errno.ENOSYS:
        reason = _NOT_PERFORMED.get(type(request).__name__, reason)
    if not reason:
        path = getattr(request, "path", "")
        if isinstance(path, str) and path in _MACHINES_OWN and errno == Errno.ENOENT:
            reason = f"{path} is the host's, and nothing of the host is here"
        if isinstance(path, str) and path.startswith("/proc/") and path.endswith(_PROC_FILES):
            reason = f"mainline Linux has no {path}"
        flags = getattr(request, "flags", 0)
        if isinstance(request, (process.Clone, namespaces.Unshare)) and errno == Errno.EINVAL:
            reason = next(
                (f"mainline Linux has no {_OURS[f]} namespaces" for f in _OURS if flags & f), ""
            )
    return Failure(Errno(errno), reason)
