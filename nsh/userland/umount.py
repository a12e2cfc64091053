"""umount: take file systems out of the tree (umount2(2))."""

from nsh.abi import Errno, KernelError
from nsh.abi.files import MNT_DETACH, MNT_FORCE, Umount
from nsh.abi.invocation import Invocation, Running
from nsh.userland.destination import looked_at
from nsh.userland.mount_table import MountPoint, find, mount_points
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, say, write

_NO_SUCH = 1
_FAILED = 32
_MOST = 255
"""Statuses are added up (umount.c), which two that failed make 64 of."""


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
    """Status 32 for each that could not be unmounted, 1 for what --recursive does not find."""
    flags = (MNT_DETACH if given.has("lazy") else 0) | (MNT_FORCE if given.has("force") else 0)
    status = 0
    for operand in given.operands:
        status += yield from _operand(call, given, operand, flags)
    return min(status, _MOST)


def _operand(call: Invocation, given: Given, operand: str, flags: int) -> Running:
    points = yield from _table()
    if points and given.has("recursive"):
        return (yield from _tree(call, given, points, operand, flags))
    point = yield from find(points, operand)
    if point is not None:
        return (yield from _one(call, given, point.target, flags))
    if not operand.startswith("/"):
        for each in reversed(points):
            if each.source == operand:
                return (yield from _one(call, given, each.target, flags, f" ({operand})"))
    if not points or (yield from looked_at(operand)) is None:
        return (yield from _one(call, given, operand, flags))
    if not given.has("quiet"):
        yield from say(call, f"{operand}: not mounted.")
    return _FAILED


def _tree(
    call: Invocation, given: Given, points: list[MountPoint], operand: str, flags: int
) -> Running:
    """With --recursive: only by where it is, and no further than the first that is refused."""
    top = yield from find(points, operand)
    if top is None:
        if not given.has("quiet"):
            there = (yield from looked_at(operand)) is not None
            yield from say(call, f"{operand}: {'not mounted' if there else 'not found'}")
        return _NO_SUCH
    for each in reversed(_below(points, top)):
        if status := (yield from _one(call, given, each.target, flags)):
            return status
    return 0


def _one(call: Invocation, given: Given, target: str, flags: int, source: str = "") -> Running:
    try:
        yield Umount(target, flags)
    except KernelError as error:
        if not (given.has("quiet") and error.errno is Errno.EINVAL):
            yield from complain(call, f"{target}: {_explained(error)}", error)
        return _FAILED
    if given.has("verbose"):
        yield from write(2, f"umount: {target}{source} unmounted\n")
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


def _below(points: list[MountPoint], top: MountPoint) -> list[MountPoint]:
    """*top* and what hangs on it, each behind what it hangs on."""
    found, known = [top], {top.id}
    for _ in points:
        more = [each for each in points if each.parent in known and each.id not in known]
        found += more
        known |= {each.id for each in more}
    return found
