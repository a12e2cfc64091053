"""Requests about execution domains (personality(2))."""

from typing import Final

from nsh.abi.request import Request

UNAME26: Final = 0x0020000
ADDR_NO_RANDOMIZE: Final = 0x0040000
ASK: Final = 0xFFFFFFFF
"""Changes nothing."""


class Personality(Request, frozen=True, gc=False):
    """personality(2).  Replies the old one."""

    persona: int
