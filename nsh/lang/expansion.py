"""Words at run time: fields, strings, arithmetic and comparison.  Pure functions."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

from immutables import Map

from nsh.lang import instructions as op
from nsh.lang.patterns import MAGIC, escaped, is_active

MAX_TEXT: Final = 1 << 20
"""Longest value of a word, and longest output of a ``$( )``, in characters and bytes."""
MAX_FIELDS: Final = 1 << 17
"""Most arguments of a command."""

_BLANKS: Final = r"[ \t\n]+"
_INTEGER: Final = r"[+-]?[0-9]{1,30}"
_HEXADECIMAL: Final = r"[+-]?0[xX][0-9A-Fa-f]{1,24}"
_WRAP: Final = 1 << 64


class Pattern(NamedTuple):
    """An argument that is the names of the files which ``pattern`` matches, or else ``text``."""

    pattern: str
    text: str


Field: TypeAlias = str | Pattern


class ExpansionError(Exception):
    """A word has no value; the text says why, for people."""


class Values:
    """Where the values in a word come from: the scope, and what was computed before."""

    __slots__ = ("_operands", "_variables", "child", "status")

    def __init__(
        self, variables: Map[str, str], status: int, child: int, operands: Iterator[object]
    ) -> None:
        self._variables = variables
        self._operands = operands
        self.status = status
        self.child = child

    def variable(self, name: str) -> str:
        """A variable's value, "" if it has none."""
        if name == "?":
            return str(self.status)
        if name == "!":
            return str(self.child) if self.child else ""
        return self._variables.get(name, "")

    def operand(self) -> str:
        """The next of the values that were computed before."""
        return str(next(self._operands))


def fields(words: tuple[op.Template, ...], values: Values) -> tuple[Field, ...]:
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


def text(word: op.Template, values: Values) -> str:
    """The one string that *word* makes, blanks and all.  Raises ExpansionError."""
    if type(word) is str:
        return word
    return _joined([_value(piece, values) for piece in word])


def _split(word: tuple[op.Piece, ...], values: Values, found: list[Field]) -> None:
    current: list[str | op.Wild] | None = None
    for piece in word:
        value = _value(piece, values)
        if isinstance(piece, (op.Slot, op.Operand)) and not piece.quoted:
            parts = re.split(_BLANKS, value)
            if len(parts) > 1 and current is not None and not parts[0]:
                found.append(_field(current))
                current = None
            for index, part in enumerate(parts):
                if index and current is not None:
                    found.append(_field(current))
                    current = None
                if part:
                    run = part if re.search(MAGIC, part) is None else op.Wild(part)
                    current = [run] if current is None else [*current, run]
        else:
            run = piece if type(piece) is op.Wild else value
            if current is None:
                current = [run]
            else:
                current.append(run)
    if current is not None:
        found.append(_field(current))


def _field(runs: list[str | op.Wild]) -> Field:
    """What *runs* are together: a pattern if one of them makes it one."""
    text = _joined([run if isinstance(run, str) else run.text for run in runs])
    if op.Wild in map(type, runs):
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


def _value(piece: op.Piece, values: Values) -> str:
    if type(piece) is str:
        return piece
    if isinstance(piece, op.Slot):
        return values.variable(piece.name)
    if isinstance(piece, op.Operand):
        return values.operand()
    if isinstance(piece, op.Wild):
        return piece.text
    assert isinstance(piece, op.Computed)
    return str(compute(piece.formula, values))


# ---- arithmetic


def compute(formula: op.Formula, values: Values) -> int:
    """The formula's value in 64 bits, as C computes it.  Raises ExpansionError."""
    if isinstance(formula, int):
        return _wrapped(formula)
    if isinstance(formula, op.Slot):
        return _number(formula.name, values.variable(formula.name))
    if isinstance(formula, op.Operand):
        return _number("", values.operand())
    if isinstance(formula, op.Prefix):
        result = compute(formula.operand, values)
        for sign in reversed(formula.operators):
            result = -result if sign == "-" else int(not result) if sign == "!" else result
        return _wrapped(result)
    result = compute(formula.first, values)
    for sign, operand in formula.rest:
        result = _wrapped(_apply(sign, result, compute(operand, values)))
    return result


def _apply(sign: str, left: int, right: int) -> int:
    match sign:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "&&":
            return int(bool(left and right))
        case "||":
            return int(bool(left or right))
        case "/" | "%":
            if right == 0:
                raise ExpansionError("division by zero")
            quotient = abs(left) // abs(right)
            if (left < 0) != (right < 0):
                quotient = -quotient
            return quotient if sign == "/" else left - quotient * right
        case _:
            return int(_ordered(sign, left, right))


def _number(name: str, value: str) -> int:
    stripped = value.strip(" \t\n")
    if not stripped:
        return 0
    if re.fullmatch(_INTEGER, stripped):
        return _wrapped(int(stripped))
    if re.fullmatch(_HEXADECIMAL, stripped):
        return _wrapped(int(stripped, 16))
    what = f"{name} is" if name else "that is"
    raise ExpansionError(f"{what} no number: {value[:40]!r}")


def _wrapped(value: int) -> int:
    """*value* as 64 bits hold it."""
    if -(_WRAP >> 1) <= value < _WRAP >> 1:
        return value
    return (value + (_WRAP >> 1)) % _WRAP - (_WRAP >> 1)


# ---- comparison


def compares(left: str, operator: str, right: str) -> bool:
    """Whether the comparison holds: of numbers if both are, else of strings by code point.

    Blanks around a number do not count: ``ps -o pid=`` pads what it prints.
    """
    if re.fullmatch(_INTEGER, left.strip()) and re.fullmatch(_INTEGER, right.strip()):
        return _ordered(operator, int(left), int(right))
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    return _ordered(operator, (left > right) - (left < right), 0)


def _ordered(operator: str, left: int, right: int) -> bool:
    match operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right
