"""Perl's regular expressions as Python's, where the two agree (pcre2pattern(3), re).

What Python has no words for is refused rather than read as something else: properties, recursion,
callouts, verbs of backtracking.  Groups and their references keep their numbers.
"""

import re
from typing import Final, NoReturn

from nsh.userland.options import UsageError
from nsh.userland.regex import CLASSES

RESET: Final = "reset"
"""The group that stands for ``\\K``: what matches before it is not part of the match."""

_BLANK: Final = r"\t\x20\xa0\u1680\u180e\u2000-\u200a\u202f\u205f\u3000"
_BREAK: Final = r"\n\x0b\f\r\x85\u2028\u2029"
_ESCAPES: Final = {
    "h": f"[{_BLANK}]",
    "H": f"[^{_BLANK}]",
    "v": f"[{_BREAK}]",
    "V": f"[^{_BREAK}]",
    "N": r"[^\n]",
    "R": rf"(?>\r\n|[{_BREAK}])",
    "z": r"\Z",
    "Z": r"(?=\n?\Z)",
    "e": r"\x1b",
    **{letter: "\\" + letter for letter in "AbBdDsSwWafnrt"},
}
_IN_BRACKETS: Final = {"h": _BLANK, "v": _BREAK, "e": r"\x1b"} | {
    letter: "\\" + letter for letter in "bdDsSwWafnrt"
}
_HEX: Final = re.compile(r"x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{0,2}))")
_OCTAL: Final = re.compile(r"0[0-7]{0,2}|o\{([0-7]{1,7})\}")
_QUANTIFIER: Final = re.compile(r"[*+?]|\{\d+(?:,\d*)?\}", re.ASCII)
_NAME: Final = re.compile(r"\{(?!\d+(?:,\d*)?\})", re.ASCII)
_LONE_CLASS: Final = re.compile(r"([:.=])[^\]\\]*\1\]")
_HIGH: Final = re.compile(r"[0-7]{2,3}")
"""Behind a backslash: a number of a group, if there are so many, else a character's."""
_REFERENCE: Final = re.compile(r"g\{(-?\d{1,3})\}|g(-?\d{1,3})|([1-9]\d{0,2})", re.ASCII)
_NAMED: Final = re.compile(r"(?:k(?:\{(\w+)\}|<(\w+)>|'(\w+)')|g\{([A-Za-z_]\w*)\})", re.ASCII)
_GROUP: Final = re.compile(
    r"\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')|\(\?(?::|=|!|<=|<!|>|\#[^)]*\)|[imsx]*(?:-[imsx]+)?:|P=\w+\))",
    re.ASCII,
)
_FLAGS: Final = re.compile(r"\(\?([imsx]+)\)")
_UNENDED: Final = "missing terminating ] for character class"
_WORDS: Final = {
    "missing ), unterminated subpattern": "missing closing parenthesis",
    "unbalanced parenthesis": "unmatched closing parenthesis",
    "nothing to repeat": "quantifier does not follow a repeatable item",
    "unterminated character set": _UNENDED,
    "look-behind requires fixed-width pattern": (
        "look-behind of several widths is beyond us: Python's has to have one"
    ),
    "min repeat greater than max repeat": "numbers out of order in {} quantifier",
    "multiple repeat": "a quantifier behind a quantifier is beyond us; (?:…) around it helps",
}


def compiled(pattern: str, flags: int, bounds: str = "{}") -> re.Pattern[str]:
    """*pattern*, put in *bounds*, ready to search; :class:`UsageError` in PCRE's words, or saying
    what Python has not."""
    head, text = _Reader(pattern).translated()
    try:
        return re.compile(head + bounds.format(text), flags)
    except re.error as error:
        told = _WORDS.get(error.msg, f"this pattern is beyond us: {error.msg}")
        raise UsageError(told) from None
    except (OverflowError, RecursionError) as error:
        raise UsageError(f"this pattern is beyond us: {error}") from None


class _Reader:
    """Reads a pattern once."""

    __slots__ = ("_at", "_groups", "_pattern", "_pieces", "_reset")

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._pieces: list[str] = []
        self._groups = 0
        """How many have been opened, as Perl counts."""
        self._reset = 0
        """The number before which ``\\K`` has put a group of ours; 0 if it has not."""

    def translated(self) -> tuple[str, str]:
        """Flags for the whole of it, and the rest."""
        head = ""
        while (flags := _FLAGS.match(self._pattern, self._at)) is not None:
            head += flags[0]
            self._at = flags.end()
        while self._at < len(self._pattern):
            self._token()
        return head, "".join(self._pieces)

    def _token(self) -> None:
        character = self._pattern[self._at]
        if character == "\\":
            self._at += 1
            self._pieces.append(self._escape())
        elif character == "[":
            self._at += 1
            self._pieces.append(self._bracket())
        elif character == "(":
            self._open()
        elif character == "{" and self._pattern.startswith("{,", self._at):
            self._pieces.append("\\{")  # which is no quantifier there
            self._at += 1
        else:
            self._pieces.append("\\Z" if character == "$" else character)
            self._at += 1

    def _open(self) -> None:
        pattern = self._pattern
        if not pattern.startswith(("(?", "(*"), self._at):
            self._groups += 1
            self._pieces.append("(")
            self._at += 1
            return
        match = _GROUP.match(pattern, self._at)
        if match is None:
            _refuse(pattern[self._at : self._at + 3])
        name = match[1] or match[2]
        if name == RESET:
            _refuse(f"a group called {name}")
        if name:
            self._groups += 1
        self._pieces.append(f"(?P<{name}>" if name else match[0])
        self._at = match.end()

    def _escape(self) -> str:
        """What stands behind a backslash, outside brackets."""
        pattern = self._pattern
        if self._at == len(pattern):
            raise UsageError("\\ at end of pattern")
        for form, made in ((_HEX, self._code), (_OCTAL, self._code), (_NAMED, self._name)):
            if (match := form.match(pattern, self._at)) is not None:
                self._at = match.end()
                return made(match)
        if (match := _REFERENCE.match(pattern, self._at)) is not None:
            high = match[3] is not None and int(match[3]) > max(9, self._groups)
            if high and (code := _HIGH.match(pattern, self._at)) is not None:
                self._at = code.end()
                return re.escape(chr(int(code[0], 8)))
            self._at = match.end()
            return self._refer(int(match[1] or match[2] or match[3]), match[3] is None)
        character = pattern[self._at]
        self._at += 1
        if character == "N" and _NAME.match(pattern, self._at):
            _refuse("\\N{…}")
        if character == "Q":
            return self._quoted()
        if character == "E":
            return ""
        if character == "K":
            return self._keep()
        return self._simple(character, _ESCAPES)

    def _simple(self, character: str, known: dict[str, str]) -> str:
        if character == "c" and self._at < len(self._pattern):
            self._at += 1
            return re.escape(chr(ord(self._pattern[self._at - 1].upper()) ^ 0x40))
        if character in known:
            return known[character]
        if character.isascii() and character.isalnum():
            _refuse(f"\\{character}")
        return re.escape(character)

    def _keep(self) -> str:
        if self._reset:
            _refuse("a second \\K")
        self._reset = self._groups + 1
        if _QUANTIFIER.match(self._pattern, self._at):
            raise UsageError(_WORDS["nothing to repeat"])
        return f"(?P<{RESET}>)"

    def _refer(self, number: int, may_be_relative: bool) -> str:
        if may_be_relative and number < 0:
            number = self._groups + 1 + number
        if not 0 < number <= self._groups:
            raise UsageError("reference to non-existent subpattern")
        moved = number + (0 < self._reset <= number)
        return f"(?:\\{moved})"

    @staticmethod
    def _name(match: re.Match[str]) -> str:
        return f"(?P={next(group for group in match.groups() if group)})"

    @staticmethod
    def _code(match: re.Match[str]) -> str:
        digits = next((group for group in match.groups() if group), "")
        octal = match.re is _OCTAL
        if match[0] == "x" and match.string.startswith("{", match.end()):
            raise UsageError("non-hex character in \\x{} (closing brace missing?)")
        number = int(digits or (match[0] if octal else "0"), 8 if octal else 16)
        if number > 0x10FFFF:
            raise UsageError("character code point value in \\x{} or \\o{} is too large")
        return re.escape(chr(number))

    def _quoted(self) -> str:
        end = self._pattern.find("\\E", self._at)
        stop = len(self._pattern) if end < 0 else end
        text, self._at = self._pattern[self._at : stop], stop if end < 0 else end + 2
        return "".join(map(re.escape, text))

    def _bracket(self) -> str:
        """A class of characters; what Python would read as an operator of sets is escaped."""
        pattern = self._pattern
        if _LONE_CLASS.match(pattern, self._at):
            raise UsageError("POSIX named classes are supported only within a class")
        negated = pattern.startswith("^", self._at)
        self._at += negated
        first = self._at
        members: list[str] = []
        classes: list[str] = []
        while not pattern.startswith("]", self._at) or self._at == first:
            if self._at >= len(pattern):
                raise UsageError(_UNENDED)
            end = pattern.find(":]", self._at) if pattern.startswith("[:", self._at) else -1
            if end >= 0:
                name = pattern[self._at + 2 : end]
                if name not in CLASSES:
                    raise UsageError("unknown POSIX class name")
                classes.append(CLASSES[name])
                self._at = end + 2
                continue
            character = pattern[self._at]
            self._at += 1
            if character == "\\":
                members.append(self._member())
            else:
                members.append("-" if character == "-" else re.escape(character))
        self._at += 1
        found = [*classes, f"[{''.join(members)}]"] if members else classes
        if not negated:
            return f"(?:{'|'.join(found)})" if classes else found[0]
        return f"(?:(?!{'|'.join(found)})[\\s\\S])"

    def _member(self) -> str:
        """What stands behind a backslash, in brackets."""
        pattern = self._pattern
        for form in (_HEX, _OCTAL):
            if (match := form.match(pattern, self._at)) is not None:
                self._at = match.end()
                return self._code(match)
        if self._at >= len(pattern):
            raise UsageError(_UNENDED)
        character = pattern[self._at]
        self._at += 1
        if character in "QE":
            return self._quoted() if character == "Q" else ""
        return self._simple(character, _IN_BRACKETS)


def _refuse(what: str) -> NoReturn:
    raise UsageError(f"{what} is beyond us: Python's regular expressions stand in for PCRE here")
