"""From parse to tree: one method per rule of the grammar, called bottom-up while it parses."""

import re

from lark import Token

from nsh.abi.errno import Errno
from nsh.lang import shellisms, tree
from nsh.lang.heredocs import Heredoc
from nsh.lang.mistakes import check_name, problem
from nsh.lang.nodes import Node, around, is_token, span_of
from nsh.lang.source import Span
from nsh.lang.wording import Wording, joined, statements, unmatched

_MAX_DESCRIPTOR = 255


class Builder(Wording):
    """Builds :mod:`nsh.lang.tree`; raises SyntaxProblem for what the grammar alone cannot tell."""

    # ---- statements

    def start(self, children: list[Node]) -> tuple[tree.Statement, ...]:
        """A whole text."""
        return statements(children)

    def background(self, children: list[Node]) -> tree.Background:
        """``… &``."""
        return tree.Background(around(children), children[0])

    def and_or(self, children: list[Node]) -> tree.Statement:
        """``a && b``, or a single pipeline."""
        return _and_or(children)

    def pipeline(self, children: list[Node]) -> tree.Statement:
        """``! a | b``, or a single command."""
        if is_token(children[0], "NOT"):
            return tree.Not(around(children), self.pipeline(children[1:]))
        return _only(children) or tree.Pipeline(around(children), tuple(children))

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
                shellisms.check_block(child)
                block = child
            elif kind is tree.Assignment and not words:
                assignments.append(child)
            else:
                words.append(_argument(child))
        if words and words[0].literal is not None:
            first = words[1].literal or "" if len(words) > 1 else ""
            check_name(words[0].literal, words[0].span, first=first)
        span = _with_texts(around(children), redirections)
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
        return tree.Assignment(around(children), str(name)[:-1], value)

    def redirection(self, children: list[Node]) -> tree.Redirection:
        """``> file``, ``2>&1``, ``<<< text``, ``<<EOF``."""
        token, span = children[0], around(children)
        digits, sign, rest = re.split(r"([<>&]+)", str(token), maxsplit=1)
        descriptor = int(digits[:4]) if digits else 0 if sign[0] == "<" else 1
        if descriptor > _MAX_DESCRIPTOR:
            raise problem("NSH-E0306", span, digits)
        if isinstance(token, Heredoc):
            span = Span(span.start, token.end)
            return tree.Redirection(span, descriptor, "<<", self.heredoc(token))
        if len(children) == 1:
            source = -1 if rest == "-" else int(rest)
            return tree.Redirection(span, descriptor, ">&", None, source)
        if sign[0] == "&":
            descriptor, sign = -1, sign[1:]
        return tree.Redirection(span, descriptor, sign, unmatched(children[1]))

    def redirected(self, children: list[Node]) -> tree.Statement:
        """A compound command."""
        body, *redirections = children
        if not redirections:
            statement: tree.Statement = body
            return statement
        span = _with_texts(around(children), redirections)
        return tree.Redirected(span, body, tuple(redirections))

    def group(self, children: list[Node]) -> tree.Group:
        """``{ … }``."""
        return tree.Group(children[0].span, children[0])

    def subshell(self, children: list[Node]) -> tree.Subshell:
        """``( … )``."""
        made = tree.Subshell(around(children), self.block(children))
        shellisms.check_subshell(made)
        return made

    # ---- constructs

    def condition(self, children: list[Node]) -> tree.Statement:
        """What an ``if`` asks."""
        terms: list[Node] = []
        for child in children:
            if terms and is_token(terms[-1], "NOT"):
                denied = terms.pop()
                terms.append(tree.Not(Span(denied.start_pos, child.span.end), child))
            else:
                terms.append(child)
        return _and_or(terms)

    def comparison(self, children: list[Node]) -> tree.Statement:
        """``A == B``; but ``COMMAND >> FILE`` is a command all the same."""
        left, operator, right = children
        span = around(children)
        if operator.type == "COMPARE" or str(operator) in ("<", ">"):
            return tree.Comparison(span, unmatched(left), str(operator), unmatched(right))
        return tree.Simple(span, (), (left,), (self.redirection([operator, right]),))

    def if_(self, children: list[Node]) -> tree.If:
        """``if … { … } else if … { … } else { … }``."""
        inner = [child for child in children if not isinstance(child, Token)]
        otherwise = inner.pop() if len(inner) % 2 else None
        branches = tuple(zip(inner[::2], inner[1::2], strict=True))
        return tree.If(around(children), branches, otherwise)

    def while_(self, children: list[Node]) -> tree.While:
        """``while COND { … }``."""
        return tree.While(around(children), children[1], children[2])

    def for_(self, children: list[Node]) -> tree.For:
        """``for NAME in WORDS { … }``."""
        words = tuple(_argument(child) for child in children[3:-1])
        return tree.For(around(children), str(children[1]), words, children[-1])

    def repeat(self, children: list[Node]) -> tree.Repeat:
        """``repeat N { … }``."""
        return tree.Repeat(around(children), children[1], children[2])

    def par(self, children: list[Node]) -> tree.Par:
        """``par { … } { … }``."""
        return tree.Par(around(children), children[1], children[2])

    def define(self, children: list[Node]) -> tree.Define:
        """``def NAME(PARAMETERS) { … }``."""
        name = children[1]
        check_name(str(name), span_of(name), defining=True)
        parameters: list[str] = []
        for child in children:
            if is_token(child, "NAME"):
                if child in parameters:
                    raise problem("NSH-E0305", span_of(child), str(child))
                parameters.append(str(child))
        return tree.Define(around(children), str(name), tuple(parameters), children[-1])

    def expect(self, children: list[Node]) -> tree.Statement:
        """All forms of ``expect``."""
        span, body, last = around(children), children[1], children[-1]
        if type(body) is not tree.Block:
            return tree.Expect(span, body)
        if len(children) == 2:
            return tree.Expect(span, tree.Group(body.span, body))
        verb = children[2].type
        if verb == "FAILS":
            errno = str(last) if is_token(last, "NAME") else ""
            if errno and errno not in Errno.__members__:
                raise problem("NSH-E0303", span_of(last), errno, Errno.__members__)
            return tree.ExpectFailure(span, body, errno)
        wanted = last
        if is_token(last, "REGEX"):
            wanted = tree.Word(span_of(last), str(last)[1:-1].replace("\\/", "/"))
        wanted = unmatched(wanted)
        if verb == "MATCHES" and wanted.literal is not None:
            try:
                re.compile(wanted.literal)
            except (re.error, OverflowError, RecursionError) as error:
                raise problem("NSH-E0304", wanted.span, str(error)) from None
        return tree.ExpectOutput(span, body, verb == "MATCHES", wanted)


def _with_texts(span: Span, redirections: list[tree.Redirection]) -> Span:
    """*span* with here-documents, which stand behind all the rest of their line."""
    return Span(span.start, max([span.end, *(item.span.end for item in redirections)]))


def _only(children: list[Node]) -> Node:
    return children[0] if len(children) == 1 else None


def _and_or(children: list[Node]) -> tree.Statement:
    if len(children) == 1:
        statement: tree.Statement = children[0]
        return statement
    operators = [str(operator)[:2] for operator in children[1::2]]
    rest = tuple(zip(operators, children[2::2], strict=True))
    return tree.AndOr(around(children), children[0], rest)


def _argument(child: Node) -> tree.Word:
    """An argument that looks like something else: ``a=b``, ``==``."""
    if type(child) is tree.Assignment:
        head, value = child.name + "=", child.value
        if value.literal is not None:
            return tree.Word(child.span, head + value.literal)
        return tree.Word(child.span, None, joined([tree.Text(head), *value.parts]))
    if isinstance(child, Token):
        return tree.Word(span_of(child), str(child))
    word: tree.Word = child
    return word
