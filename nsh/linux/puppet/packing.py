"""Numbers that a program gives, as C hands them over: cut to the width of their fields."""

from __future__ import annotations

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_SIGNED: Final = "bhilq"


def packed(layout: str, *values: Any) -> bytes:
    """``struct.pack`` that takes any integer, as an assignment in C does."""
    return struct.pack(layout, *map(_cut, _codes(layout), values))


def _codes(layout: str) -> str:
    """The letter of each value's field."""
    found, count = "", ""
    for code in layout:
        if code.isdigit():
            count += code
            continue
        if code != "x":
            found += code if code == "s" else code * int(count or 1)
        count = ""
    return found


def _cut(code: str, value: Any) -> Any:
    if code == "s":
        return value
    bits = 8 * struct.calcsize(code)
    kept = value & (1 << bits) - 1
    return kept - (1 << bits) if code in _SIGNED and kept >> bits - 1 else kept
