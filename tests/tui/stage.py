"""A TUI with a play on, for tests to look at and press keys on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

from textual.pilot import Pilot

from nsh.session.session import Session
from nsh.tui.app import NshApp

SMALL, MEDIUM, LARGE = (80, 24), (120, 40), (200, 60)

SCRIPT = """\
#: # Two containers
#: The first is called **web**.
spawn sshd
as sshd echo web > /proc/container
as sshd spawn -n 2 httpd

#: The second is called *db*.
spawn postgres
as postgres echo db > /proc/container
as postgres spawn writer
as db:1 kill -TERM 3 || true
as sshd exit
"""


def session(script: str = SCRIPT) -> Session:
    made = Session()
    if script:
        made.load(script, "two.nsh")
    return made


@asynccontextmanager
async def stage(
    script: str = SCRIPT, size: tuple[int, int] = MEDIUM, **options: Any
) -> AsyncIterator[tuple[NshApp, Pilot[None]]]:
    app = NshApp(session(script), title="two.nsh", **options)
    app.SLICE = 60  # what is begun is done, however busy the machine is
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


def text(app: NshApp) -> list[str]:
    """The screen as lines of text."""
    strips = app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def shown(app: NshApp, pane: str) -> list[str]:
    """What a pane shows inside its border, without margins."""
    widget = app.query_one(f"#{pane}")
    left, top, width, height = widget.content_region
    return [line[left : left + width].strip() for line in text(app)[top : top + height]]


def title(app: NshApp, pane: str) -> str:
    """What a pane's border says at the top."""
    return str(app.query_one(f"#{pane}").border_title)


def playing(app: NshApp) -> bool:
    """Whether the play goes on by itself."""
    return "▶" in text(app)[0]


def toasts(app: NshApp) -> list[str]:
    """What is told in a corner for a while."""
    return [str(note.message) for note in app._notifications]


async def until(wanted: Callable[[], bool]) -> None:
    """Wait without waiting for the app to be idle, for it is not going to be."""
    end = monotonic() + 30
    while not wanted():
        assert monotonic() < end
        await asyncio.sleep(0.02)
