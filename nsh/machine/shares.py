"""How siblings divide what their parent has (S0: classes; S1: ResGroups, which came of them)."""

from typing import Final

from nsh.machine.record import Record

DONT_CARE: Final = -1
PARTS: Final = 100


class Shares(Record):
    """Of one resource, in one container or class."""

    least: int = DONT_CARE
    """What is kept for it, in parts of what the one around it has to give away,"""
    most: int = DONT_CARE
    """and what it may have at most."""
    of_least: int = PARTS
    """Of how many parts the first is told by those in it,"""
    of_most: int = PARTS
    """and the second."""
