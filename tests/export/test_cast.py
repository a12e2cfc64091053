"""Recordings, read as strictly as the specifications have it, and played on a terminal."""

import json
import re
from typing import Any

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.export import ink
from nsh.export.cast import cast
from nsh.export.film import Film, Frame
from nsh.export.ink import Ink, Paper, Run
from nsh.export.measure import Size
from tests.export.films import HOSTILE, film

OWN = re.compile(r"\x1b\[(?:\?25[lh]|2J|\d+;\d+H|[\d;]*m)")
"""Every sequence that we send."""


def read(text: str) -> tuple[dict[str, Any], list[tuple[float, str, str]]]:
    """The header and the events, with absolute times; anything odd fails."""
    assert text.endswith("\n")
    first, *lines = text.splitlines()
    header = json.loads(first)
    assert header["version"] in (2, 3)
    if header["version"] == 3:
        assert set(header) <= {"version", "term", "title"}
        assert {"cols", "rows"} <= set(header["term"]) <= {"cols", "rows", "theme"}
    else:
        assert {"version", "width", "height"} <= set(header)
    events: list[tuple[float, str, str]] = []
    now = 0.0
    for line in lines:
        time, code, data = json.loads(line)
        assert isinstance(time, float | int)
        assert time >= 0
        assert code in "oimrx"
        assert isinstance(data, str)
        now = round(now + time, 3) if header["version"] == 3 else time
        assert not events or now >= events[-1][0]
        events.append((now, code, data))
    return header, events


def replayed(events: list[tuple[float, str, str]], size: Size) -> dict[float, list[str]]:
    """What the terminal shows behind each event."""
    screen = pyte.Screen(size.columns, size.rows)
    stream = pyte.Stream(screen)
    shown = {}
    for time, code, data in events:
        if code == "o":
            stream.feed(data)
            shown[time] = list(screen.display)
    return shown


@pytest.mark.parametrize("version", [2, 3])
@pytest.mark.parametrize("theme", ["dark", "terminal"])
def test_a_terminal_shows_every_frame_when_it_is_time(version, theme):
    made = film(theme=theme)
    header, events = read(cast(made, version))
    shown = replayed(events, made.size)
    start, last = 0, None
    for frame in made.frames:
        last = shown.get(start / 1000, last)
        assert last == ink.plain(frame.rows)
        start += frame.duration
    assert events[-1][0] == start / 1000
    own = header["term"] if version == 3 else header
    assert ("theme" in own) is (theme != "terminal")
    if version == 2:
        assert header["duration"] == start / 1000


def test_chapters_are_markers_and_commands_are_input():
    made = film()
    _, events = read(cast(made))
    assert [data for _, code, data in events if code == "m"] == [
        "Two of them",
        "And one of them ends.",
    ]
    typed = "".join(data for _, code, data in events if code == "i")
    assert typed.startswith("spawn --pid --mount-proc web\rspawn --pid db\r")
    assert events[-1][1:] == ("x", "0")
    assert read(cast(film("expect 1 == 2\n")))[1][-1][1:] == ("x", "1")


def test_no_time_of_day_and_no_environment_is_in_it():
    header, _ = read(cast(film()))
    assert not {"timestamp", "env", "command"} & set(header)


def test_only_our_own_sequences_are_sent():
    _, events = read(cast(film(f"printf '{HOSTILE}\\n'\nls \"$(printf '{HOSTILE}')\" || true\n")))
    for _, code, data in events:
        left = OWN.sub("", data) if code == "o" else data.replace("\r", "")
        assert left.isprintable() or not left


colours = st.sampled_from(["", "#ff0000", "#00ff00", "3", "12"])
inks = st.builds(Ink, colours, colours, st.booleans(), reverse=st.booleans())
COLUMNS = 12


@st.composite
def rows(draw: st.DrawFn) -> ink.Row:
    runs: list[Run] = []
    column = 0
    while column < COLUMNS:
        text = draw(st.text(st.sampled_from("ab 中文x─"), min_size=1, max_size=4))
        while sum(2 if char in "中文" else 1 for char in text) > COLUMNS - column:
            text = text[:-1]
        text = text or " "
        width = sum(2 if char in "中文" else 1 for char in text)
        runs.append(Run(column, text, width, draw(inks)))
        column += width
    return tuple(runs)


@given(st.lists(st.lists(rows(), min_size=2, max_size=2), min_size=1, max_size=5))
def test_differences_lead_from_any_screen_to_any_other(screens):
    frames = tuple(Frame(tuple(screen), 100, n) for n, screen in enumerate(screens))
    made = Film("x", Size(COLUMNS, 2), Paper("#ffffff", "#000000"), frames, 1, "", False)
    shown = replayed(read(cast(made))[1], made.size)
    last = None
    for n, frame in enumerate(frames):
        last = shown.get(n / 10, last)
        assert last == ink.plain(frame.rows)
