"""The little Markdown that narration uses: headings, lists, strong, emphasis, code, links."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from rich.style import Style
from rich.text import Text

from nsh.tui.cells import clean

_INLINE = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*|`(?P<code>[^`]+)`"
    r"|\[(?P<link>[^\]]+)\]\((?P<target>[^)]*)\)"
)
_STYLES = {
    "strong": Style(bold=True),
    "em": Style(italic=True),
    "link": Style(underline=True),
}


_ITEM = re.compile(r"\s*(?P<mark>[-*+]|\d{1,3}[.)])\s+(?P<text>.*)")
BULLET = "•"


class Block(NamedTuple):
    """A heading, a paragraph or an item of a list, its lines joined."""

    heading: bool
    text: str
    mark: str = ""
    """Of an item: :data:`BULLET`, or its number as it was written."""


class Span(NamedTuple):
    """A piece of a paragraph."""

    kind: str
    """``strong``, ``em``, ``code``, ``link``, or "" for plain words."""
    text: str
    target: str = ""
    """Where a link leads."""


def blocks(text: str) -> Iterator[Block]:
    """The paragraphs of *text*; a heading is one of its own, and so is each item of a list."""
    for block in re.split(r"\n\s*\n", text.strip()):
        words: list[str] = []
        mark = ""
        for line in block.splitlines():
            item = _ITEM.fullmatch(line)
            if item is not None:
                if words:
                    yield Block(False, " ".join(words), mark)
                mark = BULLET if item["mark"] in "-*+" else item["mark"]
                words = item["text"].split()
            elif line.lstrip().startswith("#"):
                yield Block(True, line.lstrip("# "))
            else:
                words += line.split()
        if words:
            yield Block(False, " ".join(words), mark)


def spans(text: str) -> Iterator[Span]:
    """The pieces of a paragraph, made harmless."""
    text = clean(text.strip())
    end = 0
    for found in _INLINE.finditer(text):
        if found.start() > end:
            yield Span("", text[end : found.start()])
        kind = "link" if found["link"] else found.lastgroup or "em"
        yield Span(kind, found[kind], found["target"] or "")
        end = found.end()
    if end < len(text):
        yield Span("", text[end:])


def paragraphs(text: str, base: Style, code: Style) -> list[Text]:
    """The paragraphs of *text*, each to be wrapped; *code* is the style of what stands in
    backquotes.  A heading is a paragraph of its own, in bold."""
    found = []
    for block in blocks(text):
        style = base + Style(bold=True) if block.heading else base
        mark = f"{block.mark} " if block.mark else ""
        found.append(_styled(block.text, style, code, mark))
    return found


def plain(text: str) -> list[str]:
    """The words of *text* without its marks, a string a paragraph."""
    return [paragraph.plain for paragraph in paragraphs(text, Style(), Style())]


def _styled(text: str, base: Style, code: Style, mark: str) -> Text:
    result = Text(mark, style=base, end="")
    for span in spans(text):
        result.append(span.text, code if span.kind == "code" else _STYLES.get(span.kind))
    return result
