"""What the rows of devpts tell, of a modelled machine and of an observed one."""

from typing import Final

from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.observed import Evidence
from nsh.machine.record import Record

PLACES: Final = 1 << 21
"""Rows that an instance could have: more than indices."""


class PtsRow(Record):
    """One slave, or an instance without any."""

    key: int
    """Its place in the order."""
    superblock: int
    instance: str
    """The container whose it is, or ``#`` and the superblock's number."""
    first: bool
    """It is the first of its instance."""
    mounts: int
    """How often the instance is mounted, in all mount namespaces together."""
    where: tuple[str, ...]
    """The paths to its mounts, as the viewer's first task sees them."""
    index: int
    """-1: the instance has none."""
    terminal: TerminalId
    leader: TaskId
    """Of the session that it controls; NOBODY: it is free."""
    owner: str
    """That one's name."""
    session: int
    """As the viewer sees it; 0: none, or not visible."""
    foreground: int
    """The foreground group, likewise."""
    uid: int
    """The file's owner."""
    held: tuple[str, ...] = ()
    """Who has an end of it open, of an observed machine."""
    evidence: Evidence = Evidence.FACT
    """How it is known who sits there."""
    opens: int = 0
    """Open files of the slave."""
    master: bool = False
    """The master is open."""
