"""Names made safe to print, as GNU tools do it (shell-escape quoting): what a shell reads back.

A name may hold any byte but NUL and ``/``; printed raw it could move the cursor or fake a line.
"""

import re
from typing import Final

_SPECIAL: Final = r"""[ !"$&()*;<=>\[^`|?\\']|^[#~]|^[{}]$"""
_NEVER_BARE: Final = r"[^\x20-\x7e]"
"""What may be unprintable: everything but ASCII's printable characters."""
_FINE_IN_DOUBLE_QUOTES: Final = r"[#~]?[ 'A-Za-z0-9%+,./:\]_-]*"
_LETTERS: Final = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r"}


def plain(name: str) -> str:
    """The name as it is where that can be mistaken for nothing, quoted otherwise (quotef)."""
    return bare(name) if ":" not in name else always(name)


def bare(name: str) -> str:
    """The same, but a colon needs no quotes; what ls prints on a terminal."""
    if not name or re.search(_SPECIAL, name) or not name.isprintable():
        return always(name)
    return name


def always(name: str) -> str:
    r"""The name in quotes: ``'a b'``, ``"it's"``, ``'a'$'\n''b'`` (quoteaf)."""
    if "'" in name and re.fullmatch(_FINE_IN_DOUBLE_QUOTES, name):
        return f'"{name}"'
    if "'" not in name and name.isprintable():
        return f"'{name}'"
    pieces = ["'"]
    escaping = False
    for character in name:
        if character.isprintable():
            if character == "'":
                pieces.append(r"'\''")
            else:
                pieces.append("''" + character if escaping else character)
            escaping = False
        else:
            pieces.append(_escaped(character) if escaping else "'$'" + _escaped(character))
            escaping = True
    return "".join(pieces) + "'"


def quoted(text: str) -> str:
    r"""Something that is no name, in quotes: ``'x'``, ``'a\nb'`` (quote)."""
    if text.isprintable() and "'" not in text and "\\" not in text:
        return f"'{text}'"
    body = (
        "\\" + each if each in "'\\" else each if each.isprintable() else _escaped(each)
        for each in text
    )
    return f"'{''.join(body)}'"


def masked(name: str) -> str:
    """The name with ? for what cannot be printed (``ls -q``)."""
    return name if name.isprintable() else re.sub(_NEVER_BARE, _mask, name)


def _mask(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else "?"


def _escaped(character: str) -> str:
    letter = _LETTERS.get(ord(character))
    if letter is not None:
        return "\\" + letter
    return "".join(f"\\{byte:03o}" for byte in character.encode("utf-8", "surrogateescape"))
