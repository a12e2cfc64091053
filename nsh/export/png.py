"""A still picture as PNG, drawn cell by cell with a font that comes along.

Pillow reads the font; it is the one thing here that nsh does not bring, unless it is
installed as ``nsh-explorer[png]``.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len

from nsh.export.boxes import STROKES, Stroke
from nsh.export.deflate import png
from nsh.export.film import Film
from nsh.export.ink import Ink, Row, mixed

if TYPE_CHECKING:
    from PIL import Image, ImageFont

WIDE: Final = 12
HIGH: Final = 24
"""Dots of a cell."""
EDGE: Final = 2
"""Cells of the margin across, and half of them downwards."""
LETTERS: Final = 20
"""Dots of the font's em."""
BASE: Final = 18
"""Where letters stand, from the top of the cell."""
SHADES: Final = (15, 9, 6, 4, 2, 1)
"""Steps from ground to letter that are tried, until there are colours enough for all."""
COLOURS: Final = 256
MISSING: Final = "a PNG needs Pillow, which nsh-explorer[png] brings; an SVG needs nothing more"


class Unavailable(Exception):
    """What draws letters is not installed; the text says what to do."""


class Look(NamedTuple):
    """A character in its cells."""

    char: str
    bold: bool
    italic: bool
    underline: bool
    strike: bool
    width: int


class Cell(NamedTuple):
    """What is drawn where one character stands."""

    look: Look
    fg: str
    bg: str


def still(film: Film) -> bytes:
    """The last frame.  :class:`Unavailable` without Pillow."""
    try:
        import PIL  # noqa: F401, PLC0415  # few pictures are made, and it may be missing
    except ImportError:
        raise Unavailable(MISSING) from None
    paper = film.paper
    rows = [_cells(row, film) for row in film.frames[-1].rows]
    pairs = {(cell.fg, cell.bg) for row in rows for cell in row}
    for shades in SHADES:
        numbers = _numbers(pairs, shades, paper.bg)
        if len(numbers) <= COLOURS:
            break
    else:
        raise ValueError(f"more than {COLOURS} colours on one screen")
    ground = numbers[paper.bg]
    columns = film.size.columns + 2 * EDGE
    margin = [bytes([ground]) * columns * WIDE] * (EDGE * HIGH // 2)
    side = bytes([ground]) * EDGE * WIDE
    lines = [*margin]
    for row in rows:
        drawn = [_drawn(cell, shades, numbers) for cell in row]
        lines += [side + b"".join(each[y] for each in drawn) + side for y in range(HIGH)]
    return png(columns * WIDE, lines + margin, list(numbers), WIDE)


def _cells(row: Row, film: Film) -> list[Cell]:
    return [
        Cell(_look(char, run.ink, width), *film.paper.colours(run.ink))
        for run in row
        for char in run.text
        if (width := cell_len(char))  # what combines with the letter before is left out
    ]


def _look(char: str, ink: Ink, width: int) -> Look:
    return Look(char, ink.bold, ink.italic, ink.underline, ink.strike, width)


def _numbers(pairs: set[tuple[str, str]], shades: int, ground: str) -> dict[str, int]:
    """Each colour's place in the palette."""
    every = {mixed(fg, bg, n / shades) for fg, bg in pairs for n in range(shades + 1)} | {ground}
    return {colour: number for number, colour in enumerate(sorted(every))}


def _drawn(cell: Cell, shades: int, numbers: dict[str, int]) -> list[bytes]:
    """The rows of dots of a character."""
    steps = [numbers[mixed(cell.fg, cell.bg, n / shades)] for n in range(shades + 1)]
    table = bytes(steps[round(value * shades / 255)] for value in range(256))
    dots = _mask(cell.look).translate(table)
    width = cell.look.width * WIDE
    return [dots[start : start + width] for start in range(0, len(dots), width)]


@cache
def _mask(look: Look) -> bytes:
    """How much of each dot is letter, from 0 to 255."""
    from PIL import Image, ImageDraw  # noqa: PLC0415

    width = look.width * WIDE
    image = Image.new("L", (width, HIGH), 0)
    draw = ImageDraw.Draw(image)
    strokes = STROKES.get(look.char)
    if strokes is not None:
        for stroke in strokes:
            _stroke(image, stroke)
    elif look.char != " ":
        turned = look.char == "≀"  # the font has only the one that lies down
        char = "∼" if turned else look.char
        draw.text((width / 2, BASE), char, fill=255, font=_font(look.bold), anchor="ms")
        if turned:
            image = image.crop((0, 6, width, 6 + width)).rotate(90)
            image = _framed(image, HIGH)
            draw = ImageDraw.Draw(image)
        if look.italic:
            image = _leaning(image)
            draw = ImageDraw.Draw(image)
    for wanted, y in ((look.underline, BASE + 2), (look.strike, BASE - 6)):
        if wanted:
            draw.line((0, y, width, y), fill=255)
    return image.tobytes()


def _framed(image: "Image.Image", height: int) -> "Image.Image":
    from PIL import Image  # noqa: PLC0415

    whole = Image.new("L", (image.width, height), 0)
    whole.paste(image, (0, (height - image.height) // 2))
    return whole


def _leaning(image: "Image.Image") -> "Image.Image":
    """The letter, each row of dots moved to the right the higher it is."""
    from PIL import Image  # noqa: PLC0415

    whole = Image.new("L", image.size, 0)
    for y in range(image.height):
        line = image.crop((0, y, image.width, y + 1))
        whole.paste(line, (round((BASE - 6 - y) / 5), y))
    return whole


def _stroke(image: "Image.Image", stroke: Stroke) -> None:
    """A line of one dot, or three; what bends is drawn larger and made small, to be smooth."""
    from PIL import Image, ImageChops, ImageDraw  # noqa: PLC0415

    scale = 8
    large = Image.new("L", (image.width * scale, image.height * scale), 0)
    draw = ImageDraw.Draw(large)
    points = [(round(x * large.width), round(y * large.height)) for x, y in _points(stroke)]
    draw.line(points, fill=255, width=scale * (3 if stroke.heavy else 1) + scale // 2)
    small = large.resize(image.size, Image.Resampling.BOX)
    image.paste(ImageChops.lighter(image, small))


def _points(stroke: Stroke) -> list[tuple[float, float]]:
    start, end = (stroke.x1, stroke.y1), (stroke.x2, stroke.y2)
    if not stroke.bends:
        return [start, end]
    found = []
    for step in range(13):
        t = step / 12
        one, two, three = (1 - t) ** 2, 2 * t * (1 - t), t * t
        x = one * start[0] + two * 0.5 + three * end[0]
        found.append((x, one * start[1] + two * 0.5 + three * end[1]))
    return found


@cache
def _font(bold: bool) -> "ImageFont.FreeTypeFont":
    from PIL import ImageFont  # noqa: PLC0415

    name = f"DejaVuSansMono{'-Bold' if bold else ''}.ttf"
    path = Path(__file__).with_name("font") / name
    return ImageFont.truetype(str(path), LETTERS, layout_engine=ImageFont.Layout.BASIC)
