"""A pasted transcript as a script: without the prompts in front and the answers between."""

import re
from typing import Final

from nsh.lang.unfinished import Verdict, judge

_PROMPT: Final = re.compile(r"[ \t]*(?:[^\s:#]+:[0-9]+ \S+|\(nobody\)) [#$](?: |$)(?P<typed>.*)")
_MORE: Final = re.compile(r"[ \t]*>(?: |$)(?P<typed>.*)")


def script(text: str) -> str:
    """What was typed, if *text* is a transcript (some line begins with a prompt like
    ``0:1 init # ``); else *text* itself, its lines ending as on Unix."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    if not any(_PROMPT.match(line) for line in lines):
        return "\n".join(lines)
    found: list[str] = []
    entry = ""
    for line in lines:
        prompted = _PROMPT.match(line)
        more = _MORE.match(line)
        if prompted is not None:
            found.append(prompted["typed"])
            entry = found[-1]
        elif found and entry and judge(entry).verdict is Verdict.UNFINISHED:
            found.append(line if more is None else more["typed"])
            entry += "\n" + found[-1]
        else:
            entry = ""  # an answer
    return "\n".join(found)
