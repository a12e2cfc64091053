"""timeout: a command with a time limit."""

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import Fork, Wait4, WaitOption, WaitResult, shell_status
from nsh.abi.signals import (
    How,
    Kill,
    Sig,
    SigDelivery,
    Sigprocmask,
    Sigtimedwait,
    bit,
    signal_number,
)
from nsh.abi.timers import Setitimer, Which
from nsh.userland.children import apart, end_with, execute
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.registry import Topic, command
from nsh.userland.sleep import nanoseconds

_LATE = 124
_USAGE = 125
_WATCHED = bit(Sig.SIGCHLD) | bit(Sig.SIGALRM)


@command(
    "timeout",
    "perform COMMAND, and end it if it still runs after DURATION",
    Topic.PROCESSES,
    options=(
        option("-s, --signal=SIGNAL", "by SIGNAL (TERM)", Kind.SIGNAL),
        option("-k, --kill-after=DURATION", "and by KILL, so long after that", Kind.NUMBER),
        option("--preserve-status", "COMMAND's status, even when it was ended"),
    ),
    operands=(
        required("DURATION", Kind.NUMBER),
        required("COMMAND", Kind.COMMAND, many=True),
    ),
    man="timeout(1)",
    gap="only COMMAND is signalled, not its group: as with --foreground",
    examples=("timeout 2 sleep 10 || echo status $?",),
    see=("sleep", "timer", "kill"),
    rows=("N12",),
    stops=True,
    trouble=_USAGE,
)
def timeout(call: Invocation, given: Given) -> Running:
    """124 if it was ended; 137 if by KILL; else COMMAND's own status."""
    signo = signal_number(given.get("signal", "TERM"))
    if signo is None:
        raise UsageError(f"{given.get('signal')}: invalid signal")
    limits = [(_limit(given.operand(0)), signo)]
    if given.has("kill-after"):
        limits.append((_limit(given.get("kill-after")), int(Sig.SIGKILL)))

    def work() -> Running:
        mask = yield Sigprocmask(How.SIG_BLOCK, _WATCHED)
        pid = yield Fork()
        if pid == 0:
            yield Sigprocmask(How.SIG_SETMASK, mask)
            yield from end_with(call, lambda: execute(call, given.operands[1:]))
        late = False
        status: int | None = None
        while status is None:
            limit, sent = limits.pop(0) if limits else (0, 0)
            yield Setitimer(Which.ITIMER_REAL, limit)
            while True:
                found: SigDelivery | None = None
                try:
                    found = yield Sigtimedwait(_WATCHED)
                except KernelError as error:
                    if error.errno is not Errno.EINTR:
                        raise
                ended: WaitResult = yield Wait4(pid, WaitOption.WNOHANG)
                if ended.pid:
                    status = ended.status
                    break
                if found is not None and found.signo == Sig.SIGALRM and sent:
                    late = True
                    yield Kill(pid, sent)
                    break
        yield Setitimer(Which.ITIMER_REAL, 0)
        killed = status & 0x7F == Sig.SIGKILL
        if late and not killed and not given.has("preserve-status"):
            return _LATE
        return shell_status(status)

    return (yield from apart(call, work))


def _limit(text: str) -> int:
    """Nanoseconds; 0 for none."""
    found = nanoseconds(text)
    return 0 if found is None else -int(-found // 1)
