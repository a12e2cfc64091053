"""What the words of a prompt reply."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from nsh.machine.ids import SpaceId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Director
from nsh.machine.value import Machine

if TYPE_CHECKING:
    from nsh.session.beside import Side

QUIT: Final = "quit"
EXIT: Final = "exit"


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
    leave: bool = False
    """The person wants to leave nsh."""
    sides: "tuple[Side, Side] | None" = None
    """What to hold beside each other, where that can be done better than by the text."""


class Refused(Exception):
    """A word cannot do what was asked; the text says why."""


def none(arguments: Sequence[str]) -> None:
    """There are no *arguments*; else :class:`Refused`."""
    if arguments:
        raise Refused("it wants nothing behind it")


def leaves(machine: Machine) -> bool:
    """Whether ``exit`` by itself means the person's own leaving: the machine's init acts, whose
    exit would be a panic and nothing else, and no function is called so.  Whoever else acts ends
    by it."""
    root = machine.find(PidSpace, SpaceId(min(machine.rows(PidSpace), default=0)))
    director = machine.get(Director, 0)
    mine = root is not None and director.actor == root.init
    return mine and EXIT not in director.scope.functions
