"""rmdir: remove empty directories."""

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Rmdir
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.paths import ancestors
from nsh.userland.quoting import always
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, write


@command(
    "rmdir",
    "remove empty directories",
    Topic.FILES,
    options=(
        option("-p, --parents", "then those above them: -p a/b is a/b a"),
        option("-v, --verbose", "say so"),
        option("--ignore-fail-on-non-empty", "what is not empty stays, and that is no failure"),
    ),
    operands=(required("DIR", Kind.PATH, many=True),),
    man="rmdir(1)",
    examples=("mkdir -p /srv/web; rmdir -p /srv/web",),
    see=("rm", "mkdir"),
)
def rmdir(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be removed."""
    status = 0
    for operand in given.operands:
        above = ancestors(operand)[::-1] if given.has("parents") else []
        for path in (operand, *above):
            outcome = yield from _remove(call, given, path, is_parent=path is not operand)
            if outcome is not None:
                status |= outcome
                break
    return status


def _remove(call: Invocation, given: Given, path: str, *, is_parent: bool) -> Asking[int | None]:
    """None if it is gone, else the status that this makes."""
    if given.has("verbose"):
        yield from write(1, f"rmdir: removing directory, {always(path)}\n")
    try:
        yield Rmdir(path)
    except KernelError as error:
        full = error.errno in (Errno.ENOTEMPTY, Errno.EEXIST)
        if full and given.has("ignore-fail-on-non-empty"):
            return 0
        what = "failed to remove directory" if is_parent else "failed to remove"
        yield from complain(call, f"{what} {always(path)}", error)
        return 1
    return None
