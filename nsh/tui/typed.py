"""What a terminal sends for a key that is pressed (console_codes(4), xterm's control sequences)."""

from typing import Final

_NAMED: Final = {
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    "escape": "\x1b",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "shift+tab": "\x1b[Z",
    "ctrl+at": "\0",
    "ctrl+space": "\0",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
    **{f"f{n}": f"\x1bO{'PQRS'[n - 1]}" for n in range(1, 5)},
    **{
        f"f{n}": f"\x1b[{code}~"
        for n, code in zip(range(5, 13), (15, 17, 18, 19, 20, 21, 23, 24), strict=True)
    },
}
_CONTROL: Final = 0x1F


def data_of(key: str, character: str | None) -> bytes:
    """The bytes for *key*, as Textual names it, which stands for *character* if it is one; none for
    a key that no terminal knows."""
    text = _NAMED.get(key)
    if text is None and character:
        text = character
    if text is None:
        modifier, _plus, rest = key.rpartition("+")
        if modifier == "ctrl" and len(rest) == 1 and rest.isascii() and rest.isalpha():
            text = chr(ord(rest) & _CONTROL)
        elif modifier == "alt" and rest:
            return b"\x1b" + data_of(rest, rest if len(rest) == 1 else None)
    return b"" if text is None else text.encode("utf-8", "replace")


def pasted(text: str) -> bytes:
    """The keys that a paste presses: Enter at the end of each line."""
    return text.replace("\r\n", "\r").replace("\n", "\r").encode("utf-8", "replace")
