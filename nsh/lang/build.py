"""From parse to tree: one method per rule of the grammar, called bottom-up while it parses."""

import re
from collections.abc import Callable
from typing import Any, TypeAlias, cast

from lark import Token, Transformer
from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.lang import tree, unquote
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.mistakes import check_name, problem
from nsh.lang.patterns import MAGIC, escaped, is_active
from nsh.lang.shifting import shifted
from nsh.lang.source import Span
from nsh.machine.record import Record

Node: TypeAlias = Any
"""A token, or what a method below returned: the grammar says which may come where."""

_PARENTHESES = ("LPAR", "RPAR", "RPAR_MORE")
_MAX_DESCRIPTOR = 255


class _String(Record):
    """A double-quoted string on its way into a word."""

    span: Span
    parts: tuple[tree.Part, ...]


class Builder(Transformer[Token, Any]):
    """Builds :mod:`nsh.lang.tree`; raises SyntaxProblem for what the grammar alone cannot tell.

    *parse* parses what stands in backquotes.
    """

    def __init__(self, parse: Callable[[str], tuple[tree.Statement, ...]]) -> None:
        super().__init__()
        self._parse = parse

    # ---- statements

    def start(self, children: list[Node]) -> tuple[tree.Statement, ...]:
        """A whole text."""
        return _statements(children)

    def background(self, children: list[Node]) -> tree.Background:
        """``… &``."""
        return tree.Background(_around(children), children[0])

    def and_or(self, children: list[Node]) -> tree.Statement:
        """``a && b``, or a single pipeline."""
        return _and_or(children)

    def pipeline(self, children: list[Node]) -> tree.Statement:
        """``! a | b``, or a single command."""
        if _is(children[0], "NOT"):
            return tree.Not(_around(children), self.pipeline(children[1:]))
        return _only(children) or tree.Pipeline(_around(children), tuple(children))

    tested = pipeline

    def simple(self, children: list[Node]) -> tree.Simple:
        """A command with its arguments."""
        assignments: list[tree.Assignment] = []
        words: list[tree.Word] = []
        redirections: list[tree.Redirection] = []
        block = None
        for child in children:
            kind = type(child)
            if kind is tree.Word:
                words.append(child)
            elif kind is tree.Redirection:
                redirections.append(child)
            elif kind is tree.Block:
                block = child
            elif kind is tree.Assignment and not words:
                assignments.append(child)
            else:
                words.append(_argument(child))
        if words and words[0].literal is not None:
            first = words[1].literal or "" if len(words) > 1 else ""
            check_name(words[0].literal, words[0].span, first=first)
        span = _around(children)
        return tree.Simple(span, tuple(assignments), tuple(words), tuple(redirections), block)

    def plain(self, children: list[Node]) -> tree.Simple:
        """A command in a condition."""
        command = self.simple(children)
        first = command.words[0].literal or ""
        if len(command.words) == 1 and ("==" in first or "!=" in first):
            raise problem("NSH-E0307", command.words[0].span, first)
        return command

    def assignment(self, children: list[Node]) -> tree.Assignment:
        """``name=value``."""
        name = children[0]
        end = name.end_pos
        value = children[1] if len(children) > 1 else tree.Word(Span(end, end), "")
        return tree.Assignment(_around(children), str(name)[:-1], value)

    def redirection(self, children: list[Node]) -> tree.Redirection:
        """``> file``, ``2>&1``."""
        token, span = children[0], _around(children)
        digits, sign, rest = re.split(r"([<>&]+)", str(token), maxsplit=1)
        descriptor = int(digits[:4]) if digits else 0 if sign[0] == "<" else 1
        if descriptor > _MAX_DESCRIPTOR:
            raise problem("NSH-E0306", span, digits)
        if len(children) == 1:
            source = -1 if rest == "-" else int(rest)
            return tree.Redirection(span, descriptor, ">&", None, source)
        if sign[0] == "&":
            descriptor, sign = -1, sign[1:]
        return tree.Redirection(span, descriptor, sign, _unmatched(children[1]))

    def redirected(self, children: list[Node]) -> tree.Statement:
        """A compound command."""
        return _only(children) or tree.Redirected(
            _around(children), children[0], tuple(children[1:])
        )

    def group(self, children: list[Node]) -> tree.Group:
        """``{ … }``."""
        return tree.Group(children[0].span, children[0])

    def subshell(self, children: list[Node]) -> tree.Subshell:
        """``( … )``."""
        return tree.Subshell(_around(children), self.block(children))

    def block(self, children: list[Node]) -> tree.Block:
        """Statements between two tokens."""
        return tree.Block(_around(children), _statements(children[1:-1]))

    # ---- constructs

    def condition(self, children: list[Node]) -> tree.Statement:
        """What an ``if`` asks."""
        terms: list[Node] = []
        for child in children:
            if terms and _is(terms[-1], "NOT"):
                denied = terms.pop()
                terms.append(tree.Not(Span(denied.start_pos, child.span.end), child))
            else:
                terms.append(child)
        return _and_or(terms)

    def comparison(self, children: list[Node]) -> tree.Statement:
        """``A == B``; but ``COMMAND >> FILE`` is a command all the same."""
        left, operator, right = children
        span = _around(children)
        if operator.type == "COMPARE" or str(operator) in ("<", ">"):
            return tree.Comparison(span, _unmatched(left), str(operator), _unmatched(right))
        return tree.Simple(span, (), (left,), (self.redirection([operator, right]),))

    def if_(self, children: list[Node]) -> tree.If:
        """``if … { … } else if … { … } else { … }``."""
        inner = [child for child in children if not isinstance(child, Token)]
        otherwise = inner.pop() if len(inner) % 2 else None
        branches = tuple(zip(inner[::2], inner[1::2], strict=True))
        return tree.If(_around(children), branches, otherwise)

    def while_(self, children: list[Node]) -> tree.While:
        """``while COND { … }``."""
        return tree.While(_around(children), children[1], children[2])

    def for_(self, children: list[Node]) -> tree.For:
        """``for NAME in WORDS { … }``."""
        words = tuple(_argument(child) for child in children[3:-1])
        return tree.For(_around(children), str(children[1]), words, children[-1])

    def repeat(self, children: list[Node]) -> tree.Repeat:
        """``repeat N { … }``."""
        return tree.Repeat(_around(children), children[1], children[2])

    def par(self, children: list[Node]) -> tree.Par:
        """``par { … } { … }``."""
        return tree.Par(_around(children), children[1], children[2])

    def define(self, children: list[Node]) -> tree.Define:
        """``def NAME(PARAMETERS) { … }``."""
        name = children[1]
        check_name(str(name), _span(name), defining=True)
        parameters: list[str] = []
        for child in children:
            if _is(child, "NAME"):
                if child in parameters:
                    raise problem("NSH-E0305", _span(child), str(child))
                parameters.append(str(child))
        return tree.Define(_around(children), str(name), tuple(parameters), children[-1])

    def expect(self, children: list[Node]) -> tree.Statement:
        """All forms of ``expect``."""
        span, body, last = _around(children), children[1], children[-1]
        if type(body) is not tree.Block:
            return tree.Expect(span, body)
        if len(children) == 2:
            return tree.Expect(span, tree.Group(body.span, body))
        verb = children[2].type
        if verb == "FAILS":
            errno = str(last) if _is(last, "NAME") else ""
            if errno and errno not in Errno.__members__:
                raise problem("NSH-E0303", _span(last), errno, Errno.__members__)
            return tree.ExpectFailure(span, body, errno)
        wanted = last
        if _is(last, "REGEX"):
            wanted = tree.Word(_span(last), str(last)[1:-1].replace("\\/", "/"))
        wanted = _unmatched(wanted)
        if verb == "MATCHES" and wanted.literal is not None:
            try:
                re.compile(wanted.literal)
            except (re.error, OverflowError, RecursionError) as error:
                raise problem("NSH-E0304", wanted.span, str(error)) from None
        return tree.ExpectOutput(span, body, verb == "MATCHES", wanted)

    # ---- words

    def word(self, children: list[Node]) -> tree.Word:
        """One word of any number of parts."""
        first = children[0]
        if len(children) == 1 and _is(first, "WORD"):  # as most words are
            span = Span(first.start_pos, first.end_pos)
            if not is_active(first):
                return tree.Word(span, unquote.bare(first))
            parts = _pieces(first)
            if not is_active("".join(map(_pattern, parts))):
                return tree.Word(span, unquote.bare(first))
            return tree.Word(span, None, parts)
        found: list[tree.Part] = []
        for child in children:
            if type(child) is _String:
                found += child.parts
            elif _is(child, "WORD", "WORD_MORE"):
                found += _pieces(child)
            else:
                found.append(self._part(child, quoted=False))
        return tree.Word(_around(children), None, _joined(found))

    def string(self, children: list[Node]) -> _String:
        """``"…"`` with expansions inside."""
        parts = [self._part(child, quoted=True) for child in children[1:-1]]
        return _String(_around(children), tuple(parts) or (tree.Text(""),))

    def substitution(self, children: list[Node]) -> tree.Substitution:
        """``$(…)``."""
        return tree.Substitution(self.block(children), quoted=False)

    def _part(self, child: Node, quoted: bool) -> tree.Part:
        kind = type(child)
        if kind is tree.Substitution:
            return tree.Substitution(child.body, quoted)
        if kind is not Token:
            part: tree.Part = child
            return part
        if child.type.startswith("VARIABLE"):
            return tree.Variable(child.strip("${}") or "$", quoted)
        if child.type.startswith("BACKQUOTED"):
            return tree.Substitution(self._backquoted(child), quoted)
        return tree.Text(unquote.string(child) if quoted else unquote.bare(child))

    def _backquoted(self, token: Token) -> tree.Block:
        text, span = str(token)[1:-1], _span(token)
        if "\\`" in text:
            raise problem("NSH-E0309", span)
        try:
            statements = self._parse(text)
        except SyntaxProblem as error:
            found = error.diagnostic
            span = shifted(found.span, span.start + 1)
            raise SyntaxProblem(replace(found, span=span)) from None
        return tree.Block(span, shifted(statements, span.start + 1))

    # ---- arithmetic

    def arithmetic(self, children: list[Node]) -> tree.Arithmetic:
        """``$((…))``."""
        return tree.Arithmetic(_around(children), self._value(children[1]))

    def _chain(self, children: list[Node]) -> tree.Expression:
        first = self._value(children[0])
        if len(children) == 1:
            return first
        signs = [str(sign)[:2].strip() for sign in children[1::2]]
        operands = [self._value(child) for child in children[2::2]]
        return tree.Chain(first, tuple(zip(signs, operands, strict=True)))

    disjunction = conjunction = relation = sum = product = _chain

    def unary(self, children: list[Node]) -> tree.Expression:
        """``-x``, ``!x``, ``(x)``, or a single operand."""
        *signs, operand = [child for child in children if not _is(child, *_PARENTHESES)]
        value = self._value(operand)
        return tree.Signed("".join(signs), value) if signs else value

    def _value(self, child: Node) -> tree.Expression:
        if not isinstance(child, Token):
            expression: tree.Expression = child
            return expression
        if child.type == "NUMBER":
            if len(child) > 20:
                raise problem("NSH-E0310", _span(child), str(child))
            return tree.Number(int(child, 16 if child[1:2] in ("x", "X") else 10))
        if child.type == "NAME":
            return tree.Variable(str(child), quoted=True)
        part = self._part(child, quoted=True)
        assert isinstance(part, tree.Variable | tree.Substitution), child.type
        return part


def _pieces(token: Token) -> tuple[tree.Part, ...]:
    """A word's text, or part of it, by whether it may match."""
    if re.search(MAGIC, token) is None:
        return (tree.Text(unquote.bare(token)),)
    return tuple(
        tree.Text(text) if quoted else tree.Wild(text) for text, quoted in unquote.pieces(token)
    )


def _pattern(part: tree.Part) -> str:
    """What *part* adds to its word's pattern."""
    return part.text if type(part) is tree.Wild else escaped(cast(tree.Text, part).text)


def _unmatched(word: tree.Word) -> tree.Word:
    """A word where no file's name is meant: it is what it says."""
    if word.literal is None and all(type(part) in (tree.Text, tree.Wild) for part in word.parts):
        return tree.Word(word.span, "".join(cast(tree.Text, part).text for part in word.parts))
    return word


def _is(child: Node, *types: str) -> bool:
    return isinstance(child, Token) and child.type in types


def _span(token: Token) -> Span:
    return Span(cast(int, token.start_pos), cast(int, token.end_pos))


def _around(children: list[Node]) -> Span:
    """From the start of the first child to the end of the last."""
    return Span(_span_of(children[0]).start, _span_of(children[-1]).end)


def _span_of(node: Node) -> Span:
    if isinstance(node, Token):
        return _span(node)
    span: Span = node.body.span if type(node) is tree.Substitution else node.span
    return span


def _only(children: list[Node]) -> Node:
    return children[0] if len(children) == 1 else None


def _statements(children: list[Node]) -> tuple[tree.Statement, ...]:
    return tuple(
        tree.Narration(_span(child), str(child)[2:].removeprefix(" "))
        if isinstance(child, Token)
        else child
        for child in children
    )


def _and_or(children: list[Node]) -> tree.Statement:
    if len(children) == 1:
        statement: tree.Statement = children[0]
        return statement
    operators = [str(operator)[:2] for operator in children[1::2]]
    rest = tuple(zip(operators, children[2::2], strict=True))
    return tree.AndOr(_around(children), children[0], rest)


def _argument(child: Node) -> tree.Word:
    """An argument that looks like something else: ``a=b``, ``==``."""
    if type(child) is tree.Assignment:
        head, value = child.name + "=", child.value
        if value.literal is not None:
            return tree.Word(child.span, head + value.literal)
        return tree.Word(child.span, None, _joined([tree.Text(head), *value.parts]))
    if isinstance(child, Token):
        return tree.Word(_span(child), str(child))
    word: tree.Word = child
    return word


def _joined(parts: list[tree.Part]) -> tuple[tree.Part, ...]:
    """Runs of text made one."""
    joined: list[tree.Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if type(part) is tree.Text and type(last) is tree.Text:
            joined[-1] = tree.Text(last.text + part.text)
        else:
            joined.append(part)
    return tuple(joined)
