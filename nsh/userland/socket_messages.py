"""send and recv: what goes over a socket, and beside the data (unix(7))."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.sockets import Message, MessageFlag, Recvmsg, Sendmsg
from nsh.userland.addresses import socket_address, told
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.sockets import FD, GAP, ROWS, SEE, WRITTEN, fd_of
from nsh.userland.streams import decode, encode, write


@command(
    "send",
    "send TEXT over a socket, with descriptors and credentials",
    Topic.NETWORK,
    options=(
        option("-t, --to=ADDRESS", "to ADDRESS, over a datagram socket"),
        option("-f, --fd=FD", "with the open file FD (SCM_RIGHTS); may be repeated", Kind.FD),
        option("-c, --creds=PID,UID,GID", "claim to be that one (SCM_CREDENTIALS)"),
        option("-n, --nonblock", "do not wait for room"),
        option("-s, --nosignal", "no SIGPIPE"),
    ),
    operands=(FD, optional("TEXT")),
    man="sendmsg(2)",
    gap=f"{GAP}; {WRITTEN}",
    examples=("socketpair dgram; send 3 hello -f 1; recv -f 1 4",),
    see=("recv", *SEE),
    rows=ROWS,
)
def send(call: Invocation, given: Given) -> Running:
    """No newline is added."""
    del call
    address = socket_address(given.get("to")) if given.has("to") else None
    fds = tuple(whole_number(each, "descriptor") for each in given.all("fd"))
    creds: tuple[int, ...] = ()
    if given.has("creds"):
        creds = tuple(whole_number(each) for each in given.get("creds").split(","))
        if len(creds) != 3:
            raise UsageError("credentials are PID,UID,GID")
    flags = MessageFlag.MSG_NOSIGNAL if given.has("nosignal") else 0
    flags |= MessageFlag.MSG_DONTWAIT if given.has("nonblock") else 0
    yield Sendmsg(fd_of(given), encode(given.operand(1)), address, fds, creds, int(flags))
    return 0


@command(
    "recv",
    "receive from a socket: print data, and what came beside it",
    Topic.NETWORK,
    options=(
        option("-a, --address", "where it comes from, on a line of its own"),
        option("-f, --files=COUNT", "room for COUNT descriptors; a line with their numbers"),
        option("-c, --creds", "pid, uid and gid of the sender, if SO_PASSCRED is set"),
        option("-P, --pidfd", "a descriptor of the sender, if SO_PASSPIDFD is set"),
        option("-p, --peek", "leave it there"),
        option("-n, --nonblock", "do not wait"),
        option("-s, --size=SIZE", "at most SIZE bytes (65536)", Kind.NUMBER),
    ),
    operands=(FD,),
    man="recvmsg(2)",
    gap=GAP,
    examples=("socketpair seqpacket; setsockopt 4 passcred 1; send 3 hi; recv -c 4",),
    see=("send", *SEE),
    rows=ROWS,
)
def recv(call: Invocation, given: Given) -> Running:
    """Status 1 where nothing was received: the other end has finished."""
    del call
    flags = MessageFlag.MSG_PEEK if given.has("peek") else 0
    flags |= MessageFlag.MSG_DONTWAIT if given.has("nonblock") else 0
    room = whole_number(given.get("files", "0"), "count")
    size = whole_number(given.get("size", "65536"), "size")
    found: Message = yield Recvmsg(fd_of(given), size, int(flags), room)
    lines = [decode(found.data)] if found.data else []
    if given.has("address"):
        lines.append(told(found.address))
    if given.has("files"):
        lines.append(" ".join(map(str, found.fds)) or "-")
    if given.has("creds"):
        lines.append(" ".join(map(str, found.creds)) or "-")
    if given.has("pidfd"):
        lines.append("-" if found.pidfd is None else str(found.pidfd))
    yield from write(1, "".join(line + "\n" for line in lines))
    return 0 if found.data else 1
