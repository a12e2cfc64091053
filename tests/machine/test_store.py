"""A machine comes back from a file as it was, or not at all."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.machine import store
from nsh.machine.checking import Wrong, check
from nsh.machine.digest import digest
from nsh.machine.store import StoreError
from nsh.machine.tasks import State, Task
from nsh.session.session import Session
from tests.machine.strategies import ROWS, machine_of

SCRIPT = """
spawn sshd; as sshd echo web > /proc/container; as sshd spawn -n 2 httpd
trap TERM { echo caught }; x='a b'; def f(a) { echo $a; sleep 1 }; f 1
unshare --pid --fork ps; mkdir /tmp/d; echo hi > /tmp/d/file; mkfifo /tmp/p; cat /tmp/p &
if fork { wait } else { exit 3 }
while true { sleep 1 } &
as web:1 exit
"""


def same(machine):
    lines = list(store.dump(machine))
    again = store.load(lines)
    assert again == machine
    assert digest(again) == digest(machine)
    assert list(store.dump(again)) == lines
    return lines


def test_every_moment_of_a_run_round_trips_and_runs_on_alike():
    session = Session()
    session.load(SCRIPT)
    while session.forward() is not None:
        pass
    assert len(session.history) > 60
    for step in session.history[::3]:
        same(step.machine)
    here = session.machine
    there = store.load(store.dump(here))
    one, two = (Session(machine=machine) for machine in (here, there))
    assert one.run("ps -e; echo $x; sleep 5").stdout == two.run("ps -e; echo $x; sleep 5").stdout
    assert one.digest == two.digest


@given(ROWS, st.integers(0, 5), st.integers(0, 5))
def test_any_machine_round_trips(rows, serial, clock):
    for line in same(machine_of(rows, serial, clock)):
        assert "\n" not in line
        line.encode("utf-8")


def test_enums_come_back_as_enums():
    session = Session()
    session.run("spawn a; as a exit")
    again = store.load(store.dump(session.machine))
    (state,) = {task.state for _key, task in again.items(Task)} - {State.ALIVE}
    assert state is State.ZOMBIE


@pytest.fixture(scope="module")
def stored():
    return list(store.dump(Session().machine))


def changed(lines, table, change):
    """The lines with one row of TABLE changed."""
    found = []
    for line in lines:
        row = json.loads(line)
        if isinstance(row, list) and row[0] == table and change is not None:
            change(row)
            change = None
        found.append(json.dumps(row))
    return found


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("Task", lambda row: row[2].update(comm=7), r"Task\[10\].comm: expected text, not 7"),
        ("Task", lambda row: row[2].pop("pids"), r"Task\[10\].pids: is missing"),
        ("Task", lambda row: row[2].update(pid=1), r"Task\[10\].pid: Task has no such field"),
        ("Task", lambda row: row[2].update(state=True), r"Task\[10\].state: expected a State"),
        (
            "Task",
            lambda row: row[2].update(state={"enum": "machine.tasks.State", "value": 9}),
            r"Task\[10\].state: 9 is not a valid State",
        ),
        (
            "Task",
            lambda row: row[2].update(
                creds={"record": "machine.tasks.Creds", "fields": {"uid": []}}
            ),
            r"Task\[10\].creds.uid: expected a number",
        ),
        (
            "Task",
            lambda row: row[2].update(creds={"record": "os.system", "fields": {}}),
            r"Task\[10\].creds: there is no record os.system",
        ),
        ("Task", lambda row: row[2].update(pids=[1, "2"]), r"Task\[10\].pids: expected a number"),
        ("Task", lambda row: row[2].update(children={"map": [[1]]}), r"children: a map is made of"),
        ("Task", lambda row: row[2].update(pids={"bytes": "!"}), r"pids: no base64"),
        ("Task", lambda row: row.__setitem__(0, "Tusk"), "there is no table Tusk"),
        ("Task", lambda row: row.__setitem__(1, "10"), "expected .table, key, fields."),
    ],
)
def test_a_damaged_field_is_named(stored, table, change, said):
    with pytest.raises(StoreError, match=said):
        store.load(changed(stored, table, change))


def test_a_file_that_is_none_of_ours_cut_off_or_too_new_is_refused(stored):
    head = json.loads(stored[0])
    for lines, said in (
        ([], "line 1: the file is empty"),
        (["{}"], "line 1: format"),
        (["#!/bin/sh"], "line 1: this is no machine that nsh has stored: JSON is malformed"),
        ([stored[0], "#!/bin/sh"], "line 2: JSON is malformed"),
        ([json.dumps({**head, "version": 2}), *stored[1:]], "line 1: version: the file has 2"),
        ([json.dumps({**head, "serial": "x"})], "line 1: serial: expected a number"),
        (stored[:-1], "the file is cut off after"),
        ([*stored[:-2], stored[-1]], "rows: "),
        ([*stored, stored[-1]], "there is more after the last line"),
        ([*stored[:2], *stored[1:]], "is there twice"),
        ([stored[0], "[" * 100_000], "line 2: "),
    ):
        with pytest.raises(StoreError, match=said):
            store.load(lines)


@given(st.data())
def test_no_damage_raises_anything_else(data):
    lines = list(store.dump(machine_of(data.draw(ROWS))))
    text = bytearray("\n".join(lines).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(StoreError):
        store.load(bytes(text).split(b"\n"))


@pytest.mark.parametrize(
    ("value", "declared"),
    [(True, int), (1, bool), ("x", bytes), ((1,), tuple[int, int]), (None, int), (1, int | None)],
)
def test_checking(value, declared):
    if declared == int | None:
        check(value, declared)
    else:
        with pytest.raises(Wrong):
            check(value, declared)
