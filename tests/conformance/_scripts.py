"""One script on both kernels, and where the steps differ; and of what random ones are made."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

from nsh.session.comparing.differences import compare
from nsh.session.comparing.seen import of_linux, of_model
from nsh.session.comparing.stage import like_a_stage
from nsh.session.comparing.telling import text_lines
from nsh.session.real.session import RealSession
from nsh.session.session import Session

WIDTH = 100
_WORD: Final = re.compile(r"\{(\w+)\}")


def commands(text: str) -> list[str]:
    """The lines of a table of commands."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def filled(chance: random.Random, text: str, choices: Mapping[str, Sequence[str]]) -> str:
    """*text* with one of its choices for each word in braces; they may have such words again."""
    while True:
        found = _WORD.sub(lambda word: chance.choice(choices[word[1]]), text)
        if found == text:
            return text
        text = found


def differences(text: str, name: str) -> list[str]:
    """As ``nsh compare`` tells them, a line each; none: the same on both.

    Raises :class:`nsh.linux.opening.Unavailable` where there are no real processes to be had.
    """
    model = Session(machine=like_a_stage(), keep=False)
    model.load(text, name)
    with RealSession(keep=False) as linux:
        linux.load(text, name)
        pairs = list(compare(list(of_model(model)), list(of_linux(linux))))
        restless = linux.restless
    assert not restless, f"it was not seen {restless} times that whoever has work is asleep"
    return list(text_lines(pairs, ("model", "linux"), WIDTH))
