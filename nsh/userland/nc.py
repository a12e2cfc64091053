"""nc: talk over the network, or over a Unix socket (nc(1), as OpenBSD has it)."""

from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Read
from nsh.abi.invocation import Invocation, Running
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.sockets import (
    SHUT_WR,
    SOCK_CLOEXEC,
    Accept,
    Accepted,
    Bind,
    Connect,
    Family,
    Listen,
    Message,
    Recvmsg,
    Setsockopt,
    Shutdown,
    Socket,
    SocketOption,
    SocketType,
)
from nsh.machine.sockets import Inet, SocketAddress, UnixName
from nsh.userland.addresses import host, port_number, told
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import CHUNK, Asking, say, write

_SECOND: Final = 10**9
_READABLE: Final = PollEvent.POLLIN | PollEvent.POLLHUP | PollEvent.POLLERR
_IN: Final = PollEvent.POLLIN


@command(
    "nc",
    "connect to HOST PORT, or wait for others; pass on what is said",
    Topic.NETWORK,
    options=(
        option("-l, --listen", "wait for a connection, at any host or HOST"),
        option("-k, --keep", "with -l: for another when one is over"),
        option("-U, --unix", "over the Unix socket HOST, a path or @name"),
        option("-u, --udp", "datagrams"),
        option("-N, --shut", "shut the end to send when there is nothing more to read"),
        option("-d, --detach", "read nothing"),
        option("-z, --zero", "connect, and send nothing: is anybody there?"),
        option("-v, --verbose", "say who is connected"),
        option("-s, --source=HOST", "from this address"),
        option("-w, --wait=SECONDS", "give up after so long without a word", Kind.NUMBER),
        option("-n, --numeric", ""),
    ),
    operands=(optional("HOST"), optional("PORT", Kind.NUMBER)),
    man="nc(1)",
    gap="as OpenBSD's; hosts are IPv4 addresses; @name is an abstract Unix socket; -n is taken",
    examples=(
        "nc -lU @door > /tmp/said & echo hello | nc -NU @door; wait; cat /tmp/said",
        "ip link set lo up; nc -l 8080 > /tmp/said & echo hello | nc -N 127.0.0.1 8080; wait",
    ),
    see=("socket", "ss", "ip", "ping"),
    rows=("N6",),
)
def nc(call: Invocation, given: Given) -> Running:
    """Status 1 if nobody could be connected to."""
    family = Family.AF_UNIX if given.has("unix") else Family.AF_INET
    kind = SocketType.SOCK_DGRAM if given.has("udp") else SocketType.SOCK_STREAM
    address = _address(given)
    fd = yield Socket(int(family), int(kind) | SOCK_CLOEXEC)
    if given.has("listen"):
        return (yield from _serve(call, given, fd, address))
    if given.has("source"):
        yield Bind(fd, Inet(host(given.get("source")), 0))
    try:
        yield Connect(fd, address)
    except KernelError as error:
        yield Close(fd)
        yield from say(call, f"connect to {told(address)} failed: {error}")
        return 1
    if given.has("verbose"):
        yield from say(call, f"Connection to {told(address)} succeeded!")
    if not given.has("zero"):
        yield from _converse(given, fd)
    yield Close(fd)
    return 0


def _address(given: Given) -> SocketAddress:
    words = given.operands
    if given.has("unix"):
        if len(words) != 1:
            raise UsageError("-U takes one operand: a path, or @name")
        name = words[0]
        return UnixName("\0" + name[1:] if name.startswith("@") else name)
    if given.has("listen") and len(words) == 1:
        return Inet("0.0.0.0", port_number(words[0]))
    if len(words) != 2:
        raise UsageError("missing operand: HOST and PORT")
    return Inet(host(words[0]), port_number(words[1]))


def _serve(call: Invocation, given: Given, fd: int, address: SocketAddress) -> Running:
    if not isinstance(address, UnixName):
        yield Setsockopt(fd, int(SocketOption.SO_REUSEADDR), 1)
    yield Bind(fd, address)
    if given.has("udp"):
        yield from _serve_datagrams(given, fd)
        yield Close(fd)
        return 0
    yield Listen(fd, 5)
    while True:
        found: Accepted = yield Accept(fd, SOCK_CLOEXEC)
        if given.has("verbose"):
            yield from say(call, f"Connection from {told(found.address)} received!")
        if not given.has("keep"):
            yield Close(fd)
        yield from _converse(given, found.fd)
        yield Close(found.fd)
        if not given.has("keep"):
            return 0


def _serve_datagrams(given: Given, fd: int) -> Asking[None]:
    """The first one tells whom to talk to."""
    first: Message = yield Recvmsg(fd, CHUNK)
    yield from write(1, first.data)
    if first.address is not None and not given.has("keep"):
        yield Connect(fd, first.address)
    yield from _converse(given, fd)


def _converse(given: Given, fd: int) -> Asking[None]:
    """Pass on what comes from either side, until the other side has finished."""
    reading = not given.has("detach")
    limit = whole_number(given.get("wait", "-1"), "timeout")
    timeout = limit * _SECOND if limit >= 0 else -1
    while True:
        asked = ((0 if reading else -1, _IN), (fd, _IN))
        try:
            typed, said = yield Poll(asked, timeout)
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            raise
        if not typed and not said:
            return
        if said & _READABLE:
            try:
                data: bytes = yield Read(fd, CHUNK)
            except KernelError as error:
                if error.errno is Errno.ECONNREFUSED and given.has("udp"):
                    return
                raise
            if not data and not given.has("udp"):
                return
            yield from write(1, data)
        if typed:
            line: bytes = yield Read(0, CHUNK)
            if line:
                yield from write(fd, line)
            else:
                reading = False
                if given.has("shut"):
                    yield Shutdown(fd, SHUT_WR)
                if given.has("udp") and not given.has("listen") and limit < 0:
                    return
