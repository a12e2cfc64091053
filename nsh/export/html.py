"""A page that plays: real tables, real buttons, and the whole transcript below.

It is one file that fetches nothing and may run nothing but its own script, by its own policy.  The
play is data in it, which the script shows as text; without a script the transcript is there.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from nsh.export.ink import Paper
from nsh.export.moments import Moment, Play, Screen, Table
from nsh.export.transcript import HARMLESS, Transcript
from nsh.machine.record import Record
from nsh.tui import markdown
from nsh.views.themes import Theme

_FOLDER: Final = Path(__file__).with_name("page")
_ROLES: Final = ("pid", "guide", "added", "removed", "changed", "errno", "container")
KEYS: Final = (
    ("Space", "play, pause"),
    (", .", "one moment back, forward"),
    ("← →", "five seconds"),
    ("Shift ← →", "a tenth of the whole"),
    ("[ ]", "chapter before, next chapter"),
    ("0 … 9", "to that tenth"),
    ("Home End", "the beginning, the end"),
    ("f", "full screen"),
    ("?", "this"),
)


class _Moment(Record):
    """A moment whose tables and screens stand elsewhere, each once."""

    position: int
    duration: int
    prompt: str
    commands: tuple[str, ...]
    chapter: int
    tables: tuple[int, ...]
    screens: tuple[int, ...]
    output: tuple[str, ...]
    failure: str


class _Data(Record):
    """What the script is told."""

    last: int
    chapters: tuple[str, ...]
    tables: tuple[Table, ...]
    screens: tuple[Screen, ...]
    moments: tuple[_Moment, ...]


def page(play: Play, transcript: Transcript, theme: Theme, paper: Paper) -> str:
    """The page, in the colours of *theme*."""
    style = _colours(theme, paper) + (_FOLDER / "player.css").read_text(encoding="utf-8")
    script = (_FOLDER / "player.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="generator" content="nsh export">',
        f"<title>{_text(play.title)}</title>",
        f"<style>{style}</style>",
        "</head>",
        '<body class="no-script">',
        *_body(play, transcript),
        f'<script type="application/json" id="play">{_json(play)}</script>',
        f"<script>{script}</script>",
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _body(play: Play, transcript: Transcript) -> Iterator[str]:
    end = len(play.moments) - 1
    yield '<div class="wide">'
    yield (
        f"<header><h1><b>nsh</b>{_text(play.title)}</h1>"
        f"<p>profile {_text(play.profile)}, {play.last} steps</p></header>"
    )
    yield '<section id="narration" aria-label="Narration" aria-live="polite"></section>'
    yield '<nav aria-label="Chapters"><ol id="chapters">'
    for number, (name, _) in enumerate(play.chapters, 1):
        yield f'<li><a href="#chapter-{number}" data-chapter="{number}">{_text(name)}</a></li>'
    yield "</ol></nav>"
    yield '<main id="panes"></main>'
    yield from _transcript(transcript)
    yield "</div>"
    yield '<footer><div class="wide"><div id="bar" role="group" aria-label="Player">'
    for name, text in (("first", "First"), ("back", "Back"), ("play-pause", "Play")):
        yield f'<button type="button" id="{name}">{text}</button>'
    for name, text in (("forward", "Forward"), ("last", "Last")):
        yield f'<button type="button" id="{name}">{text}</button>'
    yield f'<input type="range" id="seek" min="0" max="{end}" value="0" aria-label="Moment">'
    yield '<select id="speed" aria-label="Speed">'
    for speed in ("0.5", "1", "2", "4"):
        chosen = " selected" if speed == "1" else ""
        yield f'<option value="{speed}"{chosen}>{speed}×</option>'
    yield '</select><button type="button" id="keys" aria-label="Keys">?</button></div>'
    yield '<p id="status" class="mono" role="status" aria-live="polite"></p></div></footer>'
    yield '<dialog id="help" aria-label="Keys"><h2>Keys</h2><dl>'
    for keys, text in KEYS:
        yield f"<dt><kbd>{_text(keys)}</kbd></dt><dd>{_text(text)}</dd>"
    yield '</dl><form method="dialog"><button>Close</button></form></dialog>'


def _transcript(transcript: Transcript) -> Iterator[str]:
    yield '<details id="transcript" open><summary>Transcript</summary>'
    number = 0
    for passage in transcript.passages:
        if passage.narration:
            number += 1
            blocks = "".join(_blocks(passage.narration))
            yield f'<section id="chapter-{number}">{blocks}</section>'
        else:
            yield f"<pre>{_text(chr(10).join(passage.lines))}</pre>"
    yield "</details>"


def _blocks(narration: str) -> Iterator[str]:
    """The elements of a narration, items of one list together."""
    for kind, blocks in groupby(markdown.blocks(narration), _kind):
        inner, outer = {"ul": ("li", "ul"), "ol": ("li", "ol")}.get(kind, (kind, ""))
        elements = [
            f"<{inner}>{''.join(map(_span, markdown.spans(block.text)))}</{inner}>"
            for block in blocks
        ]
        yield "".join([f"<{outer}>", *elements, f"</{outer}>"] if outer else elements)


def _kind(block: markdown.Block) -> str:
    if block.mark:
        return "ul" if block.mark == markdown.BULLET else "ol"
    return "h2" if block.heading else "p"


def _span(span: markdown.Span) -> str:
    text = _text(span.text)
    tag = {"strong": "strong", "em": "em", "code": "code"}.get(span.kind)
    if tag is not None:
        return f"<{tag}>{text}</{tag}>"
    if span.kind == "link" and HARMLESS.fullmatch(span.target):
        return f'<a href="{_text(span.target)}" rel="noreferrer">{text}</a>'
    return text


def _json(play: Play) -> str:
    """The play as JSON in which nothing ends the element that it stands in."""
    tables = _once(table for moment in play.moments for table in moment.tables)
    screens = _once(screen for moment in play.moments for screen in moment.screens)
    data = _Data(
        play.last,
        tuple(name for name, _ in play.chapters),
        tuple(tables),
        tuple(screens),
        tuple(_numbered(moment, tables, screens) for moment in play.moments),
    )
    text = msgspec.json.encode(data).decode()
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


R = TypeVar("R", bound=Record)


def _once(found: Iterable[R]) -> dict[R, int]:
    numbers: dict[R, int] = {}
    for one in found:
        numbers.setdefault(one, len(numbers))
    return numbers


def _numbered(moment: Moment, tables: dict[Table, int], screens: dict[Screen, int]) -> _Moment:
    return _Moment(
        moment.position,
        moment.duration,
        moment.prompt,
        moment.commands,
        moment.chapter,
        tuple(tables[table] for table in moment.tables),
        tuple(screens[screen] for screen in moment.screens),
        moment.output,
        moment.failure,
    )


def _colours(theme: Theme, paper: Paper) -> str:
    """The theme as variables of the style sheet."""
    palette = theme.palette
    slots = ("background", "surface", "panel", "foreground", "muted", "primary", "accent")
    found = {slot: getattr(palette, slot) for slot in slots}
    found.update((role, theme.styles[role].color) for role in _ROLES)
    selected = theme.styles["selected"]
    found["selected"] = selected.on or palette.panel
    found["on-selected"] = selected.color
    rules = [f"--{name}: {paper.named(value, name)};" for name, value in found.items()]
    scheme = f"--scheme: {'dark' if theme.dark else 'light'};"
    return ":root { " + " ".join([*rules, scheme]) + " }\n"


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _text(text: str) -> str:
    return escape(text)
