"""Files that no directory has: the node of a timer (timerfd_create(2))."""

from typing import ClassVar

from nsh.machine.record import Record


class AnonymousNode(Record):
    """A file of anon_inodefs, by what it is."""

    mode: ClassVar[int] = 0o600
    by_path: ClassVar[bool] = False
    """Whether /proc/PID/fd/N opens it anew; its driver is then called as it is."""

    kind: str

    @property
    def number(self) -> int:
        """Its inode number; 0: that which most of them have in common."""
        return 0


class TimerNode(AnonymousNode):
    """The file of a timer."""

    timer: int
    """Its key in the table of timers."""
