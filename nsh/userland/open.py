"""open: one open(2), for scripts that want more of a descriptor than a redirection gives."""

from nsh.abi.files import Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_MODES = {"r": OpenFlag.O_RDONLY, "w": OpenFlag.O_WRONLY, "rw": OpenFlag.O_RDWR}


@command(
    "open",
    "open FILE, and print the descriptor: one open(2)",
    Topic.FILES,
    options=(
        option("-m, --mode=MODE", "r, w or rw (default)"),
        option("-c, --create", "make FILE if there is none"),
        option("--cloexec", "closed by execve"),
        option("--nonblock", "reads and writes do not wait"),
        option("--path", "only to name it: O_PATH"),
    ),
    operands=(required("FILE", Kind.PATH),),
    man="open(2)",
    gap="performs the call; real systems have no such command",
    examples=(
        "open -c /tmp/f; setlk write 3; cat /proc/locks",
        "open -m r /etc; readlink /proc/self/fd/3",
    ),
    see=("setlk", "flock", "cat"),
    rows=("N5",),
)
def open_(call: Invocation, given: Given) -> Running:
    """The lowest that is free; ``exec 3<&-`` closes it."""
    mode = given.get("mode", "rw")
    if mode not in _MODES:
        raise UsageError(f"'{mode}' is not r, w or rw")
    flags = int(_MODES[mode])
    flags |= OpenFlag.O_CREAT * given.has("create") | OpenFlag.O_CLOEXEC * given.has("cloexec")
    flags |= OpenFlag.O_NONBLOCK * given.has("nonblock") | OpenFlag.O_PATH * given.has("path")
    fd = yield Open(given.operand(0), flags)
    yield from write(1, f"{fd}\n")
    return 0
