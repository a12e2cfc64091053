"""yes: the same line, until somebody stops it."""

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import encode, write

_AT_A_TIME = 8192


@command(
    "yes",
    "print STRING, or y, again and again",
    Topic.TEXT,
    operands=(optional("STRING", Kind.TEXT, many=True),),
    man="yes(1)",
    examples=("yes | head -3",),
    see=("repeat",),
)
def yes(call: Invocation, given: Given) -> Running:
    """Ends by SIGPIPE, or by an error."""
    line = encode(" ".join(given.operands or ["y"]) + "\n")
    data = line * max(1, _AT_A_TIME // len(line))
    while True:
        yield from write(1, data)
