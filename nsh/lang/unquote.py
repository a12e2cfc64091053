"""Quotes and backslashes, taken off and put on as sh(1) does."""

import re
from typing import Final

_SPECIAL: Final = r"['\"\\]"
_IN_WORD: Final = (
    r"'(?P<single>[^']*)'"
    r'|"(?P<double>(?:[^"\\]|\\[\s\S])*)"'
    r"|\\(?P<escaped>[\s\S])"
)
_PLAIN: Final = r"[A-Za-z0-9_./:@%+,-]+"
_IN_BODY: Final = r"\\([\n$`\\])"
_IN_STRING: Final = r'\\([\n"$`\\])'


def bare(text: str) -> str:
    """The value of a word, or piece of one, that holds no expansion."""
    if re.search(_SPECIAL, text) is None:
        return str(text)
    return re.sub(_IN_WORD, _piece, text)


def pieces(text: str) -> list[tuple[str, bool]]:
    """The value of such a word in pieces, each with whether it was quoted."""
    found: list[tuple[str, bool]] = []
    at = 0
    for match in re.finditer(_IN_WORD, text):
        if match.start() > at:
            found.append((text[at : match.start()], False))
        found.append((_piece(match), True))
        at = match.end()
    if at < len(text):
        found.append((text[at:], False))
    return found


def string(text: str) -> str:
    """The value of a piece of text inside double quotes, where a backslash is taken off only
    before a quote, backquote, dollar sign, backslash or newline."""
    if "\\" not in text:
        return str(text)
    return re.sub(_IN_STRING, _escaped, text)


def body(text: str) -> str:
    """The same of a here-document's text, where a double quote is no more than that."""
    return re.sub(_IN_BODY, _escaped, text) if "\\" in text else str(text)


def quote(argv: tuple[str, ...]) -> str:
    """Source text that says exactly *argv*; a first word that needs no quotes has none."""
    return " ".join(_quoted(word) for word in argv)


def _quoted(word: str) -> str:
    if re.fullmatch(_PLAIN, word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def _piece(match: re.Match[str]) -> str:
    if match["single"] is not None:
        return match["single"]
    if match["double"] is not None:
        return string(match["double"])
    return "" if match["escaped"] == "\n" else match["escaped"]


def _escaped(match: re.Match[str]) -> str:
    return "" if match[1] == "\n" else match[1]
