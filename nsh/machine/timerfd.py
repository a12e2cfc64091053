"""Files that no directory has: the node of a timer (timerfd_create(2))."""

from nsh.machine.record import Record


class AnonymousNode(Record):
    """A file of anon_inodefs, by what it is."""

    kind: str


class TimerNode(AnonymousNode):
    """The file of a timer."""

    timer: int
    """Its key in the table of timers."""
