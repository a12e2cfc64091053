"""pgrep, pkill: find processes by what they are, and signal them."""

import re

from nsh.abi import KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import COMM_LEN
from nsh.abi.signals import Kill, signal_number
from nsh.userland.kill import older_spelling
from nsh.userland.options import Given, Kind, Option, UsageError, option, optional
from nsh.userland.pgrep_tests import further
from nsh.userland.proc import CMDLINE, NAMESPACES, STATUS, Process, printable, processes
from nsh.userland.ps_select import Test, by_lists
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, joined, say, write
from nsh.userland.users import names

_LISTS = (
    *("pgroup", "parent", "session", "terminal", "euid", "uid", "group", "ns", "pidfile"),
    *("runstates", "older", "newest", "oldest"),
)
_KINDS = ("ipc", "mnt", "net", "pid", "user", "uts")
"""What --ns compares without --nslist, in the real tool's order; it knows no others."""
_CHOICES: tuple[Option, ...] = (
    option("-f, --full", "match the command line; -x, --exact: all of the name"),
    option("-v, --inverse", "choose the others; -i, --ignore-case; -A, --ignore-ancestors"),
    option("-n, --newest", "only the one started last; -o, --oldest: first"),
    option("-P, --parent=LIST", "children of these", Kind.PID),
    option("-g, --pgroup=LIST", "of these groups; -s, --session=LIST: sessions", Kind.PID),
    option(
        "-t, --terminal=LIST", "on these terminals; -F, --pidfile=FILE: of the pid there", Kind.TTY
    ),
    option("-u, --euid=LIST", "of these users; -U, --uid: real; -G, --group=LIST", Kind.USER),
    option("-r, --runstates=LIST", "in these states; -O, --older=SECONDS: as old as that"),
    option("--ns=PID", "in the namespaces of process PID, or of --nslist=LIST", Kind.PID),
    option("-x, --exact", ""),
    option("-i, --ignore-case", ""),
    option("-A, --ignore-ancestors", ""),
    option("-o, --oldest", ""),
    option("-s, --session=LIST", "", Kind.PID),
    option("-F, --pidfile=FILE", "", Kind.PATH),
    option("-U, --uid=LIST", "", Kind.USER),
    option("-G, --group=LIST", "", Kind.USER),
    option("-O, --older=SECONDS", "", Kind.NUMBER),
    option("--nslist=LIST", "", Kind.NAMESPACE),
)


@command(
    "pgrep",
    "print the pids of processes whose names match PATTERN",
    Topic.PROCESSES,
    options=(
        option("-l, --list-name", "print names too; -a, --list-full: command lines"),
        option("-c, --count", "print how many; -d, --delimiter=TEXT: not a newline"),
        *_CHOICES,
        option("-a, --list-full", ""),
        option("-d, --delimiter=TEXT", ""),
    ),
    operands=(optional("PATTERN", Kind.PROGRAM),),
    man="pgrep(1)",
    gap="PATTERN as in `matches`; the caller, who is no program apart, counts; no -w, -L, --cgroup",
    examples=("spawn --net httpd; pgrep -l --ns httpd --nslist net .",),
    see=("pidof", "pkill", "ps", "kill"),
    rows=("P3",),
    answers=True,
    trouble=2,
)
def pgrep(call: Invocation, given: Given) -> Running:
    """Status 1 if none matches."""
    found = yield from _matching(call, given)
    if given.has("count"):
        yield from write(1, f"{len(found)}\n")
        return 0 if found else 1
    lines = []
    for process in found:
        if given.has("list-full"):
            lines.append(f"{process.pid} {_full(process)}")
        elif given.has("list-name"):
            lines.append(f"{process.pid} {printable(process.comm)}")
        else:
            lines.append(str(process.pid))
    if given.has("delimiter") and lines:
        yield from write(1, given.get("delimiter").join(lines) + "\n")
    else:
        yield from write(1, joined(lines))
    return 0 if found else 1


@command(
    "pkill",
    "send a signal (TERM) to processes whose names match PATTERN",
    Topic.SIGNALS,
    options=(
        option("--signal=SIGNAL", "another; -SIGNAL for short; -e, --echo: say so", Kind.SIGNAL),
        *_CHOICES,
        option("-e, --echo", ""),
    ),
    operands=(optional("PATTERN", Kind.PROGRAM),),
    man="pkill(1)",
    gap="PATTERN as in `matches`; the caller, who is no program apart, counts; no -w, -L, --cgroup",
    examples=("spawn -n 2 httpd; pkill -KILL httpd; ps",),
    see=("pgrep", "kill"),
    rows=("P3", "P11"),
    answers=True,
    trouble=2,
    prepare=older_spelling,
)
def pkill(call: Invocation, given: Given) -> Running:
    """Status 1 if none could be signalled."""
    name = given.get("signal", "TERM")
    signo = signal_number(name)
    if signo is None:
        raise UsageError(f"unknown signal: {name}")
    reached = 0
    for process in (yield from _matching(call, given)):
        try:
            yield Kill(process.pid, signo)
        except KernelError as error:
            yield from complain(call, f"killing pid {process.pid} failed", error)
            continue
        reached += 1
        if given.has("echo"):
            yield from write(1, f"{printable(process.comm)} killed (pid {process.pid})\n")
    return 0 if reached else 1


def _full(process: Process) -> str:
    return printable(" ".join(process.argv) or process.comm)


def _kinds(given: Given) -> tuple[str, ...]:
    """Of namespaces, those that --ns compares."""
    if not given.has("ns"):
        return ()
    listed = tuple(given.get("nslist").split(",")) if given.has("nslist") else _KINDS
    for kind in listed:
        if kind not in NAMESPACES:
            raise UsageError(f"unknown namespace type: {kind}")
    return listed


def _matching(call: Invocation, given: Given) -> Asking[list[Process]]:
    """Those that match everything that was said."""
    if sum(given.has(key) for key in ("newest", "oldest", "inverse")) > 1:
        raise UsageError("of --newest, --oldest and --inverse there can be one")
    if not given.operands and not any(given.has(key) for key in _LISTS):
        raise UsageError("no matching criteria specified")
    pattern = given.operand(0)
    if given.has("exact"):
        pattern = f"^(?:{pattern})$"
    try:
        wanted = re.compile(pattern, re.IGNORECASE if given.has("ignore-case") else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"'{pattern}': {error}") from None
    kinds = _kinds(given)
    try:
        tests: list[Test] = yield from by_lists(given, (yield from names()))
        tests += yield from further(given, kinds)
    except KernelError as error:
        raise UsageError(str(error)) from None
    found = []
    for process in (yield from processes(frozenset((STATUS, CMDLINE, *kinds)))):
        text = (" ".join(process.argv) if given.has("full") else "") or process.comm
        matches = wanted.search(text) is not None and all(test(process) for test in tests)
        if matches is not given.has("inverse"):
            found.append(process)
    if not found and len(given.operand(0)) > COMM_LEN and not given.has("full"):
        yield from say(call, f"no name is longer than {COMM_LEN} characters; -f matches all of it")
    if given.has("newest"):
        return [max(found, key=lambda each: (each.start, each.pid))] if found else []
    if given.has("oldest"):
        return [min(found, key=lambda each: (each.start, each.pid))] if found else []
    return found
