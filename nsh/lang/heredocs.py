"""Here-documents: the lexer finds their texts on the lines behind, and goes on behind those.

So that every statement stays one stretch of its source, text included, the operator's line holds
nothing but the rest of its command.
"""

from collections.abc import Iterator
from typing import Any, Final

from lark import Token
from lark.lexer import ContextualLexer
from lark.utils import TextSlice

from nsh.lang.mistakes import problem
from nsh.lang.nodes import span_of

_NEVER: Final = (1 << 63) - 1
"""Behind any text."""
_ENDS: Final = frozenset(
    {"_SEMICOLON", "_PIPE", "AND", "OR", "AMPERSAND"}
    | {"LBRACE", "RBRACE", "LPAR", "RPAR", "RPAR_MORE"}
)
"""What ends a command on its line, or is none of its words."""


class Heredoc(Token):
    """``<<EOF``, and where its text stands."""

    text: "TextSlice[str]"
    """As a stretch of the whole source."""
    end: int
    """Behind the line that closes it, less its newline; beyond all texts if none does."""

    @property
    def strips(self) -> bool:
        """``<<-``: tabs at the beginning of lines are dropped."""
        return "<<-" in self

    @property
    def quoted(self) -> bool:
        """Nothing in its text is expanded."""
        return any(quote in self for quote in "'\"\\")

    @property
    def delimiter(self) -> str:
        """What stands alone on the line that closes it."""
        return self.partition("<<")[2].lstrip("- \t").strip("'\"").removeprefix("\\")


class HeredocLexer(ContextualLexer):
    """Goes on behind the texts of the here-documents once their line is over."""

    def lex(self, lexer_state: Any, parser_state: Any) -> Iterator[Token]:
        """The tokens, those of here-documents as :class:`Heredoc`.  Raises SyntaxProblem."""
        last: Heredoc | None = None
        for token in super().lex(lexer_state, parser_state):
            found = token
            if token.type == "HEREDOC":
                found = last = _found(token, lexer_state.text, last)
            elif last is not None and token.type == "_NEWLINE":
                _check(last)
                lexer_state.line_ctr.char_pos, last = last.end, None
            elif last is not None and (token.type in _ENDS or "\n" in token):
                raise problem("NSH-E0112", span_of(token))
            yield found
        if last is not None:
            _check(last)


def _found(token: Token, source: "TextSlice[str]", last: Heredoc | None) -> Heredoc:
    """*token* with its text, which begins on the line below it, or behind that of the *last* one
    on its line."""
    found = Heredoc.new_borrow_pos(token.type, str(token), token)
    text, limit = source.text, source.end
    start = text.find("\n", token.end_pos, limit) if last is None else last.end
    delimiter, strips, joins = found.delimiter, found.strips, not found.quoted
    at, joined = start, False
    while 0 <= at < limit:
        end = text.find("\n", at + 1, limit)
        end = limit if end < 0 else end
        line = text[at + 1 : end]
        if not joined and (line.lstrip("\t") if strips else line) == delimiter:
            found.text, found.end = TextSlice(text, start + 1, at + 1), end
            return found
        backslashes = len(line) - len(line.rstrip("\\"))
        joined = joins and backslashes % 2 == 1
        at = end
    found.text, found.end = TextSlice(text, limit, limit), _NEVER
    return found


def _check(last: Heredoc) -> None:
    if last.end == _NEVER:
        raise problem("NSH-E0111", span_of(last), last.delimiter)
