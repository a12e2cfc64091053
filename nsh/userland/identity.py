"""What a process is called, in its own numbers: one system call each, its answer printed."""

from nsh.abi import Request
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Getpgid, Getpid, Getppid, Getsid, Gettid
from nsh.abi.terminals import Tcgetpgrp, Tcgetsid, Tcsetpgrp
from nsh.userland.options import Given, Kind, Operand, optional, required, whole_number
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_PID = optional("PID", Kind.PID)
_FD = optional("FD", Kind.FD)
_GAP = "prints the answer of the system call; real systems have no such command"


def _asks(
    name: str,
    summary: str,
    request: type[Request],
    example: str,
    operands: tuple[Operand, ...] = (),
    topic: Topic = Topic.PROCESSES,
    page: str = "",
) -> None:
    """Declare a command that performs one request and prints what it replies."""

    @command(
        name,
        summary,
        topic,
        operands=operands,
        man=page or f"{name}(2)",
        gap=_GAP,
        examples=(example,),
        rows=("P2", "P10"),
    )
    def ask(call: Invocation, given: Given) -> Running:
        if not given.operands:
            answer = yield request()
        elif operands == (_FD,):
            answer = yield request(whole_number(given.operands[0], "descriptor"))
        else:
            answer = yield request((yield from pid_of(given.operands[0])))
        yield from write(1, f"{answer}\n")
        return 0


_asks("getpid", "print my pid, as I see it", Getpid, "spawn --pid web; web getpid")
_asks("gettid", "print my thread id", Gettid, "gettid")
_asks("getppid", "print my parent's pid; 0 if it is outside my space", Getppid, "getppid")
_asks("getpgid", "print a process's group", Getpgid, "getpgid $$", (_PID,), Topic.SESSIONS)
_asks("getpgrp", "print my process group", Getpgid, "getpgrp", (), Topic.SESSIONS)
_asks("getsid", "print a process's session", Getsid, "getsid $$", (_PID,), Topic.SESSIONS)
_asks(
    "tcgetpgrp",
    "print the foreground group of the terminal on FD (0)",
    Tcgetpgrp,
    "tcgetpgrp",
    (_FD,),
    Topic.SESSIONS,
    "tcgetpgrp(3)",
)
_asks(
    "tcgetsid",
    "print the session of the terminal on FD (0)",
    Tcgetsid,
    "tcgetsid",
    (_FD,),
    Topic.SESSIONS,
    "tcgetsid(3)",
)


@command(
    "tcsetpgrp",
    "make PGRP the foreground group of the terminal on FD (0)",
    Topic.SESSIONS,
    operands=(required("PGRP", Kind.PID), _FD),
    man="tcsetpgrp(3)",
    gap="performs the call; real systems have no such command",
    examples=("tcsetpgrp $(getpgrp); tcgetpgrp",),
    see=("tcgetpgrp", "setpgid"),
    rows=("P2",),
    negatives=True,
)
def tcsetpgrp(call: Invocation, given: Given) -> Running:
    """From a background group the kernel answers with SIGTTOU, as always."""
    fd = whole_number(given.operand(1, "0"), "descriptor")
    pgrp = yield from pid_of(given.operands[0])
    yield Tcsetpgrp(fd, pgrp)
    return 0
