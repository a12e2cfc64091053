"""Requests about execution domains (personality(2))."""

from typing import Final

from nsh.abi.request import Request

UNAME26: Final = 0x0020000
ADDR_NO_RANDOMIZE: Final = 0x0040000
PER_CLEAR_ON_SETID: Final = ADDR_NO_RANDOMIZE | 0x0100000 | 0x0200000 | 0x0400000
"""MMAP_PAGE_ZERO, ADDR_COMPAT_LAYOUT and READ_IMPLIES_EXEC beside."""
ASK: Final = 0xFFFFFFFF
"""Changes nothing."""


class Personality(Request, frozen=True, gc=False):
    """personality(2).  Replies the old one."""

    persona: int
