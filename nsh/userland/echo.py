"""echo: print the arguments."""

import re
from collections.abc import Sequence

from nsh.abi.invocation import Invocation, Running
from nsh.userland import escapes
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import encode, write

_OPTIONS = re.compile("-[neE]+")


def _all_else_is_text(argv: Sequence[str]) -> Sequence[str]:
    """Words that are not options to the last letter are printed: ``echo -x``, ``echo --``."""
    if len(argv) == 1 and argv[0] == "--help":
        return argv
    count = 0
    while count < len(argv) and _OPTIONS.fullmatch(argv[count]):
        count += 1
    return [*argv[:count], "--", *argv[count:]]


@command(
    "echo",
    "print the arguments, a space between each two",
    Topic.TEXT,
    options=(
        option("-n", "no newline at the end"),
        option("-e", r"expand \n, \t, \\, \0NNN (octal), \xHH, \e, \c (stop here), …"),
        option("-E", "do not (this is how it begins)"),
    ),
    operands=(optional("STRING", Kind.TEXT, many=True),),
    man="echo(1)",
    examples=("echo hello", r"echo -e 'a\tb'", "echo web > /proc/container; cat /proc/container"),
    see=("printf",),
    prepare=_all_else_is_text,
)
def echo(call: Invocation, given: Given) -> Running:
    """One write(2), whatever it prints: so a line for /proc/container arrives whole."""
    text = encode(" ".join(given.operands))
    if given.options:
        if given.last("e", "E") == "e":
            text, stopped = escapes.expand(text, escapes.ECHO)
            if stopped:
                yield from write(1, text)
                return 0
        if given.has("n"):
            yield from write(1, text)
            return 0
    yield from write(1, text + b"\n")
    return 0
