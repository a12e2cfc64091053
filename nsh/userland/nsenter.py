"""nsenter, setns: go into namespaces that exist (setns(2))."""

from nsh.abi import Errno, KernelError
from nsh.abi.attributes import Stat
from nsh.abi.credentials import Setgid, Setgroups, Setuid
from nsh.abi.files import Close, Open
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Chdir, Chroot
from nsh.abi.namespaces import Setns
from nsh.abi.process import CloneFlag, Fork
from nsh.userland.children import apart, end_like, end_of, end_with, execute
from nsh.userland.kinds import BY_FILE, BY_WORD, KINDS, NamespaceKind, options_of
from nsh.userland.options import Given, Kind, UsageError, option, optional, required, whole_number
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import READING, Asking, complain
from nsh.userland.users import Names, names

_ORDER = ("user", "cgroup", "ipc", "uts", "net", "pid", "mount", "time", "pts", "dev", "tty")
"""The user namespace first: it may give the right to enter the others."""
Wanted = list[tuple[NamespaceKind, str]]


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
        option("-S, --setuid=UID", "be UID there (0 behind --user); -G, --setgid=GID"),
        option("--preserve-credentials", "behind --user, leave the ids and groups alone"),
        option("-G, --setgid=GID", ""),
    ),
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="nsenter(1)",
    gap="without COMMAND no shell is started: the calling task is changed; root and wd by path",
    examples=("spawn --uts --pid web; nsenter -t web -u -p getpid",),
    see=("setns", "unshare", "lsns"),
    rows=("P10", "N16", "N4"),
    stops=True,
)
def nsenter(call: Invocation, given: Given) -> Running:
    """Status of COMMAND, 127 if there is none such."""
    target = (yield from pid_of(given.get("target"))) if given.has("target") else 0
    wanted = yield from _wanted(given, target)
    if not given.operands:
        opened = yield from _opened(call, target, wanted)
        if opened is None:
            return 1
        yield from _enter(given, target, opened)
        return 0

    def work() -> Running:
        opened = yield from _opened(call, target, wanted)
        if opened is None:
            return 1
        yield from _enter(given, target, opened)
        forks = any(kind.word == "pid" for kind, _ in wanted) and not given.has("no-fork")
        if not forks:
            return (yield from execute(call, given.operands))
        pid = yield Fork()
        if pid == 0:
            yield from end_with(call, lambda: execute(call, given.operands))
        return (yield from end_like((yield from end_of(pid))))

    return (yield from apart(call, work))


def _wanted(given: Given, target: int) -> Asking[Wanted]:
    """The namespaces to enter, in that order, and the file that stands for each."""
    found: Wanted = []
    for word in _ORDER:
        kind = BY_WORD[word]
        if given.has(word):
            path = given.get(word)
            if not path and not target:
                raise UsageError(f"neither filename nor target pid supplied for ns/{kind.file}")
            found.append((kind, path or f"/proc/{target}/ns/{kind.file}"))
        elif given.has("all"):
            if not target:
                raise UsageError("no target PID specified for --all")
            theirs = f"/proc/{target}/ns/{kind.file}"
            if (yield from _inode(theirs)) != (yield from _inode(f"/proc/self/ns/{kind.file}")):
                found.append((kind, theirs))
    for key in ("root", "wd"):
        if given.has(key) and not given.get(key) and not target:
            raise UsageError("no target PID specified")
    return found


def _inode(path: str) -> Asking[int]:
    """The namespace's number; 0 where the kernel has none of the kind."""
    try:
        inode: int = (yield Stat(path)).ino
    except KernelError as error:
        if error.errno is not Errno.ENOENT:
            raise
        return 0
    return inode


def _opened(
    call: Invocation, target: int, wanted: Wanted
) -> Asking[list[tuple[int, CloneFlag]] | None]:
    """All files, before the first setns: what they are called may be different inside.  None: one
    cannot be had, which has been told."""
    opened = []
    for kind, path in wanted:
        try:
            fd: int = yield Open(path, READING)
        except KernelError as error:
            nobody = error.errno is Errno.ENOENT and path == f"/proc/{target}/ns/{kind.file}"
            told = error.errno(f"no process has pid {target} here") if nobody else error
            yield from complain(call, f"cannot open {path}", told)
            return None
        opened.append((fd, kind.flag))
    return opened


def _enter(given: Given, target: int, opened: list[tuple[int, CloneFlag]]) -> Asking[None]:
    if given.has("root"):
        yield Chroot(given.get("root") or f"/proc/{target}/root")
        yield Chdir("/")
    if given.has("wd"):
        yield Chdir(given.get("wd") or f"/proc/{target}/cwd")
    first = [fd for fd, flag in opened if flag == CloneFlag.CLONE_NEWUSER]
    refused = None
    for fd, flag in opened:
        try:
            yield Setns(fd, flag)
        except KernelError as error:
            if fd not in first:
                raise
            refused = error  # it may be of use when the others have been entered: try again
            continue
        yield Close(fd)
        if fd in first:
            first.remove(fd)
    if first and refused is not None:
        yield Setns(first[0], int(CloneFlag.CLONE_NEWUSER))
        yield Close(first[0])
    yield from _become(given, user=any(flag == CloneFlag.CLONE_NEWUSER for _fd, flag in opened))


def _become(given: Given, *, user: bool) -> Asking[None]:
    """Root in the namespace, unless credentials are to be preserved; or who is asked for."""
    default = "0" if user and not given.has("preserve-credentials") else ""
    known: Names = yield from names()
    gid, uid = given.get("setgid", default), given.get("setuid", default)
    group, person = known.gid(gid) if gid else -1, known.uid(uid) if uid else -1
    if group is None or person is None:
        raise UsageError(f"failed to parse {'gid' if group is None else 'uid'}")
    if group >= 0:
        yield Setgroups(())
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
