"""Forms of other shells that are read as something else here, or stop the parse behind them."""

import re
from typing import Final

from nsh.lang import tree
from nsh.lang.diagnostics import Diagnostic, SyntaxProblem
from nsh.lang.mistakes import problem
from nsh.lang.source import Span

_INNER: Final = r"[^\s{}\"'$;]*(?:\.\.|,)[^\s{}\"'$;]*"
_BRACES: Final = rf"\{{({_INNER})\}}"
_NUMBERS: Final = r"(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?"
_BEHIND: Final = frozenset({"NSH-E0100", "NSH-E0211"})
"""What is wrong in the eyes of a parser that has taken braces for a block, or cannot."""


def check_block(block: tree.Block) -> None:
    """Refuse ``echo {1..3}``: a block that no one has meant to be one.  Raises SyntaxProblem."""
    only = block.statements[0] if len(block.statements) == 1 else None
    if not isinstance(only, tree.Simple) or len(only.words) != 1:
        return
    word = only.words[0]
    close = word.span.start - block.span.start == block.span.end - word.span.end == 1
    if close and re.fullmatch(_INNER, word.literal or "") is not None:
        raise _expansion(word.literal or "", block.span)


def check_subshell(outer: tree.Subshell) -> None:
    """Refuse ``((a=1))``, which elsewhere computes.  Raises SyntaxProblem."""
    only = outer.block.statements[0] if len(outer.block.statements) == 1 else None
    if not isinstance(only, tree.Subshell):
        return
    inner, span = only.span, outer.span
    if inner.start == span.start + 1 and inner.end == span.end - 1:
        raise _doubled(span)


def meant(text: str, found: Diagnostic) -> SyntaxProblem | None:
    """The mistake behind what was *found* to be wrong in *text*, if it is such a form."""
    at = found.span.start
    if found.code == "NSH-E0214" and text.startswith("((", at):
        return _doubled(Span(at, at + 2))
    if found.code in _BEHIND:
        start, end = text.rfind("\n", 0, at) + 1, text.find("\n", at)
        for braces in re.finditer(_BRACES, text[start : end if end >= 0 else len(text)]):
            span = Span(start + braces.start(), start + braces.end())
            if span.start == at or (span.end <= at and not text[span.end : at].strip()):
                return _expansion(braces[1], span)
    return None


def _expansion(inner: str, span: Span) -> SyntaxProblem:
    numbers = re.fullmatch(_NUMBERS, inner)
    help = "write the words one by one"
    if numbers is not None:
        first, last, step = numbers.groups()
        help = f"`$(seq {first} {step + ' ' if step else ''}{last})` counts"
    return problem("NSH-E0301", span, f"{{{inner}}}", help=f"{help}; quotes have it mean itself")


def _doubled(span: Span) -> SyntaxProblem:
    help = "`a=$((a + 1))` computes, `if $a < 3 { … }` compares; `( ( … ) )` is a subshell in one"
    return problem("NSH-E0301", span, "((", help=help)
