"""From parse to tree, the words: strings, expansions and arithmetic."""

import re
from collections.abc import Callable
from typing import Any, Final, cast

from lark import Token, Transformer
from lark.utils import TextSlice
from msgspec.structs import replace

from nsh.lang import tree, unquote
from nsh.lang.binding import bound
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.heredocs import Heredoc
from nsh.lang.mistakes import problem
from nsh.lang.nodes import Node, around, is_token, span_of
from nsh.lang.patterns import MAGIC, escaped, is_active
from nsh.lang.shifting import shifted
from nsh.lang.source import Span
from nsh.machine.record import Record

_INNER_TABS: Final = r"(?<=\n)\t+"
_TABS: Final = rf"\A\t+|{_INNER_TABS}"
_HOME: Final = r"~(?:/|\Z)"
_SPOKEN: Final = rf"\A~|{MAGIC}"
"""In a word that may be more than what it says."""
_EXPANSIONS: Final = ("VARIABLE", "BACKQUOTED")
_PARENTHESES: Final = ("LPAR", "RPAR", "RPAR_MORE")


class _String(Record):
    """A double-quoted string on its way into a word."""

    span: Span
    parts: tuple[tree.Part, ...]


class Wording(Transformer[Token, Any]):
    """The rules of the grammar for words; the others' are :class:`nsh.lang.build.Builder`'s.

    *parse* parses what stands in backquotes, *parse_body* the text of a here-document.
    """

    def __init__(
        self,
        parse: Callable[[str], tuple[tree.Statement, ...]],
        parse_body: Callable[["TextSlice[str]"], tuple[tree.Part, ...]],
    ) -> None:
        super().__init__()
        self._parse = parse
        self._parse_body = parse_body

    def word(self, children: list[Node]) -> tree.Word:
        """One word of any number of parts."""
        first = children[0]
        if len(children) == 1 and is_token(first, "WORD"):  # as most words are
            return _single(first)
        if is_token(first, "WORD_MORE") and first != "~":  # behind `~$x` may be a user's name
            parts = [*_begun(first), *self._gathered(children[1:], _pieces)]
        else:
            parts = self._gathered(children, _pieces)
        return tree.Word(around(children), None, joined(parts))

    def string(self, children: list[Node]) -> _String:
        """``"…"`` with expansions inside."""
        parts = self._gathered(children[1:-1], _string, quoted=True)
        return _String(around(children), tuple(parts) or (tree.Text(""),))

    def substitution(self, children: list[Node]) -> tree.Substitution:
        """``$(…)``."""
        return tree.Substitution(self.block(children), quoted=False)

    def block(self, children: list[Node]) -> tree.Block:
        """Statements between two tokens."""
        return tree.Block(around(children), statements(children[1:-1]))

    def parameter(self, children: list[Node]) -> tree.Parameter:
        """``${name:-word}`` and its kin outside of double quotes."""
        opener, *content, closer = children
        return _parameter(opener, closer, self._gathered(content, _runs), quoted=False)

    def quoted_parameter(self, children: list[Node]) -> tree.Parameter:
        """The same inside double quotes, where only a pattern can be quoted once more."""
        opener, *content, closer = children
        if is_token(opener, "TRIM"):
            return replace(self.parameter(children), quoted=True)
        parts = self._gathered(content, _quoted_content, quoted=True)
        return _parameter(opener, closer, parts, quoted=True)

    def body(self, children: list[Node]) -> tuple[tree.Part, ...]:
        """The text of a here-document."""
        return joined(self._gathered(children, _body, quoted=True))

    def heredoc(self, token: Heredoc) -> tree.Word:
        """The text that *token* gives to be read."""
        start, end = token.text.start, token.text.end
        span = Span(start, end)
        if token.quoted:
            text = str(token.text.text[start:end])
            return tree.Word(span, re.sub(_TABS, "", text) if token.strips else text)
        parts = self._parse_body(token.text)
        if token.strips:
            parts = _stripped(parts)
        return unmatched(tree.Word(span, None, parts))

    def _gathered(
        self,
        children: list[Node],
        text: Callable[[Token], tuple[tree.Part, ...]],
        *,
        quoted: bool = False,
    ) -> list[tree.Part]:
        """The parts that *children* are; *text* tells what those are that hold no expansion."""
        found: list[tree.Part] = []
        for child in children:
            if type(child) is _String:
                found += child.parts
            elif isinstance(child, Token) and not child.type.startswith(_EXPANSIONS):
                found += text(child)
            else:
                found.append(self._part(child, quoted))
        return found

    def _part(self, child: Node, quoted: bool) -> tree.Part:
        kind = type(child)
        if kind is tree.Substitution:
            return tree.Substitution(child.body, quoted)
        if kind is not Token:
            part: tree.Part = child
            return part
        if child.type.startswith("VARIABLE"):
            return tree.Variable(child.strip("${}") or "$", quoted)
        return tree.Substitution(self._backquoted(child), quoted)

    def _backquoted(self, token: Token) -> tree.Block:
        text, span = str(token)[1:-1], span_of(token)
        if "\\`" in text:
            raise problem("NSH-E0309", span)
        try:
            parsed = self._parse(text)
        except SyntaxProblem as error:
            found = error.diagnostic
            span = shifted(found.span, span.start + 1)
            raise SyntaxProblem(replace(found, span=span)) from None
        return tree.Block(span, shifted(parsed, span.start + 1))

    # ---- arithmetic

    def arithmetic(self, children: list[Node]) -> tree.Arithmetic:
        """``$((…))``."""
        return tree.Arithmetic(around(children), children[1])

    def expression(self, children: list[Node]) -> tree.Expression:
        """Operands and the operators between them, which bind as tightly as in C."""
        operands = [self._value(child) for child in children[::2]]
        return bound(operands, children[1::2])

    def unary(self, children: list[Node]) -> tree.Expression:
        """``-x``, ``~x``, ``(x)``, or a single operand."""
        *signs, operand = [child for child in children if not is_token(child, *_PARENTHESES)]
        value = self._value(operand)
        return tree.Signed("".join(signs), value) if signs else value

    def _value(self, child: Node) -> tree.Expression:
        if not isinstance(child, Token):
            expression: tree.Expression = child
            return expression
        if child.type == "NUMBER":
            if len(child) > 20:
                raise problem("NSH-E0310", span_of(child), str(child))
            return tree.Number(int(child, 16 if child[1:2] in ("x", "X") else 10))
        if child.type == "NAME":
            return tree.Variable(str(child), quoted=True)
        part = self._part(child, quoted=True)
        assert isinstance(part, tree.Variable | tree.Substitution), child.type
        return part


def _stripped(parts: tuple[tree.Part, ...]) -> tuple[tree.Part, ...]:
    """*parts* without tabs at the beginning of lines."""
    found: list[tree.Part] = []
    for part in parts:
        if type(part) is tree.Text:
            found.append(tree.Text(re.sub(_INNER_TABS if found else _TABS, "", part.text)))
        else:
            found.append(part)
    return tuple(found)


def _single(token: Token) -> tree.Word:
    """The word that is one token."""
    if re.search(_SPOKEN, token) is not None:
        parts = _begun(token)
        if type(parts[0]) is tree.Parameter or is_active("".join(map(_pattern, parts))):
            return tree.Word(span_of(token), None, parts)
    return tree.Word(span_of(token), unquote.bare(token))


def _begun(token: Token) -> tuple[tree.Part, ...]:
    """The pieces of a word's beginning, where ``~`` and ``~/`` are the home directory."""
    if re.match(_HOME, token) is None:
        return _pieces(token)
    start = span_of(token).start
    span = Span(start, start + 1)
    if token == "~":
        return (tree.Parameter(span, "HOME", "-", (tree.Text("/"),), quoted=True),)
    rest = Token.new_borrow_pos(token.type, token[1:], token)
    return (tree.Parameter(span, "HOME", "-", (), quoted=True), *_pieces(rest))


def _pieces(token: Token) -> tuple[tree.Part, ...]:
    """A word's text, or part of it, by whether it may match."""
    return (tree.Text(unquote.bare(token)),) if re.search(MAGIC, token) is None else _runs(token)


def _runs(token: Token) -> tuple[tree.Part, ...]:
    return tuple(
        tree.Text(text) if quoted else tree.Wild(text) for text, quoted in unquote.pieces(token)
    )


def _string(token: Token) -> tuple[tree.Part, ...]:
    return (tree.Text(unquote.string(token)),)


def _quoted_content(token: Token) -> tuple[tree.Part, ...]:
    return (tree.Text(unquote.string(token).replace("\\}", "}")),)


def _body(token: Token) -> tuple[tree.Part, ...]:
    return (tree.Text(unquote.body(token)),)


def _pattern(part: tree.Part) -> str:
    """What *part* adds to its word's pattern."""
    return part.text if type(part) is tree.Wild else escaped(cast(tree.Text, part).text)


def _parameter(
    opener: Token, closer: Token, parts: list[tree.Part], *, quoted: bool
) -> tree.Parameter:
    name, operator = re.split(r"(?<=\w)(?!\w)", str(opener)[2:], maxsplit=1)
    return tree.Parameter(around([opener, closer]), name, operator, joined(parts), quoted)


def joined(parts: list[tree.Part]) -> tuple[tree.Part, ...]:
    """*parts* with runs of text made one."""
    found: list[tree.Part] = []
    for part in parts:
        last = found[-1] if found else None
        if type(part) is tree.Text and type(last) is tree.Text:
            found[-1] = tree.Text(last.text + part.text)
        else:
            found.append(part)
    return tuple(found)


def unmatched(word: tree.Word) -> tree.Word:
    """*word* where no file's name is meant: it is what it says."""
    text = word.said()
    return word if text is None else tree.Word(word.span, text)


def statements(children: list[Node]) -> tuple[tree.Statement, ...]:
    """What stands in a block, or in a whole text."""
    return tuple(
        tree.Narration(span_of(child), str(child)[2:].removeprefix(" "))
        if isinstance(child, Token)
        else child
        for child in children
    )
