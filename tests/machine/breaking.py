"""Ways to break a machine: each is given an open transaction, and leaves one row wrong or none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from nsh.machine import Record, Transaction
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task

Corrupt = Callable[[Transaction], None]
GONE = 987654
"""The key of no row of any table."""
NOBODY_AT_ALL = TaskId(GONE)


def row(kind: type[Record], key: int, /, **changes: Any) -> Corrupt:
    """Change fields of one row; a callable computes the new value from the old."""

    def corrupt(tx: Transaction) -> None:
        record: Any = tx.get(kind, key)
        values = {
            name: value(getattr(record, name)) if callable(value) else value
            for name, value in changes.items()
        }
        tx.put(key, replace(record, **values))

    return corrupt


def task(who: TaskId, /, **changes: Any) -> Corrupt:
    return row(Task, who, **changes)


def some(kind: type[Record], /, **changes: Any) -> Corrupt:
    """As `row`, for the last row of a table."""
    return lambda tx: row(kind, last(tx, kind), **changes)(tx)


def without(kind: type[Record], key: int) -> Corrupt:
    return lambda tx: tx.drop(kind, key)


def without_last(kind: type[Record]) -> Corrupt:
    return lambda tx: tx.drop(kind, last(tx, kind))


def last(tx: Transaction, kind: type[Record]) -> int:
    """The key of a table's last row."""
    return list(tx.items(kind))[-1][0]


def more(value: int) -> int:
    return value + 1
