"""openvt: a command on a console of its own (openvt(1); N9)."""

from nsh.abi.consoles import VtGetState, VtOpenQuery, VtState
from nsh.abi.files import Close, Dup2, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Fork, Setsid
from nsh.userland.children import end_with, execute, status_of
from nsh.userland.chvt import FRONT, OPENING, switch
from nsh.userland.options import Given, Kind, UsageError, option, required, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, say


@command(
    "openvt",
    "perform COMMAND on a virtual console of its own",
    Topic.SESSIONS,
    options=(
        option("-c, --console=N", "console N, not the first that nobody has open", Kind.NUMBER),
        option("-f, --force", "even if somebody has it open"),
        option("-s, --switch", "bring it to the front"),
        option("-w, --wait", "wait for the end; if it was switched to, switch back"),
    ),
    operands=(required("COMMAND", Kind.COMMAND, many=True),),
    man="openvt(1)",
    gap="no --exec, --login and --user; without COMMAND there is no shell to start",
    examples=("openvt -s -w tty; fgconsole", "openvt -c 4 sleep 1; consoles"),
    see=("chvt", "fgconsole", "getty"),
    rows=("N9",),
    stops=True,
)
def openvt(call: Invocation, given: Given) -> Running:
    """With --wait the status is COMMAND's."""
    fd = yield Open(FRONT, OPENING)
    before: VtState = yield VtGetState(fd)
    number: int = yield VtOpenQuery(fd)
    yield Close(fd)
    if given.has("console"):
        number = whole_number(given.get("console"), "console number")
        if before.state >> number & 1 and not given.has("force"):
            yield from say(call, f"Console {number} is in use; -f takes it all the same")
            return 1
    if number < 1:
        raise UsageError("Couldn't find a free console")
    path = f"/dev/tty{number}"
    yield Close((yield Open(path, OPENING)))  # who may not open it is told here
    pid = yield Fork()
    if pid == 0:

        def work() -> Running:
            yield Setsid()
            yield from stand_on(path)
            return (yield from execute(call, given.operands))

        yield from end_with(call, work)
    if given.has("switch"):
        yield from switch(number)
    if not given.has("wait"):
        return 0
    status = yield from status_of(pid)
    if given.has("switch"):
        yield from switch(before.active)
    return status


def stand_on(path: str) -> Asking[None]:
    """Descriptors 0, 1 and 2 are the terminal *path*, which a session leader gets by that."""
    fd = yield Open(path, OpenFlag.O_RDWR)
    for standard in (0, 1, 2):
        if fd != standard:
            yield Dup2(fd, standard)
    if fd > 2:
        yield Close(fd)
