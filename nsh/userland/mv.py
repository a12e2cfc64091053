"""mv: give files other names, on another file system if need be."""

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Rename
from nsh.userland import modes
from nsh.userland.copying import Copier, How
from nsh.userland.destination import destinations, looked_at, same_file
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.quoting import always
from nsh.userland.registry import Topic, command
from nsh.userland.removal import Removal
from nsh.userland.streams import complain, say, write


@command(
    "mv",
    "rename SOURCE to DEST, or move SOURCEs into the directory DEST",
    Topic.FILES,
    options=(
        option("-f, --force", "replace what is there (this is how it begins)"),
        option("-n, --no-clobber", "leave what is already there"),
        option("-T, --no-target-directory", "DEST is a name, even of a directory"),
        option("-t, --target-directory=DIR", "move all operands into DIR", Kind.PATH),
        option("-v, --verbose", "say what was moved"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="mv(1)",
    gap="never asks; -i does not exist",
    examples=("touch /tmp/a; mv -v /tmp/a /tmp/b", "mkdir /tmp/d; mv -v /tmp/d /dev/shm"),
    see=("cp", "rm"),
)
def mv(call: Invocation, given: Given) -> Running:
    """Status 1 if something was not moved."""
    pairs = yield from destinations(call, given, given.operands)
    if pairs is None:
        return 1
    mover = _Mover(call, keep=given.last("force", "no-clobber") == "no-clobber", given=given)
    status = 0
    for source, target in pairs:
        status |= yield from mover.move(source, target)
    return status


class _Mover:
    __slots__ = ("_call", "_keep", "_verbose")

    def __init__(self, call: Invocation, given: Given, *, keep: bool) -> None:
        self._call = call
        self._keep = keep
        self._verbose = given.has("verbose")

    def move(self, source: str, target: str) -> Running:
        """Move one; the status that this makes."""
        call = self._call
        try:
            found: StatResult = yield Stat(source, follow=False)
        except KernelError as error:
            yield from complain(call, f"cannot stat {always(source)}", error)
            return 1
        there = yield from looked_at(target)
        if there is not None:
            if self._keep:
                return 0
            if same_file(found, there):
                same = f"{always(source)} and {always(target)} are the same file"
                yield from say(call, same)
                return 1
            clash = _clash(source, found, target, there)
            if clash:
                yield from say(call, clash)
                return 1
        try:
            yield Rename(source, target)
        except KernelError as error:
            if error.errno is Errno.EXDEV:
                return (yield from self._across(source, target, there))
            text = f"cannot move {always(source)} to {always(target)}"
            if error.errno is Errno.EINVAL:
                beneath = f"cannot move {always(source)} to a subdirectory of itself"
                yield from say(call, f"{beneath}, {always(target)}")
            else:
                yield from complain(call, text, error)
            return 1
        if self._verbose:
            yield from write(1, f"renamed {always(source)} -> {always(target)}\n")
        return 0

    def _across(self, source: str, target: str, there: StatResult | None) -> Running:
        """Copy to the other file system, and remove the original if all of it was copied."""
        if there is not None:
            removal = Removal(self._call, recursive=False, directories=True)
            yield from removal.operand(target)
            if removal.status:
                return 1
        copier = Copier(self._call, How(verbose=self._verbose, verb="copied"))
        if not (yield from copier.copy(source, target)):
            return 1
        removal = Removal(self._call, verbose=self._verbose)
        yield from removal.operand(source)
        return removal.status


def _clash(source: str, found: StatResult, target: str, there: StatResult) -> str:
    """Why one cannot take the other's place; "" if it can."""
    if modes.is_dir(found.mode) == modes.is_dir(there.mode):
        return ""
    if modes.is_dir(there.mode):
        return f"cannot overwrite directory {always(target)} with non-directory"
    return f"cannot overwrite non-directory {always(target)} with directory {always(source)}"
