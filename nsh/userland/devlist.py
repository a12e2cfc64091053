"""devlist: the white list of a device namespace (S2; N7), by its file in /proc."""

from nsh.abi.files import Close, Open, OpenFlag, Read
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, option
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import READING, Asking, write


@command(
    "devlist",
    "print, or change, which devices a device namespace has",
    Topic.NAMESPACES,
    options=(
        option("-t, --target=PID", "of that task's namespace, not mine", Kind.PID),
        option("-a, --add=DEVICE", "put it on the list: null, pts/*, pts/3, 'c 4:*', 'b 8:0'"),
        option("-r, --remove=DEVICE", "strike it off; --add and --remove may be repeated"),
    ),
    gap="S2's device namespace; mainline Linux has none",
    examples=("unshare --dev; devlist", "spawn --dev web; devlist -t web -a tty -r random"),
    see=("unshare", "mknod", "lsptys"),
    rows=("N7",),
)
def devlist(call: Invocation, given: Given) -> Running:
    """``*``: every device.  EPERM: only from above can a list be made longer."""
    del call
    pid = "self"
    if given.has("target"):
        pid = str((yield from pid_of(given.get("target"))))
    path = f"/proc/{pid}/devices"
    lines = [f"+{entry}" for entry in given.all("add")]
    lines += [f"-{entry}" for entry in given.all("remove")]
    if lines:
        fd = yield Open(path, int(OpenFlag.O_WRONLY))
        yield from write(fd, "".join(f"{line}\n" for line in lines))
        yield Close(fd)
        return 0
    yield from _copy(path)
    return 0


def _copy(path: str) -> Asking[None]:
    fd = yield Open(path, READING)
    data: bytes = yield Read(fd)
    yield Close(fd)
    yield from write(1, data)
