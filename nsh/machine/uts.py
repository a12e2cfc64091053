"""The uts namespace: the names of the system (uts_namespaces(7); N3)."""

from nsh.machine.files import Opened
from nsh.machine.namespaces import Namespace
from nsh.machine.record import Record, table


@table
class Uts(Namespace):
    """One uts namespace."""

    nodename: str
    domainname: str = "(none)"
    release: str = ""
    """What the kernel is said to be, where that can be set; "": what it is."""


@table
class UtsEvents(Record):
    """How often a name was set, in whatever uts namespace (one row, key 0)."""

    nodename: int = 0
    domainname: int = 0


class NameFile(Opened):
    """What an open file of /proc/sys/kernel/{hostname,domainname} keeps."""

    event: int
    """Which of them poll(2) has told of."""
