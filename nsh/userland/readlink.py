"""readlink and realpath: where symbolic links lead, and what paths come to."""

from nsh.abi import KernelError
from nsh.abi.files import Readlink
from nsh.abi.invocation import Invocation, Running
from nsh.userland.canonical import Missing, canonical
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.quoting import plain
from nsh.userland.registry import Topic, command
from nsh.userland.streams import complain, say, write

_MODES = {
    "canonicalize": Missing.LAST,
    "canonicalize-existing": Missing.NOTHING,
    "canonicalize-missing": Missing.ANYTHING,
}


@command(
    "readlink",
    "print where symbolic links lead",
    Topic.FILES,
    options=(
        option("-f, --canonicalize", "the absolute path without any links; the last part may miss"),
        option("-e, --canonicalize-existing", "the same, but all of it must exist"),
        option("-m, --canonicalize-missing", "the same, and nothing needs to exist"),
        option("-n, --no-newline", "no newline at the end, for one FILE"),
        option("-z, --zero", "a NUL after each instead of a newline"),
        option("-v, --verbose", "complain"),
        option("-q, -s, --quiet, --silent", "do not complain (this is how it begins)"),
    ),
    operands=(required("FILE", Kind.PATH, many=True),),
    man="readlink(1)",
    examples=("readlink /proc/self/ns/pid", "readlink -f /dev/fd/../mounts"),
    see=("realpath", "ls", "ln"),
    rows=("P10",),
)
def readlink(call: Invocation, given: Given) -> Running:
    """Status 1 if one is no link."""
    missing = _MODES.get(given.last(*_MODES))
    end = "\0" if given.has("zero") else "\n"
    if given.has("no-newline"):
        if len(given.operands) == 1:
            end = ""
        else:
            yield from say(call, "ignoring --no-newline with multiple arguments")
    status = 0
    for path in given.operands:
        try:
            if missing is None:
                text = yield Readlink(path)
            else:
                text = yield from canonical(path, missing)
        except KernelError as error:
            status = 1
            if given.last("verbose", "quiet") == "verbose":
                yield from complain(call, plain(path), error)
        else:
            yield from write(1, text + end)
    return status


@command(
    "realpath",
    "print absolute paths with no symbolic links and dots in them",
    Topic.FILES,
    options=(
        option("-e, --canonicalize-existing", "all of it must exist, not only what is above it"),
        option("-m, --canonicalize-missing", "nothing needs to exist"),
        option("-s, --strip, --no-symlinks", "leave symbolic links in it"),
        option("--relative-to=DIR", "print the way from DIR to it", Kind.PATH),
        option("-q, --quiet", "do not complain"),
        option("-z, --zero", "a NUL after each instead of a newline"),
    ),
    operands=(required("FILE", Kind.PATH, many=True),),
    man="realpath(1)",
    examples=("realpath /proc/self", "cd /dev; realpath ../etc/./passwd"),
    see=("readlink", "pwd"),
)
def realpath(call: Invocation, given: Given) -> Running:
    """Status 1 if one leads nowhere."""
    missing = _MODES.get(given.last(*_MODES), Missing.LAST)
    end = "\0" if given.has("zero") else "\n"
    links = not given.has("strip")
    here = ""
    if given.has("relative-to"):
        start = given.get("relative-to")
        try:
            here = yield from canonical(start, missing, links=links)
        except KernelError as error:
            yield from complain(call, plain(start) if start else "''", error)
            return 1
    status = 0
    for path in given.operands:
        try:
            text = yield from canonical(path, missing, links=links)
        except KernelError as error:
            status = 1
            if not given.has("quiet"):
                yield from complain(call, plain(path) if path else "''", error)
        else:
            yield from write(1, (_way(here, text) if here else text) + end)
    return status


def _way(start: str, target: str) -> str:
    """The relative path from one canonical path to another."""
    behind, ahead = ([part for part in path.split("/") if part] for path in (start, target))
    while behind and ahead and behind[0] == ahead[0]:
        del behind[0], ahead[0]
    return "/".join([".."] * len(behind) + ahead) or "."
