"""mountpoint and findmnt: what is mounted where."""

from nsh.abi import KernelError
from nsh.abi.attributes import Stat
from nsh.abi.invocation import Invocation, Running
from nsh.userland import table
from nsh.userland.mount_table import MountPoint, find, mount_points, of_types
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain, joined, write
from nsh.userland.table import Heading, Line

_NO_MOUNT_POINT = 32


@command(
    "mountpoint",
    "tell whether something is mounted on DIR",
    Topic.MOUNTS,
    options=(
        option("-q, --quiet", "by the status alone"),
        option("-d, --fs-devno", "print the device number of the file system instead"),
    ),
    operands=(required("DIR", Kind.PATH),),
    man="mountpoint(1)",
    examples=("mountpoint /proc", "mountpoint -q /tmp || echo 'only a directory'"),
    see=("mount", "findmnt"),
)
def mountpoint(call: Invocation, given: Given) -> Running:
    """Status 0 if so, 32 if not, 1 if there is no such directory."""
    path = given.operands[0]
    quiet = given.has("quiet")
    try:
        yield Stat(path)
    except KernelError as error:
        if not quiet:
            yield from complain(call, path, error)
        return 1
    point = yield from find((yield from mount_points()), path)
    if point is None:
        if not quiet:
            yield from write(1, f"{path} is not a mountpoint\n")
        return _NO_MOUNT_POINT
    if given.has("fs-devno"):
        yield from write(1, point.device + "\n")
    elif not quiet:
        yield from write(1, f"{path} is a mountpoint\n")
    return 0


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
}
_DEFAULT = ("target", "source", "fstype", "options")


@command(
    "findmnt",
    "show the tree of mounts, or what is mounted on DIR, or SOURCE",
    Topic.MOUNTS,
    options=(
        option("-t, --types=LIST", "only file systems of these types", Kind.FILE_SYSTEM),
        option(
            "-o, --output=LIST",
            "columns: target source fstype options vfs-options fs-options maj:min fsroot "
            "propagation id parent",
            Kind.COLUMNS,
            choices=table.names(_COLUMNS),
        ),
        option("-R, --submounts", "and what is mounted below"),
        option("-l, --list", "no tree"),
        option("-n, --noheadings", "no header line"),
        option("-r, --raw", "print for programs"),
        option("-J, --json", "print JSON"),
    ),
    operands=(optional("DIR", Kind.PATH),),
    man="findmnt(8)",
    gap="knows /proc/self/mountinfo alone",
    examples=("findmnt", "findmnt -n -o source,options /dev"),
    see=("mount", "mountpoint", "lsns"),
)
def findmnt(call: Invocation, given: Given) -> Running:
    """Status 1 if there is no mount such as was named."""
    wanted, unknown = table.columns(given.get("output"), _COLUMNS, _DEFAULT)
    if unknown:
        raise UsageError(f"unknown column: {unknown}")
    points = yield from mount_points()
    shown = of_types(points, given.get("types")) if given.has("types") else points
    if given.operands:
        operand = given.operands[0]
        at_path = yield from find(shown, operand)
        shown = [at_path] if at_path else [each for each in shown if each.source == operand]
    if given.operands and not shown:
        return 1
    below = given.has("submounts")
    if below:
        shown = _with_submounts(points, shown)
    flat = (bool(given.operands) and not below) or given.has("list") or given.has("raw")
    heads = [_COLUMNS[name] for name in wanted]
    lines = _lines(points, shown, wanted, flat=flat)
    yield from write(1, joined(table.chosen(given, "filesystems", heads, lines)))
    return 0


def _with_submounts(points: list[MountPoint], tops: list[MountPoint]) -> list[MountPoint]:
    """*tops*, and those of *points* that are mounted somewhere below one of them."""
    found = {point.id for point in tops}
    while True:
        more = {point.id for point in points if point.parent in found} - found
        if not more:
            return [point for point in points if point.id in found]
        found |= more


def _lines(
    points: list[MountPoint], shown: list[MountPoint], wanted: list[str], *, flat: bool
) -> list[Line]:
    """The mounts, each below the next one shown of those that it hangs on."""
    lines = {point.id: Line([_cell(point, name) for name in wanted]) for point in shown}
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


def _cell(point: MountPoint, name: str) -> str | int:
    match name:
        case "source":
            return point.source if point.root == "/" else f"{point.source}[{point.root}]"
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
        case "id":
            return point.id
        case "parent":
            return point.parent
        case "fstype":
            return point.fstype
    return point.target
