"""Backslash escapes, as echo(1) and printf(1) know them."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from nsh.userland.options import UsageError

_SIMPLE: Final = {
    b"\\": b"\\",
    b'"': b'"',
    b"a": b"\a",
    b"b": b"\b",
    b"e": b"\x1b",
    b"f": b"\f",
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
}
_OCTAL_WITH_ZERO: Final = rb"0(?P<zero>[0-7]{0,3})|(?P<octal>[1-7][0-7]{0,2})"
ECHO: Final = re.compile(
    rb"\\(?:" + _OCTAL_WITH_ZERO + rb"|x(?P<hex>[0-9A-Fa-f]{1,2})|(?P<letter>[\\abcefnrtv]))"
)
"""What ``echo -e`` expands; anything else stays as it is."""
_STRICT: Final = (
    rb"|x(?P<hex>[0-9A-Fa-f]{0,2})|u(?P<u>[0-9A-Fa-f]{0,4})|U(?P<U>[0-9A-Fa-f]{0,8})"
    rb'|(?P<letter>[\\"abcefnrtv]))'
)
FORMAT: Final = re.compile(rb"\\(?:(?P<octal>[0-7]{1,3})" + _STRICT)
"""What a printf format expands."""
ARGUMENT: Final = re.compile(rb"\\(?:" + _OCTAL_WITH_ZERO + _STRICT)
"""What printf's ``%b`` expands in its argument."""
Dialect: TypeAlias = re.Pattern[bytes]


def expand(text: bytes, dialect: Dialect) -> tuple[bytes, bool]:
    r"""*text* with its escapes expanded, and whether ``\c`` ended it.

    :class:`UsageError` where printf wants digits and finds none.
    """
    if b"\\" not in text:
        return text, False
    pieces: list[bytes] = []
    start = 0
    for match in dialect.finditer(text):
        pieces.append(text[start : match.start()])
        start = match.end()
        kind = match.lastgroup or "letter"
        value = match.group(kind)
        if value == b"c" and kind == "letter":
            return b"".join(pieces), True
        pieces.append(_VALUES[kind](value))
    pieces.append(text[start:])
    return b"".join(pieces), False


def _byte(base: int) -> Callable[[bytes], bytes]:
    def value(digits: bytes) -> bytes:
        if not digits and base == 16:
            raise UsageError("missing hexadecimal number in escape")
        return bytes([int(digits or b"0", base) & 0xFF])

    return value


def _character(width: int) -> Callable[[bytes], bytes]:
    def value(digits: bytes) -> bytes:
        if len(digits) < width:
            raise UsageError("missing hexadecimal number in escape")
        code = int(digits, 16)
        low = code < 0xA0 and code not in (0x24, 0x40, 0x60)
        if low or 0xD800 <= code < 0xE000 or code > 0x10FFFF:
            letter = "u" if width == 4 else "U"
            raise UsageError(f"invalid universal character name \\{letter}{digits.decode()}")
        return chr(code).encode()

    return value


_VALUES: Final[dict[str, Callable[[bytes], bytes]]] = {
    "zero": _byte(8),
    "octal": _byte(8),
    "hex": _byte(16),
    "u": _character(4),
    "U": _character(8),
    "letter": _SIMPLE.__getitem__,
}
