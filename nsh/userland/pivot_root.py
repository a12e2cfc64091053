"""pivot_root: another mount as the root of the mount namespace (pivot_root(2))."""

from nsh.abi import KernelError
from nsh.abi.files import PivotRoot
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain


@command(
    "pivot_root",
    "make the mount NEW_ROOT the root, and the old one go to PUT_OLD",
    Topic.MOUNTS,
    operands=(required("NEW_ROOT", Kind.PATH), required("PUT_OLD", Kind.PATH)),
    man="pivot_root(8)",
    examples=(
        "mkdir /tmp/r; mount -t tmpfs r /tmp/r; cd /tmp/r; mkdir old proc; pivot_root . old; ls /",
        "mount -t tmpfs r /mnt; cd /mnt; pivot_root . .; umount -l .; ls /",
    ),
    see=("chroot", "unshare", "mount", "umount"),
    rows=("N15",),
)
def pivot_root(call: Invocation, given: Given) -> Running:
    """All whose root, or working directory, was the old root have the new one."""
    new_root, put_old = given.operands
    try:
        yield PivotRoot(new_root, put_old)
    except KernelError as error:
        yield from complain(call, f"failed to change root from `{new_root}' to `{put_old}'", error)
        return 1
    return 0
