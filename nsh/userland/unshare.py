"""unshare: leave shared namespaces for new ones (unshare(2))."""

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Mount, MountFlag, Pipe
from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Chdir, Chroot
from nsh.abi.namespaces import Unshare
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import CloneFlag, Fork, Getpid, Getuid, Ids
from nsh.abi.signals import How, Sig, Sigprocmask, bit, signal_number
from nsh.userland import idmaps
from nsh.userland.children import apart, end_like, end_of, end_with, execute, status_of
from nsh.userland.keeping import Keeper
from nsh.userland.kinds import KINDS, options_of
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, read

_PROPAGATION = {
    "slave": MountFlag.MS_SLAVE,
    "private": MountFlag.MS_PRIVATE,
    "shared": MountFlag.MS_SHARED,
    "unchanged": None,
}
_PROC_FLAGS = MountFlag.MS_NOSUID | MountFlag.MS_NOEXEC | MountFlag.MS_NODEV
_LEFT_TO_CHILD = bit(Sig.SIGINT) | bit(Sig.SIGTERM)
"""Signals that do not end who only waits, as when they come to a terminal's foreground group."""
_SETGROUPS = ("allow", "deny")
_CLOCKS = ("monotonic", "boottime")
_IMPLY_USER = (
    *("map-user", "map-group", "map-root-user", "map-current-user"),
    *("map-users", "map-groups", "map-auto"),
)


@command(
    "unshare",
    "perform COMMAND in new namespaces, or go into them",
    Topic.NAMESPACES,
    options=(
        *options_of(KINDS, "a new", "FILE", letters=False),
        option("-f, --fork", "fork before COMMAND, the first in the namespace"),
        option("--mount-proc[=DIR]", "mount proc at DIR (/proc) first; implies --mount", Kind.PATH),
        option("-r, --map-root-user", "be root in the new user namespace; -c: be oneself"),
        option("--map-user=UID", "be UID there; --map-group=GID, --setgroups=HOW", Kind.USER),
        option("--map-users=MAP", "INNER:OUTER:COUNT, or all; --map-groups=MAP"),
        option("--kill-child[=SIGNAL]", "the child dies with me; implies --fork", Kind.SIGNAL),
        option(
            "--propagation=HOW",
            "private (default), slave, shared, unchanged",
            choices=_PROPAGATION.keys(),
        ),
        option("--monotonic=S", "shift that clock of --time; --boottime=S", Kind.NUMBER),
        option("--boottime=S", "", Kind.NUMBER),
        option("-R, --root=DIR", "change root; -w, --wd=DIR: change directory", Kind.PATH),
        option("-S, --setuid=UID", "be UID inside; -G, --setgid=GID; --keep-caps"),
        *(
            option(spec, "")
            for spec in (
                *("-c, --map-current-user", "--map-group=GID", "--map-groups=MAP"),
                *("--map-auto", "-G, --setgid=GID", "--keep-caps"),
            )
        ),
        option("--setgroups=HOW", "", choices=_SETGROUPS),
        option("-w, --wd=DIR", "", Kind.PATH),
    ),
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="unshare(1)",
    gap="without COMMAND the caller itself is changed; no --map-auto",
    examples=(
        "unshare --pid --fork --mount-proc ps",
        "touch /u; unshare --uts=/u hostname x; nsenter --uts=/u hostname",
    ),
    see=("nsenter", "lsns", "spawn", "setpriv"),
    rows=("P10", "N3", "N4", "N12"),
    stops=True,
)
def unshare(call: Invocation, given: Given) -> Running:
    """Status of COMMAND, 127 if there is none such."""
    flags = _flags(given)
    if given.get("propagation", "private") not in _PROPAGATION:
        raise UsageError(f"unsupported propagation mode: {given.get('propagation')}")
    if given.get("setgroups", "deny") not in _SETGROUPS:
        raise UsageError(f"unsupported --setgroups argument '{given.get('setgroups')}'")
    signo = signal_number(given.get("kill-child", "KILL"))
    if signo is None:
        raise UsageError(f"unknown signal: {given.get('kill-child')}")
    forks = given.has("fork") or given.has("kill-child")
    if given.has("map-auto"):
        raise UsageError("--map-auto goes by subuid(5) and subgid(5), and there are no such files")
    if given.operands:

        def work() -> Running:
            ids = yield Getuid()
            keeper = yield from Keeper.of(call, given, flags)
            yield from _unshare(call, given, flags)
            if not forks:
                if not (yield from keeper.keep()):
                    return 1
                return (yield from _become(call, given, flags, ids))
            yield from _set_clocks(given)
            mask = yield Sigprocmask(How.SIG_BLOCK, _LEFT_TO_CHILD)
            pid = yield Fork()
            if pid:
                if not (yield from keeper.keep()):
                    return 1
            else:
                yield from keeper.forget()
                yield Sigprocmask(How.SIG_SETMASK, mask)
                if given.has("kill-child"):
                    yield Prctl(PrctlOption.PR_SET_PDEATHSIG, signo)
                yield from end_with(call, lambda: _become(call, given, flags, ids, forked=True))
            end = yield from end_of(pid)
            yield Sigprocmask(How.SIG_SETMASK, mask)
            return (yield from end_like(end))

        return (yield from apart(call, work))
    if forks:
        raise UsageError("there is no COMMAND to fork for; `spawn --pid NAME` makes a new puppet")
    ids = yield Getuid()
    keeper = yield from Keeper.of(call, given, flags)
    try:
        yield from _unshare(call, given, flags)
    except KernelError:
        yield from keeper.forget()
        raise
    if not (yield from keeper.keep()):
        return 1
    yield from _set_clocks(given)
    yield from _settle(given, flags, ids)
    return 0


def _unshare(call: Invocation, given: Given, flags: int) -> Asking[None]:
    """unshare(2); what --map-users says is then written by a child that stayed outside."""
    if not (given.has("map-users") or given.has("map-groups")):
        yield Unshare(flags)
        return
    me = yield Getpid()
    reading, writing = yield Pipe()
    pid = yield Fork()
    if pid == 0:

        def work() -> Running:
            yield Close(writing)
            yield from read(reading, 1)
            yield from idmaps.write_from_outside(given, me)
            return 0

        yield from end_with(call, work)
    yield Close(reading)
    try:
        yield Unshare(flags)
    finally:
        yield Close(writing)
    if (yield from status_of(pid)):
        raise Errno.EPERM("the maps could not be written from outside")


def _flags(given: Given) -> int:
    flags = 0
    for kind in KINDS:
        if given.has(kind.word):
            flags |= kind.flag
    for clock in _CLOCKS:
        if given.has(clock) and not given.has("time"):
            raise UsageError(f"option --{clock} needs --time")
    if given.has("mount-proc"):
        flags |= CloneFlag.CLONE_NEWNS
    if any(given.has(key) for key in _IMPLY_USER):
        flags |= CloneFlag.CLONE_NEWUSER
    return flags


def _become(
    call: Invocation, given: Given, flags: int, ids: Ids, *, forked: bool = False
) -> Running:
    if not forked:
        yield from _set_clocks(given)
    yield from _settle(given, flags, ids)
    return (yield from execute(call, given.operands))


def _set_clocks(given: Given) -> Asking[None]:
    """Before anybody is in the new time namespace: after that its clocks stay as they are."""
    for clock in _CLOCKS:
        if given.has(clock):
            seconds = whole_number(given.get(clock), "offset")
            yield from idmaps.put("/proc/self/timens_offsets", f"{clock} {seconds} 0")


def _settle(given: Given, flags: int, ids: Ids) -> Asking[None]:
    """What has to be done inside the new namespaces before anything else."""
    yield from idmaps.write_from_inside(given, ids)
    how = _PROPAGATION[given.get("propagation", "private")]
    if flags & CloneFlag.CLONE_NEWNS and how is not None:
        yield Mount("none", "/", "", MountFlag.MS_REC | how)
    if given.has("root"):
        yield Chroot(given.get("root"))
        yield Chdir("/")
    if given.has("wd"):
        yield Chdir(given.get("wd"))
    if given.has("mount-proc"):
        directory = given.get("mount-proc", "/proc")
        if not given.has("root"):
            yield Mount("none", directory, "", MountFlag.MS_PRIVATE | MountFlag.MS_REC)
        yield Mount("proc", directory, "proc", _PROC_FLAGS)
    yield from idmaps.become(given)
