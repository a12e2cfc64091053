"""Where in the language a cursor stands: which command's which word is being typed.

The parser itself says what a token is and what may come next; this only remembers, level by level
of brackets and quotes, the words of the command that is under way.
"""

import re
from collections.abc import Set
from enum import StrEnum
from typing import Final

from lark import Token
from lark.exceptions import UnexpectedInput
from msgspec.structs import replace

from nsh.lang import unquote
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.explain import QUOTED, place_of
from nsh.lang.grammar import interactive
from nsh.machine.record import Record


class Role(StrEnum):
    """What kind of word belongs at the cursor."""

    COMMAND = "command"
    ARGUMENT = "argument"
    FILE = "file"
    """The target of a redirection."""
    VALUE = "value"
    """Of an assignment."""
    VARIABLE = "variable"
    """Behind ``$``."""
    KEYWORD = "keyword"
    """Only a word of the language: the command has had its block."""
    NOTHING = "nothing"
    """Nothing that anybody could guess: a comment, or a text that is wrong."""


class Slot(Record):
    """The word that is being typed."""

    role: Role
    start: int
    """Where it begins; for a variable, behind ``$`` or ``${``."""
    typed: str = ""
    """Its value up to the cursor, quotes taken off."""
    quote: str = ""
    """The quote it begins with, and that is still open."""
    words: tuple[str | None, ...] = ()
    """The finished words of the command before it; None for one whose value is not known yet."""
    keywords: tuple[str, ...] = ()
    """The words of the language that could stand here."""


_KEYWORDS: Final = {
    "IF": "if",
    "ELSE": "else",
    "WHILE": "while",
    "FOR": "for",
    "IN": "in",
    "REPEAT": "repeat",
    "PAR": "par",
    "DEF": "def",
    "EXPECT": "expect",
    "PRINTS": "prints",
    "MATCHES": "matches",
    "FAILS": "fails",
}
_EXPANDING: Final = frozenset({"DEFAULT", "TRIM"})
"""What opens ``${name:-…}``."""
_INSIDE: Final = frozenset({"QUOTE", "SUBSTITUTE", "COMPUTE"}) | _EXPANDING
"""What opens a part of a word."""
_OPENING: Final = frozenset({"LBRACE", "LPAR"}) | _INSIDE
_CLOSING: Final = frozenset(
    {"RBRACE", "RPAR", "RPAR_MORE", "UNQUOTE", "UNQUOTE_MORE", "UNBRACE", "UNBRACE_MORE"}
)
_SEPARATORS: Final = frozenset({"_SEMICOLON", "_NEWLINE", "_PIPE", "AND", "OR", "AMPERSAND"})
_AFRESH: Final = frozenset({"IF", "WHILE", "ELSE", "EXPECT", "NOT", "PAR"})
"""Behind these a command, or a block, begins."""
_HEADS: Final = frozenset({"FOR", "REPEAT", "DEF", "PRINTS", "MATCHES", "FAILS"})
"""These are told to completion as if they were a command's name."""
_WORDS: Final = frozenset({"WORD", "NAME", "FUNCTION", "NUMBER", "VARIABLE", "BACKQUOTED", "REGEX"})
_PARTS: Final = frozenset({"WORD_MORE", "VARIABLE_MORE", "BACKQUOTED_MORE"})
_LITERAL: Final = frozenset({"WORD", "WORD_MORE", "NAME", "FUNCTION", "NUMBER"})
_VARIABLE: Final = re.compile(r"(?<!\\)\$(?P<brace>\{?)(?P<name>(?:[A-Za-z_][A-Za-z0-9_]*)?)\Z")


class _Level:
    """What has been read of the command under way, inside one pair of brackets."""

    def __init__(self, opener: str = "") -> None:
        self.opener = opener
        self.begin()

    def begin(self) -> None:
        """A new command."""
        self.words: list[str | None] = []
        self.blocked = False
        self.start = -1
        """Where the word that is under way began, -1 if none is."""
        self.value: str | None = ""
        self.end = -1
        """Where the last word ended, if it may not be over: the cursor may touch it."""
        self.role = Role.COMMAND

    def part(self, token: Token, *, last: bool) -> None:
        """A piece of a word."""
        self.settle()
        if self.start < 0:
            self.start, self.value = token.start_pos or 0, ""
        literal = token.type in _LITERAL
        known = self.value is not None and literal
        self.value = (self.value or "") + unquote.bare(str(token)) if known else None
        if last:
            self.end = token.end_pos or 0

    def settle(self) -> None:
        """The last word is over."""
        if self.end < 0:
            return
        if self.role in (Role.COMMAND, Role.ARGUMENT):
            self.words.append(self.value)
            self.role = Role.ARGUMENT
        elif self.role is Role.VALUE and not self.words:
            self.role = Role.COMMAND
        else:
            self.role = Role.ARGUMENT if self.words else Role.COMMAND
        self.start = self.end = -1


def slot_at(text: str, cursor: int) -> Slot:
    """The slot at offset *cursor* of *text*.  Raises nothing whatever the text."""
    before = text[:cursor]
    levels = [_Level()]
    reader = interactive(before)
    behind = 0
    stopped = -1
    try:
        for token in reader.iter_parse():
            _take(levels, token)
            behind = token.end_pos or 0
    except UnexpectedInput as error:
        stopped = place_of(error, before).start
    except SyntaxProblem:
        return Slot(Role.NOTHING, cursor)
    if "#" in before[behind:] and stopped < 0:
        return Slot(Role.NOTHING, cursor)
    return _slot(before, levels, stopped)


def _take(levels: list[_Level], token: Token) -> None:
    kind = token.type
    level = levels[-1]
    if kind in _OPENING:
        level.settle()
        if kind in _INSIDE and level.start < 0:
            level.start = token.start_pos or 0
        level.value = None
        levels.append(_Level(kind))
        if kind == "COMPUTE":
            levels.append(_Level(kind))  # it is closed by two
    elif kind in _CLOSING:
        _close(levels, token)
    elif kind in _SEPARATORS:
        level.begin()
    elif kind in _KEYWORDS or kind == "NOT":
        level.settle()
        if kind in _AFRESH:
            level.begin()
        elif kind in _HEADS:
            level.begin()
            level.words.append(_KEYWORDS[kind])
            level.role = Role.ARGUMENT
        if kind != "NOT" and level.opener != "QUOTE":
            level.start, level.end, level.value = token.start_pos or 0, token.end_pos or 0, None
            level.role = Role.VALUE if kind in _AFRESH else Role.FILE  # passes as no word of it
    elif kind in ("ASSIGN", "ASSIGN_EMPTY"):
        level.settle()
        level.role = Role.VALUE
        level.start, level.value = token.end_pos or 0, ""
        if kind == "ASSIGN_EMPTY":
            level.end = token.end_pos or 0
    elif kind == "REDIRECT":
        level.settle()
        level.role = Role.FILE
    elif kind in _WORDS or kind in _PARTS:
        level.part(token, last=kind in _WORDS)


def _close(levels: list[_Level], token: Token) -> None:
    closed = levels.pop() if len(levels) > 1 else levels[0]
    level = levels[-1]
    if closed.opener in ("LBRACE", "LPAR"):
        level.blocked = True
        return
    if token.type in ("RPAR", "UNQUOTE", "UNBRACE") and closed.opener != level.opener:
        level.end = token.end_pos or 0


def _slot(before: str, levels: list[_Level], stopped: int) -> Slot:
    level, cursor = levels[-1], len(before)
    quote, typed, start = "", "", cursor
    role = level.role
    if level.opener == "QUOTE" and len(levels) > 1:  # inside a string: the word is the outer one's
        inside, level = level, levels[-2]
        start, role, quote = level.start, level.role, '"'
        raw = before[start:]
        whole = inside.value == "" and raw[:1] == '"' and "$" not in raw and "`" not in raw
        typed = unquote.string(raw[1:]) if whole else ""
        if not whole:
            role = Role.NOTHING
    elif stopped >= 0:
        level.settle()
        start, role = level.start if level.start >= 0 else stopped, level.role
        match = QUOTED.match(before, stopped)
        at = match.end() if match else stopped
        if before[at : at + 1] == "`":
            return _shifted(slot_at(before[at + 1 :], cursor - at - 1), at + 1)
        found = _dangling(before[start:])
        if found is None:
            role = Role.NOTHING
        else:
            quote, typed = found
    elif level.start >= 0 and level.end in (-1, cursor):
        start, typed = level.start, level.value or before[level.start :]
        keyword = level.value is None and level.end == cursor
        if keyword and before[start:] in _KEYWORDS.values():
            role = Role.ARGUMENT if level.words else Role.COMMAND
        elif level.value is None:
            role = Role.NOTHING
    else:
        level.settle()
        role = level.role
    variable = _VARIABLE.search(before, start)
    if variable is not None and quote != "'":
        return Slot(Role.VARIABLE, variable.start("name"), variable["name"])
    if level.opener == "COMPUTE":
        role = Role.VARIABLE
    elif level.opener in _EXPANDING:
        role = Role.NOTHING
    words = tuple(level.words) if role in (Role.ARGUMENT, Role.COMMAND) else ()
    accepted = _accepted(before[:start])
    if role is Role.COMMAND and "WORD" not in accepted:
        role = Role.KEYWORD
    if role is Role.ARGUMENT and level.blocked:
        role = Role.KEYWORD
    keywords = tuple(word for kind, word in _KEYWORDS.items() if kind in accepted)
    return Slot(role, start, typed, quote, words, keywords)


def _shifted(slot: Slot, by: int) -> Slot:
    return replace(slot, start=slot.start + by)


def _dangling(raw: str) -> tuple[str, str] | None:
    """The open quote, and the value, of a word that the lexer would not take; None if it is no
    single word."""
    match = QUOTED.match(raw)
    at = match.end() if match else 0
    if at == len(raw):
        return "", unquote.bare(raw)
    if raw[at] == "'":
        return ("'" if at == 0 else ""), unquote.bare(raw + "'")
    return ("", raw) if raw[at] == "$" else None


def _accepted(before: str) -> Set[str]:
    """The terminals that the grammar takes behind *before*."""
    reader = interactive(before)
    try:
        reader.exhaust_lexer()
    except (UnexpectedInput, SyntaxProblem):
        return frozenset()
    accepted: Set[str] = reader.accepts()  # type: ignore[no-untyped-call]
    return accepted
