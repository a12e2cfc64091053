"""Programs that run programs, as on a real system: in a child of whoever asked for them.

The acting task is its own shell: a tool that changes itself and then becomes another program
(``unshare --uts hostname web``) has to be a process of its own, which :func:`apart` makes of it
unless it is one.
"""

from collections.abc import Callable, Sequence

from nsh.abi import Errno, KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.process import Execve, ExitGroup, Fork, Getpid, Wait4, WaitResult, shell_status
from nsh.abi.signals import Kill
from nsh.userland.options import UsageError
from nsh.userland.streams import Asking, complain, say

NOT_FOUND = 127
NOT_EXECUTABLE = 126


def apart(call: Invocation, work: Callable[[], Running]) -> Running:
    """Do *work* in a child that is called like the command, wait for it, and have its status."""
    if call.executed:
        return (yield from end_with(call, work))
    pid = yield Fork()
    if pid == 0:
        yield Prctl(PrctlOption.PR_SET_NAME, call.name)
        yield from end_with(call, work)
    return (yield from status_of(pid))


def end_with(call: Invocation, work: Callable[[], Running]) -> Running:
    """Do *work*, which may fail, and exit with its status.  Does not return."""
    try:
        status = yield from work()
    except UsageError as error:
        yield from say(call, str(error))
        status = 1 if error.status is None else error.status
    except KernelError as error:
        yield from complain(call, "", error)
        status = 1
    yield ExitGroup(status)
    return status


def status_of(pid: int) -> Asking[int]:
    """Wait for the child *pid* to end; ``$?`` for it.  A signal's handler does not end the wait."""
    return shell_status((yield from end_of(pid)))


def end_of(pid: int) -> Asking[int]:
    """The same; how it has ended, as wait(2) tells."""
    while True:
        try:
            found: WaitResult = yield Wait4(pid)
        except KernelError as error:
            if error.errno is not Errno.EINTR:
                raise
        else:
            return found.status


def end_like(status: int) -> Asking[int]:
    """Die of the signal that a child has died of; else ``$?`` for its end."""
    signo = status & 0x7F
    if signo:
        me: int = yield Getpid()
        yield Kill(me, signo)
    return shell_status(status)


def execute(call: Invocation, argv: Sequence[str], trouble: int = 0) -> Running:
    """Become *argv*.  Returns only if that cannot be, with the status that tells so: *trouble*, or
    what shells have."""
    try:
        yield Execve(argv[0], tuple(argv))
    except KernelError as error:
        yield from complain(call, f"failed to execute {argv[0]}", error)
        if trouble:
            return trouble
        return NOT_FOUND if error.errno is Errno.ENOENT else NOT_EXECUTABLE
    return 0  # not reached: an execve that does not fail does not return
