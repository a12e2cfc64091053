"""The colours of what is printed: sixteen of the terminal's own, and never the only sign."""

import re
from typing import Final

BOLD: Final = "1"
DIM: Final = "2"
GOOD: Final = "32"
BAD: Final = "1;31"
PLACE: Final = "1;34"

_RULES: Final = (
    (re.compile(r"(error\[.*?\])(: .*)"), (BAD, BOLD)),
    (re.compile(r"( *--> )(.*)"), (PLACE, "")),
    (re.compile(r"( *\|)( *\^+.*)"), (PLACE, BAD)),
    (re.compile(r"( *= help:)(.*)"), (BOLD, "")),
    (re.compile(r"([ \d]*\|)(.*)"), (PLACE, "")),
)
"""The lines of a diagnostic, each in two parts; the first that fits."""
_PLACE: Final = re.compile(r".*?:\d+:")


def dyed(text: str, code: str) -> str:
    """*text* in a colour, or as it is."""
    return f"\033[{code}m{text}\033[0m" if text and code else text


def diagnostic(text: str) -> str:
    """What is wrong with a script, as rendered, in colours."""
    return "\n".join(map(_line, text.split("\n")))


def _line(line: str) -> str:
    for pattern, codes in _RULES:
        if (found := pattern.fullmatch(line)) is not None:
            return "".join(map(dyed, found.groups(), codes))
    return line


def report(line: str) -> str:
    """A line of what ``nsh check`` tells: what is ok in green, what is not in red, more about it
    fainter."""
    if line.startswith(("#", " ")):
        return dyed(line, DIM)
    for mark, code in (("not ok", BAD), ("ok", GOOD)):
        if line.startswith(mark + " "):
            return dyed(mark, code) + line.removeprefix(mark)
    place = _PLACE.match(line)
    return line if place is None else dyed(place[0], BAD) + line[place.end() :]


def comparison(line: str) -> str:
    """A line of what ``nsh compare`` tells: statements stand out, and what differs first."""
    if line.startswith(">"):
        return dyed(line, BAD)
    return dyed(line, BOLD) if line[:1].strip() else line


def exploration(line: str) -> str:
    """A line of what ``nsh explore`` tells of outcomes: those that fail stand out."""
    if not line[:1].isdigit():
        return line
    number, _, rest = line.partition(" ")
    return dyed(f"{number} {rest}", BAD if rest.startswith("fails") else GOOD)
