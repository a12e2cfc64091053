"""sendmsg(2) and recvmsg(2): what goes beside the data, open files and credentials (unix(7))."""

from typing import Final

from nsh.abi import KernelError
from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.request import Failure
from nsh.abi.sockets import (
    SCM_MAX_FD,
    Family,
    Message,
    MessageFlag,
    Recvmsg,
    Sendmsg,
    SocketType,
)
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files
from nsh.kernel.fs.descriptors import install, open_file
from nsh.kernel.net import calls, credentials, protocols, sockets
from nsh.kernel.net.sockets import Received, Receiving, Sending
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.sockets import Socket, SocketState
from nsh.machine.value import Transaction

_HEADER: Final = 16
"""Bytes of ``struct cmsghdr``."""
_FD: Final = 4


def _nonblocking(file: File, flags: int) -> bool:
    return bool(file.flags & OpenFlag.O_NONBLOCK or flags & MessageFlag.MSG_DONTWAIT)


def _refused_first(record: Socket) -> bool:
    """Whether a sequence of packets refuses before it looks at what goes beside the data."""
    unable = record.error or record.state is not SocketState.ESTABLISHED
    return record.type == SocketType.SOCK_SEQPACKET and bool(unable)


@handles(Sendmsg)
def sendmsg(tx: Transaction, caller: TaskId, request: Sendmsg) -> int | Failure:
    """sendmsg(2)."""
    key, file = sockets.of_file(tx, caller, request.fd)
    record = tx.get(Socket, key)
    if request.address is not None and record.type == SocketType.SOCK_DGRAM:
        calls.check_family(record, request.address)
    passed: list[FileId] = []
    who = None
    if record.family == Family.AF_UNIX and not _refused_first(record):
        if len(request.fds) > SCM_MAX_FD:
            raise Errno.EINVAL(f"a message brings at most {SCM_MAX_FD} descriptors")
        passed = [open_file(tx, caller, fd)[0] for fd in request.fds]
        if request.creds:
            who = credentials.claimed(tx, caller, request.creds)
    call = Sending(
        request.data,
        request.address,
        tuple(passed),
        who,
        request.flags,
        _nonblocking(file, request.flags),
        record.file,
    )
    try:
        return protocols.of(record).send(tx, caller, key, call)
    except sockets.SocketError as error:
        return error.failure


@handles(Recvmsg)
def recvmsg(tx: Transaction, caller: TaskId, request: Recvmsg) -> Message | Failure:
    """recvmsg(2)."""
    key, file = sockets.of_file(tx, caller, request.fd)
    if request.size < 0:
        raise Errno.EINVAL("a size is not negative")
    call = Receiving(request.size, request.flags, _nonblocking(file, request.flags))
    try:
        found = protocols.receive(tx, caller, key, call)
    except sockets.SocketError as error:
        return error.failure
    if isinstance(found, Failure):
        return found
    told: tuple[int, ...] = ()
    record = tx.get(Socket, key)
    if record.passcred and found is not sockets.NOTHING:
        told = credentials.in_message(tx, caller, found.who)
    elif record.passcred and record.type == SocketType.SOCK_STREAM:
        told = (0, 0, 0)  # at the end of a stream the kernel has nobody to tell of, and tells zeros
    room = _HEADER + _FD * request.files if request.files else 0
    room += _space(1) if record.passpidfd else 0
    fds, flags = _unpack(tx, caller, request, found, room, peek=call.peek)
    pidfd = None
    if record.passpidfd and room - _space(len(fds)) < _HEADER + _FD:
        flags |= MessageFlag.MSG_CTRUNC
    elif record.passpidfd and found.who is not None:
        pidfd = credentials.sender(tx, caller, found.who)
    return Message(found.data, found.address, fds, told, flags, pidfd)


def _space(count: int) -> int:
    """How many bytes *count* descriptors take beside a message (CMSG_SPACE)."""
    return (_HEADER + _FD * count + 7) // 8 * 8 if count else 0


def _unpack(
    tx: Transaction, caller: TaskId, request: Recvmsg, found: Received, room: int, *, peek: bool
) -> tuple[tuple[int, ...], int]:
    """Descriptors for the open files that came, as far as *room* bytes go (scm_detach_fds); the
    others are closed, and MSG_CTRUNC tells of them."""
    cloexec = bool(request.flags & MessageFlag.MSG_CMSG_CLOEXEC)
    most = max(0, room - _HEADER) // _FD
    fds: list[int] = []
    flags = found.flags
    full = False
    for passed in found.files:
        if peek:
            files.hold(tx, passed)
        if len(fds) < most and not full:
            try:
                fds.append(install(tx, caller, passed, cloexec=cloexec))
            except KernelError:
                full = True
            else:
                continue
        flags |= MessageFlag.MSG_CTRUNC
        files.release(tx, passed)
    return tuple(fds), int(flags)
