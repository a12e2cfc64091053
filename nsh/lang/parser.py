"""Text to tree: the one way in."""

import re
from typing import Final

from msgspec.structs import replace

from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.mistakes import problem
from nsh.lang.reading import parse_statements
from nsh.lang.source import Span, normalise
from nsh.lang.tree import Script

_STORED: Final = '{"format":"nsh-machine"'
"""How a file begins that `live save` writes (nsh.machine.store)."""
_NOT_TEXT: Final = "[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]"


def parse(text: str, name: str = "-c") -> Script:
    """The script that *text* is; *name* is what messages call it.

    Raises :class:`SyntaxProblem`, and nothing else whatever the text.
    """
    text = normalise(text)
    try:
        _check_kind(text, name)
        _check_characters(text)
        statements = parse_statements(text)
    except SyntaxProblem as error:
        from nsh.lang.shellisms import meant  # noqa: PLC0415  # only who errs needs it

        error = meant(text, error.diagnostic) or error
        raise SyntaxProblem(replace(error.diagnostic, source=text, name=name)) from None
    return Script(text, name, statements)


def _check_kind(text: str, name: str) -> None:
    if text.startswith(_STORED):
        told = f"to start from it: nsh repl --from {name}, nsh -c CODE --from {name}"
        raise problem("NSH-E0003", Span(0, len(_STORED)), help=told)


def _check_characters(text: str) -> None:
    found = None if text.isprintable() else re.search(_NOT_TEXT, text)
    if found is None:
        return
    code = ord(found[0])
    kind = "half of a surrogate pair" if code >= 0xD800 else "the control character"
    span = Span(found.start(), found.end())
    raise problem("NSH-E0001", span, f"{kind} U+{code:04X}")
