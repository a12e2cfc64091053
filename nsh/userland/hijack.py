"""hijack: a child with two parents (sys_hijack of S2 and S3, which mainline never took)."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Clone
from nsh.abi.signals import Sig
from nsh.userland.children import end_with, execute, status_of
from nsh.userland.kinds import KINDS, options_of
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write


@command(
    "hijack",
    "perform COMMAND in a child that is mine, and else a copy of PID",
    Topic.NAMESPACES,
    options=(
        option("--name=NAME", "the child is an idle puppet called NAME instead; print its pid"),
        *options_of(KINDS, "but a new"),
    ),
    operands=(required("PID COMMAND", Kind.PID, many=True),),
    man="clone(2)",
    gap="the call was proposed in 2007 and not taken; nsenter(1) is what became of it",
    examples=(
        "spawn --pid --uts web; as web hostname webhost; hijack 2 hostname",
        "spawn --pid web; hijack --name visitor 2; visitor getppid",
    ),
    see=("nsenter", "setns", "clone2", "spawn"),
    rows=("N16",),
    stops=True,
)
def hijack(call: Invocation, given: Given) -> Running:
    """Status of COMMAND.  The child is told of by SIGCHLD, and shares the terminal."""
    pid = yield from pid_of(given.operands[0])
    argv = given.operands[1:]
    flags = 0
    for kind in KINDS:
        if given.has(kind.word):
            flags |= int(kind.flag)
    name = given.get("name")
    if bool(name) == bool(argv):
        raise UsageError("it wants a COMMAND, or --name")
    child = yield Clone(flags, int(Sig.SIGCHLD), (), name, pid)
    if name:
        yield from write(1, f"{child}\n")
        return 0
    if child == 0:
        yield from end_with(call, lambda: execute(call, argv))
    return (yield from status_of(child))
