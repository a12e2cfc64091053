"""ping: ask a host for an echo (ping(8)), over a raw socket as iputils does."""

from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close
from nsh.abi.invocation import Invocation, Running
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.process import ClockGettime, Getpid, Nanosleep
from nsh.abi.sockets import (
    IPPROTO_ICMP,
    SOCK_CLOEXEC,
    Connect,
    Family,
    Getsockname,
    Message,
    Recvmsg,
    Sendmsg,
    Socket,
    SocketType,
)
from nsh.machine.sockets import Inet
from nsh.userland.addresses import host
from nsh.userland.options import Given, Kind, UsageError, option, required, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, say, write

_SECOND: Final = 10**9
_MONOTONIC: Final = 1
_ECHO_REPLY: Final = 0
_TOLD: Final = {
    (3, 0): "Destination Net Unreachable",
    (3, 1): "Destination Host Unreachable",
    (11, 0): "Time to live exceeded",
}
_DATA: Final = bytes(range(0x10, 0x40)) + bytes(8)
_HEADERS: Final = 28


class _Count:
    """What has been sent and received."""

    __slots__ = ("errors", "received", "sent", "times")

    def __init__(self) -> None:
        self.sent = 0
        self.received = 0
        self.errors = 0
        self.times: list[int] = []


@command(
    "ping",
    "ask HOST for echoes, and tell which come",
    Topic.NETWORK,
    options=(
        option("-c, --count=COUNT", "how many (4)", Kind.NUMBER),
        option("-i, --interval=SECONDS", "between two (1)", Kind.NUMBER),
        option("-W, --timeout=SECONDS", "how long to wait for the last one (4)", Kind.NUMBER),
        option("-I, --interface=HOST", "ask from this address"),
        option("-q, --quiet", "only the summary"),
        option("-n, --numeric", ""),
    ),
    operands=(required("HOST"),),
    man="ping(8)",
    gap="HOST is an IPv4 address; four echoes if no count is given, for nobody may be there to "
    "interrupt it; times are the model's; -n is taken",
    examples=("ip link set lo up; ping -c 1 127.0.0.1",),
    see=("ip", "nc", "ss"),
    rows=("N6",),
    trouble=2,
)
def ping(call: Invocation, given: Given) -> Running:
    """Status 1 if no echo came, 2 if none could be asked for."""
    target = host(given.operand(0))
    total = whole_number(given.get("count", "4"), "count")
    pause = whole_number(given.get("interval", "1"), "interval") * _SECOND
    patience = whole_number(given.get("timeout", "4"), "timeout") * _SECOND
    if total < 1:
        raise UsageError(f"invalid argument: '{total}': out of range: 1 <= value")
    fd = -1
    try:
        kind = int(SocketType.SOCK_RAW) | SOCK_CLOEXEC
        fd = yield Socket(int(Family.AF_INET), kind, IPPROTO_ICMP)
        source = yield from _source(target, given.get("interface"))
    except KernelError as error:
        if fd >= 0:
            yield Close(fd)
        yield from say(call, f"connect: {error}")
        return 2
    identity = (yield Getpid()) & 0xFFFF
    yield from write(
        1, f"PING {target} ({target}) {len(_DATA)}({len(_DATA) + _HEADERS}) bytes of data.\n"
    )
    count = _Count()
    for number in range(1, total + 1):
        begun = yield ClockGettime(_MONOTONIC)
        yield Sendmsg(fd, _request(identity, number), Inet(target))
        count.sent += 1
        wait = patience if number == total else pause
        yield from _await(fd, identity, number, begun, wait, count, given, source)
        if number < total:
            now = yield ClockGettime(_MONOTONIC)
            yield Nanosleep(max(0, begun + pause - now))
    yield Close(fd)
    yield from _summary(target, count)
    return 0 if count.received else 1


def _source(target: str, wanted: str) -> Asking[str]:
    """The address that this host would ask from (a probe by udp, as iputils makes it)."""
    if wanted:
        return host(wanted)
    fd = yield Socket(int(Family.AF_INET), int(SocketType.SOCK_DGRAM) | SOCK_CLOEXEC)
    try:
        yield Connect(fd, Inet(target, 1025))
    except KernelError:
        yield Close(fd)
        raise
    found: Inet = yield Getsockname(fd)
    yield Close(fd)
    return found.host


def _request(identity: int, number: int) -> bytes:
    """An echo request with its checksum."""
    rest = identity.to_bytes(2, "big") + number.to_bytes(2, "big") + _DATA
    words = b"\x08\0\0\0" + rest
    total = sum(int.from_bytes(words[at : at + 2], "big") for at in range(0, len(words), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return b"\x08\0" + (total ^ 0xFFFF).to_bytes(2, "big") + rest


def _await(
    fd: int,
    identity: int,
    number: int,
    begun: int,
    patience: int,
    count: _Count,
    given: Given,
    source: str,
) -> Asking[None]:
    """Wait for the answer to echo *number*, or until it is time for the next."""
    while True:
        now = yield ClockGettime(_MONOTONIC)
        left = begun + patience - now
        if left <= 0:
            return
        try:
            (events,) = yield Poll(((fd, PollEvent.POLLIN),), left)
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            raise
        if not events:
            return
        found: Message = yield Recvmsg(fd)
        now = yield ClockGettime(_MONOTONIC)
        data = found.data
        start = (data[0] & 15) * 4
        kind, code, body = data[start], data[start + 1], data[start + 8 :]
        sender = found.address.host if isinstance(found.address, Inet) else "?"
        if kind == _ECHO_REPLY and data[start + 4 : start + 8] == _mark(identity, number):
            count.received += 1
            count.times.append(now - begun)
            if not given.has("quiet"):
                size, ttl = len(data) - start, data[8]
                yield from write(
                    1,
                    f"{size} bytes from {sender}: icmp_seq={number} ttl={ttl} "
                    f"time={_milliseconds(now - begun)} ms\n",
                )
            return
        asked = body[(body[0] & 15) * 4 :] if body else b""
        told = _TOLD.get((kind, code))
        if told is not None and asked[4:8] == _mark(identity, number):
            count.errors += 1
            if not given.has("quiet"):
                yield from write(1, f"From {sender} icmp_seq={number} {told}\n")
            return


def _mark(identity: int, number: int) -> bytes:
    return identity.to_bytes(2, "big") + number.to_bytes(2, "big")


def _milliseconds(nanoseconds: int) -> str:
    return f"{nanoseconds / 1_000_000:.3f}"


def _summary(target: str, count: _Count) -> Asking[None]:
    lost = (count.sent - count.received) * 100 // count.sent
    errors = f" +{count.errors} errors," if count.errors else ""
    lines = [
        "",
        f"--- {target} ping statistics ---",
        f"{count.sent} packets transmitted, {count.received} received,{errors} {lost}% packet loss",
    ]
    if count.times:
        least, most = min(count.times), max(count.times)
        mean = sum(count.times) // len(count.times)
        spread = sum(abs(each - mean) for each in count.times) // len(count.times)
        numbers = "/".join(map(_milliseconds, (least, mean, most, spread)))
        lines.append(f"rtt min/avg/max/mdev = {numbers} ms")
    yield from write(1, "".join(line + "\n" for line in lines))
