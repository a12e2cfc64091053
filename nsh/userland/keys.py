"""type: press keys at a terminal (the puppeteer's; N9)."""

import re
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.abi.puppets import TypeKeys
from nsh.userland import escapes
from nsh.userland.options import Given, Kind, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import encode

_CARET: Final = re.compile(rb"\^([?-_a-z])")


def keys(text: str) -> bytes:
    r"""The keys that *text* stands for: ``^C`` is Ctrl-C, ``\n`` is Enter, ``\\`` a backslash."""
    carets = _CARET.sub(lambda match: _control(match.group(1)), encode(text))
    return escapes.expand(carets, escapes.ECHO)[0]


def _control(letter: bytes) -> bytes:
    return b"\x7f" if letter == b"?" else bytes((letter.upper()[0] & 0x1F,))


@command(
    "type",
    "press keys at TERMINAL, as somebody who sits there",
    Topic.SESSIONS,
    options=(option("-l, --literal", "TEXT is what it is, and not ^C, \\n, …"),),
    operands=(required("TERMINAL", Kind.PATH), required("TEXT", many=True)),
    gap="TERMINAL is a path, a name below /dev, or tty:REF/NAME (tty:web/1, tty:web/console); ^C "
    r"stands for Ctrl-C, \n for Enter, \x5e for a caret; the words are joined by blanks",
    examples=(
        r"spawn --tty web { read word < /dev/console }; type tty:web/console 'hello\n'",
        "type /dev/tty2 'nobody reads this'",
    ),
    see=("getty", "attach", "consoles", "tty"),
    rows=("N9", "N10"),
)
def type_(call: Invocation, given: Given) -> Running:
    """ENOENT and ESRCH for a terminal that is not there, ENOTTY for what is none."""
    terminal, *words = given.operands
    text = " ".join(words)
    yield TypeKeys(terminal, encode(text) if given.has("literal") else keys(text))
    return 0
