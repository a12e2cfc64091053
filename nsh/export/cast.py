"""A recording in the format of asciinema, version 3 or 2, with a marker for each chapter.

See the specifications "asciicast v3" and "asciicast v2" of the asciinema project.  What was typed
is there as input (``i``), the screen as output (``o``), chapters as markers (``m``); in version 3
the last event is how the play ended (``x``).  No time of day is in it.
"""

import json
from collections.abc import Iterator
from typing import Final, TypeAlias

from rich.cells import cell_len

from nsh.export.film import Film, Frame
from nsh.export.ink import Ink, Row
from nsh.tui.cells import clean

Cell: TypeAlias = tuple[str, Ink]
Event: TypeAlias = tuple[int, str, str]
"""Milliseconds since the beginning, code, data."""

_BEGIN: Final = "\x1b[?25l\x1b[2J"
_END: Final = "\x1b[0m\x1b[?25h"


def cast(film: Film, version: int = 3) -> str:
    """The film as asciicast, a line of JSON an event."""
    lines = [_json(_header(film, version))]
    last = 0
    for at, code, data in _events(film, version):
        time = at - last if version == 3 else at
        lines.append(_json([time / 1000, code, data]))
        last = at
    return "\n".join(lines) + "\n"


def _header(film: Film, version: int) -> dict[str, object]:
    paper, (columns, rows) = film.paper, film.size
    colours = {"fg": paper.fg, "bg": paper.bg, "palette": ":".join(paper.palette)}
    theme = {} if paper.own else {"theme": colours}
    if version == 3:
        term = {"cols": columns, "rows": rows, **theme}
        return {"version": 3, "term": term, "title": film.title}
    size = {"width": columns, "height": rows, "duration": film.duration / 1000}
    return {"version": 2, **size, "title": film.title, **theme}


def _events(film: Film, version: int) -> Iterator[Event]:
    at = 0
    before: Frame | None = None
    for frame in film.frames:
        if frame.chapter:
            yield at, "m", frame.chapter
        if frame.command:
            typed = "".join(clean(line) + "\r" for line in frame.command.splitlines())
            yield at, "i", typed
        drawn = (_BEGIN if before is None else "") + _drawn(before, frame)
        if drawn:
            yield at, "o", drawn
        at += frame.duration
        before = frame
    yield at, "o", _END
    if version == 3:
        yield at, "x", str(int(film.failed))


def _drawn(before: Frame | None, frame: Frame) -> str:
    """What makes a terminal that shows *before* show *frame*: the cells that differ, row by row."""
    pieces = []
    for number, row in enumerate(frame.rows):
        old = None if before is None else before.rows[number]
        if old != row:
            pieces.append(_row(number, None if old is None else _cells(old), _cells(row)))
    return "".join(pieces)


def _row(number: int, old: list[Cell] | None, new: list[Cell]) -> str:
    start, end = 0, len(new)
    if old is not None:
        while old[start] == new[start]:
            start += 1
        while old[end - 1] == new[end - 1]:
            end -= 1
        while start and not (new[start][0] and old[start][0]):  # the second half of a wide one
            start -= 1
        while end < len(new) and not (new[end][0] and old[end][0]):
            end += 1
    pieces = [f"\x1b[{number + 1};{start + 1}H"]
    ink: Ink | None = None
    for char, own in new[start:end]:
        if own != ink:
            pieces.append(_sgr(own))
            ink = own
        pieces.append(char)
    return "".join(pieces)


def _cells(row: Row) -> list[Cell]:
    """A pair for each cell; behind a wide character one without any."""
    cells: list[Cell] = []
    for run in row:
        for char in run.text:
            width = cell_len(char)
            if not width and cells:  # combines with the one before
                place = len(cells) - 1 if cells[-1][0] else len(cells) - 2
                cells[place] = (cells[place][0] + char, cells[place][1])
            else:
                cells += [(char, run.ink), *[("", run.ink)] * (width - 1)]
    return cells


def _sgr(ink: Ink) -> str:
    codes = ["0"]
    on = (ink.bold, "1"), (ink.dim, "2"), (ink.italic, "3"), (ink.underline, "4")
    codes += [code for wanted, code in (*on, (ink.reverse, "7"), (ink.strike, "9")) if wanted]
    codes += _colour(ink.fg, 30) + _colour(ink.bg, 40)
    return f"\x1b[{';'.join(codes)}m"


def _colour(colour: str, base: int) -> list[str]:
    if not colour:
        return []
    if colour[0] == "#":
        red, green, blue = bytes.fromhex(colour[1:])
        return [f"{base + 8};2;{red};{green};{blue}"]
    number = int(colour)
    return [str(base + number if number < 8 else base + 52 + number)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
