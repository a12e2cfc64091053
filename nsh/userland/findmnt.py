"""findmnt: what is mounted where, as a tree, a list or a table for programs."""

from collections.abc import Callable

from nsh.abi import KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.userland import table
from nsh.userland.canonical import Missing, canonical
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
}
_NAMING = ("mountpoint", "target", "source")
_DEFAULT = ("target", "source", "fstype", "options")


@command(
    "findmnt",
    "show the tree of mounts, or what is mounted on DIR, or SOURCE",
    Topic.MOUNTS,
    options=(
        option("-t, --types=LIST", "only file systems of these types", Kind.FILE_SYSTEM),
        option(
            "-o, --output=LIST",
            "columns (+id adds one): target source fstype options vfs-options fs-options "
            "maj:min fsroot propagation id parent opt-fields tid",
            Kind.COLUMNS,
            choices=table.names(_COLUMNS),
        ),
        option("-R, --submounts", "and what is mounted below"),
        option("-l, --list", "no tree; -n, --noheadings: no header line"),
        option("-P, --pairs", 'print NAME="VALUE"; -r, --raw: for programs; -J, --json'),
        option("-N, --task=PID", "the mounts of PID's namespace", Kind.PID),
        option("-M, --mountpoint=DIR", "only what is mounted on DIR", Kind.PATH),
        option("-T, --target=PATH", "only the mount that PATH is on", Kind.PATH),
        option("-S, --source=SOURCE", "only mounts of SOURCE; -f, --first-only"),
        option("-O, --options=LIST", "only those with these options; -i, --invert: others"),
        option("-v, --nofsroot", "no [DIR] behind the source of bind mounts"),
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
    examples=("findmnt", "findmnt -n -o source,options /dev"),
    see=("mount", "mountpoint", "lsns"),
)
def findmnt(call: Invocation, given: Given) -> Running:
    """Status 1 if there is no mount such as was named."""
    wanted, unknown = table.columns(given.get("output"), _COLUMNS, _DEFAULT)
    if unknown:
        raise UsageError(f"unknown column: {unknown}")
    if len(given.operands) > len(("SOURCE", "DIR")):
        raise UsageError("bad usage")
    task = (yield from pid_of(given.get("task"))) if given.has("task") else 0
    where = f"/proc/{task or 'self'}/mountinfo"
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


def _chosen(given: Given, points: list[MountPoint]) -> Asking[list[MountPoint]]:
    """Those that all of the command line fits, or with --invert that not all of it does."""
    shown = of_types(points, given.get("types")) if given.has("types") else points
    sources, targets = given.all("source"), given.all("mountpoint")
    if len(given.operands) > 1:
        sources.append(given.operands[0])
    for source in sources:
        shown = [point for point in shown if point.source == source]
    for target in targets + given.operands[1:]:
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
        return point.target
