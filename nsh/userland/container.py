"""container: a friendly front for /proc/container and /proc/lies (S0; P1, P7-P9)."""

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland import table
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.proc import CONTAINER, STATUS, Process, printable, processes, small_file
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, write
from nsh.userland.table import Heading, Line

FILE = "/proc/container"
LIES = "/proc/lies"
_DOING = {
    "list": "every container, and who is in it",
    "new": "become pid 1 of a new one",
    "move": "move a tree or a group into one",
    "leave": "go back to container 0",
    "which": "where the caller is",
    "lies": "pids that a move made untrue",
}
_HEADS = (
    Heading("CONTAINER"),
    Heading("NPROCS", right=True),
    Heading("PID", right=True),
    Heading("VPID", right=True),
    Heading("COMMAND"),
)


@command(
    "container",
    "list containers, make one, move into or out of one",
    Topic.CONTAINERS,
    options=(
        option("--tree=PID", "move: that process and its descendants", Kind.PID),
        option("--group=PGID", "move: that process group", Kind.PID),
    ),
    operands=(
        optional("list|new|move|leave|which|lies", choices=_DOING),
        optional("NAME", Kind.CONTAINER),
    ),
    gap="list reads /proc/PID/container; the others read or write /proc/container and /proc/lies",
    examples=(
        "spawn sshd; sshd container new web; container list",
        "spawn sshd; container move --tree sshd web; container",
    ),
    see=("ps", "spawn", "lsns"),
    rows=("P1", "P7", "P8", "P9"),
)
def container(call: Invocation, given: Given) -> Running:
    """``new``: the caller becomes pid 1 of it; ``move``: others, kept pids; ``lies``: the price."""
    verb, name = given.operand(0, "list"), given.operand(1)
    moved = given.last("tree", "group")
    if bool(name) != (verb in ("new", "move")):
        raise UsageError(f"{verb} wants a NAME" if not name else f"{verb} takes no NAME")
    if bool(moved) != (verb == "move"):
        raise UsageError("move wants --tree or --group" if not moved else f"{verb} moves nothing")
    match verb:
        case "new":
            yield from _put(name)
        case "move":
            nr = yield from pid_of(given.get(moved))
            yield from _put(f"{name} {moved} {nr}")
        case "leave":
            yield from _put("0")
        case "which":
            yield from write(1, (yield from small_file(FILE)))
        case "lies":
            yield from _lies()
        case "list":
            yield from write(1, joined((yield from _list())))
        case _:
            raise UsageError(f"unknown word '{verb}'")
    return 0


@command(
    "lies",
    "list the pids that a forbidden move made untrue",
    Topic.CONTAINERS,
    gap="the same as container lies: what /proc/lies says",
    examples=("lies",),
    see=("container",),
    rows=("P9",),
)
def lies(call: Invocation, given: Given) -> Running:
    """One line for each."""
    yield from _lies()
    return 0


def _lies() -> Asking[None]:
    text = yield from small_file(LIES)
    yield from write(1, joined(printable(line) for line in text.splitlines()))


def _put(line: str) -> Asking[None]:
    if "\n" in line:
        raise Errno.EINVAL("a container's name is one word on one line")
    fd = yield Open(FILE, OpenFlag.O_WRONLY | OpenFlag.O_CLOEXEC)
    try:
        yield from write(fd, line + "\n")
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)


def _list() -> Asking[list[str]]:
    """By the pid of each container's first process in sight."""
    members: dict[str, list[Process]] = {}
    for process in (yield from processes(frozenset((CONTAINER, STATUS)))):
        members.setdefault(process.container, []).append(process)
    lines = []
    for name, inside in members.items():
        first = inside[0]
        vpid = (first.ids("NSpid") or [first.pid])[-1]
        lines.append(Line((printable(name), len(inside), first.pid, vpid, printable(first.comm))))
    return table.text(_HEADS, lines)
