"""The request poll(2), and what it can tell."""

from typing import Final

from nsh.abi.request import Request


class Poll(Request, frozen=True, gc=False):
    """poll(2), of any descriptors: ``fds`` is (descriptor, PollEvent) each.

    ``timeout`` in nanoseconds, negative: none.  Replies the events found, a tuple as long as
    ``fds``; EINTR, EINVAL.
    """

    fds: tuple[tuple[int, int], ...]
    timeout: int = -1


class PollEvent:
    """What poll(2) asks for and tells."""

    POLLIN: Final = 0x001
    POLLPRI: Final = 0x002
    POLLOUT: Final = 0x004
    POLLERR: Final = 0x008
    POLLHUP: Final = 0x010
    POLLNVAL: Final = 0x020
    POLLRDHUP: Final = 0x2000
