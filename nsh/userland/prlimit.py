"""prlimit: the limits of a process, as /proc/PID/limits tells them; that of pending signals is
set."""

from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.limits import INFINITY, Resource, SetLimit
from nsh.userland import table
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.proc import small_file
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, say, write
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
_SET: Final = "sigpending"
"""The one that can be set."""


@command(
    "prlimit",
    "print the limits of a process, or set that of pending signals",
    Topic.PROCESSES,
    options=(
        option("-p, --pid=PID", "of that process, not of the caller", Kind.PID),
        option("-n, --nofile[=LIMIT]", "only that of open files; -u --nproc, -q --msgqueue,"),
        option("-i, --sigpending[=LIMIT]", "of pending signals; sets LIMIT, or SOFT:HARD"),
        option("-v, --as[=LIMIT]", "-c --core -t --cpu -d --data -f --fsize -x --locks"),
        option("-e, --nice[=LIMIT]", "-l --memlock -m --rss -r --rtprio -s --stack -y --rttime"),
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
    gap="sets only the limit of pending signals, of PID or the caller; runs no COMMAND",
    examples=(
        "prlimit --nofile",
        "prlimit -p 1 -o RESOURCE,SOFT",
        "prlimit --sigpending=2:9; grep SigQ /proc/self/status",
    ),
    see=("cat", "ps"),
)
def prlimit(call: Invocation, given: Given) -> Running:
    """Status 1 if there is no such process."""
    wanted, unknown = table.columns(given.get("output"), _COLUMNS, tuple(_COLUMNS))
    if unknown:
        raise UsageError(f"unknown column: {unknown}", 1)
    asked = [row for row in _RESOURCES if given.has(row[1])]
    for _letter, word, _line, _what in asked:
        if given.get(word) and word != _SET:
            raise UsageError(f"the limit {word} cannot be set: only {_SET} is here", 1)
    pid = (yield from pid_of(given.get("pid"))) if given.has("pid") else 0
    doing, name = "get", (asked or _RESOURCES)[0][1].upper()
    try:
        if given.get(_SET):
            doing, name = "set", _SET.upper()
            soft, hard = yield from _limits(pid, given.get(_SET))
            yield SetLimit(pid, int(Resource.RLIMIT_SIGPENDING), soft, hard)
            asked = [row for row in asked if row[1] != _SET]
            if not asked:
                return 0
        known = yield from _known(pid)
    except KernelError as error:
        gone = Errno.ESRCH(f"no process has pid {pid} here")
        told = gone if error.errno is Errno.ENOENT else error
        yield from say(call, f"failed to {doing} the {name} resource limit: {told}")
        return 1
    lines = []
    for _letter, word, start, what in asked or _RESOURCES:
        least, most, *units = known[start]
        unit = units[0] if units else ""
        row = dict(zip(_COLUMNS, (word.upper(), what, least, most, unit), strict=True))
        row["units"] = _UNITS.get(unit, unit)
        lines.append(Line([row[name] for name in wanted]))
    heads = [_COLUMNS[name] for name in wanted]
    yield from write(1, joined(table.chosen(given, "limits", heads, lines)))
    return 0


def _known(pid: int) -> Asking[dict[str, list[str]]]:
    """The lines of /proc/PID/limits by their beginnings."""
    text = yield from small_file(f"/proc/{pid or 'self'}/limits")
    return {line[:25].rstrip(): line[25:].split() for line in text.splitlines()}


def _limits(pid: int, text: str) -> Asking[tuple[int, int]]:
    """``LIMIT``, ``SOFT:HARD``, ``SOFT:`` and ``:HARD``; what is not said stays."""
    soft, colon, hard = text.partition(":")
    if not (soft or hard):
        raise UsageError(f"failed to parse {_SET.upper()} limit", 1)
    hard = hard if colon else soft
    if not (soft and hard):
        before = (yield from _known(pid))["Max pending signals"]
        soft, hard = soft or before[0], hard or before[1]
    found = _number(soft), _number(hard)
    if found[0] > found[1]:
        raise UsageError(f"the soft limit {_SET.upper()} cannot exceed the hard limit", 1)
    return found


def _number(text: str) -> int:
    if text == "unlimited":
        return INFINITY
    if not (text.isascii() and text.isdecimal()):
        raise UsageError(f"failed to parse {_SET.upper()} limit", 1)
    return int(text)
