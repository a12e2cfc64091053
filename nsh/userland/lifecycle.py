"""Birth and death by one call each: fork, exit (fork(2), exit_group(2), _exit(2))."""

from nsh.abi.invocation import Invocation, Running, Started
from nsh.abi.process import Exit, ExitGroup, Fork
from nsh.userland.options import Given, Kind, option, optional, whole_number
from nsh.userland.registry import Topic, command


@command(
    "fork",
    "copy the caller: 0 in the child, 1 in the parent",
    Topic.PROCESSES,
    man="fork(2)",
    gap="the status tells child from parent, to whom $! tells the child's pid",
    examples=("if fork { exit 3 } else { wait $!; echo $? }",),
    see=("spawn", "clone2", "wait"),
    rows=("P1",),
    answers=True,
)
def fork(call: Invocation, given: Given) -> Running:
    """Both sides go on from here, with the same program."""
    pid = yield Fork()
    return 0 if pid == 0 else 1


@command(
    "exit",
    "end the calling process, with all its threads",
    Topic.PROCESSES,
    options=(option("--thread", "end the calling thread alone"),),
    operands=(optional("STATUS", Kind.NUMBER),),
    man="exit(1p)",
    gap="without STATUS the status is that of the last command, as in every shell",
    examples=("spawn w { exit 3 }; wait w", "spawn w; w exit 3; ps"),
    see=("wait", "kill"),
    rows=("P10",),
    trouble=2,
    inherits=True,
)
def exit_(call: Invocation, given: Given) -> Started:
    """Does not come back."""
    status = whole_number(given.operands[0], "exit status") & 0xFF if given.operands else 0
    return _exit_thread(status) if given.options else ExitGroup(status)


def _exit_thread(status: int) -> Running:
    yield Exit(status)
    return status
