"""Records and the tables that hold them.

A record is a frozen value.  A record type that has a table of its own is declared with
:func:`table`; nothing else lists the tables, so a new mechanism adds its file and no more.
"""

from typing import ClassVar, TypeVar, dataclass_transform

import msgspec


@dataclass_transform(frozen_default=True)  # tells type checkers that subclasses are frozen too
class Record(msgspec.Struct, frozen=True, gc=False):
    """A frozen value.  ``gc=False``: immutable data cannot form a cycle, so the collector
    need not visit a million of them."""

    table_index: ClassVar[int] = -1
    derived: ClassVar[frozenset[str]] = frozenset()
    """Fields that the others determine: a digest leaves them out."""


R = TypeVar("R", bound=Record)

_types: list[type[Record]] = []


def table(cls: type[R]) -> type[R]:
    """Class decorator: give *cls* a table in every machine, keyed by integers.

    Raises ``ValueError`` if another record type of the same name has one: names are how a
    stored machine finds its tables again.
    """
    for other in _types:
        if other.__name__ == cls.__name__:
            raise ValueError(f"two tables are called {cls.__name__}")
    cls.table_index = len(_types)
    _types.append(cls)
    return cls


def records() -> tuple[type[Record], ...]:
    """Every record type that has a table, in order of its ``table_index``."""
    return tuple(_types)
