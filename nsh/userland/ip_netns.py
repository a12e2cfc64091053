"""ip netns: network namespaces by name, which are files that a namespace is mounted on
(ip-netns(8))."""

from collections.abc import Callable, Sequence
from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Fstat, Stat
from nsh.abi.files import MNT_DETACH, Close, Mount, MountFlag, Open, OpenFlag, Umount
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Mkdir, Unlink
from nsh.abi.namespaces import Setns, Unshare
from nsh.abi.process import CloneFlag
from nsh.userland import ip_usage
from nsh.userland.children import apart, execute
from nsh.userland.options import UsageError
from nsh.userland.proc import names_in, numbers_in
from nsh.userland.refs import pid_of
from nsh.userland.streams import READING, Asking, say, write

_COMMANDS: Final = ("list", "add", "attach", "delete", "exec", "identify", "pids")
RUN: Final = "/run/netns"
_OWN: Final = "/proc/self/ns/net"
_NEW: Final = int(OpenFlag.O_RDONLY | OpenFlag.O_CREAT | OpenFlag.O_EXCL | OpenFlag.O_CLOEXEC)


class Missing(Exception):
    """Something that the command line names is not there; the text says so as ip does."""


class Words:
    """The words of a command line, one after the other."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)
        self.last = ""

    def next(self, default: str) -> str:
        """The next one, or *default*."""
        self.last = self._words.pop(0) if self._words else default
        return self.last

    def begins(self, word: str) -> bool:
        """Whether the next one is *word*."""
        return self._words[:1] == [word]

    def needed(self, what: str) -> str:
        """The next one; :class:`UsageError` if there is none."""
        if not self._words:
            raise UsageError(f"Command line is not complete: {what} is missing")
        return self.next("")

    def rest(self) -> list[str]:
        """All that are left."""
        return self._words


def directory(name: str) -> str:
    """Where the file of a namespace is."""
    return f"{RUN}/{name}"


def enter(name: str) -> Asking[None]:
    """Go into the network namespace *name*."""
    try:
        fd = yield Open(directory(name), READING)
    except KernelError as error:
        raise Missing(f'Cannot open network namespace "{name}": {error}') from None
    try:
        yield Setns(fd, int(CloneFlag.CLONE_NEWNET))
    except KernelError as error:
        yield Close(fd)
        raise Missing(f'setting the network namespace "{name}" failed: {error}') from None
    yield Close(fd)


def inside(call: Invocation, name: str, work: Callable[[], Running]) -> Running:
    """Do *work* in the network namespace *name*, in a child; its status, 255 if there is none."""

    def entered() -> Running:
        try:
            yield from enter(name)
        except Missing as missing:
            yield from say(call, str(missing))
            return ip_usage.STATUS
        try:
            return (yield from work())
        except UsageError as error:
            raise UsageError(str(error), error.status or ip_usage.STATUS) from None

    return (yield from apart(call, entered))


def perform(call: Invocation, words: Words, *, every: bool = False) -> Running:
    """``ip netns COMMAND``; *every*: of all namespaces instead of one."""
    if every and words.begins("exec"):
        return (yield from _exec_in_all(call, words.rest()[1:]))
    if every and (words.begins("delete") or words.begins("del")):
        status = 0
        for name in (yield from _names()):
            status |= yield from _remove(call, name)
        return status
    match words.next("list"):
        case "list" | "show" | "ls":
            for name in (yield from _names()):
                yield from write(1, name + "\n")
            return 0
        case "add":
            return (yield from _add(call, _name(words)))
        case "attach":
            if len(words.rest()) < len(("NAME", "PID")):
                raise UsageError("No netns name and PID specified", 1)
            name = words.next("")
            return (yield from _attach(call, name, (yield from pid_of(words.next("")))))
        case "del" | "delete":
            return (yield from _remove(call, _name(words)))
        case "exec":
            name = _name(words)
            return (yield from _exec(call, name, words.rest()))
        case "identify":
            where = f"/proc/{(yield from pid_of(words.next('self')))}" if words.rest() else ""
            return (yield from _identify(where or "/proc/self"))
        case "pids":
            return (yield from _pids(_name(words)))
        case other:
            ip_usage.unknown_command(other, "netns", _COMMANDS)


def _name(words: Words) -> str:
    if not words.rest():
        raise UsageError("No netns name specified", 1)
    return words.next("")


def _names() -> Asking[list[str]]:
    try:
        return (yield from names_in(RUN))
    except KernelError:
        return []


def _check(name: str) -> None:
    if not name or "/" in name or name in (".", ".."):
        raise UsageError(f'Invalid netns name "{name}"')


def _exec(call: Invocation, name: str, argv: list[str]) -> Running:
    """Perform a command in the namespace *name*."""
    if not argv:
        raise UsageError("No command specified")

    return (yield from inside(call, name, lambda: execute(call, argv)))


def _exec_in_all(call: Invocation, argv: list[str]) -> Running:
    """In one after the other, each announced; the first failure ends it."""
    for name in (yield from _names()):
        yield from write(1, f"\nnetns: {name}\n")
        if status := (yield from _exec(call, name, argv)):
            return status
    return 0


def _file(call: Invocation, name: str) -> Asking[bool]:
    """Make the file that the namespace *name* is to be mounted on; False: it was told why not."""
    _check(name)
    try:
        yield Mkdir(RUN, 0o755)
    except KernelError as error:
        if error.errno is not Errno.EEXIST:
            raise
    try:
        fd = yield Open(directory(name), _NEW, 0)
    except KernelError as error:
        yield from say(call, f'Cannot create namespace file "{directory(name)}": {error}')
        return False
    yield Close(fd)
    return True


def _attach(call: Invocation, name: str, pid: int) -> Running:
    """A name for the namespace of process *pid*."""
    if not (yield from _file(call, name)):
        return 1
    source = f"/proc/{pid}/ns/net"
    try:
        yield Mount(source, directory(name), "", MountFlag.MS_BIND)
    except KernelError as error:
        yield Unlink(directory(name))
        yield from say(call, f"Bind {source} -> {directory(name)} failed: {error}")
        return 1
    return 0


def _add(call: Invocation, name: str) -> Running:
    """A new namespace, mounted on a new file, which keeps it."""
    if not (yield from _file(call, name)):
        return 1

    def work() -> Running:
        try:
            yield Unshare(int(CloneFlag.CLONE_NEWNET))
            yield Mount(_OWN, directory(name), "", MountFlag.MS_BIND)
        except KernelError as error:
            yield Unlink(directory(name))
            yield from say(call, f'Failed to create a new network namespace "{name}": {error}')
            return 1
        return 0

    return (yield from apart(call, work))


def _remove(call: Invocation, name: str) -> Running:
    """The name goes; the namespace stays while somebody is in it."""
    _check(name)
    try:
        yield Umount(directory(name), MNT_DETACH)
    except KernelError as error:
        if error.errno is not Errno.EINVAL and error.errno is not Errno.ENOENT:
            raise
    try:
        yield Unlink(directory(name))
    except KernelError as error:
        yield from say(call, f'Cannot remove namespace file "{directory(name)}": {error}')
        return 1
    return 0


def _identity(path: str) -> Asking[tuple[int, int] | None]:
    try:
        fd = yield Open(path, READING)
    except KernelError:
        return None
    found = yield Fstat(fd)
    yield Close(fd)
    return found.dev, found.ino


def _identify(where: str) -> Running:
    mine = yield from _identity(f"{where}/ns/net")
    for name in (yield from _names()):
        if mine is not None and (yield from _identity(directory(name))) == mine:
            yield from write(1, name + "\n")
    return 0


def _pids(name: str) -> Running:
    wanted = yield from _identity(directory(name))
    if wanted is None:
        raise Missing(f'Cannot open network namespace "{name}": No such file or directory')
    for pid in (yield from numbers_in("/proc")):
        try:
            found = yield Stat(f"/proc/{pid}/ns/net")
        except KernelError:
            continue
        if found.ino == wanted[1]:
            yield from write(1, f"{pid}\n")
    return 0
