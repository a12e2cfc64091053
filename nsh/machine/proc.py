"""What proc keeps of its mounts (pid_namespaces(7); P4)."""

from nsh.machine.ids import SpaceId
from nsh.machine.record import Record


class Mounter(Record):
    """What proc keeps with a superblock."""

    space: SpaceId
    """The pid space it was mounted from, which it keeps alive."""
    hidepid: int = 0
    """From whom it hides tasks: 0 nobody, 1 their files, 2 that they are there, 4 all of them from
    who may not look into them."""
    gid: int = 0
    """A group that they are not hidden from."""
    pids_only: bool = False
    """Whether it shows nothing but tasks (``subset=pid``)."""
