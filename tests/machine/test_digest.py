"""A digest is equal exactly when the machines are, in any process."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from immutables import Map

from nsh.abi.signals import Sig
from nsh.kernel.boot import boot
from nsh.machine import Machine, Record
from nsh.machine.digest import digest, encode
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import State
from nsh.machine.uts import Uts
from tests.machine.strategies import LEAVES, RECORDS, ROWS, VALUES, machine_of


@given(VALUES, VALUES)
def test_encodings_are_equal_exactly_when_values_are(one: Any, other: Any) -> None:
    assert (encode(one) == encode(other)) == (one == other)


@given(st.lists(VALUES, max_size=3), st.lists(VALUES, max_size=3))
def test_one_value_after_the_other_is_unambiguous(one: list[Any], other: list[Any]) -> None:
    joined = [b"".join(map(encode, values)) for values in (one, other)]
    assert (joined[0] == joined[1]) == (one == other)


@given(LEAVES, LEAVES)
def test_nesting_shows(one: Any, other: Any) -> None:
    nested = [(one, other), ((one,), other), (one, (other,)), ((one, other),), (one,), one]
    assert len({encode(value) for value in nested}) == len(nested)


@given(RECORDS, st.data())
def test_every_field_counts(record: Record, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(record.__struct_fields__))
    value = data.draw(VALUES)
    changed = msgspec.structs.replace(record, **{name: value})
    assert (encode(record) == encode(changed)) == (getattr(record, name) == value)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, "1"),
        ("a", b"a"),
        ("", None),
        (0, None),
        ((), None),
        ((), Map()),
        (frozenset(), ()),
        (Map({1: 2}), ((1, 2),)),
        (Map({1: None}), Map()),
        ((1, 23), (12, 3)),
        (-1, 1),
        (SigInfo(1), Uts(1, 0, 0, "0")),  # type: ignore[arg-type]  # an id is an integer here
    ],
)
def test_what_differs_is_told_apart(one: object, other: object) -> None:
    assert encode(one) != encode(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (True, 1),
        (State.STOPPED, State.STOPPED.value),
        (Sig.SIGINT, 2),
        (Map({1: 2, 3: 4}), Map({3: 4, 1: 2})),
        (frozenset("ab"), frozenset("ba")),
    ],
)
def test_what_is_equal_is_encoded_equally(one: object, other: object) -> None:
    assert one == other
    assert encode(one) == encode(other)


def test_records_of_one_name_are_told_apart() -> None:
    here = msgspec.defstruct("Inums", [("next", int)], bases=(Record,), module="elsewhere")
    from nsh.machine.namespaces import Inums

    assert encode(here(1)) != encode(Inums(1))


@pytest.mark.parametrize("value", [1.5, [1], {1: 2}, {1}, object(), lambda: None])
def test_what_is_no_plain_data_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        encode(value)


@given(ROWS, ROWS, st.integers(0, 1), st.integers(0, 1))
def test_digests_are_equal_exactly_when_machines_are(
    one: list[tuple[int, Record]], other: list[tuple[int, Record]], serial: int, clock: int
) -> None:
    a, b = machine_of(one), machine_of(other, serial, clock)
    assert (digest(a) == digest(b)) == (a == b)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_writing_leaves_no_trace(rows: list[tuple[int, Record]], random: Any) -> None:
    last = {(type(record), key): record for key, record in rows}
    once = [(key, record) for (_kind, key), record in last.items()]
    random.shuffle(once)
    assert digest(machine_of(once)) == digest(machine_of(rows))
    assert machine_of(once) == machine_of(rows)


@given(ROWS)
def test_a_table_nobody_wrote_is_as_good_as_none(rows: list[tuple[int, Record]]) -> None:
    machine = machine_of(rows)
    shorter = Machine(
        machine.tables[: max((k.table_index + 1 for k, _ in _kinds(rows)), default=0)]
    )
    assert machine == shorter
    assert digest(machine) == digest(shorter)


def _kinds(rows: list[tuple[int, Record]]) -> list[tuple[type[Record], int]]:
    return [(type(record), key) for key, record in rows]


def test_a_machine_is_compared_and_never_hashed() -> None:
    machine = boot()
    assert machine == boot()
    assert machine != Machine()
    assert machine != 1
    with pytest.raises(TypeError):
        hash(machine)


_PROGRAM = """
from nsh.kernel.boot import boot
from nsh.machine.digest import digest, encode
from immutables import Map
print(digest(boot()), encode((Map({f"n{i}": i for i in range(50)}), frozenset("abcdef"))).hex())
"""


def test_hash_seeds_leave_no_trace() -> None:
    told = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        )
        told.add(done.stdout)
    assert len(told) == 1
