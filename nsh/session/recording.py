"""Recordings of terminals by others: asciicast, versions 1 to 3.

See the specifications "asciicast v1", "v2" and "v3" of the asciinema project.  Codes that are not
known are passed over, as they ask.
"""

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple

from immutables import Map

from nsh.emulator.keeping import Screens
from nsh.machine.printed import Printed, resized
from nsh.machine.screens import texts

MOST: Final = 24 * 3_600_000
"""Milliseconds that a recording may last."""


class BadRecording(ValueError):
    """What is wrong with one, and on which line."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


class Event(NamedTuple):
    """What happened at a time."""

    at: int
    """Milliseconds since the beginning."""
    code: str
    """``o`` output, ``i`` input, ``m`` marker, ``r`` size, ``x`` status."""
    data: str


class Recording(NamedTuple):
    """All of it, in order."""

    title: str
    rows: int
    columns: int
    events: tuple[Event, ...]

    @property
    def duration(self) -> int:
        """Milliseconds."""
        return self.events[-1].at if self.events else 0

    @property
    def markers(self) -> list[tuple[int, str]]:
        """When, and what they say."""
        return [(event.at, event.data) for event in self.events if event.code == "m"]


def is_one(text: str) -> bool:
    """Whether *text* is a recording, and no script: it begins with an object that has a version."""
    try:
        header = _header(text) if text.startswith("{") else {}
        return "version" in header and "format" not in header  # which a stored machine has
    except BadRecording:
        return False


def read(text: str) -> Recording:
    """The recording that *text* is.  :class:`BadRecording`."""
    header = _header(text)
    version = header.get("version")
    if version == 1:
        found = _first(header)
    elif version in (2, 3):
        found = _lines(text)
    else:
        raise BadRecording(1, f"asciicast {version} is not known; 1, 2 and 3 are")
    names = ("cols", "rows") if version == 3 else ("width", "height")
    columns, rows = (_size(header.get("term") if version == 3 else header, name) for name in names)
    limit = _limit(header)
    events: list[Event] = []
    now = last = 0.0
    for line, each in found:
        time, code, data = _event(line, each)
        now += min(max(0.0, time - last) if version == 2 else time, limit)
        last = time
        if now * 1000 > MOST:
            raise BadRecording(line, "it lasts longer than a day")
        events.append(Event(round(now * 1000), code, data))
    title = header.get("title")
    return Recording(title if isinstance(title, str) else "", rows, columns, tuple(events))


def _header(text: str) -> dict[str, Any]:
    """The first line; in version 1 that, or the whole, is everything."""
    for part in (text.partition("\n")[0], text):
        with suppress(ValueError, RecursionError):
            found = json.loads(part)
            if isinstance(found, dict):
                return found
            break
    raise BadRecording(1, "this is no JSON object")


def _first(whole: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """The events of version 1, which are all on line 1, as of version 3."""
    events = whole.get("stdout")
    for each in events if isinstance(events, list) else ():
        yield 1, [each[0], "o", each[1]] if isinstance(each, list) and len(each) == 2 else each


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if number > 1 and line.strip() and not line.startswith("#"):
            yield number, _json(number, line)


def _json(number: int, line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        raise BadRecording(number, "this is no JSON") from None


def _size(term: Any, name: str) -> int:
    found = term.get(name) if isinstance(term, dict) else None
    if not isinstance(found, int) or not 0 < found <= 0xFFFF:
        raise BadRecording(1, f"it does not say how large the terminal was: {name}")
    return found


def _limit(header: dict[str, Any]) -> float:
    found = header.get("idle_time_limit")
    if isinstance(found, int | float) and found > 0:
        return float(min(found, MOST))
    return math.inf


def _event(line: int, each: Any) -> tuple[float, str, str]:
    match each:
        case [int() | float() as time, str(code), str(data)] if time >= 0:  # which NaN is not
            return float(min(time, MOST)), code, data
    raise BadRecording(line, "an event is [seconds, code, data]")


def moments(recording: Recording) -> list[tuple[int, Printed]]:
    """What the terminal was given by each time at which that grew, the empty screen first."""
    now = Printed(Map(), sizes=((0, recording.rows, recording.columns),))
    found = [(-1, now)]
    for event in recording.events:
        if event.code == "o" and event.data:
            data = event.data.encode("utf-8", "replace")
            last, written = now.last + 1, now.written + len(data)
            now = Printed(now.chunks.set(last, data), 0, last, written, written, now.sizes)
        elif event.code == "r":
            columns, _x, rows = event.data.partition("x")
            if not (rows.isascii() and rows.isdigit() and columns.isascii() and columns.isdigit()):
                continue
            now = resized(now, min(int(rows), 0xFFFF), min(int(columns), 0xFFFF))
        else:
            continue
        if found[-1][0] == event.at:
            found.pop()
        found.append((event.at, now))
    return found


class Search:
    """When a screen came to show some words, upper or lower case."""

    def __init__(self, wanted: str, printed: Sequence[Printed]) -> None:
        self.wanted = wanted.strip()
        self.found: list[int] = []
        """Where in *printed*."""
        self._left = enumerate(printed)
        self._screens = Screens()
        self._there = False

    def go_on(self, enough: Callable[[], bool]) -> bool:
        """Look at one screen after the other until *enough* says so; whether that was all."""
        for index, printed in self._left:
            shown = "\n".join(texts(self._screens.screen(0, printed))).casefold()
            there = self.wanted.casefold() in shown
            if there and not self._there:
                self.found.append(index)
            self._there = there
            if enough():
                return False
        return True
