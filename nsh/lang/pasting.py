"""A pasted transcript as a script: without the prompts in front and the answers between."""

import re
from collections.abc import Callable
from typing import Final

from nsh.lang.unfinished import Verdict, judge

_PROMPT: Final = re.compile(
    r"[ \t]*(?:[^\s:#]+:[0-9]+(?: (?P<comm>\S+))?|\(nobody\)) [#$](?: |$)(?P<typed>.*)"
)
"""``0:1 init # ``; where it is narrow, who acts is left out."""
_MORE: Final = re.compile(r"[ \t]*>(?: |$)(?P<typed>.*)")


def script(text: str, is_command: Callable[[str], bool]) -> str:
    """What was typed, if *text* is a transcript; else *text* itself, its lines ending as on Unix.

    It is one if it begins with a prompt like ``0:1 init # ``, or has one somewhere.  There
    ``web:1 ps # what it sees`` is none, for ``ps`` is a command's name, and that a comment.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    prompts = [_PROMPT.match(line) for line in lines]
    actors = [one["comm"] for one in prompts if one is not None]
    if prompts[0] is None and all(name is not None and is_command(name) for name in actors):
        return "\n".join(lines)
    found: list[str] = []
    entry = ""
    for line, prompted in zip(lines, prompts, strict=True):
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
