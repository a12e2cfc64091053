"""Queues of messages (C4)."""

from collections.abc import Iterator

import msgspec

from nsh.abi.errno import Errno
from nsh.kernel.checkpoint import ipc, parts
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.sysv.msg import KIND
from nsh.machine.ipc import NEVER
from nsh.machine.msg import Message, MsgQueue


class MessageOf(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A message."""

    type: int = 0
    """Of POSIX: its priority."""
    data: bytes = b""


class QueueOf(ipc.Owned, frozen=True, tag="msg"):
    """One queue."""

    qbytes: int = 0
    messages: tuple[MessageOf, ...] = ()
    stime: int = NEVER
    rtime: int = NEVER
    lspid: int = 0
    lrpid: int = 0
    receivers: tuple[int, ...] = ()
    """Who waits for a message, the longest first,"""
    senders: tuple[int, ...] = ()
    """and who waits for room."""


def told(messages: tuple[Message, ...]) -> tuple[MessageOf, ...]:
    """Messages as an image has them."""
    return tuple(MessageOf(each.type, each.data) for each in messages)


def messages(saved: tuple[MessageOf, ...]) -> tuple[Message, ...]:
    """And back."""
    return tuple(Message(each.type, each.data) for each in saved)


@parts.saves(QueueOf, 45)
def _save(dump: Dump) -> Iterator[QueueOf]:
    for _key, found, head in ipc.every(dump, KIND):
        yield QueueOf(
            **head,
            qbytes=found.qbytes,
            messages=told(found.messages),
            stime=found.stime,
            rtime=found.rtime,
            lspid=ipc.number(dump, found.lspid),
            lrpid=ipc.number(dump, found.lrpid),
            receivers=tuple(dump.number(each.task) for each in found.receivers),
            senders=tuple(dump.number(each.task) for each in found.senders),
        )


@parts.makes(QueueOf)
def _make(restart: Restart, saved: QueueOf) -> None:
    """Who sleeps on it is entered when all tasks have their calls."""
    if any(each.type < 1 for each in saved.messages):
        raise Errno.EINVAL("messages: the type of one is above 0")
    if not 0 <= saved.qbytes < 1 << 64:
        raise Errno.EINVAL(f"qbytes: no queue holds {saved.qbytes} bytes")
    key, fields = ipc.head(restart, KIND, saved)
    queue = MsgQueue(
        **fields,
        qbytes=saved.qbytes,
        messages=messages(saved.messages),
        cbytes=sum(len(each.data) for each in saved.messages),
        stime=saved.stime,
        rtime=saved.rtime,
        lspid=ipc.anybody(restart, saved.lspid),
        lrpid=ipc.anybody(restart, saved.lrpid),
    )
    restart.tx.put(key, queue)
    restart.keep(saved)
