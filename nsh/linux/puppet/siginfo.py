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
_SIGCHLD: Final = 17
_SI_SIGIO: Final = -5
_BANDS: Final = (0x41, 0x304, 0x441, 0x8, 0x82, 0x18)
"""What POLL_IN to POLL_HUP, which are the same numbers, have where a child's has its pid."""


def told(signo: int, words: ctypes.Array[ctypes.c_int]) -> tuple[int, int, int, int, int, int]:
    """Pid and uid of who sent it, a child's status, a value, a descriptor and what has happened to
    that, of the ints of a ``siginfo_t``; 0 for what its code has no room for.

    Of an exit signal other than SIGCHLD the code does not say whether it is a file's.
    """
    code = words[2]
    child = code in _CLD
    if code == _SI_SIGIO or (
        child and signo != _SIGCHLD and (words[4], words[5]) == (_BANDS[code - 1], 0)
    ):
        return 0, 0, 0, 0, words[6], words[4]
    sent = child or code <= 0
    return (
        words[4] if sent else 0,
        words[5] if sent else 0,
        words[6] if child else 0,
        words[6] if code in _WITH_VALUE else 0,
        0,
        0,
    )
