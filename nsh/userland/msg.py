"""SysV message queues, call by call: msgget(2), msgsnd(2), msgrcv(2), msgctl(2)."""

from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.ipc import (
    IPC_NOWAIT,
    MSG_COPY,
    MSG_EXCEPT,
    MSG_NOERROR,
    IpcCommand,
    MsgBuf,
    Msgctl,
    Msgget,
    Msgrcv,
    Msgsnd,
    MsqidDs,
)
from nsh.userland.ipc_words import CREATION, creation, key, number, octal
from nsh.userland.options import Given, Kind, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import encode, write

_GAP: Final = "performs the call; real systems have no such command"
_ROOM: Final = "8192"


@command(
    "msgget",
    "find or make a message queue: one msgget(2); print its id",
    Topic.IPC,
    options=CREATION,
    operands=(optional("KEY", Kind.NUMBER),),
    man="msgget(2)",
    gap=_GAP,
    examples=("msgget -c 7; msgget 7; ipcs -q",),
    see=("msgsnd", "msgrcv", "ipcs", "ipcrm"),
    rows=("N1", "I4"),
)
def msgget(call: Invocation, given: Given) -> Running:
    """KEY private, 0 or none at all makes a queue that no key leads to."""
    found = yield Msgget(key(given.operand(0, "0")), creation(given))
    yield from write(1, f"{found}\n")
    return 0


@command(
    "msgsnd",
    "send a message to a queue: one msgsnd(2)",
    Topic.IPC,
    options=(
        option("-n, --nowait", "do not wait for room (IPC_NOWAIT): EAGAIN"),
        option("-t, --type=TYPE", "its type, above 0 (1)", Kind.NUMBER),
    ),
    operands=(required("ID", Kind.NUMBER), optional("TEXT")),
    man="msgop(2)",
    gap=_GAP,
    examples=("msgget -c 7; msgsnd 0 hello; msgsnd -t 2 0 world; msgrcv -t 2 0; ipcs -q",),
    see=("msgrcv", "msgget"),
    rows=("N1",),
)
def msgsnd(call: Invocation, given: Given) -> Running:
    """EIDRM when the queue is removed meanwhile."""
    flags = IPC_NOWAIT if given.has("nowait") else 0
    kind = number(given.get("type", "1"), "type")
    yield Msgsnd(number(given.operand(0), "id"), kind, encode(given.operand(1)), flags)
    return 0


@command(
    "msgrcv",
    "receive a message from a queue: one msgrcv(2); print it",
    Topic.IPC,
    options=(
        option("-n, --nowait", "do not wait for one (IPC_NOWAIT): ENOMSG"),
        option("-t, --type=TYPE", "of this type; -TYPE: the lowest up to it; 0: any", Kind.NUMBER),
        option("-e, --except", "of any type but that (MSG_EXCEPT)"),
        option("-c, --copy", "leave it there (MSG_COPY): TYPE is its place from 0 on"),
        option("-s, --size=SIZE", "room for it (8192)", Kind.NUMBER),
        option("-N, --noerror", "cut off what there is no room for (MSG_NOERROR)"),
        option("-l, --long", "print its type, too"),
    ),
    operands=(required("ID", Kind.NUMBER),),
    man="msgop(2)",
    gap=_GAP,
    examples=(
        "msgget -c 7; msgsnd -t 3 0 hello; msgrcv -l 0",
        "msgget -c 7; spawn r { msgrcv 0 }; msgsnd 0 hello",
    ),
    see=("msgsnd", "msgget"),
    rows=("N1",),
)
def msgrcv(call: Invocation, given: Given) -> Running:
    """E2BIG where there is no room for the message, which stays."""
    flags = 0
    for word, flag in (
        ("nowait", IPC_NOWAIT),
        ("except", MSG_EXCEPT),
        ("copy", MSG_COPY),
        ("noerror", MSG_NOERROR),
    ):
        flags |= flag if given.has(word) else 0
    size = number(given.get("size", _ROOM), "size")
    kind = number(given.get("type", "0"), "type")
    found: MsgBuf = yield Msgrcv(number(given.operand(0), "id"), size, kind, flags)
    head = f"{found.mtype} ".encode() if given.has("long") else b""
    yield from write(1, head + found.data + b"\n")
    return 0


@command(
    "msgctl",
    "change owner, permissions and size of a message queue (IPC_SET)",
    Topic.IPC,
    options=(
        option("-u, --uid=UID", "its owner", Kind.NUMBER),
        option("-g, --gid=GID", "its group", Kind.NUMBER),
        option("-m, --mode=MODE", "its permissions"),
        option("-b, --qbytes=BYTES", "the most bytes, and messages, it may hold", Kind.NUMBER),
    ),
    operands=(required("ID", Kind.NUMBER),),
    man="msgctl(2)",
    gap=_GAP + "; ipcs shows and ipcrm removes what this one changes",
    examples=("msgget -c 7; msgctl -b 100 0; ipcs -q -i 0",),
    see=("ipcs", "ipcrm"),
    rows=("N1",),
)
def msgctl(call: Invocation, given: Given) -> Running:
    """What is not given stays as it is."""
    msqid = number(given.operand(0), "id")
    old: MsqidDs = yield Msgctl(msqid, IpcCommand.IPC_STAT)
    uid = number(given.get("uid", str(old.perm.uid)), "uid")
    gid = number(given.get("gid", str(old.perm.gid)), "gid")
    mode = octal(given.get("mode", f"{old.perm.mode & 0o777:o}"))
    qbytes = number(given.get("qbytes", str(old.qbytes)), "size")
    yield Msgctl(msqid, IpcCommand.IPC_SET, uid, gid, mode, qbytes)
    return 0
