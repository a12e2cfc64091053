"""Lines and boxes, drawn rather than written: fonts leave gaps between the cells of a frame.

Every sign is a few strokes in its own cell, which is one unit wide and one high; so that a picture
of any size can draw them, and neighbours meet.
"""

from typing import Final, NamedTuple


class Stroke(NamedTuple):
    """A line from one point of the cell to another; where it ``bends``, a curve by way of the
    middle, from the upper or lower side."""

    x1: float
    y1: float
    x2: float
    y2: float
    heavy: bool = False
    bends: bool = False


_LEFT, _RIGHT = (0.0, 0.5), (1.0, 0.5)
_UP, _DOWN, _MIDDLE = (0.5, 0.0), (0.5, 1.0), (0.5, 0.5)


def _line(
    start: tuple[float, float],
    end: tuple[float, float],
    *,
    heavy: bool = False,
    bends: bool = False,
) -> Stroke:
    return Stroke(*start, *end, heavy, bends)


_ACROSS, _DOWNWARDS = _line(_LEFT, _RIGHT), _line(_UP, _DOWN)
STROKES: Final[dict[str, tuple[Stroke, ...]]] = {
    "─": (_ACROSS,),
    "━": (_line(_LEFT, _RIGHT, heavy=True),),
    "│": (_DOWNWARDS,),
    "┃": (_line(_UP, _DOWN, heavy=True),),
    "┄": tuple(Stroke(n / 3 + 0.06, 0.5, (n + 1) / 3 - 0.06, 0.5) for n in range(3)),
    "╭": (_line(_DOWN, _RIGHT, bends=True),),
    "╮": (_line(_DOWN, _LEFT, bends=True),),
    "╰": (_line(_UP, _RIGHT, bends=True),),
    "╯": (_line(_UP, _LEFT, bends=True),),
    "┌": (_line(_MIDDLE, _RIGHT), _line(_MIDDLE, _DOWN)),
    "┐": (_line(_LEFT, _MIDDLE), _line(_MIDDLE, _DOWN)),
    "└": (_line(_UP, _MIDDLE), _line(_MIDDLE, _RIGHT)),
    "┘": (_line(_UP, _MIDDLE), _line(_MIDDLE, _LEFT)),
    "├": (_DOWNWARDS, _line(_MIDDLE, _RIGHT)),
    "┤": (_DOWNWARDS, _line(_MIDDLE, _LEFT)),
    "┬": (_ACROSS, _line(_MIDDLE, _DOWN)),
    "┴": (_ACROSS, _line(_MIDDLE, _UP)),
    "┼": (_ACROSS, _DOWNWARDS),
}
"""What is drawn; all else is written."""


def strokes(text: str, column: int = 0) -> list[Stroke]:
    """The strokes of a text of such signs that begins at *column*; those that lie on one line and
    touch are one."""
    found: list[Stroke] = []
    for place, char in enumerate(text, column):
        for one in STROKES[char]:
            moved = one._replace(x1=one.x1 + place, x2=one.x2 + place)
            last = found[-1] if found else None
            if last is not None and last == moved._replace(x1=last.x1, x2=moved.x1):
                found[-1] = last._replace(x2=moved.x2)
            else:
                found.append(moved)
    return found
