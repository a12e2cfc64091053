"""From the parser's error to a diagnostic in words."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final

from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from nsh.lang.diagnostics import Diagnostic, SyntaxProblem
from nsh.lang.mistakes import STRUCTURE, Mistake, problem
from nsh.lang.source import Span

_WORDS: Final = (
    ("a command", frozenset({"IF", "WORD"})),
    ("a word", frozenset({"WORD"})),
    ("a name", frozenset({"NAME"})),
    ("a name", frozenset({"FUNCTION"})),
    ("a number or variable", frozenset({"NUMBER"})),
    ("an operator", frozenset({"OPERATOR"})),
    ("`in`", frozenset({"IN"})),
    ("a comparison", frozenset({"COMPARE"})),
    ("`{`", frozenset({"LBRACE"})),
    ("`}`", frozenset({"RBRACE"})),
    ("`(`", frozenset({"LPAR", "_COMMA"})),
    ("`,`", frozenset({"_COMMA"})),
    ("`)`", frozenset({"RPAR"})),
    ("`&&` or `||`", frozenset({"AND", "OR"})),
    ("`;` or a new line", frozenset({"_SEMICOLON", "_NEWLINE"})),
    ("the end", frozenset({"$END"})),
)
"""What to call the terminals that would have been right; the first that fits takes them."""

_CLOSERS: Final = {
    "LBRACE": ("NSH-E0101", "`}`"),
    "LPAR": ("NSH-E0102", "`)`"),
    "SUBSTITUTE": ("NSH-E0102", "`)`"),
    "COMPUTE": ("NSH-E0102", "`))`"),
    "QUOTE": ("NSH-E0103", '`"`'),
    "DEFAULT": ("NSH-E0110", "`}`"),
    "TRIM": ("NSH-E0110", "`}`"),
}
_QUOTES: Final = {"'": "`'`", "`": "another backquote"}
_VARIABLE: Final = re.compile(
    r"\$\{(?:(?:#?[A-Za-z_][A-Za-z0-9_]*|[$!?])\}|[A-Za-z_][A-Za-z0-9_]*(?::?[-=?+]|[#%]))"
)
_POSITIONAL: Final = re.compile(r"\$\{(?:[0-9@*]|#\})")
_LEXEME: Final = re.compile(r"&&|\|\||==|!=|[<>]=|>>|[^\s;&|<>(){}]+|[\s\S]")
"""What to underline where the parser stopped: the token it was given may reach further."""
_FUNCTION: Final = re.compile(r"(?<=[A-Za-z0-9_-])\(\s*(?:\w+\s*,?\s*)*\)\s*\{")
"""``f() {``, as other shells define a function."""
_DEFINITION: Final = next(known for known in STRUCTURE if known.code == "NSH-E0204")
_SURROUNDINGS: Final = ("", "a\n", "{ ", "{ a\n", "( ", "( a\n", "x=$(", "x=$(a\n")
"""Where a mistake may be made: the same parse stands in other states there."""
QUOTED: Final = re.compile(
    r"""(?:[^\s;&|<>(){}'"$`\\]|\\[\s\S]|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`)*"""
)


def explain(error: UnexpectedInput, text: str, parse: Callable[[str], Any]) -> SyntaxProblem:
    """What *error*, met in *text*, means.  *parse* parses the examples."""
    span = place_of(error, text)
    suspect = _characters(span.start, text)
    if suspect is not None:
        return suspect
    opener = _unclosed(error)
    if span.start >= len(text) and opener is not None:
        code, closer = _CLOSERS[opener.type]
        return problem(code, Span(opener.start_pos or 0, opener.end_pos or 0), closer)
    state, kind = _stop(error, text)
    known = _known(parse)
    mistake = known.get((state, kind)) or known.get((state, ""))
    if mistake is None:
        return _unexpected(error, text, span)
    if _FUNCTION.match(text, span.start):
        mistake = _DEFINITION
    return _recognised(mistake, span)


def _stop(error: UnexpectedInput, text: str) -> tuple[int, str]:
    """The state in which the parser stopped, and what kind of thing it stopped at."""
    state: Any = error.state
    span = place_of(error, text)
    found = text[span.start : span.end]
    kind = "word" if found[:1].isalnum() else found or "end"
    # The lexer's errors carry the whole parser state where the parser's carry its number.
    return getattr(state, "position", state), kind


@cache
def _known(parse: Callable[[str], Any]) -> dict[tuple[int, str], Mistake]:
    """Where the examples stop: exactly, and under "" the first of them in that state."""
    known: dict[tuple[int, str], Mistake] = {}
    for before in _SURROUNDINGS:
        for mistake in STRUCTURE:
            for example in mistake.examples:
                text = before + example
                try:
                    parse(text)
                except UnexpectedInput as error:
                    state, kind = _stop(error, text)
                    known.setdefault((state, kind), mistake)
                    known.setdefault((state, ""), mistake)
                except SyntaxProblem:  # its surroundings make it another one
                    continue
    return known


def _recognised(mistake: Mistake, span: Span) -> SyntaxProblem:
    return SyntaxProblem(
        Diagnostic(mistake.code, mistake.cause, "", "", span, mistake.label, mistake.help)
    )


def _unexpected(error: UnexpectedInput, text: str, span: Span) -> SyntaxProblem:
    found = text[span.start : span.end]
    shown = "end of the script" if span.start >= len(text) else _shown(found)
    accepts = error.accepts if isinstance(error, UnexpectedToken) else None
    diagnostic = problem("NSH-E0100", span, shown).diagnostic
    label = expected(accepts or ())
    return SyntaxProblem(Diagnostic(diagnostic.code, diagnostic.cause, "", "", span, label))


def expected(terminals: Iterable[str]) -> str:
    """``expected a word, `{` or the end``, for the terminals that would have been right."""
    left = set(terminals)
    words: list[str] = []
    for phrase, needed in _WORDS:
        if needed <= left:
            left -= needed | ({"WORD"} if "IF" in needed else set())
            if phrase not in words:
                words.append(phrase)
    if not words:
        return ""
    head = ", ".join(words[:-1])
    return "expected " + (f"{head} or {words[-1]}" if head else words[-1])


def _shown(found: str) -> str:
    return "end of the line" if found[:1] == "\n" else f"`{found.strip()[:40]}`"


def place_of(error: UnexpectedInput, text: str) -> Span:
    """Where the parser stopped in *text*: what it stopped at."""
    if isinstance(error, UnexpectedCharacters):
        start: int = error.pos_in_stream  # type: ignore[assignment]  # the lexer's errors have one
        return Span(start, start + 1)
    token = getattr(error, "token", None)
    if isinstance(token, Token) and token.type != "$END" and token.start_pos is not None:
        match = _LEXEME.match(text, token.start_pos)
        return Span(token.start_pos, match.end() if match else token.start_pos + 1)
    return Span(len(text), len(text))


def _unclosed(error: UnexpectedInput) -> Token | None:
    """The innermost bracket or quote that is open where the parser stopped."""
    parser = getattr(error, "interactive_parser", None)
    if parser is None:
        return None
    closed = 0  # parentheses of a ``def``, whose whole line is on the stack
    for value in reversed(parser.parser_state.value_stack):
        kind = value.type if isinstance(value, Token) else ""
        if kind in ("RPAR", "RPAR_MORE"):
            closed += 1
        elif kind == "LPAR" and closed:
            closed -= 1
        elif kind in _CLOSERS:
            return value  # type: ignore[no-any-return]
    return None


def _characters(start: int, text: str) -> SyntaxProblem | None:
    """What is wrong with the characters of the word at *start*, if it is they that are."""
    match = QUOTED.match(text, start)
    at = match.end() if match else start
    char, rest = text[at : at + 1], text[at : at + 3]
    span = Span(at, at + 1)
    if char == "\\":
        return problem("NSH-E0104", span)
    if char in ("'", "`"):
        return problem("NSH-E0103", span, _QUOTES[char])
    if char == "$" and rest[1:2] in tuple("0123456789@*#"):
        return problem("NSH-E0105", Span(at, at + 2), rest[:2])
    if char == "$" and rest[1:2] == "{" and _VARIABLE.match(text, at) is None:
        end = text.find("}", at)
        if end < 0 or "\n" in text[at:end]:
            return problem("NSH-E0110", Span(at, at + 2), "`}`")
        if _POSITIONAL.match(text, at):
            return problem("NSH-E0105", Span(at, end + 1), text[at : end + 1])
        return problem("NSH-E0106", Span(at, end + 1))
    if char.isspace() and char not in " \t\n":
        name = unicodedata.name(char, "a control character")
        return problem("NSH-E0107", span, f"U+{ord(char):04X} {name}")
    if rest[:2] == "<<":
        return problem("NSH-E0108", Span(at, at + 2))
    if rest[:2] in ("<(", ">(", "|&", "&|", ">|", "<>", "&<"):
        return problem("NSH-E0109", Span(at, at + 2), f"`{rest[:2]}`")
    return None
