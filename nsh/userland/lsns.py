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
from nsh.userland.table import Cell, Heading, Line
from nsh.userland.users import Names, names

COLUMNS = {
    "ns": Heading("NS", right=True),
    "type": Heading("TYPE", hint=5),
    "path": Heading("PATH"),
    "nprocs": Heading("NPROCS", right=True),
    "pid": Heading("PID", right=True, hint=5),
    "ppid": Heading("PPID", right=True, hint=5),
    "command": Heading("COMMAND", tree=True),
    "uid": Heading("UID", right=True),
    "user": Heading("USER"),
    "pns": Heading("PNS", right=True, hint=10),
    "ons": Heading("ONS", right=True, hint=10),
    "nsfs": Heading("NSFS"),
}
_OF_ALL = ("ns", "type", "nprocs", "pid", "user", "command")
_OF_ONE = ("pid", "ppid", "user", "command")


_RELATIONS = {"owner": "userns", "parent": "parent", "process": ""}


class Found:
    """One namespace, and the processes in it by rising pid."""

    __slots__ = ("inum", "kind", "maker", "members", "related")

    def __init__(self, inum: int, kind: str) -> None:
        self.inum = inum
        self.kind = kind
        self.members: list[Process] = []
        self.related: dict[str, int] = {}
        """The numbers of its owner and its parent, in a tree of namespaces."""
        self.maker = 0
        """The uid of who made it, if that was needed, for nobody is in it."""

    @property
    def first(self) -> Process | None:
        """The one that it is shown with."""
        return self.members[0] if self.members else None


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
    gap="lines are never cut; namespaces without processes in trees only; no --output-all, NETNSID",
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
    found = yield from _namespaces(kinds or NAMESPACES)
    asked = [each for each in found if not task or any(one.pid == task for one in each.members)]
    known = yield from names()
    how = (given.get("tree") or "owner") if given.has("tree") else "process"
    if how not in _RELATIONS:
        raise UsageError(f"unknown tree type: {how}")
    heads = [_heading(name, how) for name in wanted]
    if given.operands:
        chosen = [each for each in asked if each.inum == int(number)]
        if not chosen:
            yield from say(call, f"not found namespace: {number}")
            return 1
        pairs = [(chosen[0], process) for process in chosen[0].members]
    else:
        pairs = [(each, each.members[0]) for each in asked]
    kept = (yield from _mounted()) if "nsfs" in wanted else {}
    if how != "process" and not given.operands:
        related = yield from _relatives(found)
        asked = asked if task else list(related.values())
        tree = Tree(wanted, related, _RELATIONS[how], known, kept)
        for each in sorted(asked, key=lambda each: each.inum):
            yield from tree.show(each)
        lines = tree.top
    else:
        branches = "command" in wanted and not given.has("list") and how == "process"
        lines = yield from _lines(wanted, pairs, known, kept, tree=branches)
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
        cells = yield from _cells(wanted, namespace, process, known, kept)
        line = latest[process.pid] = Line(cells)
        above = latest.get(process.ppid) if tree else None
        (above.below if above else lines).append(line)
    return lines


class Tree:
    """Lines of namespaces, each below that of the one it has the relation *what* to."""

    __slots__ = ("_kept", "_known", "_lines", "_related", "_wanted", "_what", "top")

    def __init__(
        self,
        wanted: Sequence[str],
        related: dict[int, Found],
        what: str,
        known: Names,
        kept: dict[str, list[str]],
    ) -> None:
        self._wanted = wanted
        self._related = related
        self._what = what
        self._known = known
        self._kept = kept
        self._lines: dict[int, Line] = {}
        self.top: list[Line] = []

    def show(self, each: Found) -> Asking[None]:
        """Make the line of a namespace, behind that of the one above; its owner's if none is."""
        if each.inum in self._lines:
            return
        above = self._related.get(each.related.get(self._what, 0))
        before = above or self._related.get(each.related.get("userns", 0))
        if before is not None:
            yield from self.show(before)
        first = each.first
        cells = yield from _cells(self._wanted, each, first, self._known, self._kept)
        line = self._lines[each.inum] = Line(cells)
        (self.top if above is None else self._lines[above.inum].below).append(line)


def _relatives(found: Sequence[Found]) -> Asking[dict[int, Found]]:
    """Those *found* and all their owners and parents, by number: who is not among them has no
    process, or is of a kind that was not asked for."""
    known = {each.inum: each for each in found}
    for each in found:
        try:
            fd = yield Open(f"/proc/{each.members[0].pid}/ns/{each.kind}", READING)
        except KernelError:
            continue
        yield from _relate(each, fd, known)
        yield Close(fd)
    return known


def _relate(each: Found, fd: int, known: dict[int, Found]) -> Asking[None]:
    """Find out what is above *each*, which *fd* is open for."""
    for what, kind in (("userns", "user"), ("parent", each.kind)):
        try:
            above = yield NsGet(fd, what)
        except KernelError:
            continue  # EPERM: out of sight; EINVAL: a kind without parents
        inum = each.related[what] = (yield Fstat(above)).ino
        if inum not in known:
            new = known[inum] = Found(inum, kind)
            if kind == "user":
                new.maker = yield NsGet(above, "owner_uid")
            yield from _relate(new, above, known)
        yield Close(above)


def _namespaces(kinds: Sequence[str]) -> Asking[list[Found]]:
    """By number."""
    found: dict[tuple[int, str], Found] = {}
    for process in (yield from processes(frozenset(kinds))):
        for kind in kinds:
            inum = process.inode(kind)
            if inum:
                key = (inum, kind)
                if key not in found:
                    found[key] = Found(inum, kind)
                found[key].members.append(process)
    return [found[key] for key in sorted(found)]


def _cells(
    wanted: Sequence[str],
    namespace: Found,
    process: Process | None,
    known: Names,
    kept: dict[str, list[str]],
) -> Asking[list[Cell]]:
    cells: list[Cell] = []
    path, uid = None, namespace.maker
    if process is not None:
        if not process.status:
            yield from fill(process, frozenset((STATUS, CMDLINE)))
        path, uid = f"/proc/{process.pid}/ns/{namespace.kind}", process.uid()
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
                cells.append(None if process is None else process.pid)
            case "ppid":
                cells.append(None if process is None else process.ppid)
            case "uid":
                cells.append(uid)
            case "user":
                cells.append(known.user(uid))
            case "nsfs":
                cells.append(",".join(kept.get(f"{namespace.kind}:[{namespace.inum}]", [])) or None)
            case "pns" | "ons":
                what = "parent" if name == "pns" else "userns"
                above = namespace.related.get(what, 0)
                cells.append((yield from _relative(path, what)) if path else above)
            case _ if process is not None:
                cells.append(printable(" ".join(process.argv) or process.comm))
            case _:
                cells.append(None)
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
