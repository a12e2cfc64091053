"""tty: the terminal on descriptor 0 (ttyname(3))."""

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.terminals import Ttyname
from nsh.userland.options import Given, option
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write


@command(
    "tty",
    "print the path of the terminal on descriptor 0",
    Topic.SYSTEM,
    options=(option("-s, --silent, --quiet", "print nothing, only answer by the status"),),
    man="tty(1)",
    examples=("tty", "tty -s && echo a terminal"),
    see=("ps", "tcgetpgrp"),
    rows=("N8", "N9"),
    answers=True,
    trouble=2,
)
def tty(call: Invocation, given: Given) -> Running:
    """Status 1 if descriptor 0 is no terminal."""
    try:
        path: str = yield Ttyname(0)
    except KernelError as error:
        if error.errno not in (Errno.ENOTTY, Errno.EBADF, Errno.EINVAL):
            raise
        path = ""
    if not given.options:
        yield from write(1, (path or "not a tty") + "\n")
    return 0 if path else 1
