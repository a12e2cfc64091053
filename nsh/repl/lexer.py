"""Colours for what is being typed."""

from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.formatted_text.utils import split_lines
from prompt_toolkit.lexers import Lexer


class RoleLexer(Lexer):
    """Gives each piece of the text the class of its role."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """The pieces of a line, by its number."""
        if not document.text:
            return lambda number: []
        from nsh.lang.highlight import pieces  # noqa: PLC0415  # pygments: no prompt waits for it

        lines = list(split_lines([(f"class:{role}", text) for role, text in pieces(document.text)]))

        def line(number: int) -> StyleAndTextTuples:
            return lines[number] if number < len(lines) else []

        return line
