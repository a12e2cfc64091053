"""What is open at the end of a text that is no whole one."""

from typing import Any, Final

from lark import Token
from lark.exceptions import UnexpectedInput

from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.explain import QUOTED, place_of
from nsh.lang.grammar import interactive
from nsh.lang.source import Span
from nsh.lang.unfinished import Opening, Verdict, judge

_BRACKETS: Final = {
    "LBRACE": "{",
    "LPAR": "(",
    "SUBSTITUTE": "$(",
    "COMPUTE": "$((",
    "QUOTE": '"',
    "DEFAULT": "${",
    "TRIM": "${",
}
_CLOSED: Final = frozenset({"RPAR", "RPAR_MORE"})
"""Those of a ``def``, whose whole line is on the stack."""
_BETWEEN: Final = {"_PIPE": "|", "AND": "&&", "OR": "||"}


def openings(text: str) -> tuple[Opening, ...]:
    """What is open at the end of *text*, which is no whole one; empty if it is wrong."""
    reader = interactive(text + "\n")
    try:
        reader.exhaust_lexer()
        before = _stacked(reader)
        reader.feed_token(Token("$END", ""))
    except UnexpectedInput as error:
        start = place_of(error, text + "\n").start
        if start > len(text):
            return _stacked(reader)
        at = _quote(text, start)
        return (*_stacked(reader), Opening(text[at], Span(at, at + 1))) if at >= 0 else ()
    except SyntaxProblem as error:
        found = error.diagnostic
        at = text.find("<<", found.span.start)
        unclosed = found.code == "NSH-E0111"
        return (*_stacked(reader), Opening("<<", Span(at, at + 2))) if unclosed else ()
    return (*before, Opening("\\", Span(len(text) - 1, len(text))))  # it takes the new line away


def _stacked(reader: Any) -> tuple[Opening, ...]:
    """The brackets that the parser has read and not closed, and what joins at the very end."""
    values = reader.parser_state.value_stack
    found: list[Opening] = []
    for value in values:
        if isinstance(value, Token) and value.type in _BRACKETS:
            found.append(_opening(_BRACKETS[value.type], value))
        elif isinstance(value, Token) and value.type in _CLOSED:
            found.pop()
    last = values[-1] if values else None
    if isinstance(last, Token) and last.type in _BETWEEN:
        found.append(_opening(_BETWEEN[last.type], last))
    return tuple(found)


def _opening(sign: str, token: Token) -> Opening:
    """*sign* where *token*, which may go on behind it, begins."""
    start = token.start_pos or 0
    return Opening(sign, Span(start, start + len(sign)))


def _quote(text: str, start: int) -> int:
    """Where, in the word at *start*, the quote is that is never closed; -1 if that is not what is
    wrong, or not all of it."""
    match = QUOTED.match(text, start)
    at = match.end() if match else start
    quote = text[at : at + 1]
    if quote == "'":
        closed = text + "\n'"
    elif quote == "`" and judge(text[at + 1 :]).verdict is not Verdict.WRONG:
        closed = text[:at] + "`true`"
    else:
        return -1
    return at if judge(closed).verdict is not Verdict.WRONG else -1
