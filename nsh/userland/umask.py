"""umask: what modes new files are not given."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.names import Umask
from nsh.userland.modes import Change
from nsh.userland.options import Given, UsageError, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_ALL = 0o777
_LETTERS = ((4, "r"), (2, "w"), (1, "x"))


@command(
    "umask",
    "print which modes new files are not given, or set them to MODE",
    Topic.FILES,
    options=(
        option("-S, --symbolic", "print those that they are given: u=rwx,g=rx,o=rx"),
        option("-p", "print a command that sets them"),
    ),
    operands=(optional("MODE"),),
    man="umask(1p)",
    examples=("umask 077; echo secret > /tmp/s; ls -l /tmp/s", "umask g-w; umask -S"),
    see=("chmod", "mkdir", "touch"),
)
def umask(call: Invocation, given: Given) -> Running:
    """umask(2): of the caller, and of those that share its directory (CLONE_FS)."""
    mask = yield Umask(0)
    word = given.operand(0)
    try:
        new = _changed(mask, word) if word else mask
    except UsageError:
        yield Umask(mask)
        raise
    yield Umask(new)
    if word and not given.has("symbolic"):
        return 0
    shown = _symbolic(new) if given.has("symbolic") else f"{new:04o}"
    head = "umask " + "-S " * given.has("symbolic") if given.has("p") else ""
    yield from write(1, f"{head}{shown}\n")
    return 0


def _changed(mask: int, word: str) -> int:
    if word[0].isdigit():
        if any(digit not in "01234567" for digit in word) or int(word, 8) > _ALL:
            raise UsageError(f"{word}: octal number out of range")
        return int(word, 8)
    try:
        return ~Change(word, 0)(~mask & _ALL) & _ALL
    except ValueError:
        raise UsageError(f"{word}: invalid symbolic mode") from None


def _symbolic(mask: int) -> str:
    parts = []
    for place, who in ((6, "u"), (3, "g"), (0, "o")):
        bits = ~mask >> place & 7
        parts.append(f"{who}=" + "".join(letter for bit, letter in _LETTERS if bits & bit))
    return ",".join(parts)
