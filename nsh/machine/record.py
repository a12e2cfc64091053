"""Records and the tables that hold them.

A record is a frozen value.  A record type that has a table of its own is declared with
:func:`table`; nothing else lists the tables, so a new mechanism adds its file and no more.
"""

from collections.abc import Callable
from itertools import count
from typing import ClassVar, TypeVar, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True)  # tells type checkers that subclasses are frozen too
class Record(msgspec.Struct, frozen=True, gc=False):
    """A frozen value.  ``gc=False``: immutable data cannot form a cycle, so the collector
    need not visit a million of them."""

    table_index: ClassVar[int] = 0
    """Where machines have the table of this type: see :func:`place`."""
    derived: ClassVar[frozenset[str]] = frozenset()
    """Fields that the others determine: a digest leaves them out."""


R = TypeVar("R", bound=Record)

_types: list[type[Record]] = []
_numbers = count(1)
places: dict[type[Record], int] = {}
"""The ``table_index`` of those that have one."""
_placed: list[Callable[[], None]] = []


def table(cls: type[R]) -> type[R]:
    """Class decorator: give *cls* a table in every machine, keyed by integers.

    Raises ``ValueError`` if another record type of the same name has one: names are how a
    stored machine finds its tables again.
    """
    for other in _types:
        if other.__name__ == cls.__name__:
            raise ValueError(f"two tables are called {cls.__name__}")
    cls.table_index = 0  # and not that of a record which it extends
    _types.append(cls)
    return cls


def place(kind: type[Record]) -> int:
    """Give *kind* the ``table_index`` that it has from its first row on; ``TypeError`` if it has no
    table.

    A call copies the list of tables, so those that nobody has written to share the first one,
    which stays empty.
    """
    if kind not in _types:
        raise TypeError(f"{kind.__name__} has no table")
    kind.table_index = places.setdefault(kind, next(_numbers))
    for call in _placed:
        call()
    return kind.table_index


def on_place(call: Callable[[], None]) -> None:
    """Have *call* called whenever a kind of record has got its place."""
    _placed.append(call)


def records() -> tuple[type[Record], ...]:
    """Every record type that has a table, as they were declared."""
    return tuple(_types)
