"""The machine value, and the transaction that makes the next one.

``Machine`` is a tuple of persistent maps (one per record type), a serial number for fresh
ids and the virtual clock.  A ``Transaction`` reads through to the machine it started from,
collects writes, and commits them into a new machine that shares all the rest; what it wrote
stays readable as its *changes*.  Dropping a transaction is the whole of rolling it back.
"""

from collections.abc import Iterator
from typing import Final, TypeVar

from immutables import Map

from nsh.machine.record import Record, records

R = TypeVar("R", bound=Record)

_EMPTY: Final[Map[int, Record]] = Map()


class Machine:
    """One moment of the modelled machine.  Immutable; equality compares contents."""

    __slots__ = ("clock", "serial", "tables")

    tables: tuple[Map[int, Record], ...]
    serial: int
    """The last id that was given out; ids are unique over all tables and never reused."""
    clock: int
    """Virtual nanoseconds since boot."""

    def __init__(
        self,
        tables: tuple[Map[int, Record], ...] = (),
        serial: int = 0,
        clock: int = 0,
    ) -> None:
        self.tables = tables
        self.serial = serial
        self.clock = clock

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Machine):
            return NotImplemented
        if self is other:
            return True
        if self.serial != other.serial or self.clock != other.clock:
            return False
        return all(self.rows(kind) == other.rows(kind) for kind in records())

    __hash__ = None  # type: ignore[assignment]  # a machine is compared or digested, never hashed

    def rows(self, kind: type[R]) -> Map[int, R]:
        """The table of *kind* as a persistent map; iterate it through :meth:`items`."""
        index = kind.table_index
        if index >= len(self.tables):  # the type was declared after this machine was made
            return _EMPTY  # type: ignore[return-value]  # an empty map holds every type
        return self.tables[index]  # type: ignore[return-value]  # one record type a table

    def get(self, kind: type[R], key: int) -> R:
        """The record under *key*; ``KeyError`` if there is none."""
        return self.rows(kind)[key]

    def find(self, kind: type[R], key: int) -> R | None:
        """The record under *key*, or None."""
        return self.rows(kind).get(key)

    def items(self, kind: type[R]) -> list[tuple[int, R]]:
        """All rows of *kind*, by rising key."""
        return sorted(self.rows(kind).items(), key=lambda row: row[0])

    def count(self, kind: type[R]) -> int:
        """The number of rows of *kind*."""
        return len(self.rows(kind))


class Change:
    """One row that a transaction wrote: what it was and what it became (None: absent)."""

    __slots__ = ("after", "before", "key", "kind")

    def __init__(
        self, kind: type[Record], key: int, before: Record | None, after: Record | None
    ) -> None:
        self.kind = kind
        self.key = key
        self.before = before
        self.after = after

    def __repr__(self) -> str:
        sign = "+" if self.before is None else "-" if self.after is None else "~"
        return f"{sign}{self.kind.__name__}[{self.key}]"


class Transaction:
    """Reads and writes on top of one machine, all or nothing.

    ``crossings`` collects what passed the user/kernel boundary in translation (see
    :mod:`nsh.machine.crossing`); it is dropped with the transaction like the writes.
    """

    __slots__ = ("_tables", "_writes", "base", "clock", "crossings", "serial")

    def __init__(self, base: Machine) -> None:
        self.base = base
        self._tables = base.tables
        self.serial = base.serial
        self.clock = base.clock
        self.crossings: list[Record] = []
        self._writes: dict[type[Record], dict[int, Record | None]] = {}

    def find(self, kind: type[R], key: int) -> R | None:
        """The record under *key* as this transaction sees it, or None."""
        written = self._writes.get(kind)
        if written is not None and key in written:
            return written[key]  # type: ignore[return-value]  # put() files by exact type
        try:
            return self._tables[kind.table_index].get(key)  # type: ignore[return-value]
        except IndexError:  # the type was declared after the machine was made
            return None

    def get(self, kind: type[R], key: int) -> R:
        """The record under *key*; ``KeyError`` if there is none."""
        written = self._writes.get(kind)
        if written is not None and key in written:
            record = written[key]
            if record is None:
                raise KeyError(f"{kind.__name__}[{key}]")
            return record  # type: ignore[return-value]  # put() files by exact type
        try:
            return self._tables[kind.table_index][key]  # type: ignore[return-value]
        except IndexError:
            raise KeyError(f"{kind.__name__}[{key}]") from None

    def put(self, key: int, record: Record) -> None:
        """Write *record* under *key* in the table of its type."""
        kind = type(record)
        written = self._writes.get(kind)
        if written is None:
            self._writes[kind] = {key: record}
        else:
            written[key] = record

    def drop(self, kind: type[Record], key: int) -> None:
        """Remove the row under *key* (which may be absent)."""
        written = self._writes.get(kind)
        if written is None:
            self._writes[kind] = {key: None}
        else:
            written[key] = None

    def fresh(self) -> int:
        """A new id, unique on this machine for ever."""
        self.serial += 1
        return self.serial

    def items(self, kind: type[R]) -> Iterator[tuple[int, R]]:
        """All rows of *kind* as this transaction sees them, by rising key.  O(table)."""
        rows = dict(self.base.rows(kind))
        for key, record in self._writes.get(kind, {}).items():
            if record is None:
                rows.pop(key, None)
            else:
                rows[key] = record  # type: ignore[assignment]  # put() files by exact type
        return iter(sorted(rows.items()))

    def rollback(self) -> None:
        """Forget every write, id and crossing since the start."""
        self.serial = self.base.serial
        self.clock = self.base.clock
        self.crossings = []
        self._writes = {}

    def changes(self) -> list[Change]:
        """The rows that differ from the base machine, by table, then key."""
        found = []
        for kind in sorted(self._writes, key=lambda kind: kind.__name__):
            rows = self.base.rows(kind)
            for key, after in sorted(self._writes[kind].items(), key=lambda row: row[0]):
                before = rows.get(key)
                if before is not after and before != after:
                    found.append(Change(kind, key, before, after))
        return found

    def commit(self) -> Machine:
        """The machine with all writes applied; O(rows written)."""
        writes = self._writes
        base = self.base
        if not writes:
            if self.serial == base.serial and self.clock == base.clock:
                return base
            return Machine(base.tables, self.serial, self.clock)
        tables = list(base.tables)
        for kind, written in writes.items():
            index = kind.table_index
            if index >= len(tables):
                tables += [_EMPTY] * (len(records()) - len(tables))
            rows = tables[index]
            if len(written) == 1:
                for key, record in written.items():
                    if record is not None:
                        rows = rows.set(key, record)
                    elif key in rows:
                        rows = rows.delete(key)
            else:
                draft = rows.mutate()
                for key, record in written.items():
                    if record is not None:
                        draft[key] = record
                    elif key in draft:
                        del draft[key]
                rows = draft.finish()
            tables[index] = rows
        return Machine(tuple(tables), self.serial, self.clock)
