"""What ``nsh help`` and ``nsh explain`` print."""

import sys
from textwrap import fill

from nsh import console
from nsh.pager import page
from nsh.pages import SAID
from nsh.session import manual
from nsh.session.words import explained


def subcommand(name: str) -> str:
    """That ``nsh NAME`` is something, too, for whoever asks about a word of the language."""
    told = fill(f"On the command line nsh {name} is another thing: {SAID[name]}.", 80)
    return f"\n{told}\nSee:      nsh {name} --help\n"


def help_on(words: list[str], before: str = "", behind: str = "") -> int:
    """``nsh help``: *before*, and the list of commands, or everything about one thing, and
    *behind*."""
    text = manual.page(words)
    if text is None:
        console.complain(f"there is no help on {' '.join(words)!r}{manual.suggestion(words)}")
        return 2
    page(before + text + behind)
    return 0


def explain(code: str) -> int:
    """``nsh explain``: what the code of an error means."""
    text = explained(code)
    if text is None:
        console.complain(f"there is no code {code!r}: NSH-E0101 is one, or ESRCH")
        return 2
    sys.stdout.write(text + "\n")
    return 0
