"""What is wrong with a text, said so that a person can mend it.

A diagnostic has a stable code, a cause in one line, the place, what was expected, and what to do
about it.  :func:`render` draws it in plain text; colours are a front end's.
"""

import unicodedata
from collections.abc import Iterable

from nsh.lang.source import Span, line_at, position
from nsh.machine.record import Record
from nsh.spelling import nearest

_WIDTH = 96
"""Longest piece of a source line that is shown; a longer line is cut around its mark."""
_TAB = "    "


class Diagnostic(Record):
    """One error."""

    code: str
    """``NSH-E0101``; it means the same for ever."""
    cause: str
    """One line, without a full stop."""
    source: str
    """The text that is wrong, whole."""
    name: str
    """What the source is called: a file name, ``-c``, ``<prompt>``."""
    span: Span
    label: str = ""
    """What to say at the mark."""
    help: str = ""
    """What to do, one line; "" where the cause says it."""

    @property
    def line(self) -> int:
        """From 1."""
        return position(self.source, self.span.start).line

    @property
    def column(self) -> int:
        """From 1, in characters."""
        return position(self.source, self.span.start).column


class SyntaxProblem(Exception):
    """A text that is no nsh script.  Nothing of it has been performed."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic)
        self.diagnostic = diagnostic

    def __str__(self) -> str:
        return render(self.diagnostic)


def render(diagnostic: Diagnostic) -> str:
    """The diagnostic as text, several lines, no newline at the end::

    error[NSH-E0102]: this block is never closed
     --> demo.nsh:1:9
      |
    1 | spawn w { exit
      |         ^ opened here
      |
      = help: close it with `}`
    """
    text, span = diagnostic.source, diagnostic.span
    place = position(text, span.start)
    line, start = line_at(text, span.start)
    shown, indent, width = _cut(line, span.start - start, span.end - span.start)
    number = str(place.line)
    margin = " " * len(number)
    mark = " " * indent + "^" * width
    if diagnostic.label:
        mark += " " + diagnostic.label
    lines = [
        f"error[{diagnostic.code}]: {diagnostic.cause}",
        f"{margin}--> {diagnostic.name}:{place.line}:{place.column}",
        f"{margin} |",
        f"{number} | {shown}".rstrip(),
        f"{margin} | {mark}",
    ]
    if diagnostic.help:
        lines += [f"{margin} |", f"{margin} = help: {diagnostic.help}"]
    return "\n".join(lines)


def _cut(line: str, column: int, length: int) -> tuple[str, int, int]:
    """The piece of the line to show, where its mark starts and how wide it is, in cells."""
    length = max(1, min(length, len(line) - column))
    first = 0
    if len(line) > _WIDTH:
        first = max(0, min(column - _WIDTH // 3, len(line) - _WIDTH))
    piece = line[first : first + _WIDTH]
    before = line[first:column]
    marked = line[column : min(column + length, first + _WIDTH)]
    left = "…" if first else ""
    right = "…" if first + _WIDTH < len(line) else ""
    shown = left + _plain(piece) + right
    return shown, len(left) + _cells(_plain(before)), max(1, _cells(_plain(marked)))


def _plain(text: str) -> str:
    """*text* as a terminal may show it: no tabs, no control characters."""
    return "".join(_TAB if c == "\t" else c if c.isprintable() else "\ufffd" for c in text)


def _cells(text: str) -> int:
    """How many columns of a terminal *text* takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def did_you_mean(word: str, names: Iterable[str]) -> str:
    """``did you mean `ps`?``, or ""."""
    name = nearest(word, names)
    return f"did you mean `{name}`?" if name else ""
