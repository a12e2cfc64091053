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
    """What was typed, if *text* is a transcript; else all of it, its lines ending as on Unix."""
    return "\n".join(entries(text, is_command) or _lines(text))


def entries(text: str, is_command: Callable[[str], bool]) -> tuple[str, ...]:
    """What was typed, one entry a prompt, if *text* is a transcript; else nothing.

    It is one if it begins with a prompt like ``0:1 init # ``, or has one somewhere.  There
    ``web:1 ps # what it sees`` is none, for ``ps`` is a command's name, and that a comment.
    """
    lines = _lines(text)
    prompts = [_PROMPT.match(line) for line in lines]
    actors = [one["comm"] for one in prompts if one is not None]
    if prompts[0] is None and all(name is not None and is_command(name) for name in actors):
        return ()
    found: list[str] = []
    open_ = False
    for line, prompted in zip(lines, prompts, strict=True):
        more = _MORE.match(line)
        if prompted is not None:
            found.append(prompted["typed"])
            open_ = True
        elif open_ and found[-1] and judge(found[-1]).verdict is Verdict.UNFINISHED:
            found[-1] += "\n" + (line if more is None else more["typed"])
        else:
            open_ = False  # an answer
    return tuple(found)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
