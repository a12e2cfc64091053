"""The syntax tree: what a script says, with the place where it says it.

Built bottom-up by :mod:`nsh.lang.build`, turned into code by :mod:`nsh.lang.compiler`.  Trees
are values: equal texts have equal trees.
"""

from typing import TypeAlias

from nsh.lang.source import Span
from nsh.machine.record import Record

# ---- words


class Text(Record):
    """Characters that stand for themselves; quotes and backslashes are already taken off."""

    text: str


class Wild(Record):
    """Unquoted characters of a word in which ``*``, ``?`` or ``[`` is unquoted: where words become
    fields they match the names of files."""

    text: str


class Variable(Record):
    """``$name``, ``${name}``, ``$?``, ``$!``, ``$$``.

    ``quoted``: inside double quotes, so its value stays one piece.
    """

    name: str
    quoted: bool


class Substitution(Record):
    """``$(command)`` or backquotes: what it prints, less the newlines at its end."""

    body: "Block"
    quoted: bool


class Arithmetic(Record):
    """``$((expression))``."""

    span: Span
    expression: "Expression"


class Parameter(Record):
    """``${name:-word}``: a variable, and what is made of it.

    ``operator`` is ``-``, ``=``, ``?`` or ``+``, with a colon before it if an empty value is as
    good as none, or ``#``, ``##``, ``%``, ``%%``, whose word is a pattern.
    """

    span: Span
    name: str
    operator: str
    word: tuple["Part", ...]
    quoted: bool

    @property
    def is_tilde(self) -> bool:
        """``~``, which stands for ``${HOME-/}``: no other is a character long."""
        return self.span.end == self.span.start + 1


Part: TypeAlias = Text | Wild | Variable | Substitution | Arithmetic | Parameter


class Word(Record):
    """One word.  ``literal`` is its value if that is always the same, and then ``parts`` is
    empty; else it is None."""

    span: Span
    literal: str | None
    parts: tuple[Part, ...] = ()

    def said(self, home: str | None = None) -> str | None:
        """What it says where it is matched with no names; None if somebody would have to be asked.

        To the words of a prompt, which no task performs, ``~`` is *home*.
        """
        if self.literal is not None:
            return self.literal
        found = ""
        for part in self.parts:
            if home is not None and type(part) is Parameter and part.is_tilde:
                found += home
            elif isinstance(part, Text | Wild):
                found += part.text
            else:
                return None
        return found


# ---- arithmetic


class Number(Record):
    """A constant."""

    value: int


class Signed(Record):
    """Prefix operators (``-``, ``+``, ``!``, ``~``), outermost first, and what they apply to."""

    operators: str
    operand: "Expression"


class Chain(Record):
    """Operands joined by operators of one rank, from left to right."""

    first: "Expression"
    rest: tuple[tuple[str, "Expression"], ...]


class Choice(Record):
    """``condition ? then : otherwise``."""

    condition: "Expression"
    then: "Expression"
    otherwise: "Expression"


Expression: TypeAlias = Number | Variable | Substitution | Parameter | Signed | Chain | Choice


# ---- commands


class Redirection(Record):
    """``2>> file`` (operator ``>>``), ``2>&1`` (operator ``>&``, ``source`` 1; -1 for ``-``),
    ``<<< text`` and ``<<EOF`` (operator ``<<``; the text is the ``target``)."""

    span: Span
    descriptor: int
    """-1: ``&>``, both 1 and 2."""
    operator: str
    target: Word | None
    source: int = -1


class Assignment(Record):
    """``name=value``."""

    span: Span
    name: str
    value: Word


class Block(Record):
    """Statements in braces, parentheses or backquotes."""

    span: Span
    statements: tuple["Statement", ...]


class Simple(Record):
    """Assignments, words, redirections, and for some commands a block behind."""

    span: Span
    assignments: tuple[Assignment, ...]
    words: tuple[Word, ...]
    redirections: tuple[Redirection, ...]
    block: Block | None = None


class Redirected(Record):
    """A compound command with redirections."""

    span: Span
    body: "Statement"
    redirections: tuple[Redirection, ...]


class Group(Record):
    """``{ … }`` by the acting task."""

    span: Span
    block: Block


class Subshell(Record):
    """``( … )`` by a forked child."""

    span: Span
    block: Block


class Pipeline(Record):
    """``a | b``: at least two parts."""

    span: Span
    parts: tuple["Statement", ...]


class Not(Record):
    """``! …``."""

    span: Span
    body: "Statement"


class AndOr(Record):
    """``a && b || c``, from left to right."""

    span: Span
    first: "Statement"
    rest: tuple[tuple[str, "Statement"], ...]


class Background(Record):
    """``… &``."""

    span: Span
    body: "Statement"


class Comparison(Record):
    """``A == B`` and the like, where a condition may stand."""

    span: Span
    left: Word
    operator: str
    right: Word


# ---- constructs


class If(Record):
    """Conditions with their blocks, tried in turn, and the last ``else``."""

    span: Span
    branches: tuple[tuple["Statement", Block], ...]
    otherwise: Block | None


class While(Record):
    """``while COND { … }``."""

    span: Span
    condition: "Statement"
    body: Block


class For(Record):
    """``for NAME in WORDS { … }``."""

    span: Span
    name: str
    words: tuple[Word, ...]
    body: Block


class Repeat(Record):
    """``repeat N { … }``."""

    span: Span
    count: Word
    body: Block


class Par(Record):
    """``par { … } { … }``."""

    span: Span
    left: Block
    right: Block


class Define(Record):
    """``def NAME(PARAMETERS) { … }``."""

    span: Span
    name: str
    parameters: tuple[str, ...]
    body: Block


class Expect(Record):
    """``expect A == B``, ``expect COMMAND``: the condition must hold."""

    span: Span
    condition: "Statement"


class ExpectOutput(Record):
    """``expect { … } prints WORD``, or ``matches``: by regular expression."""

    span: Span
    body: Block
    matches: bool
    wanted: Word


class ExpectFailure(Record):
    """``expect { … } fails ERRNO``; "" takes any failure."""

    span: Span
    body: Block
    errno: str


class Narration(Record):
    """``#: text``: one line of Markdown for the audience."""

    span: Span
    text: str


Statement: TypeAlias = (
    Simple
    | Redirected
    | Group
    | Subshell
    | Pipeline
    | Not
    | AndOr
    | Background
    | Comparison
    | If
    | While
    | For
    | Repeat
    | Par
    | Define
    | Expect
    | ExpectOutput
    | ExpectFailure
    | Narration
)


class Script(Record):
    """A whole text.  Each statement is performed by itself, as one program."""

    source: str
    name: str
    statements: tuple[Statement, ...]
