"""POSIX regular expressions, basic and extended, with GNU's extensions, as Python's (regex(7)).

Inside parentheses the first alternative that matches decides where the match ends, and not the
longest one: that shows in ``grep -o`` alone.
"""

import re
from typing import Final

from nsh.userland.options import UsageError

CLASSES: Final = {
    "alpha": r"[^\W\d_]",
    "alnum": r"[^\W_]",
    "digit": "[0-9]",
    "xdigit": "[0-9A-Fa-f]",
    "upper": "[A-Z]",
    "lower": "[a-z]",
    "space": r"[\s]",
    "blank": r"[ \t]",
    "cntrl": r"[\x00-\x1f\x7f]",
    "print": r"[^\x00-\x1f\x7f]",
    "graph": r"[^\x00-\x20\x7f]",
    "punct": r"[!-/:-@\[-`{-~]",
}
"""The named classes of characters, each as a class of Python's."""
_ESCAPES: Final = {
    "<": r"\b(?=\w)",
    ">": r"\b(?<=\w)",
    "`": r"\A",
    "'": r"\Z",
    **{letter: "\\" + letter for letter in "bBwWsS"},
}
_ANCHORS: Final = {"^": r"\A", "$": r"\Z"}
_REPEATS: Final = {"*": "*", "+": "+", "?": "?"}
_INTERVAL: Final = re.compile(r"([0-9]*)(,?)([0-9]*)", re.ASCII)
_LARGEST_REPEAT: Final = 32767
_UNMATCHED_BRACKET: Final = "Unmatched [, [^, [:, [., or [="


def alternatives(pattern: str, *, extended: bool) -> list[str]:
    """*pattern* in Python's syntax; :class:`UsageError` in the words of regerror(3).

    Its alternatives come one by one, for whoever wants the longest match of all, unless they refer
    to one another's groups.
    """
    return _Translator(pattern, extended).translated()


class _Translator:
    """Reads a pattern once.  ``_pieces`` are the atoms of the innermost open group so far."""

    __slots__ = (
        "_at",
        "_closed",
        "_extended",
        "_groups",
        "_opened",
        "_pattern",
        "_pieces",
        "_refers",
    )

    def __init__(self, pattern: str, extended: bool) -> None:
        self._pattern = pattern
        self._extended = extended
        self._at = 0
        self._pieces: list[str] = []
        self._groups: list[tuple[int, list[str]]] = []
        self._opened = 0
        self._closed: set[int] = set()
        self._refers = False

    def translated(self) -> list[str]:
        """All of it, alternative by alternative."""
        while self._at < len(self._pattern):
            self._token()
        if self._groups:
            raise UsageError("Unmatched ( or \\(")
        if self._refers:
            return ["".join(self._pieces)]
        found: list[list[str]] = [[]]
        for piece in self._pieces:
            if piece == "|":
                found.append([])
            else:
                found[-1].append(piece)
        return ["".join(pieces) for pieces in found]

    def _token(self) -> None:
        """One character, or two where the first is a backslash."""
        character = self._pattern[self._at]
        self._at += 1
        special = character
        if character == "\\":
            if self._at == len(self._pattern):
                raise UsageError("Trailing backslash")
            special = self._pattern[self._at]
            self._at += 1
            if self._extended or special not in "(){}|+?":
                self._escaped(special)
                return
        elif not self._extended and character in "(){}|+?":
            self._pieces.append(re.escape(character))
            return
        self._special(special)

    def _escaped(self, character: str) -> None:
        if character in _ESCAPES:
            self._pieces.append(_ESCAPES[character])
        elif character in "123456789":
            if int(character) not in self._closed:
                raise UsageError("Invalid back reference")
            self._pieces.append(f"(?:\\{character})")
            self._refers = True
        else:
            self._pieces.append(re.escape(character))

    def _special(self, character: str) -> None:
        match character:
            case "[":
                self._pieces.append(self._bracket())
            case ".":
                self._pieces.append(".")
            case "(":
                self._open()
            case ")":
                self._close()
            case "|":
                self._pieces.append("|")
            case "*" | "+" | "?":
                self._repeat(character, _REPEATS[character])
            case "{":
                self._interval()
            case "^" | "$" if self._is_anchor(character):
                self._pieces.append(_ANCHORS[character])
            case _:
                self._pieces.append(re.escape(character))

    def _is_anchor(self, character: str) -> bool:
        """In basic patterns only where an alternative begins, or ends."""
        if self._extended:
            return True
        if character == "^":
            return self._begins()
        rest = self._pattern[self._at :]
        return not rest or rest.startswith(("\\)", "\\|"))

    def _begins(self) -> bool:
        return not self._pieces or self._pieces[-1] == "|"

    def _open(self) -> None:
        self._opened += 1
        self._groups.append((self._opened, self._pieces))
        self._pieces = []

    def _close(self) -> None:
        if not self._groups:
            if self._extended:
                self._pieces.append("\\)")
                return
            raise UsageError("Unmatched ) or \\)")
        inner = "".join(self._pieces)
        number, self._pieces = self._groups.pop()
        self._pieces.append(f"({inner})")
        self._closed.add(number)

    def _repeat(self, character: str, quantifier: str) -> None:
        """Repeat the last atom; where there is none, ``*`` is itself, or repeats nothing."""
        last = self._pieces[-1] if self._pieces else "|"
        if last == "|" or (last in _ANCHORS.values() and not self._extended):
            if not self._extended:
                self._pieces.append(re.escape(character))
            return
        self._pieces[-1] = f"(?:{last}){quantifier}"

    def _interval(self) -> None:
        end = self._pattern.find("}" if self._extended else "\\}", self._at)
        match = _INTERVAL.fullmatch(self._pattern[self._at : end]) if end >= 0 else None
        literal = self._extended if match is None or not (match[1] or match[2]) else False
        if literal or (not self._extended and self._begins()):
            self._pieces.append("\\{")
            return
        if match is None or not (match[1] or match[2]):
            raise UsageError("Unmatched \\{" if end < 0 else "Invalid content of \\{\\}")
        least = int(match[1] or 0)
        most = least if not match[2] else int(match[3]) if match[3] else None
        if max(least, most or 0) > _LARGEST_REPEAT:
            raise UsageError("Regular expression too big")
        if most is not None and most < least:
            raise UsageError("Invalid content of \\{\\}")
        self._at = end + (1 if self._extended else 2)
        self._repeat("{", f"{{{least},{'' if most is None else most}}}")

    def _bracket(self) -> str:
        """``[...]``: a set of characters and classes, or with ``^`` its complement."""
        negated = self._pattern[self._at : self._at + 1] == "^"
        self._at += negated
        members: list[str] = []
        classes: list[str] = []
        start = self._at
        while True:
            if self._at >= len(self._pattern):
                raise UsageError(_UNMATCHED_BRACKET)
            if self._pattern[self._at] == "]" and self._at > start:
                break
            first, is_class = self._member()
            if is_class:
                classes.append(first)
                continue
            rest = self._pattern[self._at : self._at + 2]
            if len(rest) == 2 and rest[0] == "-" and rest[1] != "]":
                self._at += 1
                last, is_class = self._member()
                if is_class or last < first:
                    raise UsageError("Invalid range end")
                members.append(f"{re.escape(first)}-{re.escape(last)}")
            else:
                members.append(re.escape(first))
        text = self._pattern[start : self._at]
        self._at += 1
        if not negated and len(text) > 2 and text[0] == text[-1] == ":":
            raise UsageError("character class syntax is [[:space:]], not [:space:]")
        found = "|".join([*classes, *([f"[{''.join(members)}]"] if members else [])])
        return f"(?:(?!{found}).)" if negated else f"(?:{found})"

    def _member(self) -> tuple[str, bool]:
        """A character of a bracket expression, or a whole class."""
        pattern, at = self._pattern, self._at
        kind = pattern[at + 1 : at + 2]
        if pattern[at] == "[" and kind and kind in ":.=":
            end = pattern.find(kind + "]", at + 2)
            if end < 0:
                raise UsageError(_UNMATCHED_BRACKET)
            name = pattern[at + 2 : end]
            self._at = end + 2
            if kind == ":":
                if name not in CLASSES:
                    raise UsageError("Invalid character class name")
                return CLASSES[name], True
            if len(name) != 1:
                raise UsageError("Invalid collation character")
            return name, False
        self._at += 1
        return pattern[at], False
