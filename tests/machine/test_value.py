"""Machines and transactions against plain dictionaries."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from nsh.machine import Machine, Record, Transaction
from nsh.machine.crossing import Crossing
from nsh.machine.digest import digest
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.namespaces import Inums
from nsh.machine.record import records, table
from nsh.machine.settings import Halted, Settings
from nsh.machine.uts import Uts
from nsh.machine.value import begin
from tests.machine.strategies import RECORDS

ALL_KEYS = (0, 1, 2, 3, 4, 1 << 32, 2 << 32 | 3)
"""Two of them have the hash of 1, as a map folds it."""
KEYS = st.sampled_from(ALL_KEYS)
TOLD = Crossing(True, "pid", 1, SpaceId(1), TaskId(1), 1)
ALL_KINDS: tuple[type[Record], ...] = (Inums, Halted, Settings, Uts)
KINDS = st.sampled_from(ALL_KINDS)
Rows = dict[tuple[str, int], Record]


class Transactions(RuleBasedStateMachine):
    """One transaction after the other; every machine so far is kept, with its digest."""

    def __init__(self) -> None:
        super().__init__()
        self.past: list[tuple[Machine, str, Rows, int]] = []
        self.base: Rows = {}
        self.now: Rows = {}
        self.serial = 0
        self.tx = begin(Machine())
        self.seen: set[int] = set()

    @rule(key=KEYS, record=RECORDS)
    def put(self, key: int, record: Record) -> None:
        self.tx.put(key, record)
        self.now[type(record).__name__, key] = record

    @rule(kind=KINDS, key=KEYS)
    def drop(self, kind: type[Record], key: int) -> None:
        self.tx.drop(kind, key)
        self.now.pop((kind.__name__, key), None)

    @rule()
    def fresh(self) -> None:
        found = self.tx.fresh()
        assert found not in self.seen
        self.serial += 1
        assert found == self.serial

    @rule()
    def roll_back(self) -> None:
        self.tx.rollback()
        self.now = dict(self.base)
        self.serial = self.past[-1][3] if self.past else 0
        assert self.tx.clean

    @rule()
    def undo(self) -> None:
        self.tx.crossings.append(TOLD)
        told = list(self.tx.crossings)
        self.tx.undo()
        self.now = dict(self.base)
        self.serial = self.past[-1][3] if self.past else 0
        assert self.tx.clean
        assert self.tx.crossings == told

    @rule(how=st.sampled_from(["commit", "renew", "close"]))
    def commit(self, how: str) -> None:
        base, old = self.tx.base, self.tx
        changes = [(c.kind, c.key) for c in old.changes()]
        machine = getattr(old, how)()
        if base.serial == self.serial and not changes:
            assert machine == base
        self.past.append((machine, digest(machine), dict(self.now), self.serial))
        self.seen |= set(range(1, self.serial + 1))
        if how == "renew":
            assert self.tx.base is machine
            assert self.tx.clean
            assert not self.tx.crossings
            assert not self.tx.deaths
        else:
            self.tx = begin(machine)
        if how == "close":
            assert [(c.kind, c.key) for c in old.changes()] == changes
            assert _rows(old) == self.now
            with pytest.raises(TypeError):
                old.put(1, Halted("it is over"))
            assert digest(machine) == self.past[-1][1]
        self.base = dict(self.now)

    @rule(data=st.data())
    def look_back(self, data: st.DataObject) -> None:
        if not self.past:
            return
        machine, was, rows, serial = data.draw(st.sampled_from(self.past))
        assert digest(machine) == was
        assert machine.serial == serial
        assert _rows(machine) == rows

    @rule(kind=KINDS, key=KEYS)
    def read(self, kind: type[Record], key: int) -> None:
        wanted = self.now.get((kind.__name__, key))
        assert self.tx.find(kind, key) == wanted
        if wanted is None:
            with pytest.raises(KeyError):
                self.tx.get(kind, key)
        else:
            assert self.tx.get(kind, key) == wanted

    @rule()
    def list_rows(self) -> None:
        assert _rows(self.tx) == self.now

    @invariant()
    def rows_are_as_written(self) -> None:
        for kind in ALL_KINDS:
            for key in ALL_KEYS:
                assert self.tx.find(kind, key) == self.now.get((kind.__name__, key))

    @invariant()
    def rows_are_counted(self) -> None:
        for kind in ALL_KINDS:
            wanted = sum(name == kind.__name__ for name, _key in self.now)
            assert self.tx.count(kind) == wanted
            assert self.tx.has(kind) == (wanted > 0)

    @invariant()
    def changes_are_the_difference(self) -> None:
        told = [(c.kind.__name__, c.key, c.before, c.after) for c in self.tx.changes()]
        names = sorted(self.base.keys() | self.now.keys())
        assert told == [
            (*name, self.base.get(name), self.now.get(name))
            for name in names
            if self.base.get(name) != self.now.get(name)
        ]


def _rows(source: Machine | Transaction) -> Rows:
    found: Rows = {}
    for kind in records():
        rows = list(source.items(kind))
        assert [key for key, _record in rows] == sorted(key for key, _record in rows)
        found |= {(kind.__name__, key): record for key, record in rows}
    return found


TestTransactions = Transactions.TestCase


def test_written_tells_the_rows_of_one_kind() -> None:
    tx = begin(Machine())
    tx.put(1, Inums(1))
    tx.put(2, Inums(2))
    tx.put(1, Halted("x"))
    tx.drop(Inums, 2)
    assert tx.written(Inums) == {1: Inums(1), 2: None}


def test_a_change_is_shown_in_short() -> None:
    tx = begin(Machine())
    tx.put(1, Inums(1))
    tx = begin(tx.commit())
    tx.put(1, Inums(2))
    tx.put(2, Inums(2))
    assert [repr(change) for change in tx.changes()] == ["~Inums[1]", "+Inums[2]"]
    tx = begin(tx.commit())
    tx.drop(Inums, 1)
    assert [repr(change) for change in tx.changes()] == ["-Inums[1]"]


def test_names_of_tables_are_unique() -> None:
    with pytest.raises(ValueError, match="two tables are called Inums"):

        @table
        class Inums(Record):
            pass


def test_records_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Inums(1).next = 2  # type: ignore[misc]  # that it is refused is the point


def test_a_machine_has_a_table_of_a_kind_from_the_first_row_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nsh.machine.record._types", [*records()])  # without it afterwards

    @table
    class Late(Record):
        number: int

    before = _with(Inums(1))
    assert before.find(Late, 1) is None
    assert not begin(before).has(Late)
    assert len(_with(Inums(2)).tables) == len(before.tables)
    after = _with(Late(7))
    assert after.items(Late) == [(1, Late(7))]
    assert before.find(Late, 1) is None
    assert before.items(Late) == []
    assert len(_with(Inums(2)).tables) == len(after.tables)
    assert _with(Inums(1)) == before


def _with(record: Record) -> Machine:
    tx = begin(Machine())
    tx.put(1, record)
    return tx.commit()


def test_what_has_no_table_cannot_be_written() -> None:
    with pytest.raises(TypeError, match="Crossing has no table"):
        begin(Machine()).put(1, TOLD)
