"""What proc keeps of its mounts (pid_namespaces(7); P4)."""

from nsh.machine.ids import SpaceId
from nsh.machine.record import Record


class Mounter(Record):
    """What proc keeps with a superblock."""

    space: SpaceId
    """The pid space it was mounted from, which it keeps alive."""
