"""prlimit: the limits of a process; that of pending signals is set (prlimit(2))."""

from typing import Final

from nsh.abi import KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.limits import INFINITY, GetLimit, Resource, SetLimit
from nsh.userland import table
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, joined, write
from nsh.userland.table import Heading, Line

_COLUMNS: Final = {
    "resource": Heading("RESOURCE"),
    "description": Heading("DESCRIPTION"),
    "soft": Heading("SOFT", right=True),
    "hard": Heading("HARD", right=True),
    "units": Heading("UNITS"),
}
_RESOURCES: Final = (
    ("v", "as", "address space limit", "bytes"),
    ("c", "core", "max core file size", "bytes"),
    ("t", "cpu", "CPU time", "seconds"),
    ("d", "data", "max data size", "bytes"),
    ("f", "fsize", "max file size", "bytes"),
    ("x", "locks", "max number of file locks held", "locks"),
    ("l", "memlock", "max locked-in-memory address space", "bytes"),
    ("q", "msgqueue", "max bytes in POSIX mqueues", "bytes"),
    ("e", "nice", "max nice prio allowed to raise", ""),
    ("n", "nofile", "max number of open files", "files"),
    ("u", "nproc", "max number of processes", "processes"),
    ("m", "rss", "max resident set size", "bytes"),
    ("r", "rtprio", "max real-time priority", ""),
    ("y", "rttime", "timeout for real-time tasks", "microsecs"),
    ("i", "sigpending", "max number of pending signals", "signals"),
    ("s", "stack", "max stack size", "bytes"),
)
"""Letter, word, what it is, and in what it is counted."""
_UNLIMITED: Final = "unlimited"
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
            for letter, word, _what, _unit in _RESOURCES
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
    asked = [row for key, _ in given.options for row in _RESOURCES if row[1] == key]
    for _letter, word, _what, _unit in asked:
        if given.get(word) and word != _SET:
            raise UsageError(f"the limit {word} cannot be set: only {_SET} is here", 1)
    pid = (yield from pid_of(given.get("pid"))) if given.has("pid") else 0
    lines = []
    for _letter, word, what, unit in asked or _RESOURCES:
        name = word.upper()
        number = int(Resource[f"RLIMIT_{name}"])
        failed = f"failed to get the {name} resource limit"
        try:
            if given.get(word):
                failed = f"failed to get old {name} limit"
                soft, hard = yield from _limits(pid, given.get(word))
                failed = f"failed to set the {name} resource limit"
                yield SetLimit(pid, number, soft, hard)
                continue
            soft, hard = yield GetLimit(pid, number)
        except KernelError as error:
            yield from complain(call, failed, error)
            return 1
        row = dict(zip(_COLUMNS, (name, what, _told(soft), _told(hard), unit), strict=True))
        lines.append(Line([row[name] for name in wanted]))
    if lines:
        heads = [_COLUMNS[name] for name in wanted]
        yield from write(1, joined(table.chosen(given, "limits", heads, lines)))
    return 0


def _told(limit: int) -> str:
    return _UNLIMITED if limit == INFINITY else str(limit)


def _limits(pid: int, text: str) -> Asking[tuple[int, int]]:
    """``LIMIT``, ``SOFT:HARD``, ``SOFT:`` and ``:HARD``; what is not said stays."""
    soft, colon, hard = text.partition(":")
    if not (soft or hard):
        raise UsageError(f"failed to parse {_SET.upper()} limit", 1)
    hard = hard if colon else soft
    if not (soft and hard):
        before = yield GetLimit(pid, int(Resource.RLIMIT_SIGPENDING))
        soft, hard = soft or _told(before[0]), hard or _told(before[1])
    found = _number(soft), _number(hard)
    if found[0] > found[1]:
        raise UsageError(f"the soft limit {_SET.upper()} cannot exceed the hard limit", 1)
    return found


def _number(text: str) -> int:
    if text == _UNLIMITED:
        return INFINITY
    if not (text.isascii() and text.isdecimal()):
        raise UsageError(f"failed to parse {_SET.upper()} limit", 1)
    return int(text)
