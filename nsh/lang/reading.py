"""Text to statements: by the grammar, or without it where there is nothing to parse.

A text of plain words, ``ps -e``, says the same to the grammar as to a glance, and importing lark
takes longer than running such a line.  A test holds the two ways together.
"""

import re
from typing import Final

from nsh.lang import tree
from nsh.lang.mistakes import is_plain
from nsh.lang.source import Span

_PLAIN: Final = r"[A-Za-z][A-Za-z0-9_-]*(?:[ \t]+[A-Za-z0-9_./:,-]+)*[ \t]*\n?"
_WORD: Final = r"[^ \t\n]+"


def parse_statements(text: str) -> tuple[tree.Statement, ...]:
    """The statements of *text*.  Raises SyntaxProblem without name and source."""
    found = plain(text)
    if found is not None:
        return found
    from nsh.lang import grammar  # noqa: PLC0415  # lark, which a plain line does not need

    return grammar.parse_statements(text)


def plain(text: str) -> tuple[tree.Statement, ...] | None:
    """The one statement of a text of plain words, none of an empty one; None if it is another."""
    if not text:
        return ()
    if re.fullmatch(_PLAIN, text) is None:
        return None
    words = tuple(tree.Word(Span(*word.span()), word[0]) for word in re.finditer(_WORD, text))
    if not is_plain(words[0].literal or ""):
        return None
    return (tree.Simple(Span(words[0].span.start, words[-1].span.end), (), words, ()),)
