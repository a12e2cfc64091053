"""Bytes that somebody else chose, as text that a terminal can take."""

from unicodedata import combining, east_asian_width


def harmless(data: bytes | str) -> str:
    """*data* with nothing in it that a terminal would obey or that would break a line.

    What is no UTF-8 or cannot be printed is shown by its number, as Python writes it.
    """
    text = data.decode("utf-8", "backslashreplace") if isinstance(data, bytes) else data
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def cells(text: str) -> int:
    """How many columns of a terminal *text* takes."""
    if text.isascii():
        return len(text)
    return sum(_cell(char) for char in text)


def cut(text: str, width: int, more: str) -> str:
    """*text* in *width* columns at the most, with *more* at its end if it had to be cut."""
    if cells(text) <= width:
        return text
    room = width - cells(more)
    out = []
    for char in text:
        room -= _cell(char)
        if room < 0:
            break
        out.append(char)
    return "".join(out) + more if width > 0 else ""


def _cell(char: str) -> int:
    if combining(char):
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
