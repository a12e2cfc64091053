"""findmnt: what is mounted where, as a tree, a list or a table for programs."""

from collections.abc import Callable

from nsh.abi import KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.userland import table
from nsh.userland.canonical import Missing, canonical
from nsh.userland.findmnt_poll import ACTIONS, Change, watch
from nsh.userland.mount_table import MountPoint, find, mount_points, of_types
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, joined, write
from nsh.userland.table import Heading, Line

_COLUMNS = {
    "target": Heading("TARGET", tree=True),
    "source": Heading("SOURCE"),
    "fstype": Heading("FSTYPE"),
    "options": Heading("OPTIONS"),
    "vfs-options": Heading("VFS-OPTIONS"),
    "fs-options": Heading("FS-OPTIONS"),
    "maj:min": Heading("MAJ:MIN"),
    "fsroot": Heading("FSROOT"),
    "propagation": Heading("PROPAGATION"),
    "id": Heading("ID", right=True),
    "parent": Heading("PARENT", right=True),
    "opt-fields": Heading("OPT-FIELDS"),
    "tid": Heading("TID", right=True),
    "action": Heading("ACTION"),
    "old-target": Heading("OLD-TARGET"),
    "old-options": Heading("OLD-OPTIONS"),
}
_NAMING = ("mountpoint", "target", "source")
_DEFAULT = ("target", "source", "fstype", "options")
_POLLED = ("action", *_DEFAULT)
_ACTION_WIDTH = 10
_MILLISECOND = 1_000_000


@command(
    "findmnt",
    "show the tree of mounts, or what is mounted on DIR, or SOURCE",
    Topic.MOUNTS,
    options=(
        option("-t, --types=LIST", "only file systems of these types", Kind.FILE_SYSTEM),
        option(
            "-o, --output=LIST",
            "columns (+id adds one): target source fstype options vfs-options fs-options "
            "maj:min fsroot propagation id parent opt-fields tid action old-target old-options",
            Kind.COLUMNS,
            choices=table.names(_COLUMNS),
        ),
        option("-p, --poll[=LIST]", "tell of changes: mount, umount, move, remount"),
        option("-w, --timeout=MS", "--poll: end when nothing has changed for so long"),
        option("-R, --submounts", "and what is mounted below; -v, --nofsroot: no [DIR]"),
        option("-l, --list", "no tree; -n, --noheadings: no header line"),
        option("-P, --pairs", 'print NAME="VALUE"; -r, --raw: for programs; -J, --json'),
        option("-N, --task=PID", "the mounts of PID's namespace", Kind.PID),
        option("-M, --mountpoint=DIR", "only what is mounted on DIR", Kind.PATH),
        option("-T, --target=PATH", "only the mount that PATH is on", Kind.PATH),
        option("-S, --source=SOURCE", "only mounts of SOURCE; -f, --first-only"),
        option("-O, --options=LIST", "only those with these options; -i, --invert: others"),
        option("-v, --nofsroot", ""),
        option("-f, --first-only", ""),
        option("-i, --invert", ""),
        *(
            option(spec, "")
            for spec in (
                *("-n, --noheadings", "-r, --raw", "-J, --json"),
                *("-A, --all", "-k, --kernel", "-u, --notruncate", "--tree"),
            )
        ),
    ),
    operands=(optional("[SOURCE] DIR", Kind.PATH, many=True),),
    man="findmnt(8)",
    gap="no fstab, no sizes (-D)",
    examples=("findmnt -n -o source,options /dev",),
    see=("mount", "mountpoint", "poll", "lsns"),
)
def findmnt(call: Invocation, given: Given) -> Running:
    """Status 1 if there is no mount such as was named."""
    polled = given.has("poll")
    default = _POLLED if polled else _DEFAULT
    wanted, unknown = table.columns(given.get("output"), _COLUMNS, default)
    if unknown:
        raise UsageError(f"unknown column: {unknown}")
    if len(given.operands) > len(("SOURCE", "DIR")):
        raise UsageError("bad usage")
    task = (yield from pid_of(given.get("task"))) if given.has("task") else 0
    where = f"/proc/{task or 'self'}/mountinfo"
    if polled:
        return (yield from _poll(call, given, where, wanted, task))
    try:
        points = yield from mount_points(where)
    except KernelError as error:
        yield from complain(call, f"can't read {where}", error)
        return 1
    shown = yield from _chosen(given, points)
    named = bool(given.operands) or any(given.has(key) for key in _NAMING)
    if named and not shown:
        return 1
    below = given.has("submounts")
    if below:
        shown = _with_submounts(points, shown)
    flat = (named and not below) or any(given.has(key) for key in ("list", "raw", "pairs"))
    heads = [_COLUMNS[name] for name in wanted]
    show = _Cells(task, roots=not given.has("nofsroot"))
    lines = _lines(points, shown, lambda point: [show(point, name) for name in wanted], flat=flat)
    yield from write(1, joined(table.chosen(given, "filesystems", heads, lines)))
    return 0


def _poll(call: Invocation, given: Given, where: str, wanted: list[str], task: int) -> Asking[int]:
    """--poll: a table of each lot of changes, with its heading over the first."""
    actions = [name for name in given.get("poll").split(",") if name] or ACTIONS
    unknown = next((name for name in actions if name not in ACTIONS), "")
    if unknown:
        raise UsageError(f"unknown action: {unknown}")
    if given.has("json"):
        raise UsageError("--poll and --json do not go together")
    timeout = given.get("timeout", "-1")
    if timeout != "-1" and not timeout.isdecimal():
        raise UsageError(f"invalid timeout argument: '{timeout}'")
    heads = [_COLUMNS[name] for name in wanted]
    show = _Cells(task, roots=not given.has("nofsroot"))
    flat = given.has("raw") or given.has("pairs")
    told = False

    def cell(change: Change, name: str) -> str | int:
        match name:
            case "action":
                return change.action if flat else change.action.ljust(_ACTION_WIDTH)
            case "old-target":
                return change.old.target if change.old else ""
            case "old-options":
                return change.old.options if change.old else ""
        return show(change.point, name)

    def tell(changes: list[Change]) -> Asking[None]:
        nonlocal told
        lines = []
        for change in changes:
            shown = yield from _chosen(given, [change.point])
            if shown and change.action in actions:
                lines.append(Line([cell(change, name) for name in wanted]))
        if given.has("first-only"):
            lines = lines[: 0 if told else 1]
        if lines:
            yield from write(1, joined(table.chosen(given, "", heads, lines, headings=not told)))
            told = True

    try:
        yield from watch(where, int(timeout) * _MILLISECOND, tell)
    except KernelError as error:
        yield from complain(call, f"can't read {where}", error)
        return 1
    return 0


def _chosen(given: Given, points: list[MountPoint]) -> Asking[list[MountPoint]]:
    """Those that all of the command line fits, or with --invert that not all of it does."""
    shown = of_types(points, given.get("types")) if given.has("types") else points
    sources, targets = given.all("source"), given.all("mountpoint")
    if len(given.operands) > 1:
        sources.append(given.operands[0])
    for source in sources:
        shown = [point for point in shown if point.source == source]
    for target in (*targets, *given.operands[1:]):
        at_path = yield from find(shown, target)
        shown = [at_path] if at_path else []
    if len(given.operands) == 1:
        operand = given.operands[0]
        at_path = yield from find(shown, operand)
        shown = [at_path] if at_path else [each for each in shown if each.source == operand]
    if given.has("target"):
        on = yield from _holding(points, given.get("target"))
        shown = [point for point in shown if point == on]
    if given.has("options"):
        wanted = set(given.get("options").split(","))
        shown = [point for point in shown if wanted <= set(point.options.split(","))]
    if given.has("invert"):
        shown = [point for point in points if point not in shown]
    return shown[:1] if given.has("first-only") else shown


def _holding(points: list[MountPoint], path: str) -> Asking[MountPoint | None]:
    """The mount that *path* is on: the last of those mounted on the nearest directory above."""
    try:
        place = yield from canonical(path, Missing.NOTHING)
    except KernelError:
        return None
    while True:
        found = yield from find(points, place)
        if found is not None or place == "/":
            return found
        place = place.rpartition("/")[0] or "/"


def _with_submounts(points: list[MountPoint], tops: list[MountPoint]) -> list[MountPoint]:
    """*tops*, and those of *points* that are mounted somewhere below one of them."""
    found = {point.id for point in tops}
    while True:
        more = {point.id for point in points if point.parent in found} - found
        if not more:
            return [point for point in points if point.id in found]
        found |= more


def _lines(
    points: list[MountPoint],
    shown: list[MountPoint],
    cells: Callable[[MountPoint], list[str | int]],
    *,
    flat: bool,
) -> list[Line]:
    """The mounts, each below the next one shown of those that it hangs on."""
    lines = {point.id: Line(cells(point)) for point in shown}
    if flat:
        return list(lines.values())
    below: dict[int, list[int]] = {}
    known = {point.id for point in points}
    top: list[int] = []
    for point in points:
        hangs = point.parent in known and point.parent != point.id
        (below.setdefault(point.parent, []) if hangs else top).append(point.id)
    roots: list[Line] = []
    queue = [(number, roots) for number in sorted(top, reverse=True)]
    while queue:
        number, branch = queue.pop()
        if number in lines:
            branch.append(lines[number])
            branch = lines[number].below
        queue += [(each, branch) for each in sorted(below.get(number, []), reverse=True)]
    return roots


class _Cells:
    """What stands in the columns."""

    def __init__(self, task: int, *, roots: bool) -> None:
        self._task = task
        self._roots = roots

    def __call__(self, point: MountPoint, name: str) -> str | int:
        match name:
            case "source":
                part = self._roots and point.root != "/"
                return f"{point.source}[{point.root}]" if part else point.source
            case "options":
                return point.options
            case "vfs-options":
                return point.own_options
            case "fs-options":
                return point.fs_options
            case "maj:min":
                return point.device
            case "fsroot":
                return point.root
            case "propagation":
                return point.propagation
            case "opt-fields":
                return " ".join(point.marks)
            case "id":
                return point.id
            case "parent":
                return point.parent
            case "tid":
                return self._task or "self"
            case "fstype":
                return point.fstype
            case "action" | "old-target" | "old-options":
                return ""
        return point.target
