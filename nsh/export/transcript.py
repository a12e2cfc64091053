"""What was said, typed and printed, as plain text or as Markdown."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from nsh.console import visible
from nsh.performance import bad_end
from nsh.session.history import Step
from nsh.session.session import Session
from nsh.tui import markdown
from nsh.tui.cells import clean

WIDE: Final = 78
"""Columns of narration in plain text."""
MORE: Final = "> "
"""In front of the further lines of a command."""


class Passage(NamedTuple):
    """A piece of narration, or what was typed and printed up to the next one."""

    narration: str = ""
    lines: tuple[str, ...] = ()


class Transcript(NamedTuple):
    """A whole play."""

    title: str
    passages: tuple[Passage, ...]
    failed: bool


def transcript(session: Session, title: str) -> Transcript:
    """Perform what *session* has loaded, to its end."""
    passages: list[Passage] = []
    text, cursor, failed, ends = "", 0, False, ""
    prompt = session.prompt()
    while (step := session.forward()) is not None:
        failed = failed or step.failed
        if step.cursor != cursor:
            cursor = step.cursor
            if not step.place.text:
                if step.place.narration:
                    passages += _passage(text)
                    passages.append(Passage(narration=step.place.narration))
                    text = ""
            else:
                text += _own_line(text) + _typed(prompt, step.place.text)
        for out in step.output:
            text += visible(out.text)
        if step.message:
            text += _own_line(text) + _said(step) + "\n"
        ends = ends or step.broke_off("")
        prompt = session.prompt()
    if ends and not session.halted:
        text += _own_line(text) + visible(ends) + "\n"
    if session.halted:
        failed = failed or bad_end(session)
        text += _own_line(text) + clean(session.halted) + "\n"
    passages += _passage(text)
    return Transcript(clean(title), tuple(passages), failed)


def _passage(text: str) -> Iterator[Passage]:
    if text:
        yield Passage(lines=tuple(text.removesuffix("\n").split("\n")))


def _own_line(text: str) -> str:
    return "" if not text or text.endswith("\n") else "\n"


def _typed(prompt: str, text: str) -> str:
    first, *rest = text.split("\n")
    lines = [prompt + first, *(MORE + line for line in rest)]
    return "".join(visible(line) + "\n" for line in lines)


def _said(step: Step) -> str:
    where = f"{step.where}: " if step.failed else ""
    return visible(where + step.message)


def plain(play: Transcript) -> str:
    """The transcript as text, narration without its marks."""
    parts = []
    for passage in play.passages:
        if passage.narration:
            told = markdown.plain(passage.narration)
            parts.append("\n\n".join(textwrap.fill(one, WIDE) for one in told))
        else:
            parts.append("\n".join(passage.lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def as_markdown(play: Transcript) -> str:
    """The transcript as Markdown: narration as it was written, sessions as code."""
    parts = []
    first = play.passages[0].narration if play.passages else ""
    if not first.lstrip().startswith("#"):
        parts.append(f"# {_escaped(play.title)}")
    for passage in play.passages:
        if passage.narration:
            parts += _blocks(passage.narration)
        else:
            fence = _fence(passage.lines)
            parts.append("\n".join([f"{fence}console", *passage.lines, fence]))
    return "\n\n".join(parts) + "\n"


def _fence(lines: Iterable[str]) -> str:
    """A fence that nothing in *lines* can end."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    return "`" * max(3, longest + 1)


def _blocks(narration: str) -> Iterator[str]:
    depth = 1
    for block in markdown.blocks(narration):
        text = "".join(map(_span, markdown.spans(block.text)))
        if block.heading:
            yield f"{'#' * depth} {text}"
            depth = 2
        elif block.mark:
            yield f"{'-' if block.mark == markdown.BULLET else block.mark} {text}"
        else:
            yield re.sub(r"^([-+>=~#]|\d+[.)])", r"\\\1", text)


def _span(span: markdown.Span) -> str:
    text = _escaped(span.text)
    match span.kind:
        case "strong":
            return f"**{text}**"
        case "em":
            return f"*{text}*"
        case "code":
            return f"`{span.text}`"
        case "link" if HARMLESS.fullmatch(span.target):
            return f"[{text}]({span.target})"
    return text


HARMLESS: Final = re.compile(r"https?://[\w.~:/?#@!$&*+,;=%-]+|#?[\w-][\w./#-]*")
"""Where a link may lead: to the web or to a file beside, never to a script."""


def _escaped(text: str) -> str:
    """Words that Markdown takes for nothing but words."""
    text = re.sub(r"([\\`*\[\]<])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    text = re.sub(r"!$", r"\!", text)  # before a link it would make a picture of it
    return re.sub(r"&(?=#?\w+;)", "&amp;", text)
