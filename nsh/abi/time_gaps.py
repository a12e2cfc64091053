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
        "setns to a time namespace, by who shares its memory by `CLONE_VM`",
        "Is `EUSERS`",
        "Is done",
        "Nobody but threads shares memory here",
        ("setns", "clone2"),
        "who shares memory by CLONE_VM may go to another time namespace",
    ),
)
