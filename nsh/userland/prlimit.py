"""prlimit: the limits of a process, as /proc/PID/limits tells them."""

from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.userland import table
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.proc import small_file
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import joined, say, write
from nsh.userland.table import Heading, Line

_COLUMNS: Final = {
    "resource": Heading("RESOURCE"),
    "description": Heading("DESCRIPTION"),
    "soft": Heading("SOFT", right=True),
    "hard": Heading("HARD", right=True),
    "units": Heading("UNITS"),
}
_RESOURCES: Final = (
    ("v", "as", "Max address space", "address space limit"),
    ("c", "core", "Max core file size", "max core file size"),
    ("t", "cpu", "Max cpu time", "CPU time"),
    ("d", "data", "Max data size", "max data size"),
    ("f", "fsize", "Max file size", "max file size"),
    ("x", "locks", "Max file locks", "max number of file locks held"),
    ("l", "memlock", "Max locked memory", "max locked-in-memory address space"),
    ("q", "msgqueue", "Max msgqueue size", "max bytes in POSIX mqueues"),
    ("e", "nice", "Max nice priority", "max nice prio allowed to raise"),
    ("n", "nofile", "Max open files", "max number of open files"),
    ("u", "nproc", "Max processes", "max number of processes"),
    ("m", "rss", "Max resident set", "max resident set size"),
    ("r", "rtprio", "Max realtime priority", "max real-time priority"),
    ("y", "rttime", "Max realtime timeout", "timeout for real-time tasks"),
    ("i", "sigpending", "Max pending signals", "max number of pending signals"),
    ("s", "stack", "Max stack size", "max stack size"),
)
"""Letter, word, the line in /proc, and what it is."""
_UNITS: Final = {"us": "microsecs"}


@command(
    "prlimit",
    "print the limits of a process",
    Topic.PROCESSES,
    options=(
        option("-p, --pid=PID", "of that process, not of the caller", Kind.PID),
        option("-n, --nofile[=LIMIT]", "only that of open files; -u --nproc, -q --msgqueue,"),
        option("-i, --sigpending[=LIMIT]", "of pending signals; -c --core, -s --stack, and so on:"),
        option("-v, --as[=LIMIT]", "-t --cpu -d --data -f --fsize -x --locks -l --memlock"),
        option("-e, --nice[=LIMIT]", "-m --rss -r --rtprio -y --rttime"),
        option(
            "-o, --output=LIST",
            "columns: resource description soft hard units",
            Kind.COLUMNS,
            choices=table.names(_COLUMNS),
        ),
        option("--raw", "print for programs; --noheadings: no header line"),
        option("--noheadings", ""),
        *(
            option(f"-{letter}, --{word}[=LIMIT]", "")
            for letter, word, _line, _what in _RESOURCES
            if word not in ("nofile", "sigpending", "as", "nice")
        ),
    ),
    man="prlimit(1)",
    gap="limits are as the machine began and nobody sets them; runs no COMMAND",
    examples=("prlimit --nofile", "prlimit -p 1 -o RESOURCE,SOFT"),
    see=("cat", "ps"),
)
def prlimit(call: Invocation, given: Given) -> Running:
    """Status 1 if there is no such process."""
    wanted, unknown = table.columns(given.get("output"), _COLUMNS, tuple(_COLUMNS))
    if unknown:
        raise UsageError(f"unknown column: {unknown}", 1)
    asked = [row for row in _RESOURCES if given.has(row[1])]
    for _letter, word, _line, _what in asked:
        if given.get(word):
            raise UsageError(f"the limit {word} cannot be set: nobody sets limits here", 1)
    pid = (yield from pid_of(given.get("pid"))) if given.has("pid") else 0
    try:
        text = yield from small_file(f"/proc/{pid or 'self'}/limits")
    except KernelError as error:
        name = (asked or _RESOURCES)[0][1].upper()
        gone = Errno.ESRCH(f"no process has pid {pid} here")
        told = gone if error.errno is Errno.ENOENT else error
        yield from say(call, f"failed to get the {name} resource limit: {told}")
        return 1
    known = {line[:25].rstrip(): line[25:].split() for line in text.splitlines()}
    lines = []
    for _letter, word, start, what in asked or _RESOURCES:
        soft, hard, *units = known[start]
        unit = units[0] if units else ""
        row = dict(zip(_COLUMNS, (word.upper(), what, soft, hard, unit), strict=True))
        row["units"] = _UNITS.get(unit, unit)
        lines.append(Line([row[name] for name in wanted]))
    heads = [_COLUMNS[name] for name in wanted]
    yield from write(1, joined(table.chosen(given, "limits", heads, lines)))
    return 0
