"""What a ``siginfo_t`` tells (sigaction(2))."""

from __future__ import annotations

import ctypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

SI_QUEUE: Final = -1
_WITH_VALUE: Final = (SI_QUEUE, -2, -3)
"""And SI_TIMER, SI_MESGQ."""
_CLD: Final = range(1, 7)
"""CLD_EXITED to CLD_CONTINUED: of a child, whatever its exit signal is."""


def told(words: ctypes.Array[ctypes.c_int]) -> tuple[int, int, int, int]:
    """Pid and uid of who sent it, a child's status and a value, of the ints of a ``siginfo_t``; 0
    for what its code has no room for."""
    code = words[2]
    child = code in _CLD
    sent = child or code <= 0
    return (
        words[4] if sent else 0,
        words[5] if sent else 0,
        words[6] if child else 0,
        words[6] if code in _WITH_VALUE else 0,
    )
