"""What a process may say about itself: prctl(2), and its signal masks."""

from nsh.abi.invocation import Invocation, Running
from nsh.abi.prctl import Prctl, PrctlOption
from nsh.abi.signals import (
    NSIG,
    How,
    Sigpending,
    Sigprocmask,
    bit,
    signal_name,
    signal_number,
)
from nsh.userland.options import Given, Kind, UsageError, option, optional, required
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_NAMES = {
    "name": (PrctlOption.PR_GET_NAME, PrctlOption.PR_SET_NAME),
    "pdeathsig": (PrctlOption.PR_GET_PDEATHSIG, PrctlOption.PR_SET_PDEATHSIG),
    "subreaper": (PrctlOption.PR_GET_CHILD_SUBREAPER, PrctlOption.PR_SET_CHILD_SUBREAPER),
    "dumpable": (PrctlOption.PR_GET_DUMPABLE, PrctlOption.PR_SET_DUMPABLE),
    "keepcaps": (PrctlOption.PR_GET_KEEPCAPS, PrctlOption.PR_SET_KEEPCAPS),
    "no_new_privs": (PrctlOption.PR_GET_NO_NEW_PRIVS, PrctlOption.PR_SET_NO_NEW_PRIVS),
}
_TRUTH = {"on": 1, "1": 1, "off": 0, "0": 0}


@command(
    "prctl",
    "print or set the caller's name, pdeathsig, dumpable, …",
    Topic.PROCESSES,
    operands=(required("WHAT", Kind.NAME, choices=_NAMES.keys()), optional("VALUE")),
    man="prctl(2)",
    gap="WHAT is name, pdeathsig, subreaper, dumpable, keepcaps or no_new_privs; real systems have "
    "no such command",
    examples=("spawn w; w prctl name worker; ps", "prctl pdeathsig TERM; prctl pdeathsig"),
    see=("subreaper", "trap", "setpriv"),
    rows=("P10",),
)
def prctl(call: Invocation, given: Given) -> Running:
    """Without VALUE print it."""
    what = given.operand(0).lower().removeprefix("pr_set_").removeprefix("pr_get_")
    what = what.removeprefix("child_")
    if what not in _NAMES:
        raise UsageError(f"unknown option '{given.operand(0)}': there are {', '.join(_NAMES)}")
    ask, tell = _NAMES[what]
    if len(given.operands) == 1:
        answer = yield Prctl(ask)
        if what == "pdeathsig":
            answer = signal_name(answer) if answer else "0"
        yield from write(1, f"{answer}\n")
        return 0
    value = given.operand(1)
    if what == "name":
        yield Prctl(tell, value)
    elif what == "pdeathsig":
        signo = signal_number(value)
        if signo is None:
            raise UsageError(f"unknown signal name {value}")
        yield Prctl(tell, signo)
    else:
        yield Prctl(tell, _truth(value))
    return 0


@command(
    "subreaper",
    "say, or set, whether the caller adopts orphaned descendants",
    Topic.PROCESSES,
    operands=(optional("on|off", choices=("on", "off")),),
    man="PR_SET_CHILD_SUBREAPER(2const)",
    gap="performs prctl(2); real systems have no such command",
    examples=("spawn s; s subreaper on; s subreaper",),
    see=("prctl", "wait"),
    rows=("P10",),
)
def subreaper(call: Invocation, given: Given) -> Running:
    """Without an operand print on or off."""
    if given.operands:
        yield Prctl(PrctlOption.PR_SET_CHILD_SUBREAPER, _truth(given.operand(0)))
    else:
        on = yield Prctl(PrctlOption.PR_GET_CHILD_SUBREAPER)
        yield from write(1, "on\n" if on else "off\n")
    return 0


def _truth(text: str) -> int:
    if text.lower() not in _TRUTH:
        raise UsageError(f"'{text}' is neither on nor off")
    return _TRUTH[text.lower()]


@command(
    "sigprocmask",
    "print the signals that the caller blocks, or change them",
    Topic.SIGNALS,
    options=(
        option("-b, --block", "block SIGNALs as well"),
        option("-u, --unblock", "no longer block SIGNALs"),
        option("-s, --set", "block SIGNALs and no others"),
    ),
    operands=(optional("SIGNAL", Kind.SIGNAL, many=True),),
    man="sigprocmask(2)",
    gap="performs the call; real systems have no such command",
    examples=("spawn w; w sigprocmask -b TERM; kill w; w sigpending",),
    see=("sigpending", "trap", "kill"),
    rows=("P11",),
)
def sigprocmask(call: Invocation, given: Given) -> Running:
    """Names, one a line, without any option."""
    if not given.options:
        mask = yield Sigprocmask(How.SIG_BLOCK, 0)
        yield from write(1, _listed(mask))
        return 0
    mask = 0
    for name in given.operands:
        signo = signal_number(name)
        if not signo:
            raise UsageError(f"unknown signal name {name}")
        mask |= bit(signo)
    how = {"block": How.SIG_BLOCK, "unblock": How.SIG_UNBLOCK, "set": How.SIG_SETMASK}
    yield Sigprocmask(how[given.last(*how)], mask)
    return 0


@command(
    "sigpending",
    "print the signals that wait until the caller unblocks them",
    Topic.SIGNALS,
    man="sigpending(2)",
    gap="performs the call; real systems have no such command",
    examples=("spawn w; w sigprocmask -b TERM; kill w; w sigpending",),
    see=("sigprocmask", "kill"),
    rows=("P11",),
)
def sigpending(call: Invocation, given: Given) -> Running:
    """Names, one a line."""
    mask = yield Sigpending()
    yield from write(1, _listed(mask))
    return 0


def _listed(mask: int) -> str:
    return "".join(f"{signal_name(n)}\n" for n in range(1, NSIG + 1) if mask & bit(n))
