"""screen: what a person in front of a terminal sees."""

import msgspec

from nsh.abi.invocation import Invocation, Running
from nsh.abi.screens import Seen, ShowScreen
from nsh.machine.screens import Screen, texts
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import joined, write


@command(
    "screen",
    "print what a person sees on TERMINAL",
    Topic.SYSTEM,
    options=(
        option("-c, --cursor", "say where the cursor is, and the title if there is one"),
        option("-f, --frame", "draw a frame around the whole screen, with its title"),
        option("-J, --json", "print JSON: rows of text and how it looks, cursor, title, size"),
    ),
    operands=(required("TERMINAL", Kind.SCREEN),),
    gap="no real system has it: what a terminal shows is outside of it. TERMINAL is a path, a name "
    "below /dev, or one with the container whose first task knows it so: pts:web/0, web:console",
    examples=("screen console", "screen --cursor /dev/console"),
    see=("tty", "stty", "script"),
    rows=("N8", "N9"),
)
def screen(call: Invocation, given: Given) -> Running:
    """Without the empty lines at the end; what a task wrote that is no text does not show."""
    seen: Seen = yield ShowScreen(given.operand(0))
    if given.has("json"):
        yield from write(1, msgspec.json.encode(seen).decode() + "\n")
        return 0
    lines = _framed(seen) if given.has("frame") else texts(seen.screen)
    if given.has("cursor"):
        lines += _cursor(seen.screen)
    yield from write(1, joined(lines))
    return 0


def _cursor(seen: Screen) -> list[str]:
    hidden = "" if seen.visible else ", hidden"
    lines = [f"cursor: line {seen.row + 1}, column {seen.column + 1}{hidden}"]
    return [*lines, f"title: {seen.title}"] if seen.title else lines


def _framed(seen: Seen) -> list[str]:
    """The screen as it hangs on a wall.  Wide characters take two columns."""
    width = seen.screen.width
    name = f"{seen.name}: {seen.screen.title}" if seen.screen.title else seen.name
    title = f" {name[: max(0, width - 4)]} "
    lines = ["┌─" + title.ljust(width - 1, "─")[: width - 1] + "┐"]
    for row in seen.screen.rows:
        used = sum(run.cells for run in row)
        plain = "".join(run.text for run in row)
        lines.append("│" + plain + " " * (width - used) + "│")
    return [*lines, "└" + "─" * width + "┘"]
