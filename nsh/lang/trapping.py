"""The command line of ``trap``: which signals, and what is to be done about them."""

from typing import Final

from nsh.abi.signals import NSIG, RT_MIN, SaFlag, Sig, signal_name, signal_number
from nsh.lang.mistakes import UsageProblem
from nsh.machine.record import Record

USAGE: Final = "trap [--restart] SIGNAL… { … }, trap SIGNAL… ignore|default, or trap -l"

_DISPOSITIONS: Final = {"ignore": "ignore", "": "ignore", "default": "default", "-": "default"}


class Trapping(Record):
    """What a ``trap`` asks for."""

    signals: tuple[int, ...]
    handler: str
    """``ignore``, ``default``, or "" for the block behind."""
    flags: int = 0
    listing: bool = False


def parse_trap(argv: tuple[str, ...], has_block: bool) -> Trapping:
    """Take the words behind ``trap`` apart.  Raises UsageProblem.

    Both orders are taken: ``trap INT ignore`` and, as in sh(1), ``trap '' INT``.
    """
    words = list(argv)
    if words == ["-l"] and not has_block:
        return Trapping((), "", listing=True)
    flags = 0
    if words and words[0] == "--restart":
        flags = int(SaFlag.SA_RESTART)
        del words[0]
    handler = ""
    if not has_block:
        if len(words) > 1 and words[-1] in _DISPOSITIONS:
            handler = _DISPOSITIONS[words.pop()]
        elif len(words) > 1 and words[0] in _DISPOSITIONS:
            handler = _DISPOSITIONS[words.pop(0)]
        else:
            raise UsageProblem(f"usage: {USAGE}")
    if not words:
        raise UsageProblem(f"usage: {USAGE}")
    return Trapping(tuple(_signal(word) for word in words), handler, flags)


def _signal(word: str) -> int:
    number = signal_number(word)
    if number is None or number == 0:
        names = tuple(sig.name.removeprefix("SIG") for sig in Sig)
        raise UsageProblem(f"there is no signal called {word}", word, names, signal=True)
    return number


def listing() -> str:
    """What ``trap -l`` prints: number and name, five a line."""
    known = [signo for signo in range(1, NSIG + 1) if signo < Sig.SIGSYS + 1 or signo >= RT_MIN]
    cells = [f"{signo:2}) SIG{signal_name(signo):<12}" for signo in known]
    lines = [" ".join(cells[i : i + 5]).rstrip() for i in range(0, len(cells), 5)]
    return "\n".join(lines) + "\n"
