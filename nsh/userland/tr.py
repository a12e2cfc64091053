"""tr: other characters for characters."""

import re
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, UsageError, option, optional, required
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import encode, read, write

_ALL: Final = bytes(range(256))
_ASCII: Final = _ALL[:128]
_UPPER: Final = bytes(range(ord("A"), ord("Z") + 1))
_LOWER: Final = bytes(range(ord("a"), ord("z") + 1))
_DIGITS: Final = b"0123456789"
_GRAPH: Final = bytes(range(33, 127))
_ALNUM: Final = _DIGITS + _UPPER + _LOWER
_CLASSES: Final = {
    b"alnum": _ALNUM,
    b"alpha": _UPPER + _LOWER,
    b"blank": b"\t ",
    b"cntrl": bytes(range(32)) + b"\x7f",
    b"digit": _DIGITS,
    b"graph": _GRAPH,
    b"lower": _LOWER,
    b"print": b" " + _GRAPH,
    b"punct": bytes(byte for byte in _GRAPH if byte not in _ALNUM),
    b"space": b"\t\n\v\f\r ",
    b"upper": _UPPER,
    b"xdigit": _DIGITS + b"ABCDEFabcdef",
}
_TOKEN: Final = re.compile(
    rb"\[:(?P<cls>[a-z]*):\]|\[=(?P<equal>.)=\]|\[(?P<repeat>\\?.)\*(?P<times>[0-9]*)\]"
    rb"|\\(?P<octal>[0-7]{1,3})|\\(?P<escape>.)|(?P<plain>.)",
    re.DOTALL,
)
_ESCAPES: Final = {b"a": 7, b"b": 8, b"f": 12, b"n": 10, b"r": 13, b"t": 9, b"v": 11}


@command(
    "tr",
    "replace, squeeze or delete characters of descriptor 0",
    Topic.TEXT,
    options=(
        option("-d, --delete", "delete the characters of SET1"),
        option("-s, --squeeze-repeats", "one of those of the last set that follow one another"),
        option("-c, -C, --complement", "all characters but those of SET1"),
        option("-t, --truncate-set1", "make SET1 no longer than SET2 first"),
    ),
    operands=(required("SET1"), optional("SET2")),
    man="tr(1)",
    gap="characters are bytes",
    examples=("echo hello | tr a-z A-Z", r"tr '\0' ' ' < /proc/self/cmdline"),
    see=("cut",),
)
def tr(call: Invocation, given: Given) -> Running:
    """Status 0."""
    delete, squeeze = given.has("delete"), given.has("squeeze-repeats")
    sets = [encode(operand) for operand in given.operands]
    _check(given, delete=delete, squeeze=squeeze)
    first = _Set(sets[0], is_first=True).members(0)
    if given.has("complement"):
        first = bytes(byte for byte in _ALL if byte not in first)
    second = b""
    if len(sets) > 1:
        second = _Set(sets[1], is_first=False).members(len(first))
    table = None
    if len(sets) > 1 and not delete:
        _check_translation(given, sets, first, second)
        if not second:
            raise UsageError("when not truncating set1, string2 must be non-empty")
        size = min(len(first), len(second)) if given.has("truncate-set1") else len(first)
        second += second[-1:] * (size - len(second))
        table = bytearray(_ALL)
        for byte, other in zip(first[:size], second, strict=False):
            table[byte] = other
    squeezed = (second or first) if squeeze else b""
    last = -1
    while data := (yield from read(0)):
        data = data.translate(table, first if delete else b"")
        if squeezed:
            data, last = _squeeze(data, squeezed, last)
        yield from write(1, data)
    return 0


def _check(given: Given, *, delete: bool, squeeze: bool) -> None:
    both = len(given.operands) > 1
    if not both and (delete == squeeze):
        text = "Two strings must be given when "
        text += "both deleting and squeezing repeats." if delete else "translating."
        raise UsageError(f"missing operand after {quoted(given.operands[0])}\n{text}")
    if both and delete and not squeeze:
        text = "Only one string may be given when deleting without squeezing repeats."
        raise UsageError(f"extra operand {quoted(given.operands[1])}\n{text}")


def _check_translation(given: Given, sets: list[bytes], first: bytes, second: bytes) -> None:
    """What may be translated into what."""
    classes = [match["cls"] for match in _TOKEN.finditer(sets[1]) if match["cls"] is not None]
    origins = [match["cls"] for match in _TOKEN.finditer(sets[0]) if match["cls"] is not None]
    if any(match["equal"] is not None for match in _TOKEN.finditer(sets[1])):
        raise UsageError("[=c=] expressions may not appear in string2 when translating")
    if any(name not in (b"upper", b"lower") for name in classes):
        raise UsageError(
            "when translating, the only character classes that may appear in\n"
            "string2 are 'upper' and 'lower'"
        )
    if given.has("complement"):
        if origins and len(set(second)) > 1:
            raise UsageError(
                "when translating with complemented character classes,\n"
                "string2 must map all characters in the domain to one"
            )
    elif not _aligned(sets):
        raise UsageError("misaligned [:upper:] and/or [:lower:] construct")
    longer = len(first) > len(second) and not given.has("truncate-set1")
    if longer and sets[1].endswith(b":]") and classes:
        raise UsageError(
            "when translating with string1 longer than string2,\n"
            "the latter string must not end with a character class"
        )


def _aligned(sets: list[bytes]) -> bool:
    """Whether each [:upper:] and [:lower:] of the second set has one over it in the first."""
    places: list[set[int]] = []
    for number, text in enumerate(sets):
        found, at = set(), 0
        for items, is_case in _Set(text, is_first=number == 0).parts():
            if is_case:
                found.add(at)
            at += items
        places.append(found)
    return places[1] <= places[0]


def _repeats(digits: str) -> int:
    octal = digits.startswith("0")
    if len(digits) > 6 or (octal and set(digits) & {"8", "9"}):
        raise UsageError(f"invalid repeat count {quoted(digits)} in [c*n] construct")
    return int(digits, 8 if octal else 10)


def _squeeze(data: bytes, which: bytes, last: int) -> tuple[bytes, int]:
    """*data* behind the byte *last*, with one of each run of those in *which*; its last byte."""
    kept = bytearray()
    members = frozenset(which)
    for byte in data:
        if byte != last or byte not in members:
            kept.append(byte)
        last = byte
    return bytes(kept), last


class _Set:
    """A set as it was written: characters, ranges, classes and repetitions."""

    __slots__ = ("_first", "_items", "_text")

    def __init__(self, text: bytes, *, is_first: bool) -> None:
        self._text = text
        self._first = is_first
        self._items: list[tuple[bytes, int]] = []
        """Bytes, and how often they come; -1: as often as is needed."""
        self._read()

    def members(self, wanted: int) -> bytes:
        """All of it, in order; ``[x*]`` fills it up to *wanted*."""
        known = sum(len(part) * times for part, times in self._items if times >= 0)
        fill = max(0, wanted - known)
        return b"".join(part * (fill if times < 0 else times) for part, times in self._items)

    def parts(self) -> list[tuple[int, bool]]:
        """Of each part the length, and whether it is [:upper:] or [:lower:]."""
        return [
            (len(part) * max(times, 0), part is _UPPER or part is _LOWER)
            for part, times in self._items
        ]

    def _read(self) -> None:
        tokens = list(_TOKEN.finditer(self._text))
        at = 0
        while at < len(tokens):
            token = tokens[at]
            character = self._character(token)
            is_range = at + 2 < len(tokens) and tokens[at + 1][0] == b"-"
            if character is not None and is_range:
                last = self._character(tokens[at + 2])
                if last is not None:
                    self._range(character, last)
                    at += 3
                    continue
            if character is not None:
                self._items.append((bytes([character]), 1))
            else:
                self._class(token)
            at += 1

    @staticmethod
    def _character(token: re.Match[bytes]) -> int | None:
        """The byte that a token stands for; None if it stands for several."""
        kind = token.lastgroup
        if kind == "octal":
            return int(token["octal"], 8) & 0xFF
        if kind == "escape":
            return _ESCAPES.get(token["escape"], token["escape"][0])
        return token["plain"][0] if kind == "plain" else None

    def _range(self, first: int, last: int) -> None:
        if last < first:
            ends = f"{chr(first)}-{chr(last)}"
            raise UsageError(
                f"range-endpoints of {quoted(ends)} are in reverse collating sequence order"
            )
        self._items.append((bytes(range(first, last + 1)), 1))

    def _class(self, token: re.Match[bytes]) -> None:
        if token["cls"] is not None:
            name = token["cls"]
            if name not in _CLASSES:
                raise UsageError(f"invalid character class {quoted(name.decode('ascii'))}")
            self._items.append((_CLASSES[name], 1))
        elif token["equal"] is not None:
            self._items.append((token["equal"], 1))
        else:
            times = token["times"]
            count = _repeats(times.decode("ascii")) if times else 0
            if self._first and not count:
                raise UsageError("the [c*] repeat construct may not appear in string1")
            byte = token["repeat"]
            inner = _TOKEN.match(byte)
            value = self._character(inner) if inner is not None else None
            self._items.append((bytes([byte[0] if value is None else value]), count or -1))
