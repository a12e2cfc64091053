"""Keys, clicks and sizes at random: ``python -m tests.tui.pressing [--runs N] [--seed N]``.

Each run presses whatever there is to press, in front of a play, and looks whether every line of the
screen is as wide as that; then whether one comes back to the prompt, and whether that still works.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from typing import Final

from textual import events
from textual.pilot import Pilot

from nsh.tui import keys
from nsh.tui.app import NshApp
from tests.tui.stage import SCRIPT, stage, text

LEAVING: Final = frozenset({"app.quit", "app.leave", "app.suspend"})
"""Actions after which there would be nothing to press."""
_BOUND: Final = [key for _title, group in keys.GROUPS for key in group]
_OUT: Final = {name for key in _BOUND if key.action in LEAVING for name in key.keys.split(",")}
KEYS: Final = sorted({name for key in _BOUND for name in key.keys.split(",")} - _OUT)
SIZES: Final = [(80, 24), (120, 40), (200, 60), (60, 18), (40, 12), (100, 8), (30, 40), (12, 4)]
LINES: Final = [
    *("ps", "ls /proc/1", "spawn --pid --tty x { read y }", "as web:1 exit", "branches", "help ls"),
    *("seq 200", "while true { }", "read x", "sleep 9 &", "echo '\u4e16\u754c \U0001f600'", "nope"),
    *(
        "undo",
        "mark here",
        "branch other",
        "beside 0 5",
        "find clone",
        "if true {",
        "diff",
        "policy x y",
    ),
]
PASTED: Final = ["ps\n", "echo a\necho b\n", "if true {\n", "\x1b[31m\t\x07", ""]
WAYS_HOME: Final = (
    *("ctrl+right_square_bracket", "ctrl+c", "escape", "escape", "ctrl+c", "ctrl+c", "escape"),
    *("escape", "escape"),
)


async def run(chance: random.Random, presses: int) -> str:
    """One run; what is wrong, or "".  Whatever the interface raises, it raises."""
    done: list[object] = []
    async with stage(SCRIPT, size=chance.choice(SIZES[:3])) as (app, pilot):
        app.SLICE = 0.1  # what is begun may go on for ever
        for _press in range(presses):
            done.append(await _one(chance, app, pilot))
            if not app.is_running:
                return f"it has left: {done}"
            wrong = await _settled(app, pilot)
            if wrong:
                return f"{wrong}: {done}"
        await pilot.resize_terminal(120, 40)
        await pilot.press(*WAYS_HOME)
        await pilot.pause(0.1)
        if len(app.screen_stack) > 1:
            return f"no way back from {app.screen!r}: {done}"
        if app.player.session.halted:
            return ""
        await pilot.press("end", "colon", "end", "ctrl+u", *"echo", "space", *"marked", "enter")
        for _look in range(50):
            await pilot.pause(0.05)
            if not app.player.working:
                break
        shown = "".join(output.text for step in app.player.history for output in step.output)
        seen = "\n".join(text(app))
        return "" if "marked\n" in shown else f"the prompt does nothing: {done}\n{seen}"


async def _one(chance: random.Random, app: NshApp, pilot: Pilot[None]) -> object:
    match chance.randrange(12):
        case 0:
            size = chance.choice(SIZES)
            await pilot.resize_terminal(*size)
            return size
        case 1:
            width, height = app.size
            place = chance.randrange(width), chance.randrange(height)
            await pilot.click(offset=place)
            return place
        case 2:
            line = chance.choice(LINES)
            await pilot.press("colon")
            for letter in line:
                app.post_message(events.Key(letter, letter))
            await pilot.press("enter")
            return line
        case 3:
            pasted = chance.choice(PASTED)
            app.post_message(events.Paste(pasted))
            await pilot.pause()
            return [pasted]
        case _:
            key = chance.choice(KEYS)
            await pilot.press(key)
            return key


async def _settled(app: NshApp, pilot: Pilot[None]) -> str:
    """What is wrong with the screen and stays so: a new size may wait for what is at work."""
    for _look in range(20):
        wrong = _uneven(app)
        if not wrong:
            return ""
        await pilot.pause(0.05)
    return wrong


def _uneven(app: NshApp) -> str:
    width, height = app.size
    strips = app.screen._compositor.render_strips()
    if len(strips) != height:
        return f"{len(strips)} lines on {height}"
    wrong = [strip.cell_length for strip in strips if strip.cell_length != width]
    return f"lines of {wrong} cells on {width}" if wrong else ""


def main() -> int:
    """Run until something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.tui.pressing")
    parser.add_argument("--runs", type=int, default=50, metavar="N")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--presses", type=int, default=60, metavar="N")
    given = parser.parse_args()
    for seed in range(given.seed, given.seed + given.runs):
        wrong = asyncio.run(run(random.Random(seed), given.presses))
        if wrong:
            print(f"seed {seed}: {wrong}", file=sys.stderr)
            return 1
        print(f"seed {seed}: fine", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
