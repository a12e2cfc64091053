"""Times are compared by what happened at them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from nsh.abi.names import Rename
from nsh.kernel import dispatch, loading
from nsh.linux.opening import Unavailable
from nsh.machine.files import InodeId
from nsh.machine.ids import TaskId
from nsh.machine.tmpfs import Dentry, Inode
from nsh.machine.value import Transaction
from nsh.session.comparing.differences import Difference, compare
from nsh.session.comparing.seen import Seen, of_linux, of_model
from nsh.session.comparing.times import Dated, Span, Time, Timeline, agree
from nsh.session.real.session import RealSession
from nsh.session.session import Session

SCRIPT = """\
touch /tmp/old
spawn child
sleep 0.1
mv /tmp/old /tmp/new
touch /tmp/young
stat /tmp/new /tmp/young
date
cat /proc/2/stat /proc/uptime
sleep 0.1
touch /tmp/young
stat -c %Y /tmp/new /tmp/young
"""
ASKED_AT = 6


def on_model(script: str = SCRIPT) -> list[Seen]:
    session = Session("mainline", keep=False)
    session.load(script, "x.nsh")
    return list(of_model(session))


def on_linux(script: str = SCRIPT) -> list[Seen]:
    with RealSession(keep=False) as session:
        session.load(script, "x.nsh")
        return list(of_linux(session))


def found(one: list[Seen], other: list[Seen]) -> list[tuple[int, Difference]]:
    return [
        (pair.one.place.line, item)
        for pair in compare(one, other)
        if pair.one is not None
        for item in pair.differences
    ]


@pytest.fixture
def linux() -> Iterator[list[Seen]]:
    try:
        yield on_linux()
    except Unavailable as missing:
        pytest.skip(f"no real processes here: {missing}")


def moved_files_get_young(tx: Transaction, caller: TaskId, request: Rename) -> object:
    """What rename(2) does not: the file's own time changes."""
    reply = RENAME(tx, caller, request)
    name = request.new.rpartition("/")[2]
    for _key, dentry in tx.items(Dentry):
        if dentry.name == name:
            inode = tx.get(Inode, InodeId(dentry.inode))
            tx.put(dentry.inode, replace(inode, mtime=tx.clock))
    return reply


loading.load_all()
RENAME: Any = dispatch._registered[Rename]


def test_the_kernels_agree_about_when_what_happened(linux: list[Seen]) -> None:
    model = on_model()
    assert sum(len(step.times) for step in model) >= 9
    assert found(model, linux) == []


def test_a_time_that_is_another_events_is_told(
    linux: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers: dict[Any, Any] = {**dispatch._registered, Rename: moved_files_get_young}
    monkeypatch.setattr(dispatch, "_handlers", handlers)
    first = found(on_model(), linux)[0]
    assert first[0] == ASKED_AT
    assert first[1].what == "time"
    assert first[1].about.startswith('stat("/tmp/new"')
    assert first[1].one.startswith("mtime between steps ")
    assert first[1].other.startswith("mtime ")


@pytest.mark.parametrize("later", [100_000_000, -100_000_000, 10**15, -(10**15)])
def test_each_time_of_an_answer_counts(later: int) -> None:
    """Of files, clocks, processes: a tenth of a second is the other side of a sleep here."""
    steps = on_model()
    for number, step in enumerate(steps):
        for place, time in enumerate(step.times):
            if step.place.line > ASKED_AT + 2:
                continue  # between two sleeps only
            wrong = replace(time, low=time.low + later, high=time.high + later)
            times = (*step.times[:place], wrong, *step.times[place + 1 :])
            other = [*steps[:number], replace(step, times=times), *steps[number + 1 :]]
            told = [item.what for _line, item in found(steps, other)]
            early = time.low < steps[0].span.began and later < 0
            assert told == ([] if early else ["time"]), time.what


def test_a_clock_that_stands_still_leaves_open_which_step_it_was() -> None:
    still = Timeline([Span(0, 0), Span(0, 0), Span(0, 100), Span(100, 100)])
    assert still.date(Time("mtime", 0, 0)) == Dated(-1, 2)
    assert still.date(Time("mtime", 100, 100)) == Dated(2, 3)
    assert still.date(Time("mtime", 101, 102)) == Dated(4, 4)
    assert still.date(Time("mtime", -9, -8)) == Dated(-1, -1)
    assert Timeline([None, Span(5, 6), None]).date(Time("mtime", 5, 5)) == Dated(-1, 1)


LAPSES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=12)


@given(LAPSES, st.data(), st.integers(0, 4))
def test_what_happens_at_one_step_always_agrees(
    lapses: list[tuple[int, int]], data: st.DataObject, coarse: int
) -> None:
    """However fast two clocks go, and however coarse the second is."""
    step = data.draw(st.integers(0, len(lapses) - 1))
    dates = []
    for which, resolution in ((0, 0), (1, coarse)):
        now, spans = 0, []
        for lapse in lapses:
            spans.append(Span(now, now + lapse[which]))
            now += lapse[which]
        moment = data.draw(st.integers(*spans[step]))
        shown = moment - moment % (resolution + 1)
        dates.append(Timeline(list(spans)).date(Time("mtime", shown, shown + resolution)))
    assert agree(*dates)
