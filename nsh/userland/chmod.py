"""chmod: change modes."""

from collections.abc import Sequence

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Chmod, Stat, StatResult
from nsh.abi.invocation import Invocation, Running
from nsh.userland import modes
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.paths import entries_of, joined
from nsh.userland.quoting import always, quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, say, write

_CLAUSE = frozenset("rwxXstugoa,+=")


def _mode_is_no_option(argv: Sequence[str]) -> Sequence[str]:
    """``chmod -w FILE``: what takes permissions away is the mode."""
    for index, word in enumerate(argv):
        if word == "--" or not word.startswith("-"):
            break
        if len(word) > 1 and set(word[1:]) <= _CLAUSE:
            return [*argv[:index], "--", *argv[index:]]
    return argv


@command(
    "chmod",
    "change modes: 755, u+x, go-w, a=rX",
    Topic.FILES,
    options=(
        option("-R, --recursive", "of directories and what is in them"),
        option("-v, --verbose", "say what was done"),
        option("-f, --silent, --quiet", "do not complain"),
    ),
    operands=(required("MODE", Kind.TEXT), required("FILE", Kind.PATH, many=True)),
    man="chmod(1)",
    examples=("touch /tmp/x; chmod u+x,go= /tmp/x; ls -l /tmp/x",),
    see=("ls", "stat"),
    prepare=_mode_is_no_option,
)
def chmod(call: Invocation, given: Given) -> Running:
    """Status 1 if one could not be changed."""
    change = yield from modes.change(given.operands[0])
    if change is None:
        raise UsageError(f"invalid mode: {quoted(given.operands[0])}")
    changer = _Changer(call, given, change)
    for operand in given.operands[1:]:
        yield from changer.change(operand)
    return changer.status


class _Changer:
    __slots__ = ("_call", "_change", "_given", "status")

    def __init__(self, call: Invocation, given: Given, change: modes.Change) -> None:
        self._call = call
        self._given = given
        self._change = change
        self.status = 0

    def change(self, operand: str) -> Asking[None]:
        """Change the operand, and with -R what is below, from the top: links are left alone."""
        queue = [operand]
        while queue:
            path = queue.pop()
            mode = yield from self._one(path, follow=path is operand)
            if self._given.has("recursive") and modes.is_dir(mode):
                try:
                    found = yield from entries_of(path)
                except KernelError as error:
                    yield from self._failed(f"cannot read directory {always(path)}", error)
                else:
                    queue += [joined(path, entry.name) for entry in reversed(found)]

    def _one(self, path: str, *, follow: bool) -> Asking[int]:
        """The mode it had, 0 if it could not be looked at."""
        link = False
        try:
            found: StatResult = yield Stat(path, follow=False)
            link = modes.is_link(found.mode)
            if link and not follow:
                return 0
            if link:
                found = yield Stat(path)
        except KernelError as error:
            if link and error.errno is Errno.ENOENT:
                yield from self._refused(f"cannot operate on dangling symlink {always(path)}")
            else:
                yield from self._failed(f"cannot access {always(path)}", error)
            return 0
        wanted = self._change(found.mode)
        try:
            yield Chmod(path, wanted)
        except KernelError as error:
            yield from self._failed(f"changing permissions of {always(path)}", error)
            return found.mode
        if self._given.has("verbose"):
            yield from self._tell(path, found.mode & modes.PERMISSIONS, wanted)
        return found.mode

    def _tell(self, path: str, old: int, new: int) -> Asking[None]:
        words = f"{new:04o} ({modes.text(new)[1:]})"
        if old == new:
            text = f"mode of {always(path)} retained as {words}\n"
        else:
            before = f"{old:04o} ({modes.text(old)[1:]})"
            text = f"mode of {always(path)} changed from {before} to {words}\n"
        yield from write(1, text)

    def _failed(self, text: str, error: KernelError) -> Asking[None]:
        self.status = 1
        if not self._given.has("silent"):
            yield from complain(self._call, text, error)

    def _refused(self, text: str) -> Asking[None]:
        self.status = 1
        if not self._given.has("silent"):
            yield from say(self._call, text)
