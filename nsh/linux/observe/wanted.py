"""What to read: each costs system calls for every process."""

from typing import Final, NamedTuple


class Wanted(NamedTuple):
    """The parts of /proc that a look takes in."""

    threads: bool = False
    """Every thread, not only the leaders."""
    stat: bool = True
    """Terminal and start."""
    argv: bool = False
    cgroups: bool = False
    children: bool = False
    """``pid_for_children``, where it differs from pid."""
    files: bool = True
    """Open files: namespaces that nobody is in are held by them."""
    sockets: bool = True
    """Sockets among these: network namespaces are held by them as well."""
    mounts: bool = True
    """Mounts: the same, and the instances of devpts."""
    networks: bool = False
    """Links, addresses, and who listens, of every network namespace."""
    sysv: bool = False
    """SysV ipc objects of the reader's own namespace."""


USUAL: Final = Wanted(stat=False, files=False)
"""What the usual columns need."""
EVERYTHING: Final = Wanted(argv=True, cgroups=True, children=True, networks=True, sysv=True)
"""All but threads."""
