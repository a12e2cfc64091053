"""nsenter, setns: go into namespaces that exist (setns(2))."""

from typing import Any

from nsh.abi import Errno, KernelError, Request
from nsh.abi.attributes import Stat
from nsh.abi.credentials import Setgid, Setgroups, Setuid
from nsh.abi.files import Close, Open
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Chdir, Chroot, Fchdir
from nsh.abi.namespaces import Setns
from nsh.abi.process import Fork
from nsh.userland.children import apart, end_like, end_of, end_with, execute
from nsh.userland.kinds import BY_FILE, BY_WORD, KINDS, options_of
from nsh.userland.options import Given, Kind, UsageError, option, optional, required, whole_number
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import READING, Asking, complain
from nsh.userland.users import Names, names

_ORDER = ("user", "cgroup", "ipc", "uts", "net", "pid", "mount", "time", "pts", "dev", "tty")
_USER = "ns/user"
_PID = "ns/pid"
_DIRECTORIES = {"root": "root", "cwd": "wd"}
"""Files in /proc/PID, and the option for each."""


class _Failed(Exception):
    """What could not be done, and why not."""

    def __init__(self, text: str, error: KernelError) -> None:
        super().__init__(text)
        self.error = error


@command(
    "nsenter",
    "perform COMMAND in a process's namespaces, or go there",
    Topic.NAMESPACES,
    options=(
        option("-t, --target=PID", "the process whose namespaces to enter", Kind.PID),
        option("-a, --all", "all those in which it differs from me"),
        *options_of(KINDS, "its", "FILE"),
        option("-F, --no-fork", "no fork behind --pid: COMMAND stays outside, its children do not"),
        option("-r[DIR], --root[=DIR]", "the target's root directory, or DIR", Kind.PATH),
        option("-w[DIR], --wd[=DIR]", "the target's working directory, or DIR", Kind.PATH),
        option("-W, --wdns=DIR", "the working directory that is called DIR there", Kind.PATH),
        option("-S, --setuid=UID", "be UID there (0 behind --user); -G, --setgid=GID"),
        option("--preserve-credentials", "behind --user, leave the ids and groups alone"),
        option("-G, --setgid=GID", ""),
    ),
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="nsenter(1)",
    gap="without COMMAND no shell is started: the calling task is changed",
    examples=("spawn --uts --pid web; nsenter -t web -u -p getpid",),
    see=("setns", "unshare", "lsns"),
    rows=("P10", "N16", "N4"),
    stops=True,
)
def nsenter(call: Invocation, given: Given) -> Running:
    """Status of COMMAND, 127 if there is none such."""
    target = (yield from pid_of(given.get("target"))) if given.has("target") else 0
    wanted = yield from _wanted(given, target)
    user = _USER in wanted and not given.has("preserve-credentials")
    if not given.operands:
        groups = (yield from _drop_groups()) if user else None
        if not (yield from _go(call, given, target, wanted)):
            return 1
        yield from _become(given, user=user, groups=groups)
        return 0

    def work() -> Running:
        groups = (yield from _drop_groups()) if user else None
        if not (yield from _go(call, given, target, wanted)):
            return 1

        def there() -> Running:
            yield from _become(given, user=user, groups=groups)
            return (yield from execute(call, given.operands))

        if _PID not in wanted or given.has("no-fork"):
            return (yield from there())
        pid = yield Fork()
        if pid == 0:
            yield from end_with(call, there)
        return (yield from end_like((yield from end_of(pid))))

    return (yield from apart(call, work))


def _wanted(given: Given, target: int) -> Asking[dict[str, str]]:
    """The paths of the namespaces to enter (``ns/uts``, …), in that order, and of ``root`` and
    ``cwd`` if they are to be gone to."""
    if given.has("wd") and given.has("wdns"):
        raise UsageError("mutually exclusive arguments: --wdns --wd")
    if given.has("all") and not target:
        raise UsageError("no target PID specified for --all")
    found = {}
    for word in _ORDER:
        what = f"ns/{BY_WORD[word].file}"
        if given.has(word):
            found[what] = given.get(word)
        elif given.has("all"):
            theirs = f"/proc/{target}/{what}"
            if (yield from _inode(theirs)) != (yield from _inode(f"/proc/self/{what}")):
                found[what] = theirs
    found |= {what: given.get(word) for what, word in _DIRECTORIES.items() if given.has(word)}
    for what, path in found.items():
        if not path and not target:
            raise UsageError(f"neither filename nor target pid supplied for {what}")
        found[what] = path or f"/proc/{target}/{what}"
    return found


def _inode(path: str) -> Asking[int]:
    """The number of a namespace's file; 0 where there is none, as of a kind that is unknown."""
    try:
        inode: int = (yield Stat(path)).ino
    except KernelError as error:
        if error.errno is not Errno.ENOENT:
            raise
        return 0
    return inode


def _go(call: Invocation, given: Given, target: int, wanted: dict[str, str]) -> Asking[bool]:
    """Go where *wanted* says.  False: that cannot be, which has been told."""
    opened: dict[str, int] = {}
    failed = None
    try:
        # All of them before the first setns: what they are called may be different inside.
        for what, path in wanted.items():
            opened[what] = yield from _open(path, target)
        yield from _enter({what: fd for what, fd in opened.items() if what not in _DIRECTORIES})
        yield from _change_directories(given, opened)
    except _Failed as error:
        failed = error
    for fd in opened.values():
        yield Close(fd)
    if failed is not None:
        yield from complain(call, str(failed), failed.error)
    return failed is None


def _open(path: str, target: int) -> Asking[int]:
    try:
        fd: int = yield Open(path, READING)
    except KernelError as error:
        gone = path.startswith(f"/proc/{target}/") and not (yield from _inode(f"/proc/{target}"))
        why = error.errno(f"no process has pid {target} here") if gone else error
        raise _Failed(f"cannot open {path}", why) from None
    return fd


def _do(text: str, request: Request) -> Asking[Any]:
    """Ask; :class:`_Failed` tells *text*."""
    try:
        return (yield request)
    except KernelError as error:
        raise _Failed(text, error) from None


def _enter(spaces: dict[str, int]) -> Asking[None]:
    """The user namespace last, for whoever is in it may have no right to enter the others; what is
    refused before that behind it, for it may give the right."""
    flags = {what: BY_FILE[what.removeprefix("ns/")].flag for what in spaces}
    left = dict(spaces)
    for what, fd in spaces.items():
        if what != _USER:
            try:
                yield Setns(fd, flags[what])
            except KernelError:
                continue
            del left[what]
    for what, fd in left.items():
        yield from _do(f"reassociate to namespace '{what}' failed", Setns(fd, flags[what]))


def _change_directories(given: Given, opened: dict[str, int]) -> Asking[None]:
    """To the root and the directory that are open, which no path need lead to by now."""
    none = "cannot open current working directory"
    if "root" in opened:
        if "cwd" not in opened and not given.has("wdns"):
            opened["cwd"] = yield from _do(none, Open(".", READING))
        failed = "change directory by root file descriptor failed"
        yield from _do(failed, Fchdir(opened["root"]))
        yield from _do("chroot failed", Chroot("."))
        yield from _do("cannot change directory to /", Chdir("/"))
    if given.has("wdns"):
        opened["cwd"] = yield from _do(none, Open(given.get("wdns"), READING))
    if "cwd" in opened:
        failed = "change directory by working directory file descriptor failed"
        yield from _do(failed, Fchdir(opened["cwd"]))


def _drop_groups() -> Asking[KernelError | None]:
    """Be in no group; why that cannot be."""
    try:
        yield Setgroups(())
    except KernelError as error:
        return error
    return None


def _become(given: Given, *, user: bool, groups: KernelError | None) -> Asking[None]:
    """Root in a *user* namespace, or who is asked for; *groups*: why one is in them still, which
    matters where they cannot be dropped here, either."""
    default = "0" if user else ""
    known: Names = yield from names()
    gid, uid = given.get("setgid", default), given.get("setuid", default)
    group, person = known.gid(gid) if gid else -1, known.uid(uid) if uid else -1
    if group is None or person is None:
        raise UsageError(f"failed to parse {'gid' if group is None else 'uid'}")
    if group >= 0:
        if (yield from _drop_groups()) is not None and groups is not None:
            raise groups
        yield Setgid(group)
    if person >= 0:
        yield Setuid(person)


@command(
    "setns",
    "enter the namespace of FILE, which is of TYPE if given",
    Topic.NAMESPACES,
    options=(option("-P, --pidfd", "FILE is a descriptor of a process, and TYPE of it: uts,ipc"),),
    operands=(required("FILE", Kind.PATH), optional("TYPE", Kind.NAMESPACE)),
    man="setns(2)",
    gap="performs the call; real systems have no such command",
    examples=(
        "spawn --uts web; web hostname web1; setns /proc/2/ns/uts; hostname",
        "spawn -ui web; pidfd open web; setns --pidfd 3 uts,ipc; lsns -p 1",
    ),
    see=("nsenter", "unshare", "pidfd"),
    rows=("P10", "N16"),
)
def setns(call: Invocation, given: Given) -> Running:
    """Of the caller; a pid namespace is entered by its next children."""
    path, name = given.operand(0), given.operand(1)
    if given.has("pidfd"):
        yield Setns(whole_number(path, "descriptor"), _flags(name))
        return 0
    kind = BY_FILE.get(name) or BY_WORD.get(name)
    if name and kind is None:
        raise UsageError(f"unknown namespace type: {name}")
    fd = yield Open(path, READING)
    try:
        yield Setns(fd, kind.flag if kind else 0)
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)
    return 0


def _flags(words: str) -> int:
    """``uts,ipc``: the flags of several kinds.  UsageError."""
    flags = 0
    for word in words.split(",") if words else ():
        kind = BY_FILE.get(word) or BY_WORD.get(word)
        if kind is None:
            raise UsageError(f"unknown namespace type: {word}")
        flags |= kind.flag
    return flags
