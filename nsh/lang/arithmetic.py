"""Arithmetic at run time: C's, in 64 bits that wrap.  Pure functions."""

import operator
import re
from collections.abc import Callable
from typing import Final

from nsh.lang.templates import Choice, Formula, Operand, Prefix, Slot
from nsh.lang.values import ExpansionError, Values

INTEGER: Final = r"[+-]?[0-9]{1,30}"
_HEXADECIMAL: Final = r"[+-]?0[xX][0-9A-Fa-f]{1,24}"
_WRAP: Final = 1 << 64


def compute(formula: Formula, values: Values) -> int:
    """The formula's value.  What an operator or a choice leaves out is not computed, as in C.
    Raises ExpansionError."""
    if isinstance(formula, int):
        return _wrapped(formula)
    if isinstance(formula, Slot):
        return _number(formula.name, values.variable(formula.name))
    if isinstance(formula, Operand):
        return _number("", values.operand())
    if isinstance(formula, Prefix):
        result = compute(formula.operand, values)
        for sign in reversed(formula.operators):
            result = _PREFIXES[sign](result)
        return _wrapped(result)
    if isinstance(formula, Choice):
        return _chosen(formula, values)
    result = compute(formula.first, values)
    for sign, operand in formula.rest:
        if sign not in _DECIDED:
            result = _wrapped(_INFIXES[sign](result, compute(operand, values)))
            continue
        if bool(result) is _DECIDED[sign]:
            _pass(operand, values)
        else:
            result = compute(operand, values)
        result = int(bool(result))
    return result


def _chosen(formula: Choice, values: Values) -> int:
    if compute(formula.condition, values):
        result = compute(formula.then, values)
        _pass(formula.otherwise, values)
        return result
    _pass(formula.then, values)
    return compute(formula.otherwise, values)


def _pass(formula: Formula, values: Values) -> None:
    """Take the operands of what is left out, for the next stand behind them."""
    if isinstance(formula, Operand):
        values.operand()
    elif isinstance(formula, Prefix):
        _pass(formula.operand, values)
    elif isinstance(formula, Choice):
        for part in (formula.condition, formula.then, formula.otherwise):
            _pass(part, values)
    elif not isinstance(formula, int | Slot):
        _pass(formula.first, values)
        for _, operand in formula.rest:
            _pass(operand, values)


def _divided(left: int, right: int) -> int:
    """Towards zero."""
    if right == 0:
        raise ExpansionError("division by zero")
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    return left - _divided(left, right) * right


def _left(value: int, count: int) -> int:
    return value << (count & 63)


def _right(value: int, count: int) -> int:
    return value >> (count & 63)


def _inverted(value: int) -> int:
    return ~int(value)  # of a truth value, Python has another opinion of it


_PREFIXES: Final[dict[str, Callable[[int], int]]] = {
    "+": operator.pos,
    "-": operator.neg,
    "~": _inverted,
    "!": operator.not_,
}
_COMPARISONS: Final[dict[str, Callable[[int, int], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_INFIXES: Final[dict[str, Callable[[int, int], int]]] = {
    **_COMPARISONS,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "%": _remainder,
    "&": operator.and_,
    "^": operator.xor,
    "|": operator.or_,
    "<<": _left,
    ">>": _right,
}
_DECIDED: Final = {"&&": False, "||": True}
"""What a left side is that the right side cannot change any more."""


def ordered(sign: str, left: int, right: int) -> bool:
    """Whether the comparison holds."""
    return _COMPARISONS[sign](left, right)


def _number(name: str, value: str) -> int:
    stripped = value.strip(" \t\n")
    if not stripped:
        return 0
    if re.fullmatch(INTEGER, stripped):
        return _wrapped(int(stripped))
    if re.fullmatch(_HEXADECIMAL, stripped):
        return _wrapped(int(stripped, 16))
    what = f"{name} is" if name else "that is"
    raise ExpansionError(f"{what} no number: {value[:40]!r}")


def _wrapped(value: int) -> int:
    """*value* as 64 bits hold it."""
    if -(_WRAP >> 1) <= value < _WRAP >> 1:
        return int(value)
    return (value + (_WRAP >> 1)) % _WRAP - (_WRAP >> 1)
