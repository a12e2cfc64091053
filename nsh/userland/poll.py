"""poll: one poll(2), for scripts that want to know which open file has something to tell."""

from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.poll import Poll, PollEvent
from nsh.userland.options import Given, Kind, UsageError, option, required, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.sleep import nanoseconds
from nsh.userland.streams import joined, write

_EVENTS: Final = {name: value for name, value in vars(PollEvent).items() if name.startswith("POLL")}


@command(
    "poll",
    "wait until open FDs have something to tell: poll(2)",
    Topic.FILES,
    options=(option("-t, --timeout=TIME", "give up after TIME", Kind.NUMBER),),
    operands=(required("FD[:EVENT[,EVENT]...]", Kind.FD, many=True),),
    man="poll(2)",
    gap="performs the call; real systems have no such command",
    examples=(
        "mknod /tmp/f p; open -m r --nonblock /tmp/f; echo x > /tmp/f; poll 3",
        "poll 0:IN,PRI 1:OUT",
    ),
    see=("pidfd", "fcntl", "open", "findmnt"),
)
def poll(call: Invocation, given: Given) -> Running:
    """A line for each that tells something, ``3: POLLIN POLLHUP``.  Status 1: none did in TIME."""
    asked = tuple(_asked(operand) for operand in given.operands)
    timeout = nanoseconds(given.get("timeout")) if given.has("timeout") else None
    found = yield Poll(asked, -1 if timeout is None else int(timeout))
    lines = [
        f"{fd}: " + " ".join(name for name, value in _EVENTS.items() if events & value)
        for (fd, _events), events in zip(asked, found, strict=True)
        if events
    ]
    yield from write(1, joined(lines))
    return 0 if lines else 1


def _asked(operand: str) -> tuple[int, int]:
    number, _colon, names = operand.partition(":")
    events = 0
    for name in names.split(",") if names else ["IN"]:
        value = _EVENTS.get("POLL" + name.upper().removeprefix("POLL"))
        if value is None:
            raise UsageError(f"there is no event '{name}' (there are {', '.join(_EVENTS)})")
        events |= value
    return whole_number(number, "descriptor"), events
