"""consoles: the consoles of tty namespaces, and who has them (S2; N9)."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from nsh.abi.attributes import Stat
from nsh.abi.invocation import Invocation, Running
from nsh.userland import table
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.proc import HIDDEN, printable, small_file, small_file_or
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, write
from nsh.userland.table import Heading, Line

FILE: Final = "/proc/ttyns"
COLUMNS: Final = {
    "ns": Heading("NS", right=True),
    "container": Heading("CONTAINER"),
    "console": Heading("CONSOLE"),
    "dev": Heading("DEV", right=True),
    "active": Heading("ACTIVE"),
    "sid": Heading("SID", right=True),
    "pgrp": Heading("PGRP", right=True),
    "opens": Heading("OPENS", right=True),
    "kept": Heading("KEPT", right=True),
    "attached": Heading("ATTACHED", right=True),
    "command": Heading("COMMAND"),
}
_DEFAULT: Final = ("ns", "container", "console", "active", "sid", "pgrp", "command")


class _Console(NamedTuple):
    """A line of /proc/ttyns."""

    ns: int
    console: str
    dev: str
    active: str
    sid: int
    pgrp: int
    opens: int
    kept: int
    attached: int


@command(
    "consoles",
    "list the consoles that have been opened, and who has them",
    Topic.SESSIONS,
    options=(
        option(
            "-o, --output=LIST",
            "columns (+kept adds one): ns container console dev active sid pgrp opens kept "
            "(bytes of output) attached command",
            Kind.COLUMNS,
            choices=table.names(COLUMNS),
        ),
        option("-J, --json", "print JSON"),
        option("-r, --raw", "print for programs"),
        option("-n, --noheadings", "no header line"),
    ),
    operands=(optional("REF", Kind.PID),),
    gap="of my tty namespace and those below it, or REF's, as /proc/ttyns tells; CONTAINER, SID "
    "and COMMAND are of the session's leader, * is the console in front",
    examples=("consoles", "spawn --tty web; web setsid; web { read a < /dev/tty1 } & consoles"),
    see=("chvt", "getty", "attach", "lsns", "tty"),
    rows=("N9",),
)
def consoles(call: Invocation, given: Given) -> Running:
    """By namespace, the oldest first; 0 and - stand for nobody in sight."""
    wanted, unknown = table.columns(given.get("output"), COLUMNS, _DEFAULT)
    if unknown:
        raise UsageError(f"unknown column: {unknown}")
    found = [_parsed(line) for line in (yield from small_file(FILE)).splitlines()]
    if given.operands:
        pid = yield from pid_of(given.operand(0))
        inode: int = (yield Stat(f"/proc/{pid}/ns/tty")).ino
        found = [each for each in found if each.ns == inode]
    lines = []
    for each in found:
        cells = yield from _cells(wanted, each)
        lines.append(Line(cells))
    heads = [COLUMNS[name] for name in wanted]
    yield from write(1, joined(table.chosen(given, "consoles", heads, lines)))
    return 0


def _parsed(line: str) -> _Console:
    ns, console, dev, active, *numbers = line.split(" ")
    sid, pgrp, opens, kept, attached = map(int, numbers)
    mark = "*" if active == "*" else ""
    return _Console(int(ns), console, dev, mark, sid, pgrp, opens, kept, attached)


def _cells(wanted: Sequence[str], console: _Console) -> Asking[list[str | int]]:
    cells: list[str | int] = []
    for name in wanted:
        match name:
            case "command" | "container":
                file = "comm" if name == "command" else "container"
                path = f"/proc/{console.sid}/{file}"
                text = (yield from small_file_or(path, HIDDEN)) if console.sid else HIDDEN
                cells.append(printable(text.removesuffix("\n")))
            case _:
                cells.append(getattr(console, name))
    return cells
