"""lslocks: the locks that the reader's /proc shows."""

import re
from collections.abc import Sequence

from nsh.abi import KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import Open, Readlink
from nsh.abi.invocation import Invocation, Running
from nsh.userland import table
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.paths import read_and_close
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import READING, Asking, decode, joined, read_file, write
from nsh.userland.table import Heading, Line

COLUMNS = {
    "command": Heading("COMMAND"),
    "pid": Heading("PID", right=True),
    "type": Heading("TYPE", right=True),
    "size": Heading("SIZE", right=True),
    "inode": Heading("INODE", right=True),
    "maj:min": Heading("MAJ:MIN", right=True),
    "mode": Heading("MODE"),
    "m": Heading("M"),
    "start": Heading("START", right=True),
    "end": Heading("END", right=True),
    "path": Heading("PATH"),
    "blocker": Heading("BLOCKER", right=True),
}
_USUAL = ("command", "pid", "type", "size", "mode", "m", "start", "end", "path")
_LINE = re.compile(
    r"(\d+): ( *-> )?(POSIX|OFDLCK|FLOCK) +ADVISORY +(READ|WRITE|UNLCK) "
    r"(-?\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) (\d+) (\d+|EOF)",
    re.ASCII,
)


class Lock:
    """A line of /proc/locks."""

    def __init__(self, match: re.Match[str]) -> None:
        self.number = int(match[1])
        self.waits = match[2] is not None
        self.kind = match[3]
        self.mode = match[4] + "*" * self.waits
        self.pid = int(match[5])
        self.device = (int(match[6], 16), int(match[7], 16))
        self.ino = int(match[8])
        self.start = int(match[9])
        self.end = 0 if match[10] == "EOF" else int(match[10])
        self.command = "(undefined)"
        self.path = ""
        self.size = ""


@command(
    "lslocks",
    "list the locks on files that the reader can see",
    Topic.FILES,
    options=(
        option("-p, --pid=PID", "only those of process PID", Kind.PID),
        option(
            "-o, --output=LIST",
            "columns (+blocker adds one): command pid type size inode maj:min mode m start end "
            "path blocker",
            Kind.COLUMNS,
        ),
        option("-J, --json", "print JSON"),
        option("-r, --raw", "print for programs"),
        option("-n, --noheadings", "no header line"),
    ),
    man="lslocks(8)",
    gap="sizes are in bytes; without --output-all and --noinaccessible",
    examples=("open -c /tmp/f; setlk write 3 0 10; lslocks", "exec 3> /tmp/f; flock 3; lslocks"),
    see=("flock", "setlk", "getlk"),
    rows=("N5",),
)
def lslocks(call: Invocation, given: Given) -> Running:
    """From /proc/locks; paths are found among the owner's open files."""
    wanted, unknown = table.columns(given.get("output"), COLUMNS, _USUAL)
    if unknown:
        raise UsageError(f"unknown column: {unknown}")
    only = (yield from pid_of(given.get("pid"))) if given.has("pid") else 0
    text = decode((yield from read_file("/proc/locks")))
    locks = [Lock(match) for match in map(_LINE.match, text.splitlines()) if match is not None]
    holders = {lock.number: lock.pid for lock in locks if not lock.waits}
    lines = []
    for lock in locks:
        if only and lock.pid != only:
            continue
        if lock.pid > 0:
            yield from _describe(lock)
        lines.append(Line(_cells(wanted, lock, holders)))
    heads = [COLUMNS[name] for name in wanted]
    yield from write(1, joined(table.chosen(given, "locks", heads, lines)))
    return 0


def _describe(lock: Lock) -> Asking[None]:
    """Name the owner and the file, as far as they can be looked at."""
    try:
        lock.command = decode((yield from read_file(f"/proc/{lock.pid}/comm"))).strip("\n")
        names = yield from _descriptors(lock.pid)
    except KernelError:
        return
    for name in names:
        link = f"/proc/{lock.pid}/fd/{name}"
        try:
            found: StatResult = yield Stat(link)
            if found.ino == lock.ino:
                lock.path = yield Readlink(link)
                lock.size = f"{found.size}"
                return
        except KernelError:
            continue


def _descriptors(pid: int) -> Asking[list[str]]:
    fd = yield Open(f"/proc/{pid}/fd", READING)
    entries = yield from read_and_close(fd)
    return sorted((entry.name for entry in entries if entry.name.isdecimal()), key=int)


def _cells(wanted: Sequence[str], lock: Lock, holders: dict[int, int]) -> list[str | int]:
    cells: list[str | int] = []
    for name in wanted:
        match name:
            case "command":
                cells.append(lock.command)
            case "pid":
                cells.append(lock.pid)
            case "type":
                cells.append(lock.kind)
            case "size":
                cells.append(lock.size)
            case "inode":
                cells.append(lock.ino)
            case "maj:min":
                cells.append(f"{lock.device[0]}:{lock.device[1]}")
            case "mode":
                cells.append(lock.mode)
            case "m":
                cells.append(0)
            case "start":
                cells.append(lock.start)
            case "end":
                cells.append(lock.end)
            case "path":
                cells.append(lock.path)
            case _:
                cells.append(holders.get(lock.number, 0) if lock.waits else "")
    return cells
