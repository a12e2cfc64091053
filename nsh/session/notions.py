"""Pages of help on what is neither a command nor a word: signals, references, pages of the manual,
and the profile that is no document's."""

import re
from collections.abc import Mapping
from typing import Final

from nsh.abi.signals import CORES, IGNORED, STOPS, UNBLOCKABLE, Sig, bit, signal_number
from nsh.userland.registry import commands

REF: Final = """\
REF: a task, as one names it to `as`, or with no command of that name, alone:
  LABEL          what it was spawned as: httpd.2
  CID:PID        its container and its number there: web:1, 0:12
  :PID           its number in one's own container
  PID            the same, as an argument
`as REF COMMAND` and `REF COMMAND` have it perform that; `as REF` moves the
prompt there. See `help as`.
"""
ALL: Final = """\
all: every mechanism, and of every policy its default: what a machine has that
is told nothing else. `help policies` lists them, `help profiles` tells the
positions of the documents.
"""
_PAGES: Final[Mapping[str, str]] = {"REF": REF, "all": ALL}
NAMES: Final = (*_PAGES, *(signal.name for signal in Sig))
_OF_THE_MANUAL: Final = r"([\w.+-]+)\((\d\w*)\)"


def page(topic: str) -> str | None:
    """The page on *topic*, None if there is none."""
    for name, text in _PAGES.items():
        if topic.casefold() == name.casefold():
            return text
    if topic.upper().startswith("SIG") and (signo := signal_number(topic)):
        return _signal(signo)
    return None


def of_the_manual(topic: str) -> list[str]:
    """The commands that follow the page of the manual that *topic* names, as ``kill(2)`` does: the
    one of its name, else those that say so."""
    found = re.fullmatch(_OF_THE_MANUAL, topic)
    if found is None:
        return []
    if commands.find(found[1]) is not None:
        return [found[1]]
    return [one.name for one in commands if topic in re.findall(r"[\w.+-]+\(\w+\)", one.man)]


def _signal(signo: int) -> str:
    try:
        name = Sig(signo).name
    except ValueError:
        name = f"real-time signal {signo}"
    mask = bit(signo)
    if mask & STOPS:
        does = "it stops the process"
    elif signo == Sig.SIGCONT:
        does = "it has a stopped process go on, handled or not"
    elif mask & IGNORED:
        does = "nothing"
    else:
        does = "it ends the process" + " with a core dump" * bool(mask & CORES)
    more = "It can be neither handled, ignored nor blocked.\n" * bool(mask & UNBLOCKABLE)
    return (
        f"{name} ({signo}): by default {does}.\n{more}"
        "Sent by `kill`, handled by `trap`.\nSee:      signal(7), help signals\n"
    )
