"""Virtual consoles: which one is in front (chvt(1), fgconsole(1); N9)."""

from typing import Final

from nsh.abi import KernelError
from nsh.abi.consoles import VtActivate, VtGetState, VtOpenQuery, VtState, VtWaitActive
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, required, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, say, write

FRONT: Final = "/dev/tty0"
OPENING: Final = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY | OpenFlag.O_CLOEXEC)


def switch(number: int) -> Asking[None]:
    """Bring a console to the front, and wait until it is.  ENXIO, EPERM."""
    fd = yield Open(FRONT, OPENING)
    try:
        yield VtActivate(fd, number)
        yield VtWaitActive(fd, number)
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)


@command(
    "chvt",
    "bring virtual console N to the front",
    Topic.SESSIONS,
    operands=(required("N", Kind.NUMBER),),
    man="chvt(1)",
    examples=("chvt 2; fgconsole", "spawn --tty web; web chvt 3; web fgconsole; fgconsole"),
    see=("fgconsole", "openvt", "consoles"),
    rows=("N9",),
)
def chvt(call: Invocation, given: Given) -> Running:
    """ENXIO where there is no such console."""
    number = whole_number(given.operand(0), "console number")
    if number < 1:
        raise UsageError(f"invalid console number: '{given.operand(0)}'")
    yield from switch(number)
    return 0


@command(
    "fgconsole",
    "print the number of the virtual console in front",
    Topic.SESSIONS,
    options=(option("-n, --next-available", "of the first one that nobody has open"),),
    man="fgconsole(1)",
    examples=("fgconsole", "fgconsole -n"),
    see=("chvt", "openvt"),
    rows=("N9",),
)
def fgconsole(call: Invocation, given: Given) -> Running:
    """Status 1 where no console is free."""
    fd = yield Open(FRONT, OPENING)
    if given.has("next-available"):
        number: int = yield VtOpenQuery(fd)
    else:
        state: VtState = yield VtGetState(fd)
        number = state.active
    yield Close(fd)
    if number < 1:
        yield from say(call, "Couldn't find a free console")
        return 1
    yield from write(1, f"{number}\n")
    return 0
