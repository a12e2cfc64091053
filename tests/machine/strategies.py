"""Random contents of machines: few different values, so that equal ones come about often."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from immutables import Map

from nsh.abi.signals import Sig
from nsh.machine import Machine, Record
from nsh.machine.context import Descriptor
from nsh.machine.ids import ContextId, FileId, SpaceId, TaskId
from nsh.machine.namespaces import Inums, Proxy
from nsh.machine.program import Labels
from nsh.machine.settings import Halted, Settings
from nsh.machine.signals import Action, Actions, SigInfo
from nsh.machine.tasks import State, Task
from nsh.machine.uts import Uts
from nsh.machine.value import begin

SMALL = st.integers(0, 3)
TEXT = st.sampled_from(["", "a", "b", "ab", "1", "\udcff", "é", "s1:a", "1:"])
KEYS = st.integers(0, 4)


def _maps(keys: st.SearchStrategy[Any], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(keys, values, max_size=3).map(Map)


SIGINFOS = st.builds(SigInfo, SMALL, code=st.sampled_from([0, -1, -6]), pid=SMALL)
ACTIONS = st.builds(Action, st.sampled_from(["ignore", "handler"]), SMALL, SMALL)

LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    SMALL,
    st.integers(),
    TEXT,
    st.sampled_from([b"", b"a", b"1", b"ab"]),
    st.sampled_from([State.ALIVE, State.STOPPED, Sig.SIGHUP]),
    SIGINFOS,
    ACTIONS,
    st.builds(Descriptor, SMALL.map(FileId), st.booleans()),
)
"""Whatever may stand in a field of a record."""

VALUES: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple),
        _maps(st.one_of(SMALL, TEXT), inner),
        st.frozensets(st.one_of(SMALL, TEXT), max_size=3),
    ),
    max_leaves=6,
)

TASKS = st.builds(
    Task,
    SMALL.map(TaskId),
    SMALL.map(SpaceId),
    st.lists(SMALL, max_size=2).map(tuple),
    SMALL.map(ContextId),
    TEXT,
    state=st.sampled_from(State),
    pending=st.lists(SIGINFOS, max_size=2).map(tuple),
    children=_maps(SMALL, SMALL),
    actions=st.builds(Actions, _maps(SMALL, ACTIONS), SMALL, SMALL),
)
RECORDS: st.SearchStrategy[Record] = st.one_of(
    TASKS,
    st.builds(Proxy, SMALL, _maps(TEXT, SMALL)),
    st.builds(Uts, SMALL, SMALL, SMALL, TEXT),
    st.builds(Inums, SMALL),
    st.builds(Halted, TEXT),
    st.builds(Settings, TEXT, _maps(TEXT, TEXT)),
    st.builds(Labels, _maps(TEXT, SMALL.map(TaskId))),
)
ROWS = st.lists(st.tuples(KEYS, RECORDS), max_size=6)
"""Rows to be written one after the other."""


def machine_of(rows: list[tuple[int, Record]], serial: int = 0, clock: int = 0) -> Machine:
    """A machine with these rows, written in this order."""
    tx = begin(Machine((), serial, clock))
    for key, record in rows:
        tx.put(key, record)
    return tx.commit()
