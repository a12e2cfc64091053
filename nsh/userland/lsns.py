"""lsns: the namespaces of the processes that the reader's /proc shows."""

from collections.abc import Sequence

from nsh.abi import KernelError
from nsh.abi.attributes import Fstat
from nsh.abi.files import Close, Open
from nsh.abi.invocation import Invocation, Running
from nsh.abi.namespaces import NsGet
from nsh.userland import table
from nsh.userland.mount_table import mount_points
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.proc import CMDLINE, NAMESPACES, STATUS, Process, fill, printable, processes
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import READING, Asking, joined, say, write
from nsh.userland.table import Heading, Line
from nsh.userland.users import Names, names

COLUMNS = {
    "ns": Heading("NS", right=True),
    "type": Heading("TYPE"),
    "path": Heading("PATH"),
    "nprocs": Heading("NPROCS", right=True),
    "pid": Heading("PID", right=True),
    "ppid": Heading("PPID", right=True),
    "command": Heading("COMMAND", tree=True),
    "uid": Heading("UID", right=True),
    "user": Heading("USER"),
    "pns": Heading("PNS", right=True),
    "ons": Heading("ONS", right=True),
    "nsfs": Heading("NSFS"),
}
_OF_ALL = ("ns", "type", "nprocs", "pid", "user", "command")
_OF_ONE = ("pid", "ppid", "user", "command")


_RELATIONS = {"owner": "userns", "parent": "parent", "process": ""}


class Found:
    """One namespace, and the processes in it by rising pid."""

    __slots__ = ("inum", "kind", "members")

    def __init__(self, inum: int, kind: str) -> None:
        self.inum = inum
        self.kind = kind
        self.members: list[Process] = []


@command(
    "lsns",
    "list all namespaces, or the processes of NAMESPACE",
    Topic.NAMESPACES,
    options=(
        option("-t, --type=TYPE", "only namespaces of TYPE", Kind.NAMESPACE),
        option("-p, --task=PID", "only the namespaces of process PID", Kind.PID),
        option(
            "-o, --output=LIST",
            "columns (+ns adds one): ns type path nprocs pid ppid command "
            "uid user pns (parent) ons (owner) nsfs (mounted there)",
            Kind.COLUMNS,
            choices=table.names(COLUMNS),
        ),
        option("-J, --json", "print JSON"),
        option("-r, --raw", "print for programs"),
        option("-T, --tree[=HOW]", "a tree of namespaces by owner (the default) or parent"),
        option("-l, --list", "no tree of processes"),
        option("-n, --noheadings", "no header line"),
        option("-u, --notruncate", ""),
        option("-W, --nowrap", ""),
    ),
    operands=(optional("NAMESPACE", Kind.NUMBER),),
    man="lsns(8)",
    gap="lines are never cut; no namespaces without processes; no --output-all, NETNSID",
    examples=("spawn --uts --pid web; lsns -t uts", "spawn --user --uts web; lsns -T"),
    see=("unshare", "nsenter", "pstree"),
    rows=("P10", "N4"),
)
def lsns(call: Invocation, given: Given) -> Running:
    """NS by number; a process hangs below its parent's last line."""
    wanted, unknown = table.columns(
        given.get("output"), COLUMNS, _OF_ONE if given.operands else _OF_ALL
    )
    if unknown:
        raise UsageError(f"unknown column: {unknown}")
    kinds = given.all("type")
    for kind in kinds:
        if kind not in NAMESPACES:
            raise UsageError(f"unknown namespace type: {kind}")
    number = given.operand(0, "0")
    if not number.isdecimal():
        raise UsageError(f"invalid namespace argument: '{number}'")
    task = (yield from pid_of(given.get("task"))) if given.has("task") else 0
    found = yield from _namespaces(kinds or NAMESPACES, task)
    known = yield from names()
    how = (given.get("tree") or "owner") if given.has("tree") else "process"
    if how not in _RELATIONS:
        raise UsageError(f"unknown tree type: {how}")
    heads = [_heading(name, how) for name in wanted]
    if given.operands:
        chosen = [each for each in found if each.inum == int(number)]
        if not chosen:
            yield from say(call, f"not found namespace: {number}")
            return 1
        pairs = [(chosen[0], process) for process in chosen[0].members]
    else:
        pairs = [(each, each.members[0]) for each in found]
    kept = (yield from _mounted()) if "nsfs" in wanted else {}
    tree = "command" in wanted and not given.has("list") and how == "process"
    lines = yield from _lines(wanted, pairs, known, kept, tree=tree)
    if how != "process" and not given.operands:
        lines = yield from _related(pairs, lines, _RELATIONS[how])
    yield from write(1, joined(table.chosen(given, "namespaces", heads, lines)))
    return 0


def _heading(name: str, how: str) -> Heading:
    """The branches of a tree of namespaces are drawn at their numbers."""
    if how == "process":
        return COLUMNS[name]
    return Heading("NS", tree=True) if name == "ns" else COLUMNS[name]._replace(tree=False)


def _lines(
    wanted: Sequence[str],
    pairs: Sequence[tuple[Found, Process]],
    known: Names,
    kept: dict[str, list[str]],
    *,
    tree: bool,
) -> Asking[list[Line]]:
    """A line for each; in a *tree* it hangs below the last one of its process's parent."""
    lines: list[Line] = []
    latest: dict[int, Line] = {}
    for namespace, process in pairs:
        if not process.status:
            yield from fill(process, frozenset((STATUS, CMDLINE)))
        cells = yield from _cells(wanted, namespace, process, known, kept)
        line = latest[process.pid] = Line(cells)
        above = latest.get(process.ppid) if tree else None
        (above.below if above else lines).append(line)
    return lines


def _related(
    pairs: Sequence[tuple[Found, Process]], lines: Sequence[Line], what: str
) -> Asking[list[Line]]:
    """The *lines* of namespaces, each below that of the namespace it has the relation *what* to."""
    known = {namespace.inum: line for (namespace, _), line in zip(pairs, lines, strict=True)}
    top: list[Line] = []
    for (namespace, process), line in zip(pairs, lines, strict=True):
        path = f"/proc/{process.pid}/ns/{namespace.kind}"
        above = known.get((yield from _relative(path, what)))
        (top if above is None else above.below).append(line)
    return top


def _namespaces(kinds: Sequence[str], task: int) -> Asking[list[Found]]:
    """By number; with *task*, only those that it is in."""
    found: dict[tuple[int, str], Found] = {}
    of_task: set[tuple[int, str]] = set()
    for process in (yield from processes(frozenset(kinds))):
        for kind in kinds:
            inum = process.inode(kind)
            if inum:
                key = (inum, kind)
                if key not in found:
                    found[key] = Found(inum, kind)
                found[key].members.append(process)
                if process.pid == task:
                    of_task.add(key)
    return [found[key] for key in sorted(found) if not task or key in of_task]


def _cells(
    wanted: Sequence[str],
    namespace: Found,
    process: Process,
    known: Names,
    kept: dict[str, list[str]],
) -> Asking[list[str | int]]:
    cells: list[str | int] = []
    path = f"/proc/{process.pid}/ns/{namespace.kind}"
    for name in wanted:
        match name:
            case "ns":
                cells.append(namespace.inum)
            case "type":
                cells.append(namespace.kind)
            case "path":
                cells.append(path)
            case "nprocs":
                cells.append(len(namespace.members))
            case "pid":
                cells.append(process.pid)
            case "ppid":
                cells.append(process.ppid)
            case "uid":
                cells.append(process.uid())
            case "user":
                cells.append(known.user(process.uid()))
            case "nsfs":
                cells.append(",".join(kept.get(f"{namespace.kind}:[{namespace.inum}]", [])))
            case "pns":
                cells.append((yield from _relative(path, "parent")))
            case "ons":
                cells.append((yield from _relative(path, "userns")))
            case _:
                cells.append(printable(" ".join(process.argv) or process.comm))
    return cells


def _mounted() -> Asking[dict[str, list[str]]]:
    """Where the files of namespaces are mounted, by ``net:[4026532000]``."""
    found: dict[str, list[str]] = {}
    try:
        points = yield from mount_points()
    except KernelError:
        points = []
    for point in points:
        if point.fstype == "nsfs":
            found.setdefault(point.root, []).append(point.target)
    return found


def _relative(path: str, what: str) -> Asking[int]:
    """The number of a namespace's parent or owner; 0 if it has none, or none in sight."""
    opened: list[int] = []
    inum = 0
    try:
        opened.append((yield Open(path, READING)))
        opened.append((yield NsGet(opened[0], what)))
        inum = (yield Fstat(opened[1])).ino
    except KernelError:
        pass  # EPERM: out of sight; EINVAL: a kind without parents
    for fd in opened:
        yield Close(fd)
    return inum
