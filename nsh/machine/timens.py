"""Time namespaces: how far two of the clocks are shifted (time_namespaces(7); S2, N12)."""

from typing import Final

from nsh.machine.namespaces import Namespace
from nsh.machine.record import table

OF_CPU: Final = (2, 3)
"""CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID: they count what a process computes."""


@table
class TimeSpace(Namespace):
    """One time namespace.  Offsets are nanoseconds, added to what the machine's clocks show."""

    monotonic: int = 0
    boottime: int = 0
    frozen: bool = False
    """A task has been in it: what its clocks showed cannot be taken back."""
