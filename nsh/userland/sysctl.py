"""sysctl: the kernel's settings below /proc/sys, by names with dots (proc_sys(5))."""

import re
from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat
from nsh.abi.files import S_IFDIR, S_IFMT
from nsh.abi.invocation import Invocation, Running
from nsh.userland.idmaps import put
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.proc import names_in
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, decode, read_file, say, write

ROOT: Final = "/proc/sys/"
_FILE: Final = "/etc/sysctl.conf"
_DENIED: Final = (Errno.EACCES, Errno.EPERM, Errno.EROFS)


@command(
    "sysctl",
    "print the kernel's settings, or set them",
    Topic.SYSTEM,
    options=(
        option("-a, -A, -X, --all", "print all that there are"),
        option("-n, --values", "print values without names"),
        option("-N, --names", "print names without values"),
        option("-b, --binary", "print values without a newline"),
        option("-w, --write", "every NAME comes with a VALUE"),
        option("-q, --quiet", "do not print what was set"),
        option("-e, --ignore", "do not complain of names that are not there"),
        option("-r, --pattern=REGEX", "only names that REGEX is found in"),
        option(
            "-p, -f, --load[=FILE]", f"set what FILE ({_FILE}) says, or the operands", Kind.PATH
        ),
        option("--dry-run", "print what would be set, and set nothing"),
    ),
    operands=(optional("NAME[=VALUE]", Kind.NAME, many=True),),
    man="sysctl(8)",
    gap="REGEX as in the language's own `matches`; without --system and --deprecated",
    examples=(
        "sysctl kernel.pid_max user",
        "sysctl -w kernel.pid_max=500; spawn web; sysctl kernel.ns_last_pid",
    ),
    see=("cat", "uname", "hostname"),
    rows=("P10",),
)
def sysctl(call: Invocation, given: Given) -> Running:
    """Status 1 if one of them could not be printed or set."""
    try:
        wanted = re.compile(given.get("pattern"))
    except (re.error, OverflowError, RecursionError) as error:
        raise UsageError(f"'{given.get('pattern')}': {error}") from None
    settings = _Settings(call, given, wanted)
    if given.has("load"):
        files = [*filter(None, [given.get("load")]), *given.operands]
        for path in files or [_FILE]:
            yield from settings.load(path)
    elif given.has("all"):
        yield from settings.show("")
    elif not given.operands:
        raise UsageError("no variables specified", 1)
    else:
        for operand in given.operands:
            name, equals, value = operand.partition("=")
            if equals:
                yield from settings.set(name.strip(), value.strip())
            elif given.has("write"):
                yield from say(call, f'"{operand}" must be of the form name=value')
                settings.status = 1
            else:
                yield from settings.show(_path(name))
    return settings.status


def _path(name: str) -> str:
    """Below /proc/sys: which of dot and slash comes first in *name* parts it."""
    found = re.search("[./]", name)
    if found is None or found[0] == "/":
        return name.strip("/")
    return name.translate(str.maketrans("./", "/."))


def _name(path: str) -> str:
    return path.translate(str.maketrans("./", "/."))


class _Settings:
    """Printing and setting, as the options say."""

    def __init__(self, call: Invocation, given: Given, wanted: re.Pattern[str]) -> None:
        self._call = call
        self._given = given
        self._wanted = wanted
        self.status = 0

    def show(self, path: str) -> Asking[None]:
        """The setting at *path*, or all below it."""
        try:
            found = yield Stat(ROOT + path)
        except KernelError as error:
            yield from self._missing(path, error)
            return
        if found.mode & S_IFMT == S_IFDIR:
            for name in sorted((yield from names_in(ROOT + path))):
                yield from self.show(f"{path}/{name}".lstrip("/"))
        elif self._wanted.search(_name(path)) and (
            not self._given.has("all") or found.mode & 0o444
        ):
            yield from self._show_one(path)

    def _show_one(self, path: str) -> Asking[None]:
        name = _name(path)
        if self._given.has("names"):
            yield from write(1, name + "\n")
            return
        try:
            text = decode((yield from read_file(ROOT + path)))
        except KernelError as error:
            yield from self._refused(name, "reading", error)
            return
        for line in text.removesuffix("\n").split("\n"):
            yield from self._tell(name, line)

    def _tell(self, name: str, value: str) -> Asking[None]:
        if self._given.has("binary"):
            yield from write(1, value)
        elif self._given.has("values"):
            yield from write(1, value + "\n")
        else:
            yield from write(1, f"{name} = {value}\n")

    def set(self, name: str, value: str, *, silently: bool = False) -> Asking[None]:
        """Write it, and print what was written; *silently*: whatever comes of it."""
        path = _path(name)
        name = _name(path)
        try:
            if not self._given.has("dry-run"):
                yield Stat(ROOT + path)
                yield from put(ROOT + path, value + "\n")
        except KernelError as error:
            if silently:
                return
            if error.errno is Errno.ENOENT:
                yield from self._missing(path, error)
            else:
                yield from self._refused(name, "setting", error)
            return
        if not self._given.has("quiet"):
            yield from self._tell(name, value)

    def load(self, path: str) -> Asking[None]:
        """Set what a file says, line by line (sysctl.conf(5))."""
        try:
            text = decode((yield from read_file(path)))
        except KernelError as error:
            yield from complain(self._call, f'cannot open "{path}"', error)
            self.status = 1
            return
        for number, line in enumerate(text.splitlines(), start=1):
            words = line.strip()
            if not words or words[0] in "#;":
                continue
            name, equals, value = words.removeprefix("-").partition("=")
            if not equals:
                yield from say(self._call, f"{path}({number}): invalid syntax, continuing...")
                continue
            if self._wanted.search(_name(_path(name.strip()))):
                yield from self.set(name.strip(), value.strip(), silently=words[0] == "-")

    def _missing(self, path: str, error: KernelError) -> Asking[None]:
        if not self._given.has("ignore"):
            yield from complain(self._call, f"cannot stat {ROOT}{path}", error)
            self.status = 1

    def _refused(self, name: str, what: str, error: KernelError) -> Asking[None]:
        if error.errno in _DENIED:
            why = f": {error.reason}" if error.reason else ""
            code = error.errno.name
            yield from say(self._call, f'permission denied on key "{name}" ({code}){why}')
        else:
            yield from complain(self._call, f'{what} key "{name}"', error)
        self.status = 1
