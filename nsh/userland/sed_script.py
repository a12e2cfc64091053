"""The language of sed: scripts taken apart (sed(1)).

Of its commands those that a filter of lines needs: s, y, p, d, q, = and n, with addresses.
"""

import re
from typing import Final

import msgspec

from nsh.userland.options import UsageError
from nsh.userland.regex import alternatives

COMMANDS: Final = "spdq=yn"
_BLANKS: Final = " \t"
_ENDS: Final = ";\n"
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "a": "\a"}
Pattern = tuple[re.Pattern[str], ...]
"""A regular expression, one for each alternative: the longest match counts.  (): the last used."""


class Address(msgspec.Struct, frozen=True):
    """Which lines: a number, a pattern, or with neither the last one."""

    number: int = -1
    pattern: Pattern | None = None


class Step(msgspec.Struct, frozen=True):
    """One command."""

    name: str
    first: Address | None = None
    last: Address | None = None
    negated: bool = False
    pattern: Pattern = ()
    """What s looks for."""
    pieces: tuple[str | int, ...] = ()
    """What it puts there: text, and the numbers of groups."""
    which: int = 1
    """From which match on; only that one unless ``every``."""
    every: bool = False
    prints: bool = False
    table: dict[int, str] = {}
    """Of y."""
    status: int = 0
    """Of q."""


def parsed(script: str, *, extended: bool) -> list[Step]:
    """The commands of *script*; :class:`UsageError`, with the place, if it is none."""
    return _Parser(script, extended).steps()


class _Parser:
    """Reads a script once."""

    def __init__(self, script: str, extended: bool) -> None:
        self._script = script
        self._extended = extended
        self._at = 0

    def steps(self) -> list[Step]:
        """All of them."""
        found: list[Step] = []
        while True:
            self._skip(_BLANKS + _ENDS)
            if self._peek() == "#":
                while self._peek() not in ("", "\n"):
                    self._at += 1
                continue
            if not self._peek():
                return found
            found.append(self._step())

    def _peek(self) -> str:
        return self._script[self._at : self._at + 1]

    def _take(self) -> str:
        self._at += 1
        return self._script[self._at - 1 : self._at]

    def _skip(self, characters: str) -> None:
        while self._peek() and self._peek() in characters:
            self._at += 1

    def _wrong(self, text: str) -> UsageError:
        at = min(self._at, len(self._script))
        return UsageError(f"-e expression #1, char {at}: {text}", 1)

    def _step(self) -> Step:
        first = self._address()
        last = None
        self._skip(_BLANKS)
        if first is not None and self._peek() == ",":
            self._at += 1
            self._skip(_BLANKS)
            last = self._address()
            if last is None:
                self._at += 1
                raise self._wrong("unexpected `,'")
        if first is not None and first.number == 0:
            self._at += 1
            raise self._wrong("invalid usage of line address 0")
        self._skip(_BLANKS)
        negated = self._peek() == "!"
        self._skip("!" + _BLANKS)
        name = self._take()
        if not name:
            raise self._wrong("missing command")
        if name not in COMMANDS:
            raise self._wrong(f"unknown command: `{name}'")
        step = Step(name, first, last, negated)
        if name == "s":
            return self._substitution(step)
        if name == "y":
            step = self._table(step)
        if name == "q":
            step = msgspec.structs.replace(step, status=self._number() or 0)
        self._end("extra characters after command")
        return step

    def _end(self, otherwise: str) -> None:
        self._skip(_BLANKS)
        if self._peek() and self._peek() not in _ENDS + "#":
            self._at += 1
            raise self._wrong(otherwise)

    def _number(self) -> int | None:
        digits = ""
        while self._peek().isdecimal() and self._peek().isascii():
            digits += self._take()
        return int(digits) if digits else None

    def _address(self) -> Address | None:
        number = self._number()
        if number is not None:
            return Address(number)
        if self._peek() == "$":
            self._at += 1
            return Address()
        if self._peek() not in ("/", "\\"):
            return None
        delimiter = self._take()
        delimiter = self._take() if delimiter == "\\" else delimiter
        text = self._until(delimiter, "unterminated address regex", pattern=True)
        ignoring = self._peek() == "I"
        self._skip("I")
        return Address(pattern=self._compiled(text, ignoring=ignoring))

    def _until(self, delimiter: str, otherwise: str, *, pattern: bool) -> str:
        """The text up to *delimiter*, which a backslash makes an ordinary character."""
        found = ""
        inside = False
        while (each := self._take()) != delimiter or inside:
            if not each or (each == "\n" and pattern):
                self._at = len(self._script)
                raise self._wrong(otherwise)
            if pattern and each == "[" and not inside:
                inside = True
                found += each
                each = self._take() if self._peek() == "^" else ""
                found += each
                found += self._take() if self._peek() == "]" else ""
                continue
            if each == "]":
                inside = False
            if each == "\\" and not inside:
                following = self._take()
                if following == delimiter:
                    each = "" if pattern or delimiter != "&" else "\\"
                elif pattern and following == "n":
                    each, following = "", "\n"
                each += following
            found += each
        return found

    def _compiled(self, text: str, *, ignoring: bool) -> Pattern:
        if not text:
            return ()
        flags = re.IGNORECASE if ignoring else 0
        try:
            found = alternatives(text, extended=self._extended)
        except UsageError as error:
            raise self._wrong(str(error)) from None
        return tuple(re.compile(each, flags) for each in found)

    def _substitution(self, step: Step) -> Step:
        delimiter = self._take()
        text = self._until(delimiter, "unterminated `s' command", pattern=True)
        put = self._until(delimiter, "unterminated `s' command", pattern=False)
        which, every, prints, ignoring = 1, False, False, False
        while (flag := self._peek()) and flag not in _ENDS + _BLANKS + "#":
            if flag.isdecimal():
                which = self._number() or 0
                if not which:
                    raise self._wrong("number option to `s' command may not be zero")
                continue
            self._at += 1
            every, prints = every or flag == "g", prints or flag == "p"
            ignoring = ignoring or flag in "iI"
            if flag not in "gpiI":
                raise self._wrong("unknown option to `s'")
        pattern = self._compiled(text, ignoring=ignoring)
        pieces = _pieces(put)
        groups = min((each.groups for each in pattern), default=9)
        for piece in pieces:
            if isinstance(piece, int) and piece > groups:
                raise self._wrong(f"invalid reference \\{piece} on `s' command's RHS")
        self._end("unknown option to `s'")
        return msgspec.structs.replace(
            step, pattern=pattern, pieces=pieces, which=which, every=every, prints=prints
        )

    def _table(self, step: Step) -> Step:
        delimiter = self._take()
        texts = []
        for _ in range(2):
            raw = self._until(delimiter, "unterminated `y' command", pattern=False)
            texts.append("".join(piece for piece in _pieces(raw) if isinstance(piece, str)))
        if len(texts[0]) != len(texts[1]):
            raise self._wrong("strings for `y' command are different lengths")
        return msgspec.structs.replace(step, table=str.maketrans(*texts))


def _pieces(text: str) -> tuple[str | int, ...]:
    """A replacement: ``&`` and a digit behind a backslash are groups, all else is text."""
    found: list[str | int] = []
    at = 0
    while at < len(text):
        each = text[at]
        at += 1
        if each == "&":
            found.append(0)
        elif each == "\\" and at < len(text):
            each = text[at]
            at += 1
            found.append(int(each) if each.isdecimal() else _ESCAPES.get(each, each))
        else:
            found.append(each)
    return tuple(found)
