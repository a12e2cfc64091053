"""What xargs reads, as words, and the command lines that it makes of them."""

import re
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from nsh.userland.options import UsageError
from nsh.userland.streams import encode

Word: TypeAlias = tuple[str, bool]
"""A word, and whether a line ends with it: not if blanks stand between."""

_MOST: Final = 5000
"""Words on one command line."""
_WORD: Final = re.compile(r"""(?:"([^"\n]*)"|'([^'\n]*)'|\\(.)|([^\s"'\\]+))""", re.DOTALL)


def unquoted(text: str) -> list[Word]:
    """The words of *text*, with quotes and backslashes taken away as a shell does."""
    words: list[str] = []
    ends: list[bool] = []
    at, open_word = 0, False
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            if text[at] in "\"'":
                kind = "double" if text[at] == '"' else "single"
                raise UsageError(
                    f"unmatched {kind} quote; by default quotes are special to xargs unless you "
                    "use the -0 option"
                )
            if open_word:
                ends.append(text[at] == "\n")
            open_word = False
            at += 1
            continue
        part = next((group for group in match.groups() if group is not None), "")
        if open_word:
            words[-1] += part
        else:
            words.append(part)
        at, open_word = match.end(), True
    return list(zip(words, [*ends, True][: len(words)], strict=True))


def lines(text: str) -> list[str]:
    """The lines of *text* that hold a word, without the blanks in front, unquoted."""
    found = (line.lstrip(" \t") for line in text.split("\n"))
    return [" ".join(word for word, _ in unquoted(line)) for line in found if line]


def divided(text: str, separator: str) -> list[Word]:
    """What stands between *separator*; each counts as a line."""
    pieces = text.removesuffix(separator).split(separator) if text else []
    return [(piece, True) for piece in pieces]


def command_lines(
    argv: Sequence[str],
    words: Sequence[Word],
    *,
    room: int,
    strict: bool,
    words_each: int,
    lines_each: int,
) -> Iterator[list[str]]:
    """*argv* with words behind, so many words or lines at a time (0: any number), and no longer
    than *room* bytes with a NUL behind each.

    UsageError where a single word has no room; if *strict*, also where so many have none.
    """
    own = _size(argv)
    if own > room:
        raise UsageError("cannot fit single argument within argument list size limit")
    line, used, ended = [*argv], own, 0
    for word, ends in words:
        need = _size([word])
        full = used + need > room
        if full or len(line) - len(argv) == (words_each or _MOST):
            if full and strict and words_each + lines_each:
                raise UsageError("argument list too long")
            if len(line) > len(argv):
                yield line
            if own + need > room:
                raise UsageError("argument line too long")
            line, used, ended = [*argv], own, 0
        line.append(word)
        used += need
        ended += ends
        if lines_each and ended == lines_each:
            yield line
            line, used, ended = [*argv], own, 0
    if len(line) > len(argv):
        yield line


def _size(words: Sequence[str]) -> int:
    return sum(len(encode(word)) + 1 for word in words)
