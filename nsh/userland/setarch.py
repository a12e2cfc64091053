"""setarch: perform a command under another personality."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.personality import ADDR_NO_RANDOMIZE, ASK, UNAME26, Personality
from nsh.userland.children import apart, execute
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.registry import Topic, command

_ARCHITECTURES = ("x86_64", "linux64")


@command(
    "setarch",
    "perform COMMAND as if the kernel were another",
    Topic.SYSTEM,
    options=(
        option("--uname-2.6", "uname(2) tells of a Linux 2.6"),
        option("-R, --addr-no-randomize", "without randomized addresses (of which there are none)"),
    ),
    operands=(
        optional("ARCH", Kind.NAME),
        optional("COMMAND", Kind.COMMAND, many=True),
    ),
    man="setarch(8)",
    gap="the one architecture is x86_64; COMMAND is not optional",
    examples=("setarch --uname-2.6 uname -r", "setarch x86_64 -R cat /proc/self/personality"),
    see=("uname", "unshare"),
    rows=("N3",),
    stops=True,
    prepare=lambda argv: (
        [*argv[1:2], argv[0], *argv[2:]]
        if len(argv) > 1 and argv[0] in _ARCHITECTURES and argv[1].startswith("-")
        else argv
    ),
)
def setarch(call: Invocation, given: Given) -> Running:
    """COMMAND's status; 127 if there is none such."""
    argv = given.operands
    if argv and argv[0] in _ARCHITECTURES:
        argv = argv[1:]
    if not argv:
        raise UsageError("no command specified")

    def work() -> Running:
        old: int = yield Personality(ASK)
        new = old | UNAME26 * given.has("uname-2.6")
        new |= ADDR_NO_RANDOMIZE * given.has("addr-no-randomize")
        yield Personality(new)
        return (yield from execute(call, argv))

    return (yield from apart(call, work))
