"""A picture, still or moving, as SVG: text that can be selected, and nothing that is fetched.

What moves does so by style alone: each piece of text is there once, with the times at which it is
seen, and pieces that are seen at the same times stand in one group.  Whoever has asked for less
motion, or cannot show any, sees the end.
"""

from collections.abc import Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from rich.cells import cell_len

from nsh.export.boxes import STROKES, strokes
from nsh.export.film import Film, Frame
from nsh.export.ink import Ink, Paper, Run

WIDE: Final = 10
HIGH: Final = 20
"""Units of a cell."""
EDGE: Final = 12
"""And of the margin."""
FONTS: Final = (
    "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono','Courier New',monospace"
)
"""Fonts that people have; a picture fetches none."""

Intervals: TypeAlias = tuple[tuple[int, int], ...]
"""Frames from … up to but not including …, rising."""


class Piece(NamedTuple):
    """Something on the picture."""

    layer: int
    """0: a ground, 1: what stands on it."""
    row: int
    column: int
    width: int
    text: str
    """"" for a ground."""
    ink: Ink


def svg(film: Film) -> str:
    """The film as a picture that moves, for ever; one that stands still if it has one frame."""
    paper = film.paper
    width, height = film.size.columns * WIDE + 2 * EDGE, film.size.rows * HIGH + 2 * EDGE
    seen = _seen(film.frames, paper)
    classes = _Classes(paper)
    groups: dict[tuple[int, Intervals], list[str]] = {}
    for piece, times in seen.items():
        groups.setdefault((piece.layer, times), []).append(_element(piece, classes))
    motions = _Motions(film)
    body = []
    for (layer, times), elements in sorted(groups.items(), key=lambda group: group[0][0]):
        name = motions.name(times)
        attributes = f' class="{name}"' if name else ""
        attributes += ' shape-rendering="crispEdges"' if layer == 0 else ""
        body += [f"<g{attributes}>", *elements, "</g>"]
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="t d" '
        'xml:space="preserve">',
        f'<title id="t">{_text(film.title)}</title>',
        f'<desc id="d">{_text(film.told)}</desc>',
        "<style>",
        f"text{{font:16.6px {FONTS};white-space:pre}}",
        *classes.rules(),
        *motions.rules(),
        "</style>",
        f'<rect width="{width}" height="{height}" rx="{EDGE}" fill="{paper.bg}"/>',
        f'<g transform="translate({EDGE} {EDGE})">',
        *body,
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


# ---- what is seen when


def _seen(frames: Sequence[Frame], paper: Paper) -> dict[Piece, Intervals]:
    """Every piece, in the order in which they come to be seen, with its times."""
    found: dict[Piece, list[tuple[int, int]]] = {}
    known: dict[tuple[object, ...], tuple[Piece, ...]] = {}
    for number, frame in enumerate(frames):
        for index, row in enumerate(frame.rows):
            pieces = known.get((index, row))
            if pieces is None:
                pieces = known[index, row] = tuple(_pieces(index, row, paper))
            for piece in pieces:
                times = found.setdefault(piece, [])
                if times and times[-1][1] == number:
                    times[-1] = (times[-1][0], number + 1)
                else:
                    times.append((number, number + 1))
    return {piece: tuple(times) for piece, times in found.items()}


def _pieces(index: int, row: Sequence[Run], paper: Paper) -> Iterator[Piece]:
    """What a row of the screen is drawn of."""
    for colour, runs in groupby(row, lambda run: paper.colours(run.ink)[1]):
        if colour != paper.bg:
            own = list(runs)
            width = sum(run.width for run in own)
            yield Piece(0, index, own[0].column, width, "", Ink(bg=colour))
    for run in row:
        fg = paper.colours(run.ink)[0]
        ink = run.ink._replace(fg=fg, bg="", dim=False, reverse=False)
        lined = ink.underline or ink.strike
        for start, text in _words(run.text, run.column, whole=lined):
            at = start
            for drawn, chars in groupby(text, STROKES.__contains__):
                part = "".join(chars)
                width = cell_len(part)
                yield Piece(1, index, at, width, part, Ink(fg) if drawn else ink)
                at += width


def _words(text: str, column: int, *, whole: bool) -> Iterator[tuple[int, str]]:
    """The parts of *text* between gaps of two spaces and more, with their columns."""
    if whole:
        yield column, text
        return
    for gap, chars in groupby(_gaps(text), lambda pair: pair[0]):
        part = "".join(char for _, char in chars)
        if not gap:
            yield column, part
        column += cell_len(part)


def _gaps(text: str) -> Iterator[tuple[bool, str]]:
    """Each character, and whether it belongs to a gap; at the ends one space is one."""
    last = len(text) - 1
    for place, char in enumerate(text):
        beside = text[max(0, place - 1) : place + 2]
        yield char == " " and (place in (0, last) or "  " in beside), char


# ---- how it is written


class _Classes:
    """A class for each way to write text."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._names: dict[Ink, str] = {}

    def name(self, ink: Ink) -> str:
        return self._names.setdefault(ink, f"c{len(self._names)}")

    def rules(self) -> Iterator[str]:
        for ink, name in self._names.items():
            rule = f"fill:{ink.fg}"
            rule += ";font-weight:bold" if ink.bold else ""
            rule += ";font-style:italic" if ink.italic else ""
            lines = ["underline"] * ink.underline + ["line-through"] * ink.strike
            rule += f";text-decoration:{' '.join(lines)}" if lines else ""
            yield f".{name}{{{rule}}}"


def _element(piece: Piece, classes: _Classes) -> str:
    x, y = piece.column * WIDE, piece.row * HIGH
    if not piece.text:
        size = f'width="{piece.width * WIDE}" height="{HIGH}"'
        return f'<rect x="{x}" y="{y}" {size} fill="{piece.ink.bg}"/>'
    if piece.text[0] in STROKES:
        return _path(piece)
    width = piece.width * WIDE
    length = f' textLength="{width}"' if len(piece.text) > 1 else ""
    name = classes.name(piece.ink)
    return f'<text class="{name}" x="{x}" y="{y + 15}"{length}>{_text(piece.text)}</text>'


def _path(piece: Piece) -> str:
    top = piece.row * HIGH
    thin, thick = "", ""
    for one in strokes(piece.text, piece.column):
        start = f"M{_number(one.x1 * WIDE)} {_number(top + one.y1 * HIGH)}"
        x, y = _number(one.x2 * WIDE), _number(top + one.y2 * HIGH)
        middle = (int(one.x1) + 0.5) * WIDE, top + HIGH / 2
        if one.bends:
            end = f"Q{_number(middle[0])} {_number(middle[1])} {x} {y}"
        elif one.y1 == one.y2:
            end = f"H{x}"
        elif one.x1 == one.x2:
            end = f"V{y}"
        else:
            end = f"L{x} {y}"
        if one.heavy:
            thick += start + end
        else:
            thin += start + end
    return "".join(
        f'<path d="{drawn}" fill="none" stroke="{piece.ink.fg}" stroke-width="{width}"/>'
        for drawn, width in ((thin, "1.3"), (thick, "2.6"))
        if drawn
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _text(text: str) -> str:
    return escape(text, quote=False)


# ---- how it moves


class _Motions:
    """A motion for each set of times, in percent of the whole."""

    def __init__(self, film: Film) -> None:
        self._whole = film.duration
        self._frames = len(film.frames)
        self._starts = [0]
        for frame in film.frames:
            self._starts.append(self._starts[-1] + frame.duration)
        self._names: dict[Intervals, str] = {}

    def name(self, times: Intervals) -> str:
        """The class of a group; "" for what is always there."""
        if times == ((0, self._frames),):
            return ""
        name = self._names.setdefault(times, f"k{len(self._names)}")
        return f"k {name}" if times[-1][1] == self._frames else f"k o {name}"

    def rules(self) -> Iterator[str]:
        if not self._names:
            return
        yield ".o{visibility:hidden}"
        yield "@media (prefers-reduced-motion:no-preference){"
        yield f".k{{animation:{_number(self._whole / 1000)}s step-end infinite}}"
        for times, name in self._names.items():
            yield f".{name}{{animation-name:{name}}}@keyframes {name}{{{self._frames_of(times)}}}"
        yield "}"

    def _frames_of(self, times: Intervals) -> str:
        shown, hidden = "{visibility:visible}", "{visibility:hidden}"
        starts = [self._percent(start) for start, _ in times]
        ends = [self._percent(end) for _, end in times if end < self._frames]
        if times[0][0] != 0:
            ends.insert(0, "0%")
        rules = (",".join(starts) + shown, ",".join(ends) + hidden if ends else "")
        return "".join(rules)

    def _percent(self, frame: int) -> str:
        return f"{self._starts[frame] * 100 / self._whole:.3f}".rstrip("0").rstrip(".") + "%"
