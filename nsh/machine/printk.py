"""The kernel's log: records in a ring that forgets the oldest (syslog(2), /dev/kmsg; S2, N11).

There is one log for the machine, and under the policy ``printk isolated`` one more for each tty
namespace; it is kept under the namespace's id, from the first message on.
"""

from collections.abc import Iterator
from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

LOG_BUF_LEN: Final = 1 << 17
"""Bytes of a ring (CONFIG_LOG_BUF_SHIFT 17)."""
OVERHEAD: Final = 32
"""Bytes that a record takes besides its text."""
RECORD_MAX: Final = 1024
"""Bytes of text at most (PRINTKRB_RECORD_MAX)."""


class LogRecord(Record):
    """``struct printk_info`` and its text."""

    level: int
    """0 (emergency) to 7 (debug)."""
    facility: int
    """0: the kernel itself; 1: from user space."""
    time: int
    """Virtual nanoseconds since boot."""
    text: bytes


@table
class Log(Record):
    """One ring."""

    records: Map[int, LogRecord] = Map()
    """By sequence number, ``first`` to ``following`` - 1."""
    first: int = 0
    following: int = 0
    """The number of the next record."""
    size: int = 0
    """Bytes it holds."""
    cleared: int = 0
    """SYSLOG_ACTION_CLEAR: readers through syslog(2) begin with this one."""
    taken: int = 0
    """SYSLOG_ACTION_READ goes on with this one,"""
    part: int = 0
    """and of its lines from this byte on."""
    console_level: int = 4
    """Messages of a lower level show on the console; 4: booted with ``quiet``."""
    message_level: int = 4
    """default_message_loglevel: of messages that come without one; of it three bits count."""
    least_level: int = 1
    """minimum_console_loglevel: syslog(2) sets no console level below it."""
    usual_level: int = 7
    """default_console_loglevel: is kept for who asks."""
    saved_level: int = 0
    """What it was before SYSLOG_ACTION_CONSOLE_OFF; 0: that was not asked for."""


@table
class DmesgRestrict(Record):
    """``kernel.dmesg_restrict`` (one row, key 0)."""

    on: bool = False


def added(log: Log, record: LogRecord) -> Log:
    """*log* with *record* at its end, and without as many of the oldest as that takes.

    Amortized O(1).
    """
    records = log.records.set(log.following, record)
    first, size = log.first, log.size + len(record.text) + OVERHEAD
    while size > LOG_BUF_LEN:
        size -= len(records[first].text) + OVERHEAD
        records = records.delete(first)
        first += 1
    return replace(log, records=records, first=first, following=log.following + 1, size=size)


def lines(record: LogRecord) -> bytes:
    """As syslog(2) tells it: every line of the text behind ``<30>[    1.000000] ``."""
    seconds, nanoseconds = divmod(record.time, 1_000_000_000)
    stamp = f"{seconds:5d}.{nanoseconds // 1000:06d}"
    head = f"<{record.facility << 3 | record.level}>[{stamp}] ".encode()
    return b"".join(head + line + b"\n" for line in record.text.split(b"\n"))


@invariant
def _logs(machine: Machine) -> Iterator[str]:
    """A ring's records follow each other, and fit in it."""
    for key, log in machine.items(Log):
        if sorted(log.records) != list(range(log.first, log.following)):
            yield f"log {key} has gaps"
        size = sum(len(each.text) + OVERHEAD for each in log.records.values())
        if not size == log.size <= LOG_BUF_LEN:
            yield f"log {key} counts {log.size} bytes, there are {size}"
        if log.cleared > log.following or log.taken > log.following:
            yield f"log {key} has been read further than it goes"
