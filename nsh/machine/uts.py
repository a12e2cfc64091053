"""The uts namespace: the names of the system (uts_namespaces(7); N3)."""

from nsh.machine.namespaces import Namespace
from nsh.machine.record import table


@table
class Uts(Namespace):
    """One uts namespace."""

    nodename: str
    domainname: str = "(none)"
    release: str = ""
    """What the kernel is said to be, where that can be set; "": what it is."""
