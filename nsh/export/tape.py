"""A tape for VHS, which types the demo into ``nsh repl`` and films the terminal: a GIF, an MP4.

See "VHS Command Reference" of charmbracelet/vhs.  What is narrated is typed as comments, faster.
How long each answer stays is computed from how much there is to read; nothing in a tape depends on
the machine it is made on.
"""

import shlex
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import Final

from nsh.export.film import LETTER
from nsh.export.measure import Pace, Size
from nsh.performance import bad_end
from nsh.repl.keys import INDENT
from nsh.session.session import Session
from nsh.tui import markdown
from nsh.tui.cells import clean
from nsh.tui.player import READING

FONT: Final = 16
"""Pixels; a cell of it takes no more than"""
CELL: Final = (10, 20)
"""so many, and the frame around all"""
PADDING: Final = 20
NARRATED: Final = 8
"""Milliseconds a letter of narration."""
LOOK: Final = 700
"""Milliseconds that an answer stays at the least,"""
LONGEST: Final = 4_000
"""and at the most,"""
WORD: Final = 90
"""by so many a word."""
_QUOTES: Final = "\"'`"


def tape(
    session: Session, title: str, out: str, repl: Sequence[str], *, size: Size, pace: Pace
) -> tuple[str, bool]:
    """The tape of what *session* has loaded, and whether a statement of that failed.

    *out* is where it will be written, and says what the picture is called; *repl* are the options
    of ``nsh repl`` that make it the same machine.
    """
    lines = _beginning(title, out, repl, size, pace)
    cursor, failed = 0, False
    words = -1
    """Of the answer to the last statement; -1 where none was typed."""
    while (step := session.forward()) is not None:
        failed = failed or step.failed
        place = step.place
        if step.cursor != cursor:
            cursor = step.cursor
            lines += _look(words, pace)
            words = 0 if place.text else -1
            lines += _typed(place.text, pace) if place.text else _told(place.narration, pace)
        words += sum(len(out.text.split()) for out in step.output) if place.text else 0
    lines += [*_look(words, pace), f"Sleep {pace.milliseconds(LONGEST)}ms"]
    return "\n".join(lines) + "\n", failed or bad_end(session)


def _beginning(title: str, out: str, repl: Sequence[str], size: Size, pace: Pace) -> list[str]:
    picture = "demo.gif" if out == "-" else str(PurePath(out).with_suffix(".gif"))
    width, height = (n * cell + 2 * PADDING for n, cell in zip(size, CELL, strict=True))
    command = shlex.join(["nsh", "repl", "--no-history", *repl])
    return [
        f"# {clean(title) or 'A demo'}, typed into nsh repl; to film it: vhs FILE.tape",
        f"Output {_string(picture)}",
        "Require nsh",
        'Set Shell "bash"',
        f"Set FontSize {FONT}",
        f"Set Width {width}",
        f"Set Height {height}",
        f"Set Padding {PADDING}",
        f"Set TypingSpeed {pace.milliseconds(LETTER)}ms",
        "Hide",
        *_type(f"clear; exec {command}"),
        "Enter",
        "Wait /# ?$/",
        "Show",
    ]


def _typed(text: str, pace: Pace) -> Iterator[str]:
    """A statement: each line as the line shell's editor leads to it, and Enter where it ends.

    Alt+Enter begins another line in any case, and indents it as the one before; a closing brace
    that is typed there goes back by one.
    """
    yield ""
    margin = 0
    for number, line in enumerate(text.expandtabs(4).split("\n")):  # the prompt completes on Tab
        if number:
            yield "Alt+Enter"
        words = line.lstrip(" ")
        indent = len(line) - len(words)
        wanted = indent + len(INDENT) if number and words.startswith("}") else indent
        if margin > wanted:
            yield f"Backspace {margin - wanted}"
        yield from _type(" " * (wanted - margin) + words)
        margin = indent
    yield f"Sleep {pace.milliseconds(LOOK / 2)}ms"
    yield "Enter"


def _told(narration: str, pace: Pace) -> Iterator[str]:
    """Narration, as comments that are read before it goes on."""
    if not narration.strip():  # it is for the presenter alone
        return
    yield ""
    for paragraph in markdown.plain(narration):
        for line in textwrap.wrap(clean(paragraph), 72):
            yield from _type(f"# {line}", f"@{pace.milliseconds(NARRATED)}ms")
            yield "Enter"
    words = len(narration.split())
    yield f"Sleep {pace.milliseconds(words * READING * 1000)}ms"


def _look(words: int, pace: Pace) -> Iterator[str]:
    if words >= 0:
        yield f"Sleep {pace.milliseconds(min(LOOK + WORD * words, LONGEST))}ms"


def _type(text: str, speed: str = "") -> Iterator[str]:
    """What types *text*: a string has no escapes, so one with all quotes takes several."""
    while text:
        found = max((found for sign in _QUOTES if (found := _before(text, sign))), key=len)
        yield f"Type{speed} {_string(found)}"
        text = text.removeprefix(found)


def _before(text: str, sign: str) -> str:
    return text.partition(sign)[0]


def _string(text: str) -> str:
    """*text* in quotes that it does not have itself; there are some for each piece of `_type`."""
    sign = next((sign for sign in _QUOTES if sign not in text), _QUOTES[0])
    return f"{sign}{text.replace(sign, '')}{sign}"
