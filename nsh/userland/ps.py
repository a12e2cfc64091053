"""ps: the processes that the reader's /proc shows."""

from msgspec.structs import replace

from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CLOCK_BOOTTIME, CLOCK_REALTIME, ClockGettime
from nsh.userland import ps_layout
from nsh.userland.calendar import SECOND
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.proc import STATUS, processes, small_file_or, threads
from nsh.userland.ps_columns import COLUMNS, HZ, World
from nsh.userland.ps_layout import Chosen, Row
from nsh.userland.ps_select import bsd_lists, letters_of, selection
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, write
from nsh.userland.users import names

_UNIX = {
    "": "pid tname time ucmd",
    "f": "user=UID pid ppid c stime tname time cmd",
    "F": "user=UID pid ppid c sz rss psr stime tname time cmd",
    "j": "pid pgid sid tname time ucmd",
    "l": "f s uid pid ppid c opri ni addr sz wchan tname time ucmd",
    "L": "pid lwp tname time ucmd",
    "Lf": "user=UID pid ppid lwp c nlwp stime tname time cmd",
    "T": "pid spid tname time ucmd",
}
_BSD = {
    "": "pid tname stat bsdtime args",
    "j": "ppid pid pgid sid tname tpgid stat uid bsdtime args",
    "l": "f uid pid ppid priority ni vsz rss wchan stat tname bsdtime args",
    "u": "user pid %cpu %mem vsz rss tname stat start_time bsdtime args",
}
_BEHIND_O = "s tname time args"
_HEADERS = {name: column.header for name, column in COLUMNS.items()}


@command(
    "ps",
    "list processes: mine on this terminal, or those chosen",
    Topic.PROCESSES,
    options=(
        option("-e, -A, --every", "all that /proc shows"),
        option("-a", "all with a terminal but session leaders; -d: all but them"),
        option("-p, -q, --pid=LIST", "these pids or references; also as operands", Kind.PID),
        option("--ppid=LIST", "children of these", Kind.PID),
        option("-s, -g, --sid=LIST", "members of these sessions", Kind.PID),
        option("-t, --tty=LIST", "those on these terminals", Kind.TTY),
        option("-C=LIST", "those of these names", Kind.PROGRAM),
        option("-u, --user=LIST", "those of these users; -U: real users", Kind.USER),
        option("-f", "full format; also -F, -j, -l, -L (threads), -T, aux, axo"),
        option(
            "-o, --format=LIST",
            "columns, NAME or NAME=HEADER; -O: additional ones",
            Kind.COLUMNS,
            choices=_HEADERS,
        ),
        option(
            "--sort=LIST",
            "order by columns, the last first with -COLUMN",
            Kind.COLUMNS,
            choices=_HEADERS,
        ),
        option("-H", "children below parents; f, --forest: with branches"),
        option("-N, --deselect", "all but the chosen ones"),
        option("--no-headers", "no header line; also h"),
        *(option(spec, "") for spec in ("-d", "-F", "-j", "-l", "-L", "-T")),
        option("-U, --User=LIST", "", Kind.USER),
        option("-O=LIST", "", Kind.COLUMNS, choices=_HEADERS),
        *(option(spec, "") for spec in ("--forest", "-w", "--no-heading")),
    ),
    operands=(optional("PID", Kind.PID, many=True),),
    man="ps(1)",
    gap="no line is cut; columns cid (container), vpid (there), nspid are new",
    examples=("spawn sshd; ps -o pid,ppid,cid,vpid,comm; ps aux",),
    see=("pstree", "lsns", "container"),
    rows=("P2", "P3", "P4", "P10"),
    prepare=bsd_lists,
)
def ps(call: Invocation, given: Given) -> Running:
    """Status 1 if nothing was found to print."""
    letters, refs = letters_of(given.operands)
    _check(given, letters)
    chosen = _format(given, letters, bsd=bool(letters or refs))
    known = yield from names()
    wanted = yield from selection(given, letters, refs, known)
    keys = [key for value in given.all("sort") for key in value.split(",")]
    needs = {need for each in chosen for need in each.column.needs} | {STATUS}
    for key in keys:
        needs |= ps_layout.sort_column(key).needs
    found = [each for each in (yield from processes(frozenset(needs))) if wanted(each)]
    if given.has("L") or given.has("T") or "H" in letters:
        leaders, found = found, []
        for leader in leaders:
            found += yield from threads(leader, frozenset(needs))
    realtime = yield ClockGettime(CLOCK_REALTIME)
    uptime = yield ClockGettime(CLOCK_BOOTTIME)
    now, age = realtime * HZ // SECOND, uptime * HZ // SECOND
    world = World(known, now, now - age, (yield from _memory()))
    ps_layout.sort(found, keys, world)
    rows = [Row(process) for process in found]
    full = given.has("f") and _is_own(given)  # `ps -f -o LIST` is a tree of old
    if given.has("H") or given.has("forest") or "f" in letters or full:
        drawn = not given.has("H")
        rows = ps_layout.forest(found, drawn=drawn, ordered=bool(keys))
    headers = not (given.last("no-headers", "no-heading") or "h" in letters)
    width = yield from _pid_width()
    yield from write(1, joined(ps_layout.page(rows, chosen, world, width, headers)))
    return 0 if rows else 1


def _is_own(given: Given) -> bool:
    """Whether the columns are listed."""
    return given.has("format") or given.has("O")


def _check(given: Given, letters: str) -> None:
    """UsageError for formats that exclude each other (process_sf_options of procps)."""
    bsd = set(letters) & set("ulj")
    unix = {key for key in "fFl" if given.has(key)}
    clash = len(bsd) > 1 or bool(bsd and unix)
    if given.has("L") and given.has("T"):
        raise UsageError("thread flags conflict; can't use both -L and -T")
    if _is_own(given):
        others = "f" in letters or any(given.has(key) for key in "HLTj")
        clash = bool(bsd or unix) and (bool(bsd) or unix != {"f"} or others)
        if given.has("j") and not clash:
            raise UsageError("can not use output modifiers with user-defined output")
    if clash:
        raise UsageError("conflicting format options")


def _format(given: Given, letters: str, *, bsd: bool) -> list[Chosen]:
    """The columns: those of -o, or of the format that was asked for last."""
    if given.has("format"):
        return [each for spec in given.all("format") for each in ps_layout.choose(spec)]
    if given.has("O"):
        added = [each for spec in given.all("O") for each in ps_layout.choose(spec)]
        return [*ps_layout.choose("pid"), *added, *_preset(_BEHIND_O)]
    preset = given.last("f", "F", "j", "l")
    if bsd and not preset:
        return _preset(_BSD[next((each for each in reversed(letters) if each in _BSD), "")])
    if given.has("L"):
        preset = "Lf" if preset in ("f", "F") else "L"
    elif given.has("T"):
        preset = preset or "T"
    return _preset(_UNIX[preset])


def _preset(words: str) -> list[Chosen]:
    found = []
    for word in words.split():
        name, _, header = word.partition("=")
        (each,) = ps_layout.choose(name)
        found.append(replace(each, header=header) if header else each)
    return found


def _pid_width() -> Asking[int]:
    """As many digits as the highest pid may have, five at least."""
    text = yield from small_file_or("/proc/sys/kernel/pid_max", "")
    return max(ps_layout.LEAST_PID_WIDTH, len(text.strip()))


def _memory() -> Asking[int]:
    text = yield from small_file_or("/proc/meminfo", "")
    words = text.partition("\n")[0].split()
    return int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
