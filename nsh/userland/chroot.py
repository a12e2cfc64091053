"""chroot: another root directory (chroot(2))."""

from nsh.abi import KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Chdir, Chroot
from nsh.userland.children import apart, execute
from nsh.userland.options import Given, Kind, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain

TROUBLE = 125


@command(
    "chroot",
    "perform COMMAND below another root, or change mine",
    Topic.FILES,
    operands=(required("DIR", Kind.PATH), optional("COMMAND", Kind.COMMAND, many=True)),
    man="chroot(1)",
    gap="without COMMAND no shell is started: the calling task itself is changed",
    examples=("cd /proc; chroot /proc pwd",),
    see=("unshare", "nsenter"),
    rows=("N15",),
    stops=True,
    trouble=TROUBLE,
)
def chroot(call: Invocation, given: Given) -> Running:
    """Status of COMMAND, 127 if there is none such, 125 if DIR cannot be the root."""
    directory, argv = given.operands[0], given.operands[1:]
    if not argv:
        yield Chroot(directory)
        yield Chdir("/")
        return 0

    def work() -> Running:
        try:
            yield Chroot(directory)
            yield Chdir("/")
        except KernelError as error:
            yield from complain(call, f"cannot change root directory to '{directory}'", error)
            return TROUBLE
        return (yield from execute(call, argv))

    return (yield from apart(call, work))
