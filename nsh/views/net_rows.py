"""What the rows of networks tell, of a modelled machine and of an observed one."""

from typing import Final

from nsh.machine.ids import TaskId
from nsh.machine.record import Record

PLACES: Final = 1 << 24
"""Rows that a namespace could have."""


class NetRow(Record):
    """One link, or one socket that listens."""

    key: int
    """Its place in the order."""
    namespace: int
    container: str
    """Whose namespace it is, or ``#`` and its number."""
    first: bool
    """It is the first of its namespace."""
    what: str
    """A link's name and where it leads (``eth0@web``), or ``tcp`` and ``udp``."""
    state: str
    """``UP``, ``DOWN``, ``NO-CARRIER``; of a socket: ``LISTEN`` or ``UNCONN``."""
    addresses: tuple[str, ...]
    """``10.0.0.1/24``; of a socket ``0.0.0.0:80``."""
    owner: str = ""
    """Of a socket: who let it listen."""
    task: TaskId = TaskId(0)
    """That one, as long as it is there."""
    pid: int = 0
    """Its number as the viewer has it; 0: out of sight, or gone."""
    record: int = 0
    """The key of the link, or of the socket, of a modelled machine."""
