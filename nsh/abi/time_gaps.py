"""Where clocks, timers and locks of the model are otherwise than Linux's: rows of
:class:`nsh.abi.gaps.Gap`, which that module makes of them."""

from typing import Final

Row = tuple[str, str, str, str, tuple[str, ...], str]

GAPS: Final[tuple[Row, ...]] = (
    (
        "Clocks of processor time, `ITIMER_VIRTUAL`, `ITIMER_PROF`",
        "Count what a process computes",
        "Stand still: what waits for them waits for ever",
        "No time is ever used: a step takes none",
        ("clock", "timer", "setitimer"),
        "clocks of processor time stand still, for none is used",
    ),
    (
        "`clock_settime`",
        "Sets the wall clock",
        "Is not there",
        "A run must be repeatable; nothing here goes by the date",
        ("date", "hwclock"),
        "nobody can set the system's clock",
    ),
    (
        "`/proc/locks` on a machine of several processors",
        "A list for each, the newest first",
        "One list, the newest first",
        "A run must be repeatable",
        ("lslocks",),
        "locks are listed the newest first, whichever processor they were made on",
    ),
    (
        "A child made with `CLONE_VM` alone, and time namespaces",
        "Stays where its parent is until it does execve",
        "Goes to its parent's `time_for_children` at once",
        "Only vfork's child is so, and does execve next",
        ("clone2",),
        "a child by CLONE_VM is in its parent's time_for_children at once",
    ),
)
