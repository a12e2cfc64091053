"""The machine value, and the transaction that makes the next one.

``Machine`` is a tuple of persistent maps (one per record type), a serial number for fresh
ids and the virtual clock.  A ``Transaction`` starts from one machine and commits the next,
which shares with it all that was not written; what was written stays readable as its
*changes*.  Dropping a transaction is the whole of rolling it back.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec
from immutables import Map

from nsh.machine.record import Record, place, places, records

R = TypeVar("R", bound=Record)
K = TypeVar("K", bound=int)
Id = TypeVar("Id", bound=int)

_EMPTY: Final[Map[int, Any]] = Map()


class Machine(msgspec.Struct, frozen=True, eq=False, gc=False):
    """One moment of the modelled machine.  Immutable; equality compares contents."""

    tables: tuple[Map[int, Any], ...] = ()
    serial: int = 0
    """The last id that was given out; ids are unique over all tables and never reused."""
    clock: int = 0
    """Virtual nanoseconds since boot."""

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
        if index >= len(self.tables):  # this machine was made before there were any
            return _EMPTY
        return self.tables[index]

    def get(self, kind: type[R], key: int) -> R:
        """The record under *key*; ``KeyError`` if there is none."""
        try:
            return self.tables[kind.table_index][key]  # type: ignore[no-any-return]  # put()
        except IndexError:
            raise KeyError(key) from None

    def find(self, kind: type[R], key: int) -> R | None:
        """The record under *key*, or None."""
        try:
            return self.tables[kind.table_index].get(key)
        except IndexError:
            return None

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


class Transaction(msgspec.Struct, eq=False, gc=False):
    """Reads and writes on top of one machine, all or nothing; :func:`begin` makes one.

    The maps are persistent, so the base keeps its own.
    """

    base: Machine
    serial: int
    clock: int
    _tables: list[Map[int, Any]]
    crossings: list[Record] = []
    """What passed the user/kernel boundary in translation (:mod:`nsh.machine.crossing`); dropped
    with the transaction like the writes."""
    deaths: list[int] = []
    """The tasks that died in it."""
    due: list[tuple[int, int]] = []
    """The processes that have been sent signals and not acted on them yet, with the thread each
    came to."""
    _log: list[tuple[int, int]] = []
    """What was written: index of the table, and key."""

    def find(self, kind: type[R], key: int) -> R | None:
        """The record under *key* as this transaction sees it, or None."""
        try:
            table = self._tables[kind.table_index]
        except IndexError:  # the machine was made before there were any
            return None
        return table[key] if key in table else None  # noqa: SIM401  # get() wants a tuple made

    def get(self, kind: type[R], key: int) -> R:
        """The record under *key*; ``KeyError`` if there is none."""
        try:
            return self._tables[kind.table_index][key]  # type: ignore[no-any-return]  # put()
        except IndexError:
            raise KeyError(key) from None

    def rows(self, kind: type[R]) -> Map[int, R]:
        """All rows of *kind* as this transaction sees them now, in no order."""
        try:
            return self._tables[kind.table_index]
        except IndexError:
            return _EMPTY

    def count(self, kind: type[Record]) -> int:
        """The number of rows of *kind* as this transaction sees them."""
        try:
            return len(self._tables[kind.table_index])
        except IndexError:
            return 0

    def has(self, kind: type[Record]) -> bool:
        """Whether this transaction sees any row of *kind*."""
        try:
            return len(self._tables[kind.table_index]) > 0
        except IndexError:  # the machine was made before there were any
            return False

    def put(self, key: int, record: Record) -> None:
        """Write *record* under *key* in the table of its type."""
        index = record.table_index or place(type(record))
        tables = self._tables
        try:
            tables[index] = tables[index].set(key, record)
        except IndexError:  # the machine was made before there were any
            tables += [_EMPTY] * (index - len(tables))
            tables.append(_EMPTY.set(key, record))
        self._log.append((index, key))

    def put_all(self, kind: type[R], rows: Mapping[K, R]) -> None:
        """Write *rows* of *kind* by their keys: as :meth:`put` of each, which takes longer."""
        index = kind.table_index
        if not index or index >= len(self._tables):  # there is no place for them yet
            for key, record in rows.items():
                self.put(key, record)
            return
        self._tables[index] = self._tables[index].update(rows)
        self._log.extend([(index, key) for key in rows])

    def drop(self, kind: type[Record], key: int) -> None:
        """Remove the row under *key* (which may be absent)."""
        index = kind.table_index
        try:
            table = self._tables[index]
        except IndexError:  # the machine was made before there were any
            return
        if key in table:
            self._tables[index] = table.delete(key)
            self._log.append((index, key))

    def fresh(self) -> int:
        """A new id, unique on this machine for ever."""
        self.serial += 1
        return self.serial

    def new(self, kind: Callable[[int], Id]) -> Id:
        """The same as a *kind* of id, which is not called: that would take three times as long."""
        self.serial += 1
        return self.serial  # type: ignore[return-value]  # it is a NewType

    def several(self, kind: Callable[[int], Id], count: int) -> list[Id]:
        """*count* new ids, which follow each other."""
        first = self.serial + 1
        self.serial += count
        return list(range(first, first + count))  # type: ignore[arg-type]  # the same

    def items(self, kind: type[R]) -> Iterator[tuple[int, R]]:
        """All rows of *kind* as this transaction sees them, by rising key.  O(table)."""
        if kind.table_index >= len(self._tables):
            return iter(())
        return iter(sorted(self._tables[kind.table_index].items(), key=lambda row: row[0]))

    def written(self, kind: type[R]) -> dict[int, R | None]:
        """The rows of *kind* that were written so far; None: dropped."""
        index = kind.table_index
        return {key: self.find(kind, key) for written, key in self._log if written == index}

    @property
    def clean(self) -> bool:
        """Whether nothing has been written yet."""
        return not self._log

    def rollback(self) -> None:
        """Forget every write, id and crossing since the start."""
        self.undo()
        self.crossings = []

    def undo(self) -> None:
        """Forget every write and id since the start: what was translated stays told."""
        base = self.base
        if self.serial != base.serial or self.clock != base.clock:
            self.serial, self.clock = base.serial, base.clock
        if self._log:
            self._tables, self._log = [*base.tables], []
            self.deaths, self.due = [], []

    def changes(self) -> list[Change]:
        """The rows that differ from the base machine, by table, then key."""
        found = []
        kinds = {index: kind for kind, index in places.items()}
        touched = {(kinds[index].__name__, key): kinds[index] for index, key in self._log}
        for (_name, key), kind in sorted(touched.items(), key=lambda entry: entry[0]):
            before, after = self.base.find(kind, key), self.find(kind, key)
            if before is not after and before != after:
                found.append(Change(kind, key, before, after))
        return found

    def commit(self) -> Machine:
        """The machine with all writes applied."""
        base = self.base
        if not self._log and self.serial == base.serial and self.clock == base.clock:
            return base
        return Machine(tuple(self._tables), self.serial, self.clock)

    def close(self) -> Machine:
        """As :meth:`commit`, for good: it may be read, and has no lists of its own any more, so
        that a long history of transactions takes less room."""
        machine = self.commit()
        self._tables = machine.tables  # type: ignore[assignment]  # whoever writes now is told so
        self._log = tuple(dict.fromkeys(self._log))  # type: ignore[assignment]  # the same
        self.crossings = tuple(self.crossings)  # type: ignore[assignment]
        self.deaths = tuple(self.deaths)  # type: ignore[assignment]
        self.due = ()  # type: ignore[assignment]
        return machine

    def renew(self) -> Machine:
        """As :meth:`commit`, and go on as a transaction on the machine that came of it, as
        :func:`begin` would make one.  Nothing may be ``due``."""
        base = self.base
        if self._log or self.serial != base.serial or self.clock != base.clock:
            self.base = base = Machine(tuple(self._tables), self.serial, self.clock)
            self._log.clear()
            if self.deaths:
                self.deaths.clear()
        if self.crossings:
            self.crossings.clear()
        return base


def begin(base: Machine) -> Transaction:
    """A transaction on *base* that has written nothing yet."""
    tables = [*base.tables]
    if len(tables) <= len(places):  # more kinds have got their place since
        tables += [_EMPTY] * (len(places) + 1 - len(tables))
    return Transaction(base, base.serial, base.clock, tables)
