"""mountpoint: whether something is mounted there."""

from nsh.abi import KernelError
from nsh.abi.attributes import Stat
from nsh.abi.invocation import Invocation, Running
from nsh.userland.mount_table import find, mount_points
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain, write

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
