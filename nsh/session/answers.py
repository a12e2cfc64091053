"""What the words of a prompt reply."""

from collections.abc import Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """What a word is for."""

    usage: str
    summary: str
    example: str
    """Lines that run as they stand on a new machine."""
    kind: str = ""
    """What its arguments name, for completion."""


class Answer(NamedTuple):
    """What a word comes to."""

    text: str = ""
    """To be shown; no newline at its end."""
    ok: bool = True
    perform: str = ""
    """To be performed now."""


class Refused(Exception):
    """A word cannot do what was asked; the text says why."""


def none(arguments: Sequence[str]) -> None:
    """There are no *arguments*; else :class:`Refused`."""
    if arguments:
        raise Refused("it wants nothing behind it")
