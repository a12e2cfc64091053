"""Signals: numbers, names, default actions, and the requests about them (signal(7))."""

from enum import IntEnum, IntFlag
from typing import ClassVar, Final

from nsh.abi.request import Request


class Sig(IntEnum):
    """Signal numbers of x86-64; real-time signals are plain integers 34..64."""

    SIGHUP = 1
    SIGINT = 2
    SIGQUIT = 3
    SIGILL = 4
    SIGTRAP = 5
    SIGABRT = 6
    SIGBUS = 7
    SIGFPE = 8
    SIGKILL = 9
    SIGUSR1 = 10
    SIGSEGV = 11
    SIGUSR2 = 12
    SIGPIPE = 13
    SIGALRM = 14
    SIGTERM = 15
    SIGSTKFLT = 16
    SIGCHLD = 17
    SIGCONT = 18
    SIGSTOP = 19
    SIGTSTP = 20
    SIGTTIN = 21
    SIGTTOU = 22
    SIGURG = 23
    SIGXCPU = 24
    SIGXFSZ = 25
    SIGVTALRM = 26
    SIGPROF = 27
    SIGWINCH = 28
    SIGIO = 29
    SIGPWR = 30
    SIGSYS = 31


NSIG: Final = 64
RT_MIN: Final = 34
"""SIGRTMIN as programs see it (glibc keeps 32 and 33 to itself)."""


def bit(signo: int) -> int:
    """The mask with only *signo*, as in sigset_t and /proc/PID/status."""
    return 1 << (signo - 1)


STOPS: Final = bit(Sig.SIGSTOP) | bit(Sig.SIGTSTP) | bit(Sig.SIGTTIN) | bit(Sig.SIGTTOU)
IGNORED: Final = bit(Sig.SIGCHLD) | bit(Sig.SIGCONT) | bit(Sig.SIGURG) | bit(Sig.SIGWINCH)
"""Default action: ignore (SIGCONT continues whatever its disposition)."""
CORES: Final = (
    bit(Sig.SIGQUIT)
    | bit(Sig.SIGILL)
    | bit(Sig.SIGTRAP)
    | bit(Sig.SIGABRT)
    | bit(Sig.SIGFPE)
    | bit(Sig.SIGSEGV)
    | bit(Sig.SIGBUS)
    | bit(Sig.SIGSYS)
    | bit(Sig.SIGXCPU)
    | bit(Sig.SIGXFSZ)
)
SYNCHRONOUS: Final = (
    bit(Sig.SIGSEGV)
    | bit(Sig.SIGBUS)
    | bit(Sig.SIGILL)
    | bit(Sig.SIGTRAP)
    | bit(Sig.SIGFPE)
    | bit(Sig.SIGSYS)
)
"""What an instruction of the program causes; taken before all others."""
UNBLOCKABLE: Final = bit(Sig.SIGKILL) | bit(Sig.SIGSTOP)


def signal_name(signo: int) -> str:
    """``KILL`` for 9, ``RTMIN+2`` for 36; the number itself where there is no name."""
    try:
        return Sig(signo).name.removeprefix("SIG")
    except ValueError:
        if RT_MIN <= signo <= NSIG:
            return "RTMIN" if signo == RT_MIN else f"RTMIN+{signo - RT_MIN}"
        return str(signo)


def signal_number(text: str) -> int | None:
    """The number meant by ``9``, ``KILL``, ``SIGKILL``, ``RTMIN+2`` (any case), or None."""
    if text.isascii() and text.isdigit():
        number = int(text)
        return number if 0 <= number <= NSIG else None
    name = text.upper().removeprefix("SIG")
    if name == "0":
        return 0
    for base, start, sign in (("RTMIN", RT_MIN, 1), ("RTMAX", NSIG, -1)):
        if name == base:
            return start
        mark = base + ("+" if sign > 0 else "-")
        if name.startswith(mark) and name[len(mark) :].isdigit():
            number = start + sign * int(name[len(mark) :])
            return number if RT_MIN <= number <= NSIG else None
    aliases = {"IOT": Sig.SIGABRT, "CLD": Sig.SIGCHLD, "POLL": Sig.SIGIO}
    if name in aliases:
        return int(aliases[name])
    member = Sig.__members__.get("SIG" + name)
    return None if member is None else int(member)


class SiCode(IntEnum):
    """``si_code`` (sigaction(2)); the CLD values only with SIGCHLD."""

    SI_USER = 0
    SI_KERNEL = 128
    SI_QUEUE = -1
    SI_TIMER = -2
    """Of a POSIX timer: ``pid`` is its number then, and ``uid`` how many expiries were missed."""
    SI_MESGQ = -3
    SI_SIGIO = -5
    SI_TKILL = -6
    CLD_EXITED = 1
    CLD_KILLED = 2
    CLD_DUMPED = 3
    CLD_STOPPED = 5
    CLD_CONTINUED = 6


class PollCode(IntEnum):
    """``si_code`` of what F_SETSIG has chosen: what has happened to the file (fcntl(2))."""

    POLL_IN = 1
    POLL_OUT = 2
    POLL_MSG = 3
    POLL_ERR = 4
    POLL_PRI = 5
    POLL_HUP = 6


BANDS: Final = {
    PollCode.POLL_IN: 0x41,
    PollCode.POLL_OUT: 0x304,
    PollCode.POLL_MSG: 0x441,
    PollCode.POLL_ERR: 0x8,
    PollCode.POLL_PRI: 0x82,
    PollCode.POLL_HUP: 0x18,
}
"""``si_band`` of each: what poll(2) calls it."""
OWN_CODES: Final = SYNCHRONOUS | bit(Sig.SIGCHLD)
"""Signals whose ``si_code`` means something of their own: of these it is SI_SIGIO."""


class SaFlag(IntFlag):
    """``sa_flags`` (sigaction(2))."""

    SA_NOCLDSTOP = 0x1
    SA_NOCLDWAIT = 0x2
    SA_SIGINFO = 0x4
    SA_RESTART = 0x10000000
    SA_NODEFER = 0x40000000
    SA_RESETHAND = 0x80000000


class How(IntEnum):
    """First argument of sigprocmask(2)."""

    SIG_BLOCK = 0
    SIG_UNBLOCK = 1
    SIG_SETMASK = 2


class Kill(Request, frozen=True, gc=False):
    """kill(2).  Replies 0; EINVAL, ESRCH, EPERM."""

    pid: int
    signo: int


class Tgkill(Request, frozen=True, gc=False):
    """tgkill(2); with ``tgid`` -1 it is tkill(2).  Replies 0; EINVAL, ESRCH, EPERM."""

    tgid: int
    tid: int
    signo: int


class Sigqueue(Request, frozen=True, gc=False):
    """sigqueue(3).  Replies 0; EINVAL, ESRCH, EPERM, EAGAIN."""

    pid: int
    signo: int
    value: int


class Sigaction(Request, frozen=True, gc=False):
    """sigaction(2).  ``handler``: "default", "ignore", a name of the program's own, or None to
    only ask.  Replies the old handler; EINVAL for SIGKILL, SIGSTOP and numbers out of range."""

    signo: int
    handler: str | None = None
    mask: int = 0
    flags: int = 0


class Sigprocmask(Request, frozen=True, gc=False):
    """sigprocmask(2), for the calling thread.  Replies the old mask; EINVAL."""

    how: int
    mask: int


class Sigpending(Request, frozen=True, gc=False):
    """sigpending(2).  Replies the mask of signals pending for thread and process."""


class Pause(Request, frozen=True, gc=False):
    """pause(2).  Never replies but with EINTR."""

    restarts: ClassVar[bool] = False


class Sigtimedwait(Request, frozen=True, gc=False):
    """sigtimedwait(2).  Replies a :class:`SigDelivery`; EAGAIN when time runs out, EINTR."""

    restarts: ClassVar[bool] = False

    mask: int
    timeout: int | None = None
    """Nanoseconds; None waits for ever."""


class SigDelivery(Request, frozen=True, gc=False):
    """A signal handed to a program: ``siginfo_t``, in the receiver's numbers."""

    signo: int
    code: int
    pid: int
    uid: int
    status: int
    value: int
    fd: int
    """Of F_SETSIG: the descriptor through which O_ASYNC was set."""
    band: int
    """Of F_SETSIG: what poll(2) would tell of it."""
    handler: str
    mask: int
    """The signal mask to go back to: what the handler's :class:`Sigreturn` says."""


class Sigreturn(Request, frozen=True, gc=False):
    """sigreturn(2): a handler is done; ``mask`` becomes the thread's signal mask again."""

    mask: int
