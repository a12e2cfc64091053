"""From a key to the frame that shows what came of it, on long histories and many tasks."""

import asyncio
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any, NamedTuple

from rich.console import RenderableType
from textual import events
from textual._compositor import CompositorUpdate
from textual.keys import _character_to_key
from textual.screen import Screen

from nsh import tui
from nsh.session.session import Session
from nsh.tui.app import NshApp, spare_the_collector

STEPS = 10_000
CONTAINERS = 10
SIZE = (120, 40)
QUIET = 8
"""Looks in a row without a frame, after which none is expected to come."""
LOOK = 0.004
"""Seconds between two looks."""
SHOWN = ((1_000, 16), (100_000, 33))
"""Tasks, and milliseconds that 95 of 100 keys may take to their frame."""

LAP = """\
#: ## Lap {lap}
#: One task comes and goes.
spawn x{lap} {{ exit }}
wait x{lap}
kill -STOP w{box}.{task}
echo lap {lap}
kill -CONT w{box}.{task}
kill -9 w{box}.nobody || true
as c{box} kill -0 2
"""

LAP_STEPS = 20
"""At the least."""

ENDS = ("ctrl+end", "up", "ctrl+home")
KEYS: dict[str, Sequence[str]] = {
    "step": [",", "."] * 12 + [","] * 12 + ["."] * 12,
    "statement": ["[", "]"] * 8 + ["left", "right"] * 8,
    "jump": ["home", "end", *(f"alt+{n}" for n in range(10)), "shift+left", "shift+right"] * 2,
    "chapter": ["alt+5", "{", "{", "}", "}"],
    "select": ["1", *["down"] * 12, *["up"] * 6, *["pagedown", "pageup"] * 4, *ENDS, *ENDS],
    "table": ["2", *["down"] * 12, *["up"] * 6, *["pagedown", "pageup"] * 4, *ENDS, *ENDS],
    "pane": [*"123456789", *"868968", *["tab"] * 5, "escape", "escape"],
    "look": ["1", *"vvvVVV", *"cccccc", "F", "F"],
    "search": ["/", *"w3.7 stops", "escape", "/", *"refused", "enter", *"nnnNNn"],
}
"""What is pressed, by what it is for."""


class Pressed(NamedTuple):
    """What a key took to its frame, in milliseconds."""

    kind: str
    key: str
    wall: float
    cpu: float


class Watched(NshApp):
    """Notes when it has a frame ready, written as a terminal would be given it."""

    CSS_PATH = Path(tui.__file__).with_name("nsh.tcss")

    def __init__(self, session: Session) -> None:
        super().__init__(session, title="frames.nsh", theme="dark")
        self.frames: list[tuple[float, float]] = []

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        super()._display(screen, renderable)
        if renderable is not None and not self._batch_count:
            if isinstance(renderable, CompositorUpdate):
                renderable.render_segments(self.console)
            self.frames.append((perf_counter(), process_time()))

    async def quiet(self) -> None:
        """Wait until no frame comes any more."""
        seen, still = len(self.frames), 0
        while still < QUIET:
            await asyncio.sleep(LOOK)
            seen, still = len(self.frames), still + 1 if seen == len(self.frames) else 0

    async def press(self, kind: str, key: str) -> Pressed | None:
        """Press a key; None where nothing had to be painted.  A key that has several frames is
        done with the last."""
        name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
        event = events.Key(name, key if len(key) == 1 else None)
        event.set_sender(self)
        assert self._driver is not None
        before = len(self.frames)
        wall, cpu = perf_counter(), process_time()
        self._driver.send_message(event)
        await self.quiet()
        if len(self.frames) == before:
            return None
        then, used = self.frames[-1]
        return Pressed(kind, key, (then - wall) * 1e3, (used - cpu) * 1e3)


def played(tasks: int, steps: int = STEPS) -> Session:
    """A session of so many tasks in containers, which has come to the end of so many steps."""
    crowd = Session(keep=False, max_steps=10 * tasks)
    assert crowd.run("echo 4194304 > /proc/sys/kernel/pid_max").ok
    each = tasks // CONTAINERS - 1
    for box in range(CONTAINERS):
        made = crowd.run(
            f"spawn c{box}\nas c{box} echo box{box} > /proc/container\n"
            f"as c{box} spawn -n {each} w{box}"
        )
        assert made.ok, made.output
    session = Session(machine=crowd.machine, max_steps=10 * steps)
    session.load("".join(_laps(steps // LAP_STEPS + 1, each)), "frames.nsh")
    while session.forward() is not None:
        pass
    assert len(session.history) >= steps
    return session


def _laps(count: int, each: int) -> Iterator[str]:
    for lap in range(1, count + 1):
        yield LAP.format(lap=lap, box=lap % CONTAINERS, task=lap % min(each, 97) + 1)


async def _measured(session: Session) -> list[Pressed]:
    app = Watched(session)
    found = []
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await app.press("", "escape")
        await app.press("", "alt+5")
        for kind, pressed in KEYS.items():
            for key in pressed:
                one = await app.press(kind, key)
                if one is not None:
                    found.append(one)
    return found


def keys(tasks: int, steps: int = STEPS) -> list[Pressed]:
    """What every key took."""
    session = played(tasks, steps)
    spare_the_collector()
    return asyncio.run(_measured(session))


def told(found: Sequence[Pressed]) -> str:
    """A table, by what the keys were for."""
    kinds = defaultdict(list)
    for one in found:
        kinds[one.kind].append(one)
    lines = [f"{'':10} {'keys':>5} {'p50':>6} {'p95':>6} {'max':>6} {'cpu p95':>8}  slowest"]
    for kind, some in [*kinds.items(), ("all", list(found))]:
        wall = [one.wall for one in some]
        p50, p95 = _percentile(wall, 50), _percentile(wall, 95)
        cpu = _percentile([one.cpu for one in some], 95)
        worst = max(some, key=lambda one: one.wall)
        lines.append(
            f"{kind:10} {len(some):5} {p50:6.1f} {p95:6.1f} {worst.wall:6.1f} {cpu:8.1f}  "
            f"{worst.key}"
        )
    return "\n".join(lines)


def _percentile(values: Sequence[float], wanted: int) -> float:
    return quantiles(values, n=100, method="inclusive")[wanted - 1]


def frames() -> tuple[str, str, str, str]:
    """Keys of every kind, in a process of their own for each number of tasks."""
    ours, wanted = [], []
    for tasks, most in SHOWN:
        command = [sys.executable, "-m", "tests.bench.frames", str(tasks)]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        middle, slow, slowest = map(float, printed.split())
        ours.append(f"{tasks:,} tasks: {middle:.0f}, {slow:.0f}, {slowest:.0f} ms")
        wanted.append(f"{most} ms")
    return "; ".join(ours), "p50, p95, max of a key", "-", f"p95 <= {', '.join(wanted)}"


def main() -> None:
    """``python -m tests.bench.frames TASKS``: a table, and the line that `frames` reads."""
    found = keys(int(sys.argv[1]))
    print(told(found), file=sys.stderr)
    wall = [one.wall for one in found]
    print(_percentile(wall, 50), _percentile(wall, 95), max(wall))


if __name__ == "__main__":
    main()
