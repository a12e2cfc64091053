"""Whether what was typed so far is a whole text, the beginning of one, or wrong: for prompts.

A text is unfinished if nothing in it is wrong and another line could finish it: a bracket or
quote is open, or it ends with ``|``, ``&&``, ``||`` or a backslash.  A mistake that no further
line can mend is told at once.
"""

from enum import StrEnum
from typing import Any, Final

from lark import Token
from lark.exceptions import UnexpectedInput

from nsh.lang.diagnostics import Diagnostic, SyntaxProblem
from nsh.lang.explain import QUOTED, place_of
from nsh.lang.grammar import parser
from nsh.lang.parser import parse
from nsh.lang.source import Span, normalise
from nsh.machine.record import Record


class Verdict(StrEnum):
    """What a text is."""

    COMPLETE = "complete"
    UNFINISHED = "unfinished"
    WRONG = "wrong"


class Opening(Record):
    """Something that waits for its other side."""

    what: str
    """``{``, ``(``, ``$(``, ``$((``, a quote, ``|``, ``&&``, ``||`` or a backslash."""
    span: Span


class Judgement(Record):
    """The verdict on a text, and its ground."""

    verdict: Verdict
    openings: tuple[Opening, ...] = ()
    """What is open at the end of an unfinished text, outermost first."""
    problem: Diagnostic | None = None
    """What is wrong."""

    @property
    def depth(self) -> int:
        """How many blocks and parentheses are open: how far to indent the next line."""
        return sum(opening.what in _INDENTED for opening in self.openings)


_BRACKETS: Final = {
    "LBRACE": "{",
    "LPAR": "(",
    "SUBSTITUTE": "$(",
    "COMPUTE": "$((",
    "QUOTE": '"',
}
_CLOSED: Final = frozenset({"RPAR", "RPAR_MORE"})
"""Those of a ``def``, whose whole line is on the stack."""
_BETWEEN: Final = {"_PIPE": "|", "AND": "&&", "OR": "||"}
_INDENTED: Final = frozenset({"{", "(", "$("})
_COMPLETE: Final = Judgement(Verdict.COMPLETE)


def judge(text: str, name: str = "<prompt>") -> Judgement:
    """What *text* is; *name* is what messages call it.  Raises nothing whatever the text."""
    text = normalise(text)
    try:
        parse(text, name)
    except SyntaxProblem as problem:
        characters = problem.diagnostic.code == "NSH-E0001"
        openings = () if characters else _openings(text)
        if openings:
            return Judgement(Verdict.UNFINISHED, openings)
        return Judgement(Verdict.WRONG, problem=problem.diagnostic)
    return _COMPLETE


def _openings(text: str) -> tuple[Opening, ...]:
    """What is open at the end of *text*, which is no whole one; empty if it is wrong."""
    reader = parser().parse_interactive(text + "\n")
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
    except SyntaxProblem:
        return ()
    return (*before, Opening("\\", Span(len(text) - 1, len(text))))  # it takes the new line away


def _stacked(reader: Any) -> tuple[Opening, ...]:
    """The brackets that the parser has read and not closed, and what joins at the very end."""
    values = reader.parser_state.value_stack
    openings: list[Opening] = []
    for value in values:
        if isinstance(value, Token) and value.type in _BRACKETS:
            openings.append(Opening(_BRACKETS[value.type], _span(value)))
        elif isinstance(value, Token) and value.type in _CLOSED:
            openings.pop()
    last = values[-1] if values else None
    if isinstance(last, Token) and last.type in _BETWEEN:
        start = last.start_pos or 0
        sign = _BETWEEN[last.type]
        openings.append(Opening(sign, Span(start, start + len(sign))))
    return tuple(openings)


def _span(token: Token) -> Span:
    return Span(token.start_pos or 0, token.end_pos or 0)


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
