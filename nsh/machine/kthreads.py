"""Tasks that nobody has forked but the kernel itself (Documentation/kernel-hacking; S2, N5)."""

from nsh.machine.ids import TaskId
from nsh.machine.record import Record, table


@table
class Parentless(Record):
    """Those that are nobody's children (one row, key 0): kthreadd, and what is started without it.

    Whoever has gone since may still be named here.
    """

    tasks: tuple[TaskId, ...]
