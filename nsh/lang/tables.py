"""The parser's tables, made beforehand: building them takes longer than all the rest of a start.

``grammar/nsh.tables.json`` holds what lark computed from ``grammar/nsh.lark``; it is plain data,
and a test holds the two together.  Tables of another grammar or another lark are not used: then
the parser is built from the grammar, as it always can be.
"""

from typing import Any, Final
from zlib import crc32

import lark
import msgspec
from lark import Lark
from lark.grammar import Rule
from lark.lexer import TerminalDef

_OURS: Final = ("postlex", "transformer", "_plugins")
"""Options that hold code, which is not data: the loader gives its own."""


class Tables(msgspec.Struct):
    """The file: whose tables they are, and lark's serialized parser."""

    grammar: str
    """CRC-32 of the grammar's text."""
    lark: str
    """The version of lark that made them."""
    data: dict[str, Any]
    memo: dict[int, dict[str, Any]]


def dump(parser: Lark, grammar: str) -> str:
    """The file's text for *parser*, which was built from the text *grammar*."""
    data, memo = parser.memo_serialize([TerminalDef, Rule])
    options = {name: data["options"][name] for name in data["options"] if name not in _OURS}
    tables = Tables(_fingerprint(grammar), lark.__version__, {**data, "options": options}, memo)
    return msgspec.json.format(msgspec.json.encode(tables), indent=0).decode() + "\n"


def load(text: str, grammar: str, **options: Any) -> Lark | None:
    """The parser that *text* describes, or None if it is another grammar's or another lark's."""
    tables = msgspec.json.decode(text, type=Tables)
    if tables.grammar != _fingerprint(grammar) or tables.lark != lark.__version__:
        return None
    inner = tables.data["parser"]["parser"]
    inner["states"] = {int(state): actions for state, actions in inner["states"].items()}
    made: Lark = Lark._load_from_dict(tables.data, tables.memo, **options)  # type: ignore[no-untyped-call]
    return made


def _fingerprint(grammar: str) -> str:
    return f"{crc32(grammar.encode()):08x}"
