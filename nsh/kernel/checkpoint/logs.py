"""The kernel's log of a tty namespace, where each has one of its own (policy ``printk isolated``;
N11)."""

from collections.abc import Iterator

import msgspec
from immutables import Map

from nsh.abi.errno import Errno
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.consoles import KIND, Consoles
from nsh.machine.printk import LOG_BUF_LEN, OVERHEAD, RECORD_MAX, Log, LogRecord


class Message(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One record."""

    text: bytes
    level: int = 0
    facility: int = 0
    age: int = 0
    """How many virtual nanoseconds before the checkpoint."""


class LogOf(Object, frozen=True, tag="log"):
    """Of one namespace."""

    namespace: int
    records: tuple[Message, ...] = ()
    first: int = 0
    """The number of the first of them."""
    cleared: int = 0
    taken: int = 0
    part: int = 0
    levels: tuple[int, int, int, int] = (4, 4, 1, 7)
    """As ``/proc/sys/kernel/printk`` tells them."""
    saved_level: int = 0


@parts.saves(LogOf, 42)
def _save(dump: Dump) -> Iterator[LogOf]:
    tx = dump.tx
    for key in dump.namespaces:
        log = tx.find(Log, key)
        if log is None or tx.find(Consoles, key) is None:
            continue
        yield LogOf(
            namespace=dump.namespaces.of(key),
            records=tuple(
                Message(record.text, record.level, record.facility, tx.clock - record.time)
                for _number, record in sorted(log.records.items())
            ),
            first=log.first,
            cleared=log.cleared,
            taken=log.taken,
            part=log.part,
            levels=(log.console_level, log.message_level, log.least_level, log.usual_level),
            saved_level=log.saved_level,
        )


@parts.makes(LogOf, "namespace")
def _make(restart: Restart, saved: LogOf) -> None:
    """EINVAL: there can be no such log."""
    tx = restart.tx
    key = restart.namespace(saved.namespace, KIND)
    if any(len(message.text) > RECORD_MAX for message in saved.records):
        raise Errno.EINVAL(f"records: one has {RECORD_MAX} bytes at most")
    following = saved.first + len(saved.records)
    if max(saved.cleared, saved.taken) > following:
        raise Errno.EINVAL(f"taken: the log goes to message {following}")
    if sum(len(each.text) + OVERHEAD for each in saved.records) > LOG_BUF_LEN:
        raise Errno.EINVAL(f"records: a log has {LOG_BUF_LEN} bytes")
    records = [
        LogRecord(each.level, each.facility, max(tx.clock - each.age, 0), each.text)
        for each in saved.records
    ]
    log = Log(
        Map(enumerate(records, saved.first)),
        *(saved.first, following),
        sum(len(record.text) + OVERHEAD for record in records),
        *(saved.cleared, saved.taken, saved.part, *saved.levels, saved.saved_level),
    )
    tx.put(key, log)
