"""How tightly the operators of arithmetic bind: C's table."""

from typing import Final

from lark import Token

from nsh.lang import tree
from nsh.lang.mistakes import problem
from nsh.lang.nodes import span_of
from nsh.lang.source import Span

_RANKS: Final = (
    ("||",),
    ("&&",),
    ("|",),
    ("^",),
    ("&",),
    ("==", "!="),
    ("<", "<=", ">", ">="),
    ("<<", ">>"),
    ("+", "-"),
    ("*", "/", "%"),
)
"""From what binds loosest; ``? :`` binds looser still, and from the right."""


def bound(operands: list[tree.Expression], operators: list[Token]) -> tree.Expression:
    """The tree of *operands* with *operators* between them.  Raises SyntaxProblem for a ``?``
    without ``:`` and the other way round."""
    signs = [str(operator)[:2].strip() for operator in operators]
    if "?" not in signs and ":" not in signs:
        return _chain(operands, signs, 0)
    first = next(index for index, sign in enumerate(signs) if sign in "?:")
    depth = 0
    for index in range(first, len(signs)):
        depth += {"?": 1, ":": -1}.get(signs[index], 0)
        if depth <= 0:
            break
    if signs[first] == ":" or depth:
        start = span_of(operators[first]).start
        raise problem("NSH-E0212", Span(start, start + 1))
    return tree.Choice(
        _chain(operands[: first + 1], signs[:first], 0),
        bound(operands[first + 1 : index + 1], operators[first + 1 : index]),
        bound(operands[index + 1 :], operators[index + 1 :]),
    )


def _chain(operands: list[tree.Expression], signs: list[str], rank: int) -> tree.Expression:
    if len(operands) == 1:
        return operands[0]
    parts: list[tree.Expression] = []
    between: list[str] = []
    start = 0
    for index, sign in enumerate([*signs, ""]):
        if not sign or sign in _RANKS[rank]:
            parts.append(_chain(operands[start : index + 1], signs[start:index], rank + 1))
            between += [sign] if sign else []
            start = index + 1
    if not between:
        return parts[0]
    return tree.Chain(parts[0], tuple(zip(between, parts[1:], strict=True)))
