"""Recordings in the three versions of asciicast, and what is no recording."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.emulator.keeping import screen
from nsh.machine.screens import texts
from nsh.session.recording import BadRecording, Event, Recording, is_one, moments, read

V1 = {"version": 1, "width": 20, "height": 4, "stdout": [[0.5, "one"], [1.25, "\r\ntwo"]]}
V2 = """\
{"version": 2, "width": 20, "height": 4, "title": "both", "timestamp": 1}
[0.5, "o", "one"]
[1.0, "m", "here"]
[1.75, "o", "\\r\\ntwo"]
"""
V3 = """\
{"version": 3, "term": {"cols": 20, "rows": 4, "type": "xterm"}, "title": "both"}
[0.5, "o", "one"]
# a comment
[0.5, "m", "here"]

[0.75, "o", "\\r\\ntwo"]
[0.0, "q", "nobody knows this code"]
[0.25, "x", "0"]
"""


def shown(recording: Recording) -> list[tuple[int, list[str]]]:
    return [(at, texts(screen(printed))) for at, printed in moments(recording)]


TWO = [(-1, []), (500, ["one"]), (1750, ["one", "two"])]


@pytest.mark.parametrize("text", [json.dumps(V1), json.dumps(V1, indent=1), V2, V3])
def test_each_version_says_the_same(text):
    assert is_one(text)
    found = read(text)
    assert (found.columns, found.rows) == (20, 4)
    assert shown(found) == TWO


@pytest.mark.parametrize("text", [V2, V3])
def test_titles_and_markers(text):
    found = read(text)
    assert found.title == "both"
    assert found.markers == [(1000, "here")]
    assert found.duration in (1750, 2000)


def test_the_limit_of_idle_time_holds():
    found = read(V2.replace('"title"', '"idle_time_limit": 0.6, "title"'))
    assert [event.at for event in found.events] == [500, 1000, 1600]


def test_a_terminal_that_is_resized():
    text = V3 + '[0.1, "r", "10x2"]\n[0.1, "r", "axb"]\n[0, "o", "!"]\n'
    last = moments(read(text))[-1][1]
    assert last.sizes[-1][1:] == (2, 10)


def test_what_comes_at_one_time_is_one_moment():
    text = V3 + '[1, "o", "a"]\n[0, "o", "b"]\n[0.0001, "o", "c"]\n'
    assert shown(read(text))[-1] == (3000, ["one", "twoabc"])
    assert len(moments(read(text))) == 4


def test_a_long_one_is_whole_from_its_beginning():
    """A terminal of the machine keeps a tail of what is printed; here all can be gone back to."""
    text = V3 + "".join(f'[0.01, "o", "{"x" * 1000}\\r"]\n' for _ in range(200))
    found = moments(read(text))
    assert len(found[-1][1].chunks) == 202
    assert texts(screen(found[-1][1]))


@pytest.mark.parametrize(
    "script",
    [
        "{ echo a }\n",
        "{ echo a; }",
        "echo {",
        "",
        "{}",
        '{"a": 1}\n{"version": 2}',
        "[1]\n",
        "{" * 100_000,
    ],
)
def test_a_script_is_none(script):
    assert not is_one(script)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ('{"version": 4}', 1, "asciicast 4 is not known; 1, 2 and 3 are"),
        ('{"version": 2, "width": 20}', 1, "how large the terminal was: height"),
        ('{"version": 3, "term": 1}', 1, "how large the terminal was: cols"),
        ('{"version": 2, "width": 0, "height": 3}', 1, "how large the terminal was: width"),
        (V2 + "[1, 2", 5, "this is no JSON"),
        (V2 + '{"a": 1}', 5, "an event is [seconds, code, data]"),
        (V2 + '[-1, "o", "x"]', 5, "an event is"),
        (V2 + '[NaN, "o", "x"]', 5, "an event is"),
        (V2 + '[1, "o", 2]', 5, "an event is"),
        (V3 + f'[{10**400}, "o", "x"]', 9, "it lasts longer than a day"),
        (V3 + '[1e9, "o", "x"]', 9, "it lasts longer than a day"),
        ('{"version": 1, "width": 9, "height": 3, "stdout": [3]}', 1, "an event is"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, why):
    with pytest.raises(BadRecording) as problem:
        read(text)
    assert problem.value.line == line
    assert why in str(problem.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(json_values | st.tuples(st.floats(0, 10), st.sampled_from("oirmx"), st.text())))
def test_whatever_stands_there_is_read_or_refused(events: list[Any]):
    lines = ['{"version": 3, "term": {"cols": 9, "rows": 3}}', *map(json.dumps, events)]
    try:
        found = read("\n".join(lines))
    except BadRecording as problem:
        wrong = problem.line
    else:
        assert all(isinstance(event, Event) for event in found.events)
        times = [at for at, _printed in moments(found)]
        assert times == sorted(set(times))
        wrong = len(lines)
    assert 1 <= wrong <= len(lines)
