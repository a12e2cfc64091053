"""Device namespaces: which devices there are for those in one (N7)."""

from collections.abc import Iterator

from nsh.machine.invariants import invariant
from nsh.machine.namespaces import Nested
from nsh.machine.record import table
from nsh.machine.value import Machine


@table
class DevSpace(Nested):
    """One device namespace and its white list.  What a list lacks is also lacking further in."""

    listed: frozenset[str] | None = None
    """``null``, ``pts/*``, ``c 4:64``, ``b 8:*``, …; None: every device (the first namespace)."""


@invariant
def _white_lists(machine: Machine) -> Iterator[str]:
    """Only the first device namespace has every device."""
    for key, space in machine.items(DevSpace):
        if (space.listed is None) != (len(space.path) == 1):
            yield f"device namespace {key} has the list {space.listed}"
