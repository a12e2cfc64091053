"""What an instance of devpts keeps (Documentation/filesystems/devpts.rst; N8)."""

from typing import Final

from immutables import Map

from nsh.machine.ids import TerminalId
from nsh.machine.record import Record

ROOT_INO: Final = 1
PTMX_INO: Final = 2
FIRST_INO: Final = 3
"""The inode number of slave 0; the others follow."""


class DevPts(Record):
    """The data of a devpts superblock: its options, and its pseudo terminals."""

    mode: int = 0o600
    """Of new slaves."""
    ptmxmode: int = 0
    """Of ``ptmx``."""
    uid: int | None = None
    """Owner of new slaves; None: who opens the master."""
    gid: int | None = None
    most: int | None = None
    """Option ``max``: pseudo terminals at most; None: as many as the machine allows."""
    used: Map[int, None] = Map()
    """Indices that are taken: from the opening of the master to the last close of either side."""
    shown: Map[int, TerminalId] = Map()
    """The slaves that have a name here, by index."""


class DevPtsNode(Record):
    """The node of the root directory (-1), of ``ptmx`` (-2), or of a slave (its index)."""

    index: int
