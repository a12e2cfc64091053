"""A text in pieces, each with the role that a theme has a look for."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from pygments.token import (
    Comment,
    Error,
    Keyword,
    Name,
    Number,
    Operator,
    Punctuation,
    String,
    _TokenType,
)

from nsh.lang.lexer import NshLexer

_ROLES: Final = {
    Comment: "comment",
    Comment.Special: "narration",
    Error: "mistake",
    Keyword: "keyword",
    Name.Attribute: "option",
    Name.Builtin: "builtin",
    Name.Constant: "signal",
    Name.Entity: "pid",
    Name.Exception: "errno",
    Name.Function: "command",
    Name.Namespace: "path",
    Name.Variable: "variable",
    Number: "number",
    Operator: "operator",
    Punctuation: "operator",
    String: "string",
    String.Escape: "operator",
}


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Role and text of each piece, in order; together they are *text*.  "" is plain text."""
    for _, kind, piece in _lexer().get_tokens_unprocessed(text):
        if piece:
            yield _role(kind), piece


@cache
def _lexer() -> NshLexer:
    return NshLexer()


@cache
def _role(kind: _TokenType) -> str:
    for ancestor in reversed(kind.split()):
        if ancestor in _ROLES:
            return _ROLES[ancestor]
    return ""
