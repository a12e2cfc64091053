"""Append-only: for screen readers, dumb terminals and pipes.  No redraw, no colour, no sound."""

import sys
from collections.abc import Callable

from nsh.lang.unfinished import Verdict, judge
from nsh.repl.keyboard import Keyboard

MORE = "> "


def read(prompt: str, keys: Keyboard, warn: Callable[[str], None]) -> str | None:
    """What is typed at *prompt*, further lines included; None at the end of input.

    ^C gives up what was begun.  *warn* is told of an end of input in the middle.
    """
    text = ""
    shown = prompt
    while True:
        sys.stdout.write(shown)
        sys.stdout.flush()
        line = keys.line()
        if line is None:
            keys.pressed()
            sys.stdout.write("\n")
            text, shown = "", prompt
            continue
        if not line:
            sys.stdout.write("\n")
            if text:
                warn("the end of input came in the middle; that is not performed")
            return None
        text += line.decode("utf-8", "replace").replace("\r\n", "\n")
        if judge(text).verdict is not Verdict.UNFINISHED:
            return text.rstrip("\n")
        shown = MORE
