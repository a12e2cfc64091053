"""basename and dirname: parts of paths."""

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.paths import last_part, parent
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write


@command(
    "basename",
    "print the last part of a path, without SUFFIX",
    Topic.FILES,
    options=(
        option("-a, --multiple", "all operands are paths"),
        option("-s, --suffix=SUFFIX", "-a, without this at their ends"),
        option("-z, --zero", "a NUL after each instead of a newline"),
    ),
    operands=(required("NAME", Kind.PATH, many=True),),
    man="basename(1)",
    examples=("basename /proc/1/status", "basename demo.nsh .nsh"),
    see=("dirname", "realpath"),
    stops=True,
)
def basename(call: Invocation, given: Given) -> Running:
    """Looks at nothing but the text."""
    names, suffix = given.operands, given.get("suffix")
    if not given.has("multiple") and not given.has("suffix"):
        if len(names) > 2:
            raise UsageError(f"extra operand {quoted(names[2])}")
        names, suffix = names[:1], given.operand(1)
    end = "\0" if given.has("zero") else "\n"
    for name in names:
        part = last_part(name)
        yield from write(1, (part if part == suffix else part.removesuffix(suffix)) + end)
    return 0


@command(
    "dirname",
    "print paths without their last part",
    Topic.FILES,
    options=(option("-z, --zero", "a NUL after each instead of a newline"),),
    operands=(required("NAME", Kind.PATH, many=True),),
    man="dirname(1)",
    examples=("dirname /proc/1/status",),
    see=("basename",),
)
def dirname(call: Invocation, given: Given) -> Running:
    """Looks at nothing but the text."""
    end = "\0" if given.has("zero") else "\n"
    yield from write(1, "".join(parent(name) + end for name in given.operands))
    return 0
