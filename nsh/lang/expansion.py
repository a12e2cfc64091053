"""Words at run time: fields, strings and comparison.  Pure functions."""

import re
from collections.abc import Iterator
from typing import Final, TypeAlias

import msgspec

from nsh.lang import templates
from nsh.lang.arithmetic import INTEGER, compute, ordered
from nsh.lang.patterns import MAGIC, escaped, is_active
from nsh.lang.values import ExpansionError, Values

MAX_TEXT: Final = 1 << 20
"""Longest value of a word, and longest output of a ``$( )``, in characters and bytes."""
MAX_FIELDS: Final = 1 << 17
"""Most arguments of a command."""

_BLANKS: Final = r"[ \t\n]+"


class Pattern(msgspec.Struct, frozen=True, gc=False):
    """An argument that is the names of the files which ``pattern`` matches, or else ``text``."""

    pattern: str
    text: str


Field: TypeAlias = str | Pattern
Part: TypeAlias = str | templates.Wild


def fields(words: tuple[templates.Template, ...], values: Values) -> tuple[Field, ...]:
    """The arguments that *words* make: an unquoted value is split at blanks, and vanishes if
    empty.  Raises ExpansionError."""
    found: list[Field] = []
    for word in words:
        if isinstance(word, str):
            found.append(word)
        else:
            _split(word, values, found)
        if len(found) > MAX_FIELDS:
            raise ExpansionError(f"more than {MAX_FIELDS} arguments")
    return tuple(found)


def text(word: templates.Template, values: Values) -> str:
    """The one string that *word* makes, blanks and all.  Raises ExpansionError."""
    if type(word) is str:
        return word
    return _joined([_value(piece, values) for piece in word])


def _split(word: tuple[templates.Piece, ...], values: Values, found: list[Field]) -> None:
    current: list[Part] = []
    for text, quoted in _parts(word, values):
        if quoted or not isinstance(text, str):
            current.append(text)
            continue
        parts = re.split(_BLANKS, text)
        for index, part in enumerate(parts):
            if index and current:
                found.append(_field(current))
                current = []
            if part:
                current.append(part if re.search(MAGIC, part) is None else templates.Wild(part))
    if current:
        found.append(_field(current))


def _parts(word: tuple[templates.Piece, ...], values: Values) -> Iterator[tuple[Part, bool]]:
    """The parts of *word*, and whether each is not to be split."""
    for piece in word:
        if isinstance(piece, templates.Wild):
            yield piece, True
        elif isinstance(piece, templates.Operand) and not piece.quoted:
            value = values.runs()
            if isinstance(value, templates.Mixed):
                yield from value.runs
            else:
                yield value, False
        else:
            yield _value(piece, values), not isinstance(piece, templates.Slot) or piece.quoted


def mixed(word: templates.Template, values: Values) -> templates.Mixed:
    """The word in ``${name:-word}``, in which blanks split where nothing is quoted.  Raises
    ExpansionError."""
    if isinstance(word, str):
        return templates.Mixed(((word, True),) if word else ())
    return templates.Mixed(
        tuple(
            (part.text, False) if isinstance(part, templates.Wild) else (part, quoted)
            for part, quoted in _parts(word, values)
        )
    )


def pattern(word: templates.Template, values: Values) -> str:
    """The pattern that *word* makes, in which what is quoted means itself.  Raises
    ExpansionError."""
    runs = mixed(word, values).runs
    return _joined([escaped(text) if quoted else text for text, quoted in runs])


def _field(runs: list[Part]) -> Field:
    """What *runs* are together: a pattern if one of them makes it one."""
    text = _joined([run if isinstance(run, str) else run.text for run in runs])
    if templates.Wild in map(type, runs):
        pattern = "".join(escaped(run) if isinstance(run, str) else run.text for run in runs)
        if is_active(pattern):
            return Pattern(pattern, text)
    return text


def _joined(pieces: list[str]) -> str:
    if len(pieces) == 1:
        return pieces[0]
    if sum(map(len, pieces)) > MAX_TEXT:
        raise ExpansionError(f"a word is longer than {MAX_TEXT} characters")
    return "".join(pieces)


def _value(piece: templates.Piece, values: Values) -> str:
    if type(piece) is str:
        return piece
    if isinstance(piece, templates.Slot):
        return values.variable(piece.name)
    if isinstance(piece, templates.Operand):
        return values.operand()
    if isinstance(piece, templates.Wild):
        return piece.text
    assert isinstance(piece, templates.Computed)
    return str(compute(piece.formula, values))


# ---- comparison


def compares(left: str, operator: str, right: str) -> bool:
    """Whether the comparison holds: of numbers if both are, else of strings by code point.

    Blanks around a number do not count: ``ps -o pid=`` pads what it prints.
    """
    if re.fullmatch(INTEGER, left.strip()) and re.fullmatch(INTEGER, right.strip()):
        return ordered(operator, int(left), int(right))
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    return ordered(operator, (left > right) - (left < right), 0)
