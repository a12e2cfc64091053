"""The screens of a play, photographed: one frame for each moment that shows something.

The interface itself is run, on a screen that is in memory only, and taken through the play as its
own player would take it, without waiting: how long a frame stays is computed, not measured.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from textual.pilot import Pilot

from nsh.export import ink
from nsh.export.ink import Paper, Row
from nsh.export.measure import Pace, Size
from nsh.export.told import told
from nsh.performance import bad_end
from nsh.session.session import Session
from nsh.tui import house
from nsh.tui.app import NshApp
from nsh.tui.cells import clean
from nsh.tui.markdown import plain
from nsh.tui.narration import Narration
from nsh.tui.prompt import NEWLINE, PromptInput
from nsh.tui.story import begun

FIRST: Final = 600
"""Milliseconds that the machine after its boot is shown."""
LAST: Final = 3_000
"""And the end."""
LETTER: Final = 40
"""To type a letter,"""
TYPING: Final = 1_000
"""and a command at the most,"""
PIECES: Final = 6
"""in so many frames."""
WORDS: Final = 8
"""Of a chapter without a heading, so many are its name."""
UNSEEN: Final = 1_000_000
"""Steps that may pass while nothing is to be seen."""
LONGEST: Final = 100_000
"""Frames of a film at the most."""


class Frame(NamedTuple):
    """What is on the screen, and for how long."""

    rows: tuple[Row, ...]
    duration: int
    """Milliseconds."""
    position: int
    """Step of the history."""
    chapter: str = ""
    """The heading of the chapter that begins with it; "" if none does."""
    command: str = ""
    """The statement that begins with it, as it was typed."""


class Film(NamedTuple):
    """A play, or one moment of it: then there is one frame."""

    title: str
    size: Size
    paper: Paper
    frames: tuple[Frame, ...]
    last: int
    """The position of the play's last step."""
    told: str
    """What the last frame shows, in words."""
    failed: bool
    """A statement of the play failed, or what it expected did not hold."""

    @property
    def duration(self) -> int:
        """Milliseconds."""
        return sum(frame.duration for frame in self.frames)


class Studio(NshApp):
    """The interface, with nobody in front of it."""

    CSS_PATH = Path(house.__file__).with_name("nsh.tcss")
    SLICE = 1e9  # a picture waits until everything is done

    def _facts(self) -> list[str]:
        """Whether it plays, and how fast, is not for a picture to say."""
        return super()._facts()[:-1]


def shoot(
    session: Session,
    title: str,
    *,
    size: Size = Size(),  # noqa: B008  # a value
    theme: str = "dark",
    pace: Pace = Pace(),  # noqa: B008
    still: Callable[[Studio], int] | None = None,
) -> Film:
    """The film of what *session* has loaded; or a still of the moment that *still* finds, which is
    told the interface at the end of the play and replies a position.

    Replies what it has found out about the play with it.  ``ValueError``, with the reason, for a
    theme that does not exist.  What *still* raises passes through.
    """
    studio = Studio(session, title=title, theme=theme, colour=True)
    if studio.theme != theme:
        raise ValueError(studio._complaints[-1])
    return asyncio.run(_shoot(studio, size, pace, still))


async def _shoot(
    studio: Studio, size: Size, pace: Pace, still: Callable[[Studio], int] | None
) -> Film:
    async with studio.run_test(size=size) as pilot:
        studio.action_leave_prompt()
        await pilot.pause()
        if still is None:
            frames = await _frames(studio, pilot, size, pace)
        else:
            frames = [await _still(studio, pilot, size, still)]
    player = studio.player
    steps = player.history
    return Film(
        clean(studio.title),
        size,
        ink.paper(studio.paint.theme),
        tuple(frames),
        len(steps) - 1,
        told(player.machine, player.story, player.position, len(steps) - 1),
        any(step.failed for step in steps) or bad_end(player.session),
    )


async def _still(
    studio: Studio, pilot: Pilot[None], size: Size, still: Callable[[Studio], int]
) -> Frame:
    studio.action_seek_last()
    position = still(studio)
    if position != studio.player.position:
        studio.player.move(position - studio.player.position)
        studio.show()
    await pilot.pause()
    return Frame(_screen(studio, size), LAST, position)


async def _frames(studio: Studio, pilot: Pilot[None], size: Size, pace: Pace) -> list[Frame]:
    player = studio.player
    frames = [Frame(_screen(studio, size), pace.milliseconds(FIRST), player.position)]
    narration = studio.query_one(Narration)
    while len(frames) < LONGEST and player.tick(UNSEEN):
        before, position = frames[-1].position, player.position
        commands = begun(player.history[before : position + 1])
        for command in commands:  # the screen still shows the moment before
            frames += _typing(studio, size, pace, command, frames[-1])
        studio.show()
        await pilot.pause()
        story = player.story
        opens = story.opens_chapter(position)
        chapter = heading(story.narration(position)) if opens else ""
        pages = narration.pages if opens else 1
        lasts = pace.milliseconds(player.pause() * 1000 / pages)
        rows = _screen(studio, size)
        frames.append(Frame(rows, lasts, position, chapter, "\n".join(commands)))
        for _ in range(pages - 1):  # a long passage is read page by page
            narration.turn()
            frames.append(Frame(_screen(studio, size), lasts, position))
    end = frames[-1]
    return [*frames[:-1], end._replace(duration=max(end.duration, pace.milliseconds(LAST)))]


def _typing(studio: Studio, size: Size, pace: Pace, command: str, before: Frame) -> list[Frame]:
    """The command while it is typed, a few letters at a time."""
    editor = studio.query_one(PromptInput)
    text = clean(command.replace("\n", NEWLINE))
    pieces = min(PIECES, len(text))
    lasts = pace.milliseconds(min(LETTER * len(text), TYPING) / pieces)
    frames = []
    rows = list(before.rows)
    for piece in range(1, pieces + 1):
        editor.value = text[: len(text) * piece // pieces]
        editor.cursor_position = len(editor.value)
        y = editor.region.y
        strips = studio.screen._compositor.render_strips()
        rows[y] = ink.row(strips[y], size.columns)
        frames.append(Frame(tuple(rows), lasts, before.position))
    editor.value = ""
    return frames


def _screen(studio: Studio, size: Size) -> tuple[Row, ...]:
    strips = studio.screen._compositor.render_strips()
    return tuple(ink.row(strip, size.columns) for strip in strips[: size.rows])


def heading(narration: str) -> str:
    """What a chapter is called: its heading, or else its first words."""
    words = next(iter(plain(narration)), "").split()
    if narration.lstrip().startswith("#"):
        return " ".join(words)
    return " ".join(words[:WORDS]) + "…" * (len(words) > WORDS)
