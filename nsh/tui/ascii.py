"""Signs for terminals that have ASCII alone, in the same cells."""

from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_LIKE: Final = str.maketrans(
    {
        **dict.fromkeys("·•", "."),
        **dict.fromkeys("▸→▶", ">"),
        **dict.fromkeys("◂←◀", "<"),
        **dict.fromkeys("─━—–▔▁▂", "-"),
        **dict.fromkeys("│┃▏▎▌▐", "|"),
        **dict.fromkeys("‘’", "'"),
        **dict.fromkeys("“”", '"'),
        **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
        **dict.fromkeys("█▇▆▅▄▃", "#"),
        "▹": ")",
        "✗": "X",
        "†": "x",
        "‖": "=",
        "…": "~",
        "×": "x",
        "⟩": ">",
    }
)
"""What looks like a sign, and is as wide."""


def plain(text: str) -> str:
    """*text* in ASCII, as many cells wide: what nothing looks like is a question mark."""
    if text.isascii():
        return text
    text = text.translate(_LIKE)
    return "".join(char if char.isascii() else "?" * cell_len(char) for char in text)


class Ascii(LineFilter):
    """Nothing passes that the terminal would have no sign for."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The same segments, in other letters."""
        del background
        return [
            each if each.text.isascii() else Segment(plain(each.text), each.style, each.control)
            for each in segments
        ]
