"""Sessions and process groups: setsid(2), setpgid(2)."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Fork, Getpgid, Getpid, Setpgid, Setsid
from nsh.abi.terminals import SetControllingTty
from nsh.userland.children import apart, end_with, execute, status_of
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command


@command(
    "setsid",
    "start a session, mine or of a child that performs COMMAND",
    Topic.SESSIONS,
    options=(
        option("-f, --fork", "always fork; otherwise only a group's leader has to"),
        option("-w, --wait", "wait for the forked child, and have its status"),
        option("-c, --ctty", "take the terminal on descriptor 0 as controlling terminal"),
    ),
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="setsid(1)",
    gap="without COMMAND the calling task itself performs setsid(2)",
    examples=("spawn s; s setsid; ps -e -o pid,ppid,pgid,sid,comm", "setsid -w ps -j"),
    see=("setpgid", "getsid"),
    rows=("P2",),
    stops=True,
)
def setsid(call: Invocation, given: Given) -> Running:
    """EPERM for a group's leader."""
    if not given.operands:
        if given.has("fork") or given.has("wait"):
            raise UsageError("no command specified")
        yield Setsid()
        if given.has("ctty"):
            yield SetControllingTty(0, True)
        return 0

    def lead() -> Running:
        yield Setsid()
        if given.has("ctty"):
            yield SetControllingTty(0, True)
        return (yield from execute(call, given.operands))

    def work() -> Running:
        leads = (yield Getpgid(0)) == (yield Getpid())
        if not (leads or given.has("fork")):
            return (yield from lead())
        pid = yield Fork()
        if pid == 0:
            yield from end_with(call, lead)
        if given.has("wait"):
            return (yield from status_of(pid))
        return 0

    return (yield from apart(call, work))


@command(
    "setpgid",
    "move process PID (0: me) into group PGID (0: its own)",
    Topic.SESSIONS,
    operands=(optional("PID", Kind.PID), optional("PGID", Kind.PID)),
    man="setpgid(2)",
    gap="performs the call; real systems have no such command",
    examples=("spawn a; spawn b; setpgid a; setpgid b a; ps -o pid,pgid,comm",),
    see=("setsid", "getpgid", "setpgrp"),
    rows=("P2",),
    negatives=True,
)
def setpgid(call: Invocation, given: Given) -> Running:
    """Myself or a child that has not done execve."""
    pid = yield from pid_of(given.operand(0, "0"))
    pgid = yield from pid_of(given.operand(1, "0"))
    yield Setpgid(pid, pgid)
    return 0


@command(
    "setpgrp",
    "lead a process group of my own",
    Topic.SESSIONS,
    man="setpgrp(2)",
    gap="performs the call; real systems have no such command",
    examples=("spawn a; a setpgrp; a getpgrp",),
    see=("setpgid",),
    rows=("P2",),
)
def setpgrp(call: Invocation, given: Given) -> Running:
    """The same as ``setpgid 0 0``."""
    yield Setpgid(0, 0)
    return 0
