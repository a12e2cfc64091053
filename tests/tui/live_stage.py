"""The interface over a machine that is looked at, with a reader that shows what the test says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot

from nsh.linux import observe
from nsh.linux.observe.building import Observer
from nsh.linux.observe.facts import Devpts, PtyHolder
from nsh.machine.value import Machine
from nsh.tui.bars import TitleBar
from nsh.tui.live import LiveApp
from tests.linux.observe.fake import Fake
from tests.tui.stage import MEDIUM

INSIDE = {"pid": 4026532001, "net": 4026532002}


class Reader:
    """Looks at a fake /proc that the test changes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fake = Fake(root)
        self.observer = Observer()
        self.trouble = False
        self.devpts: list[Devpts] = []
        self.ptys: list[PtyHolder] = []
        """What a file that is none cannot tell."""
        self.fake.process(1, b"init")
        self.fake.process(10, b"shim", ppid=1, start=5, fds={3: "uts:[4026532009]"})
        self.fake.process(11, b"web", ppid=10, pids="11\t1", ns=INSIDE, start=6)
        self.fake.process(12, b"worker", ppid=11, pids="12\t2", ns=INSIDE, start=7)

    def gone(self, pid: int) -> None:
        (self.root / str(pid)).rename(self.root / f"gone-{pid}")

    def __call__(self) -> Machine:
        if self.trouble:
            raise PermissionError(13, "Permission denied", str(self.root))
        snapshot = observe.read(str(self.root), observe.EVERYTHING)
        snapshot.devpts += self.devpts
        snapshot.ptys += self.ptys
        return self.observer.machine(snapshot)


@asynccontextmanager
async def live(
    reader: Reader, size: tuple[int, int] = MEDIUM
) -> AsyncIterator[tuple[LiveApp, Pilot[None]]]:
    app = LiveApp(reader, reader(), interval=3600)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield app, pilot


async def look(app: LiveApp, pilot: Pilot[None]) -> None:
    """Have the app look once more."""
    app._look()
    await app.workers.wait_for_complete()
    await pilot.pause()


def bar(app: LiveApp) -> str:
    title_bar = app.query_one(TitleBar)
    return "  ".join((title_bar.name_shown, *title_bar.facts))
