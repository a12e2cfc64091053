"""checkpoint, restart and ckptinfo: a container as a stream of bytes, and back (S2, S3)."""

from typing import Any

import msgspec

from nsh.abi import Errno, KernelError
from nsh.abi.checkpoint import Checkpoint, Freeze, Restart, Survey, Surveyed, Thaw
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CLOCK_MONOTONIC, ClockGettime, Wait4, shell_status
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.quoting import bare
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, Inputs, say, write

_MAKING = OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_TRUNC


@command(
    "checkpoint",
    "write the container of PID to a file, or to standard output",
    Topic.CONTAINERS,
    options=(
        option("-o, --output=FILE", "write there", Kind.PATH),
        option("-k, --kill", "kill the container once it is written"),
        option("-l, --leave-frozen", "do not let it go on; checkpoint --thaw does"),
        option("--thaw", "let a container go on that was left frozen, and write nothing"),
        option(
            "-n, --dry-run", "tell what it would save, and all that is in the way; freeze nobody"
        ),
        option("-v, --verbose", "tell each of the five steps, and how long it was frozen"),
    ),
    operands=(required("PID", Kind.PID),),
    gap="S3's call, which mainline never took; CRIU does it from user space",
    examples=(
        "spawn --pid --uts web { hostname web1; sleep 60 }; checkpoint web > /tmp/web",
        "spawn --pid web { sleep 60 }; checkpoint -k -o /tmp/w web; restart -i /tmp/w",
        "mknod /tmp/f p; open /tmp/f; spawn --pid web; checkpoint -n web",
    ),
    see=("restart", "ckptinfo"),
    rows=("C1", "C4", "C5", "C6", "C12", "C13", "C15"),
    answers=True,
)
def checkpoint(call: Invocation, given: Given) -> Running:
    """Status 0; 1 for who comes back from the image, having taken it from within, and where a
    --dry-run finds something in the way."""
    pid = yield from pid_of(given.operands[0])
    if given.has("thaw"):
        yield Thaw(pid, left=True)
        return 0
    if given.has("dry-run"):
        return (yield from _survey(given, pid))
    if given.has("kill") and given.has("leave-frozen"):
        raise UsageError("--kill and --leave-frozen exclude each other")
    told = _Told(call, quiet=not given.has("verbose"))
    yield from told.step("pre-dump", f"the container of pid {pid}")
    began: int = yield ClockGettime(CLOCK_MONOTONIC)
    yield Freeze(pid)
    yield from told.step("freeze", "nobody in it runs")
    try:
        image: bytes = yield Checkpoint(pid)
        if not image:
            return 1
        lines = image.count(b"\n")
        yield from told.step("dump", f"{lines} lines, {len(image)} bytes")
        if given.has("kill"):  # not before there is something to begin from again
            yield from _keep(given, image)
    except KernelError:
        yield Thaw(pid)
        raise
    yield from _end(given, pid, told, began)
    if not given.has("kill"):
        yield from _keep(given, image)
    yield from told.step("post-dump", f"{len(image)} bytes are written")
    return 0


def _keep(given: Given, image: bytes) -> Asking[None]:
    """Write the image where it is wanted."""
    if not given.has("output"):
        yield from write(1, image)
        return
    out: int = yield Open(given.get("output"), _MAKING, 0o600)
    yield from write(out, image)
    yield Close(out)


def _survey(given: Given, pid: int) -> Asking[int]:
    """What a checkpoint would say."""
    others = ("output", "kill", "leave-frozen")
    if any(given.has(name) for name in others):
        raise UsageError("with --dry-run nothing is written, frozen or killed")
    found: Surveyed = yield Survey(pid)
    lines = [f"{count:7} {name}\n" for name, count in found.objects]
    ways = [Errno(each.errno)(each.reason) for each in found.obstacles]
    lines.extend(f"in the way: {way}\n" for way in ways)
    yield from write(1, "".join(("  COUNT OBJECT\n", *lines)))
    return int(bool(ways))


def _end(given: Given, pid: int, told: "_Told", began: int) -> Asking[None]:
    """Let the container go on, or not."""
    how = "kill" if given.has("kill") else "thaw"
    if given.has("leave-frozen"):
        how = "frozen"
        yield Freeze(pid, leave=True)
    else:
        yield Thaw(pid, given.has("kill"))
    ended: int = yield ClockGettime(CLOCK_MONOTONIC)
    yield from told.step(how, f"nobody in it ran for {ended - began} ns")


class _Told:
    """The steps, as they are told."""

    def __init__(self, call: Invocation, *, quiet: bool) -> None:
        self._call = call
        self._quiet = quiet

    def step(self, name: str, text: str) -> Asking[None]:
        """Tell one."""
        if not self._quiet:
            yield from say(self._call, f"{name}: {text}")


@command(
    "restart",
    "make a container of an image; $! is the pid of its first task",
    Topic.CONTAINERS,
    options=(
        option("-i, --input=FILE", "the image; without it standard input", Kind.PATH),
        option("-n, --name=NAME", "call it so, and not as in the image"),
        option("-w, --wait", "wait for its init; the status is that one's"),
    ),
    gap="S3's call, which mainline never took; CRIU does it from user space",
    examples=("spawn --pid web { sleep 60 }; checkpoint -k web | restart; ps",),
    see=("checkpoint", "ckptinfo"),
    rows=("C3", "C5", "C12", "P5"),
)
def restart(call: Invocation, given: Given) -> Running:
    """What fails leaves nothing behind, and names line and field."""
    image = yield from _image(call, given)
    if image is None:
        return 1
    pid: int = yield Restart(image, given.get("name"))
    if not given.has("wait"):
        return 0
    while True:
        try:
            ended = yield Wait4(pid)
        except KernelError as error:
            if error.errno is Errno.EINTR:
                continue
            raise
        return shell_status(ended.status)


@command(
    "ckptinfo",
    "tell what is in the image of a container, a line each",
    Topic.CONTAINERS,
    options=(
        option("-i, --input=FILE", "the image; without it standard input", Kind.PATH),
        option("-o, --object=NAME", "only objects that are called so: task, file, pipe, ..."),
    ),
    gap="named after the tool that came with the patches for sys_checkpoint",
    examples=("spawn --pid web { sleep 60 }; checkpoint web | ckptinfo",),
    see=("checkpoint", "restart"),
    rows=("C7",),
)
def ckptinfo(call: Invocation, given: Given) -> Running:
    """Long values are told by their size: ``table[3]``."""
    image = yield from _image(call, given)
    if image is None:
        return 1
    wanted = given.get("object")
    rows = []
    for number, line in enumerate(image.splitlines(), 1):
        try:
            found = msgspec.json.decode(line, type=dict[str, Any])
            name = str(found.pop("object"))
        except (msgspec.DecodeError, KeyError, UnicodeDecodeError, RecursionError):
            yield from say(call, f"line {number}: this is no object of an image")
            return 1
        if wanted in ("", name):
            about = " ".join(_field(*field) for field in found.items())
            rows.append(f"{number:4} {name:<11} {about}".rstrip() + "\n")
    yield from write(1, "LINE OBJECT\n" + "".join(rows))
    return 0


def _field(name: str, value: Any) -> str:
    match value:
        case list():
            return f"{name}[{len(value)}]"
        case dict():
            return f"{name}{{{len(value)}}}"
        case str():
            return f"{name}={bare(value)}"
    return f"{name}={value}"


def _image(call: Invocation, given: Given) -> Asking[bytes | None]:
    files = Inputs(call, [given.get("input")] if given.has("input") else [])
    if not (yield from files.next()):
        return None
    data = yield from files.everything()
    yield from files.close()
    return None if files.status else data
