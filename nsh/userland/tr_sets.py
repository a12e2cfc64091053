r"""The sets of tr(1): ``a-z``, ``\n``, ``[:upper:]``, ``[=c=]``, ``[c*3]``; what they map to."""

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from nsh.userland.quoting import quoted
from nsh.userland.streams import decode, encode

ALL: Final = bytes(range(256))


def _of_class(test: Callable[[bytes], bool]) -> bytes:
    return bytes(byte for byte in ALL if test(bytes([byte])))


_GRAPH: Final = bytes(range(0x21, 0x7F))
CLASSES: Final[dict[str, bytes]] = {
    "alnum": _of_class(bytes.isalnum),
    "alpha": _of_class(bytes.isalpha),
    "blank": b"\t ",
    "cntrl": bytes([*range(0x20), 0x7F]),
    "digit": b"0123456789",
    "graph": _GRAPH,
    "lower": _of_class(bytes.islower),
    "print": b" " + _GRAPH,
    "punct": bytes(byte for byte in _GRAPH if not bytes([byte]).isalnum()),
    "space": b"\t\n\v\f\r ",
    "upper": _of_class(bytes.isupper),
    "xdigit": b"0123456789ABCDEFabcdef",
}
"""The character classes of the C locale."""

_LETTERS: Final = dict(zip("abfnrtv\\", b"\a\b\f\n\r\t\v\\", strict=True))
_NAMES: Final = {byte: "\\" + letter for letter, byte in _LETTERS.items() if letter != "\\"}
_CASES: Final = ("upper", "lower")
_OCTAL: Final = re.compile("[0-7]{1,3}")


class SetError(Exception):
    """What tr(1) says of a set that makes no sense."""


class _Char(NamedTuple):
    byte: int
    escaped: bool

    def __str__(self) -> str:
        shown = chr(self.byte)
        return shown if " " <= shown <= "~" else f"\\{self.byte:03o}"


class _Part(NamedTuple):
    """One construct of a set."""

    chars: bytes
    name: str = ""
    """Of a character class; "=" for an equivalence class."""
    fills: bool = False
    """``[c*]``: as many as it takes."""


class Set:
    """A set as it was spelled, in order.  It is of use once it is parsed."""

    __slots__ = ("_parts", "_text", "warnings")

    warnings: list[str]
    """What is strange in its spelling, for people."""

    def __init__(self, text: str) -> None:
        self.warnings = []
        self._text = self._unescaped(text)
        self._parts: list[_Part] = []

    def parse(self) -> None:
        """Take it apart; :class:`SetError`."""
        self._parts = _parts(self._text)

    def _unescaped(self, text: str) -> list[_Char]:
        found: list[_Char] = []
        at = 0
        while at < len(text):
            if text[at] != "\\":
                found += [_Char(byte, False) for byte in encode(text[at])]
                at += 1
                continue
            at += 1
            octal = _OCTAL.match(text, at)
            if at == len(text):
                self.warnings.append("an unescaped backslash at end of string is not portable")
                found.append(_Char(0x5C, False))
            elif octal is not None:
                digits = octal[0]
                if int(digits, 8) > 255:
                    self.warnings.append(
                        f"the ambiguous octal escape \\{digits} is being\n\tinterpreted as the"
                        f" 2-byte sequence \\0{digits[:2]}, {digits[2]}"
                    )
                    digits = digits[:2]
                found.append(_Char(int(digits, 8), True))
                at += len(digits)
            else:
                letter = text[at]
                bytes_ = [_LETTERS[letter]] if letter in _LETTERS else encode(letter)
                found += [_Char(bytes_[0], True), *(_Char(byte, False) for byte in bytes_[1:])]
                at += 1
        return found

    @property
    def chars(self) -> bytes:
        """The characters, ``[c*]`` standing for none."""
        return b"".join(part.chars for part in self._parts if not part.fills)

    @property
    def fills(self) -> int:
        """How many ``[c*]`` there are."""
        return sum(part.fills for part in self._parts)

    def has(self, *names: str) -> bool:
        """Whether a character class of one of these names is in it; without names, of any."""
        return any(part.name in (names or CLASSES) for part in self._parts)

    def units(self, total: int) -> list[bytes]:
        """The characters one by one, ``[c*]`` filling up to *total*; a case class stays whole."""
        missing = total - len(self.chars)
        found: list[bytes] = []
        for part in self._parts:
            if part.name in _CASES:
                found.append(part.chars)
            else:
                chars = part.chars * max(0, missing) if part.fills else part.chars
                found += _apart([chars])
        return found

    @property
    def ends_in_class(self) -> bool:
        """Whether the last construct is a character class, which cannot be repeated."""
        return bool(self._parts) and self._parts[-1].name in CLASSES


def complement(chars: bytes) -> bytes:
    """All other characters, in order."""
    return bytes(byte for byte in ALL if byte not in chars)


def mapping(one: Set, two: Set, *, complemented: bool, truncate: bool) -> bytes:
    """The table for ``bytes.translate`` that maps set *one* to set *two*; :class:`SetError`."""
    domain = complement(one.chars) if complemented else one.chars
    if two.has("=") or two.has(*(name for name in CLASSES if name not in _CASES)):
        raise SetError(
            "[=c=] expressions may not appear in string2 when translating"
            if two.has("=")
            else "when translating, the only character classes that may appear in\n"
            "string2 are 'upper' and 'lower'"
        )
    sources = _apart([domain])
    targets = two.units(len(domain))
    if not complemented and two.has():
        sources, targets = _aligned(one.units(0), targets)
    elif two.has():
        targets = _apart(targets)
    if len(sources) > len(targets) and not truncate:
        if not targets:
            raise SetError("when not truncating set1, string2 must be non-empty")
        if two.ends_in_class:
            raise SetError(
                "when translating with string1 longer than string2,\n"
                "the latter string must not end with a character class"
            )
        targets += targets[-1:] * (len(sources) - len(targets))
    if complemented and one.has() and (len(targets) != len(sources) or len(set(targets)) > 1):
        raise SetError(
            "when translating with complemented character classes,\n"
            "string2 must map all characters in the domain to one"
        )
    table = bytearray(ALL)
    for source, target in zip(sources, targets, strict=False):
        for byte, image in zip(source, target, strict=True):
            table[byte] = image
    return bytes(table)


def _aligned(one: Sequence[bytes], two: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """A case class of the second set must stand where one of the first does; others fall apart."""
    sources: list[bytes] = []
    rest = list(one)
    for at, unit in enumerate(two):
        if len(unit) > 1:
            if not rest or len(rest[0]) == 1:
                raise SetError("misaligned [:upper:] and/or [:lower:] construct")
            sources.append(rest.pop(0))
        elif rest:
            first = rest.pop(0)
            sources.append(first[:1])
            rest[:0] = _apart([first[1:]])
        else:
            return sources, [*two[:at], *_apart(two[at:])]
    return sources + _apart(rest), list(two)


def _apart(units: Sequence[bytes]) -> list[bytes]:
    return [bytes([byte]) for unit in units for byte in unit]


def _parts(text: Sequence[_Char]) -> list[_Part]:
    found: list[_Part] = []
    at = 0
    while at + 2 < len(text):
        bracket = _bracketed(text, at) if _is(text, at, "[") else None
        if bracket is not None:
            part, at = bracket
            found.append(part)
        elif _is(text, at + 1, "-"):
            first, last = text[at], text[at + 2]
            if first.byte > last.byte:
                raise SetError(
                    f"range-endpoints of '{first}-{last}' are in reverse collating sequence order"
                )
            found.append(_Part(bytes(range(first.byte, last.byte + 1))))
            at += 3
        else:
            found.append(_Part(bytes([text[at].byte])))
            at += 1
    return found + [_Part(bytes([char.byte])) for char in text[at:]]


def _bracketed(text: Sequence[_Char], at: int) -> tuple[_Part, int] | None:
    """The ``[:class:]``, ``[=c=]``, ``[c*n]`` at *at*, and where it ends; None: a bare bracket."""
    sign = next((sign for sign in ":=" if _is(text, at + 1, sign)), "")
    end = _closing(text, at + 2, sign) if sign else -1
    if end < 0:
        return _repeated(text, at)
    name = _bytes(text[at + 2 : end])
    if not name:
        what = "character class name" if sign == ":" else "equivalence class character"
        raise SetError(f"missing {what} '[{sign}{sign}]'")
    if sign == ":" and decode(name) in CLASSES:
        return _Part(CLASSES[decode(name)], decode(name)), end + 2
    if sign == "=" and len(name) == 1:
        return _Part(name, "="), end + 2
    if re.match(rb"\*[0-9]*\]", _bytes(text[at + 2 :])) and not text[at + 2].escaped:
        return _repeated(text, at)
    shown = "".join(_NAMES.get(char.byte, str(char)) for char in text[at + 2 : end])
    if sign == ":":
        raise SetError(f"invalid character class {quoted(shown)}")
    raise SetError(f"{shown}: equivalence class operand must be a single character")


def _repeated(text: Sequence[_Char], at: int) -> tuple[_Part, int] | None:
    if not _is(text, at + 2, "*"):
        return None
    end = at + 3
    while end < len(text) and not text[end].escaped and text[end].byte != 0x5D:
        end += 1
    if not _is(text, end, "]"):
        return None
    char = bytes([text[at + 1].byte])
    digits = decode(_bytes(text[at + 3 : end]))
    count = 0
    if digits:
        octal = digits.startswith("0")
        if not re.fullmatch("[0-7]{1,12}" if octal else "[0-9]{1,12}", digits):
            raise SetError(f"invalid repeat count {quoted(digits)} in [c*n] construct")
        count = int(digits, 8 if octal else 10)
    if count:
        # more than there are characters can never be mapped to
        return _Part(char * min(count, 257)), end + 1
    return _Part(char, fills=True), end + 1


def _bytes(text: Sequence[_Char]) -> bytes:
    return bytes(char.byte for char in text)


def _closing(text: Sequence[_Char], start: int, sign: str) -> int:
    """Where the ``:]`` or ``=]`` is that ends a construct; -1 if nowhere."""
    for at in range(start, len(text) - 1):
        if _is(text, at, sign) and _is(text, at + 1, "]"):
            return at
    return -1


def _is(text: Sequence[_Char], at: int, char: str) -> bool:
    return at < len(text) and text[at] == _Char(ord(char), False)
