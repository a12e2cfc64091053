"""What sort compares: parts of lines, as numbers or as bytes."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from nsh.userland.options import UsageError
from nsh.userland.quoting import quoted
from nsh.userland.versions import version

_POSITION: Final = re.compile(r"([0-9]{1,18})(?:\.([0-9]{1,18}))?([bfhnrV]*)", re.ASCII)
_NUMBER: Final = re.compile(rb"[ \t\n]*(-?)([0-9]*)(?:\.([0-9]*))?([KMGTPEZYk]?)")
_FIELD: Final = re.compile(rb"[ \t\n]*[^ \t\n]*")
_BLANKS: Final = b" \t\n"
_UNITS: Final = b"KMGTPEZY"


class Position(NamedTuple):
    """One end of a key, as sort counts: fields and characters from 0."""

    field: int
    character: int
    skip_blanks: bool


class Key(NamedTuple):
    """One ``-k``; without ``end`` it reaches to the line's end."""

    start: Position
    end: Position | None
    kind: str
    """``n``, ``h`` or ``V``; "" for bytes."""
    reverse: bool
    fold: bool

    def of(self, line: bytes, separator: bytes) -> Any:
        """What of *line* is compared; *separator* "" is the change from blanks to others."""
        begin = _begin(line, self.start, separator)
        end = len(line) if self.end is None else _end(line, self.end, separator)
        part = line[begin:end] if begin < end else b""
        if self.kind == "n":
            return number(part)
        if self.kind == "h":
            return human(part)
        if self.fold:
            part = part.upper()
        return version(part) if self.kind else part


def number(text: bytes) -> Decimal:
    """The number that *text* begins with, 0 if it begins with none."""
    match = _NUMBER.match(text)
    if match is None or not (match[2] or match[3]):
        return Decimal(0)
    sign, whole, fraction, _unit = (part.decode("ascii") for part in match.groups(default=b""))
    return Decimal(f"{sign}{whole or '0'}.{fraction or '0'}")


def human(text: bytes) -> tuple[int, Decimal]:
    """As :func:`number`, but its unit comes first: ``1024`` is less than ``1K``."""
    found, match = number(text), _NUMBER.match(text)
    unit = match[4].upper() if match is not None and found else b""
    order = _UNITS.index(unit) + 1 if unit else 0
    return (order if found > 0 else -order), found


def key(text: str, letters: str) -> Key:
    """The key that ``-k`` names; *letters* are the global options, for it if it has none."""
    first, comma, second = text.partition(",")
    start, own = _position(first, text)
    end, others = _position(second, text) if comma else (None, "")
    options = own + others or letters
    kinds = "".join(each for each in "hnV" if each in options)
    if len(kinds) > 1:
        raise UsageError(f"options '-{kinds}' are incompatible")
    inherited = not own + others and "b" in letters
    return Key(
        Position(start.field - 1, max(0, start.character - 1), "b" in own or inherited),
        None if end is None else _ending(end, "b" in others or inherited),
        kinds,
        "r" in options,
        "f" in options,
    )


def _ending(end: Position, skip_blanks: bool) -> Position:
    """``3`` means all of the third field, ``3.2`` its first two characters."""
    if end.character:
        return Position(end.field - 1, end.character, skip_blanks)
    return Position(end.field, 0, skip_blanks)


def _position(text: str, whole: str) -> tuple[Position, str]:
    match = _POSITION.fullmatch(text)
    where = f"invalid field specification {quoted(whole)}"
    is_start = whole.startswith(text)
    if match is None and not text[:1].isdecimal():
        place = "at field start" if is_start else "after ','"
        raise UsageError(f"invalid number {place}: invalid count at start of {quoted(text)}")
    if match is None:
        raise UsageError(f"stray character in field spec: {where}")
    field, character, letters = int(match[1]), match[2], match[3]
    if field == 0:
        raise UsageError(f"field number is zero: {where}")
    if character is not None and int(character) == 0 and is_start:
        raise UsageError(f"character offset is zero: {where}")
    return Position(field, int(character or 0), False), letters


def _begin(line: bytes, position: Position, separator: bytes) -> int:
    at = _after(line, position.field, separator, inside=True)
    if position.skip_blanks:
        at = _over_blanks(line, at)
    return min(len(line), at + position.character)


def _end(line: bytes, position: Position, separator: bytes) -> int:
    inside = position.character > 0
    at = _after(line, position.field, separator, inside=inside)
    if not inside:
        return at
    if position.skip_blanks:
        at = _over_blanks(line, at)
    return min(len(line), at + position.character)


def _after(line: bytes, fields: int, separator: bytes, *, inside: bool) -> int:
    """Where the line goes on after so many fields: *inside* the next, or before its separator."""
    at = 0
    for left in range(fields, 0, -1):
        if at >= len(line):
            break
        if not separator:
            match = _FIELD.match(line, at)
            at = match.end() if match else at
            continue
        found = line.find(separator, at)
        if found < 0:
            return len(line)
        at = found + (1 if inside or left > 1 else 0)
    return at


def _over_blanks(line: bytes, at: int) -> int:
    while at < len(line) and line[at] in _BLANKS:
        at += 1
    return at


def ordered(lines: Sequence[bytes], keys: Sequence[Key], separator: bytes) -> list[bytes]:
    """The lines by their keys, the first key first; equal ones as they were."""
    found = list(lines)
    for each in reversed(keys):
        found.sort(key=lambda line: each.of(line, separator), reverse=each.reverse)
    return found
