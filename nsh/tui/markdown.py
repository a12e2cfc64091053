"""The little Markdown that narration uses: headings, strong, emphasis, code, links' words."""

import re

from rich.style import Style
from rich.text import Text

from nsh.tui.cells import clean

_INLINE = re.compile(
    r"\*\*(?P<strong>.+?)\*\*|\*(?P<em>[^*\s](?:[^*]*[^*\s])?)\*|`(?P<code>[^`]+)`"
    r"|\[(?P<link>[^\]]+)\]\([^)]*\)"
)
_STYLES = {
    "strong": Style(bold=True),
    "em": Style(italic=True),
    "link": Style(underline=True),
}


def paragraphs(text: str, base: Style, code: Style) -> list[Text]:
    """The paragraphs of *text*, each to be wrapped; *code* is the style of what stands in
    backquotes.  A heading is a paragraph of its own, in bold."""
    found: list[Text] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        words: list[str] = []
        for line in block.splitlines():
            if line.lstrip().startswith("#"):
                found.append(_inline(line.lstrip("# "), base + Style(bold=True), code))
            else:
                words += line.split()
        if words:
            found.append(_inline(" ".join(words), base, code))
    return found


def _inline(text: str, base: Style, code: Style) -> Text:
    text = clean(text.strip())
    result = Text(style=base, end="")
    end = 0
    for found in _INLINE.finditer(text):
        result.append(text[end : found.start()])
        kind = found.lastgroup or "em"
        result.append(found[kind], code if kind == "code" else _STYLES[kind])
        end = found.end()
    return result.append(text[end:])
