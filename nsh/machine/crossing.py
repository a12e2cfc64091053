"""What crosses the user/kernel boundary in translation: S0's "(de-)virtualized" ids (P6)."""

from nsh.machine.ids import NamespaceId, SpaceId, TaskId
from nsh.machine.record import Record


class Crossing(Record):
    """One id on its way in (``inward``: number -> task) or out (task -> number)."""

    inward: bool
    what: str
    """``pid``, ``tid``, ``pgid``, ``sid`` or ``cid``."""
    number: int
    """As the caller says or sees it; 0 where nothing is visible."""
    space: SpaceId
    """Whose numbers."""
    task: TaskId
    """Whom it names; 0 for nobody."""
    kpid: int
    """That task's number in the root space; 0 for nobody."""


class UserCrossing(Crossing):
    """The same of a user or group (``what`` is ``uid`` or ``gid``), of a user namespace that is
    not the first; ``kpid`` is who it is there, -1 for nobody."""

    userns: NamespaceId = NamespaceId(0)
    """Whose numbers."""
