"""Open files that are charged to containers (S1: BeanCounters and numfiles)."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from nsh.machine.cgroups import Cgroup, above
from nsh.machine.files import File
from nsh.machine.ids import CgroupId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

UNLIMITED: Final = (1 << 63) - 1
"""BC_MAXVALUE, LONG_MAX."""


@table
class Beancounter(Record):
    """Of one container, whose key it has: files that are open in its name, or in one's below."""

    held: int = 0
    maxheld: int = 0
    failcnt: int = 0
    """How often it had no room."""
    barrier: int = UNLIMITED
    """How many there may be for another to be opened,"""
    limit: int = UNLIMITED
    """and by who has CAP_SYS_ADMIN."""


@table
class ChargedFile(Record):
    """An open file that is charged, whose key it has."""

    container: CgroupId
    """In whose name it was opened; it stays so whoever has it, and wherever they go."""


@invariant
def _beancounters(machine: Machine) -> Iterator[str]:
    """Each holds what is charged to it and below, and only what is open."""
    held: Counter[int] = Counter()
    for key, charged in machine.items(ChargedFile):
        if machine.find(File, key) is None:
            yield f"file {key} is charged, and is not open"
        if machine.find(Cgroup, charged.container) is None:
            yield f"file {key} is charged to container {charged.container}, which is gone"
            continue
        held.update(above(machine, charged.container))
    for key, counter in machine.items(Beancounter):
        if counter.held != held.pop(key, 0):
            yield f"beancounter {key} holds {counter.held} files, and others are charged to it"
    for key in sorted(held):
        yield f"{held[key]} files are charged to container {key}, which counts none"
