"""ln: more names for what there is, or symbolic links to it."""

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Link, Symlink, Unlink
from nsh.userland import modes
from nsh.userland.destination import destinations, looked_at, same_file, same_name
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.quoting import always, plain
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, say, write

_ABOUT_THE_NAME = (Errno.EEXIST, Errno.ENOSPC, Errno.EROFS)


@command(
    "ln",
    "make links to files, here or where the last operand says",
    Topic.FILES,
    options=(
        option("-s, --symbolic", "symbolic links, which only hold a path"),
        option("-f, --force", "in the place of files that have the name"),
        option("-n, --no-dereference", "a link to a directory is a name, not a place to link in"),
        option("-T, --no-target-directory", "the last operand is a name, even of a directory"),
        option("-t, --target-directory=DIR", "make all links in DIR", Kind.PATH),
        option("-v, --verbose", "say so"),
    ),
    operands=(optional("TARGET", Kind.PATH, many=True),),
    man="ln(1)",
    examples=("ln -s /proc/self/status /tmp/me; ls -l /tmp; head -1 /tmp/me",),
    see=("readlink", "cp"),
)
def ln(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be made."""
    operands = given.operands
    if len(operands) == 1 and not given.last("target-directory", "no-target-directory"):
        operands = (operands[0], ".")
    pairs = yield from destinations(call, given, operands, follow=not given.has("no-dereference"))
    if pairs is None:
        return 1
    status = 0
    for target, path in pairs:
        problem = yield from _link(call, given, target, path)
        if problem:
            status = 1
        elif given.has("verbose"):
            arrow = "->" if given.has("symbolic") else "=>"
            yield from write(1, f"{always(path)} {arrow} {always(target)}\n")
    return status


def _link(call: Invocation, given: Given, target: str, path: str) -> Asking[bool]:
    """Whether there was a problem, which has been told then."""
    symbolic = given.has("symbolic")
    if not symbolic:
        try:
            found: StatResult = yield Stat(target, follow=False)
        except KernelError as error:
            yield from complain(call, f"failed to access {always(target)}", error)
            return True
        if modes.is_dir(found.mode):
            yield from say(call, f"{plain(target)}: hard link not allowed for directory")
            return True
    request = Symlink(target, path) if symbolic else Link(target, path)
    try:
        try:
            yield request
        except KernelError as error:
            if error.errno is not Errno.EEXIST or not given.has("force"):
                raise
            refusal = yield from _irreplaceable(target, path)
            if refusal:
                yield from say(call, refusal)
                return True
            yield Unlink(path)
            yield request
    except KernelError as error:
        if symbolic:
            arrow = "" if target and error.errno is not Errno.ENAMETOOLONG else " -> "
        else:
            arrow = "" if error.errno in _ABOUT_THE_NAME else " => "
        kind = "symbolic" if symbolic else "hard"
        whence = arrow + always(target) if arrow else ""
        yield from complain(call, f"failed to create {kind} link {always(path)}{whence}", error)
        return True
    return False


def _irreplaceable(target: str, path: str) -> Asking[str]:
    """Why the file at *path* must not go: "" if it may."""
    there = yield from looked_at(path)
    if there is None:
        return ""
    if modes.is_dir(there.mode):
        return f"{plain(path)}: cannot overwrite directory"
    origin = yield from looked_at(target)
    if origin is None or not same_file(origin, there):
        return ""
    if origin.nlink > 1 and not (yield from same_name(target, path)):
        return ""
    return f"{always(target)} and {always(path)} are the same file"
