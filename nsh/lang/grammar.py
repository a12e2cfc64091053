"""The grammar, loaded once, and its parser: text to statements."""

from collections.abc import Iterator
from functools import cache
from typing import Any, Final, cast

from lark import Lark, Token
from lark.exceptions import UnexpectedInput
from lark.lark import PostLex
from lark.parsers.lalr_interactive_parser import InteractiveParser
from lark.utils import TextSlice

from nsh import _resources
from nsh.lang import tables, tree
from nsh.lang.build import Builder
from nsh.lang.heredocs import HeredocLexer
from nsh.lang.mistakes import problem
from nsh.lang.nodes import span_of

MAX_NESTING: Final = 40
"""Levels of braces, brackets and quotes; what walks a tree recursively relies on it."""

_STARTS: Final = ("start", "body")
_OPENING: Final = {"LBRACE", "LPAR", "SUBSTITUTE", "COMPUTE", "QUOTE", "DEFAULT", "TRIM"}
_CLOSING: Final = {
    *("RBRACE", "RPAR", "RPAR_MORE"),
    *("UNQUOTE", "UNQUOTE_MORE", "UNBRACE", "UNBRACE_MORE"),
}


class _Nesting(PostLex):
    """Refuses a text that nests too deeply, as soon as it does."""

    always_accept = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Pass every token on, counting those that open and close."""
        depth = 0
        for token in stream:
            kind = token.type
            if kind in _OPENING:
                depth += 1
                if depth > MAX_NESTING:
                    raise problem("NSH-E0002", span_of(token), str(depth))
            elif kind in _CLOSING:
                depth -= 1
            yield token


class _TrustingLexer(HeredocLexer):
    """Skips the validation of the terminals, which a test has done: it would take longer than all
    the rest where `interegular` is installed."""

    def __init__(self, conf: Any, states: Any, always_accept: Any = ()) -> None:
        conf.skip_validation = True
        super().__init__(conf, states, always_accept)


def own_options() -> dict[str, Any]:
    """What the parser is given beside the grammar: code, in new instances."""
    return {"postlex": _Nesting(), "transformer": Builder(parse_statements, parse_body)}


def build_parser(**options: Any) -> Lark:
    """A new parser.  Tests pass ``strict=True``, which refuses an ambiguous grammar."""
    return Lark(
        _resources.read("grammar", "nsh.lark"),
        parser="lalr",
        lexer="contextual",
        start=list(_STARTS),
        **own_options(),
        **options,
    )


TRUSTING: Final = {"_plugins": {"ContextualLexer": _TrustingLexer}}
"""The option that leaves out the validation."""


@cache
def parser() -> Lark:
    """The parser, from its tables in 10 ms, or else from the grammar in 100, once a process."""
    text = _resources.read("grammar", "nsh.lark")
    ready = _resources.read("grammar", "nsh.tables.json")
    made = tables.load(ready, text, **own_options(), **TRUSTING)
    return build_parser(**TRUSTING) if made is None else made


def parse_statements(text: str) -> tuple[tree.Statement, ...]:
    """The statements of *text*.  Raises SyntaxProblem without name and source."""
    return cast("tuple[tree.Statement, ...]", _parsed(text, text, "start"))


def parse_body(text: "TextSlice[str]") -> tuple[tree.Part, ...]:
    """The parts of a here-document's *text*, a stretch of its source.  Raises SyntaxProblem."""
    return cast("tuple[tree.Part, ...]", _parsed(text, text.text, "body"))


def interactive(text: str) -> InteractiveParser:
    """A parser that takes *text* token by token."""
    return parser().parse_interactive(text, start="start")


def _parsed(text: "str | TextSlice[str]", source: str, start: str) -> Any:
    try:
        return parser().parse(text, start=start)
    except UnexpectedInput as error:
        from nsh.lang.explain import explain  # noqa: PLC0415  # only a wrong text needs it

        raise explain(error, source, _whole) from None


def _whole(text: str) -> Any:
    return parser().parse(text, start="start")
