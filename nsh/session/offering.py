"""What Tab needs, loaded behind the first prompt: the grammar and every command's declaration."""

from nsh.lang.completion import Completion, complete
from nsh.lang.unfinished import judge
from nsh.machine.value import Machine
from nsh.session.index import Index
from nsh.session.surroundings import Around
from nsh.userland.registry import commands

MANY = 5_000
"""Ids given out from which on the index is made before anybody asks."""


def warm(machine: Machine, index: Index) -> None:
    """Do beforehand what somebody would wait for; from another thread."""
    judge("{")  # the parser, which also Enter asks
    commands.names()
    if machine.serial > MANY:
        index.prepare(machine)


def offer(text: str, cursor: int, machine: Machine, index: Index) -> Completion:
    """What could stand at offset *cursor* of *text*."""
    return complete(text, cursor, commands, Around(machine, index))
