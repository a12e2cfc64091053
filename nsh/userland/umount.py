"""umount: take file systems out of the tree (umount2(2))."""

from nsh.abi import Errno, KernelError
from nsh.abi.files import MNT_DETACH, MNT_FORCE, Umount
from nsh.abi.invocation import Invocation, Running
from nsh.userland.destination import looked_at
from nsh.userland.mount_table import MountPoint, find, mount_points
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, say, write

_FAILED = 32


@command(
    "umount",
    "unmount file systems, named by where they are or what they are",
    Topic.MOUNTS,
    options=(
        option("-l, --lazy", "out of the tree at once; gone when nobody uses it any more"),
        option("-f, --force", "even if its server cannot be reached: MNT_FORCE"),
        option("-R, --recursive", "with all that is mounted below"),
        option("-q, --quiet", "do not complain of what is not mounted"),
        option("-v, --verbose", "say what was unmounted"),
    ),
    operands=(required("DIR", Kind.PATH, many=True),),
    man="umount(8)",
    examples=(
        "mount -t tmpfs none /mnt; umount /mnt",
        "mount -t tmpfs none /mnt; cd /mnt; umount -l /mnt; mount",
    ),
    see=("mount", "findmnt"),
)
def umount(call: Invocation, given: Given) -> Running:
    """Status 32 if one is still mounted."""
    flags = (MNT_DETACH if given.has("lazy") else 0) | (MNT_FORCE if given.has("force") else 0)
    status = 0
    for operand in given.operands:
        points = yield from _table()
        point = yield from _named(points, operand)
        targets = [operand]
        if point is not None:
            targets = [point.target]
            if given.has("recursive"):
                targets = [each.target for each in reversed(_below(points, point))]
        elif points and (yield from looked_at(operand)) is not None:
            if not given.has("quiet"):
                yield from say(call, f"{operand}: not mounted.")
            status = _FAILED
            continue
        for target in targets:
            status |= yield from _one(call, given, target, flags)
    return status


def _one(call: Invocation, given: Given, target: str, flags: int) -> Running:
    try:
        yield Umount(target, flags)
    except KernelError as error:
        if not (given.has("quiet") and error.errno is Errno.EINVAL):
            yield from complain(call, f"{target}: {_explained(error)}", error)
        return _FAILED
    if given.has("verbose"):
        yield from write(2, f"umount: {target} unmounted\n")
    return 0


def _explained(error: KernelError) -> str:
    """What the failure means, in the words of umount(8)."""
    match error.errno:
        case Errno.ENOENT:
            return "no mount point specified"
        case Errno.EINVAL:
            return "not mounted"
        case Errno.EBUSY:
            return "target is busy"
        case Errno.EPERM | Errno.EACCES:
            return "must be superuser to unmount"
    return "umount failed"


def _table() -> Asking[list[MountPoint]]:
    """The mounts; none where there is no /proc to ask, and the kernel alone knows."""
    try:
        return (yield from mount_points())
    except KernelError:
        return []


def _named(points: list[MountPoint], operand: str) -> Asking[MountPoint | None]:
    """The mount at a path, or else the last one of that source."""
    found = yield from find(points, operand)
    if found is None and not operand.startswith("/"):
        return next((each for each in reversed(points) if each.source == operand), None)
    return found


def _below(points: list[MountPoint], top: MountPoint) -> list[MountPoint]:
    """*top* and what hangs on it, each behind what it hangs on."""
    found, known = [top], {top.id}
    for _ in points:
        more = [each for each in points if each.parent in known and each.id not in known]
        found += more
        known |= {each.id for each in more}
    return found
