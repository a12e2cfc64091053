"""POSIX message queues, call by call (mq_overview(7))."""

from typing import Final

from nsh.abi import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.mqueue import (
    SIGEV_NONE,
    SIGEV_SIGNAL,
    MqAttr,
    MqGetsetattr,
    MqMessage,
    MqNotify,
    MqOpen,
    MqTimedreceive,
    MqTimedsend,
    MqUnlink,
)
from nsh.abi.process import CLOCK_REALTIME, ClockGettime
from nsh.abi.signals import signal_number
from nsh.userland.ipc_words import number, octal, time_limit
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, encode, write

_GAP: Final = "performs the call; real systems have no such command"


def _name(text: str) -> str:
    """A name as the kernel takes it.  mq_open(3) wants a slash in front, and takes it away."""
    if not text.startswith("/"):
        raise Errno.EINVAL(f"the name of a queue begins with a slash, as /{text}")
    return text[1:]


@command(
    "mq_open",
    "open a POSIX message queue; print the descriptor",
    Topic.IPC,
    options=(
        option("-r, --receive", "for receiving only"),
        option("-w, --send", "for sending only"),
        option("-n, --nonblock", "never wait (O_NONBLOCK): EAGAIN"),
        option("-c, --create", "make it if there is none"),
        option("-x, --exclusive", "with -c: only if there is none"),
        option("-m, --mode=MODE", "permissions of a new one (600)"),
        option("--maxmsg=COUNT", "messages that a new one may hold (10)", Kind.NUMBER),
        option("--msgsize=BYTES", "bytes that each may have (8192)", Kind.NUMBER),
    ),
    operands=(required("NAME"),),
    man="mq_open(3)",
    gap=_GAP + "; for both sending and receiving unless one is said",
    examples=("mq_open -c /q; mq_send 3 hello; mq_receive 3",),
    see=("mq_send", "mq_receive", "mq_notify", "mq_unlink"),
    rows=("N2",),
)
def mq_open(call: Invocation, given: Given) -> Running:
    """The descriptor is like any other: children have it, close it with exec N>&-."""
    flags = OpenFlag.O_RDWR
    if given.has("receive") != given.has("send"):
        flags = OpenFlag.O_RDONLY if given.has("receive") else OpenFlag.O_WRONLY
    for word, flag in (
        ("nonblock", OpenFlag.O_NONBLOCK),
        ("create", OpenFlag.O_CREAT),
        ("exclusive", OpenFlag.O_EXCL),
    ):
        flags |= flag if given.has(word) else 0
    sizes: tuple[int | None, int | None] = (None, None)
    if given.has("maxmsg") or given.has("msgsize"):
        sizes = (
            number(given.get("maxmsg", "10"), "count"),
            number(given.get("msgsize", "8192"), "size"),
        )
    mode = octal(given.get("mode", "600"))
    fd = yield MqOpen(_name(given.operand(0)), int(flags), mode, *sizes)
    yield from write(1, f"{fd}\n")
    return 0


@command(
    "mq_unlink",
    "remove the name of a POSIX message queue: one mq_unlink(2)",
    Topic.IPC,
    operands=(required("NAME"),),
    man="mq_unlink(3)",
    gap=_GAP,
    examples=("mq_open -c /q; mq_unlink /q; mq_send 3 still; mq_receive 3",),
    see=("mq_open",),
    rows=("N2",),
)
def mq_unlink(call: Invocation, given: Given) -> Running:
    """Whoever has it open goes on using it."""
    yield MqUnlink(_name(given.operand(0)))
    return 0


def _deadline(given: Given) -> Asking[int | None]:
    """The time of the real clock at which the call gives up."""
    limit = time_limit(given)
    if limit is None:
        return None
    now: int = yield ClockGettime(CLOCK_REALTIME)
    return now + limit


@command(
    "mq_send",
    "send a message to an open queue: one mq_timedsend(2)",
    Topic.IPC,
    options=(
        option("-p, --priority=NUMBER", "its priority; the higher, the earlier (0)", Kind.NUMBER),
        option("-t, --timeout=TIME", "wait so long for room at most: ETIMEDOUT"),
    ),
    operands=(required("FD", Kind.FD), optional("TEXT")),
    man="mq_send(3)",
    gap=_GAP,
    examples=("mq_open -c /q; mq_send 3 low; mq_send -p 9 3 high; mq_receive 3",),
    see=("mq_open", "mq_receive"),
    rows=("N2",),
)
def mq_send(call: Invocation, given: Given) -> Running:
    """EMSGSIZE for more bytes than a message of the queue has."""
    deadline = yield from _deadline(given)
    priority = number(given.get("priority", "0"), "priority")
    fd = number(given.operand(0), "descriptor")
    yield MqTimedsend(fd, encode(given.operand(1)), priority, deadline)
    return 0


@command(
    "mq_receive",
    "receive and print a message: one mq_timedreceive(2)",
    Topic.IPC,
    options=(
        option("-s, --size=SIZE", "room for it (what the queue allows)", Kind.NUMBER),
        option("-t, --timeout=TIME", "wait so long for one at most: ETIMEDOUT"),
        option("-l, --long", "print its priority, too"),
    ),
    operands=(required("FD", Kind.FD),),
    man="mq_receive(3)",
    gap=_GAP,
    examples=("mq_open -c /q; mq_send -p 9 3 high; mq_receive -l 3",),
    see=("mq_open", "mq_send"),
    rows=("N2",),
)
def mq_receive(call: Invocation, given: Given) -> Running:
    """The oldest of the highest priority."""
    deadline = yield from _deadline(given)
    fd = number(given.operand(0), "descriptor")
    if given.has("size"):
        size = number(given.get("size"), "size")
    else:
        attributes: MqAttr = yield MqGetsetattr(fd)
        size = attributes.msgsize
    found: MqMessage = yield MqTimedreceive(fd, size, deadline)
    head = f"{found.priority} ".encode() if given.has("long") else b""
    yield from write(1, head + found.data + b"\n")
    return 0


@command(
    "mq_notify",
    "be sent a signal when a message comes: one mq_notify(2)",
    Topic.IPC,
    options=(
        option("-s, --signal=SIGNAL", "that signal (USR1)", Kind.SIGNAL),
        option("-v, --value=NUMBER", "what comes with it", Kind.NUMBER),
        option("-N, --none", "register, and be sent nothing (SIGEV_NONE)"),
        option("-r, --remove", "take the registration back"),
    ),
    operands=(required("FD", Kind.FD),),
    man="mq_notify(3)",
    gap=_GAP + "; not by a thread (SIGEV_THREAD)",
    examples=("trap USR1 { echo told }; mq_open -c /q; mq_notify 3; spawn w; w mq_send 3 hello",),
    see=("mq_open", "trap"),
    rows=("N2", "P2"),
)
def mq_notify(call: Invocation, given: Given) -> Running:
    """EBUSY where somebody is to be told already.  Of one message only, and only if the queue was
    empty and nobody waited for it."""
    fd = number(given.operand(0), "descriptor")
    if given.has("remove"):
        yield MqNotify(fd, None)
        return 0
    if given.has("none"):
        yield MqNotify(fd, SIGEV_NONE)
        return 0
    name = given.get("signal", "USR1")
    signo = signal_number(name)
    if signo is None:
        raise UsageError(f"unknown signal name {name}")
    yield MqNotify(fd, SIGEV_SIGNAL, signo, number(given.get("value", "0"), "value"))
    return 0


@command(
    "mq_getattr",
    "print what an open queue is like: one mq_getsetattr(2)",
    Topic.IPC,
    options=(
        option("-n, --nonblock", "set O_NONBLOCK, too"),
        option("-b, --block", "clear O_NONBLOCK, too"),
    ),
    operands=(required("FD", Kind.FD),),
    man="mq_getattr(3)",
    gap=_GAP + "; with an option it is mq_setattr(3), which tells what was before",
    examples=("mq_open -c /q; mq_getattr 3",),
    see=("mq_open",),
    rows=("N2",),
)
def mq_getattr(call: Invocation, given: Given) -> Running:
    """Flags, most messages, their size, and how many there are."""
    fd = number(given.operand(0), "descriptor")
    flags = None
    if given.has("nonblock") or given.has("block"):
        flags = int(OpenFlag.O_NONBLOCK) if given.has("nonblock") else 0
    found: MqAttr = yield MqGetsetattr(fd, flags)
    nonblock = "O_NONBLOCK" if found.flags else "0"
    yield from write(
        1,
        f"flags={nonblock} maxmsg={found.maxmsg} msgsize={found.msgsize} curmsgs={found.curmsgs}\n",
    )
    return 0
