"""The request poll(2), and what it can tell."""

from enum import IntFlag

from nsh.abi.request import Request


class Poll(Request, frozen=True, gc=False):
    """poll(2), of any descriptors: ``fds`` is (descriptor, PollEvent) each.

    ``timeout`` in nanoseconds, negative: none.  Replies the events found, a tuple as long as
    ``fds``; EINTR, EINVAL.
    """

    fds: tuple[tuple[int, int], ...]
    timeout: int = -1


class PollEvent(IntFlag):
    """What poll(2) asks for and tells."""

    POLLIN = 0x001
    POLLPRI = 0x002
    POLLOUT = 0x004
    POLLERR = 0x008
    POLLHUP = 0x010
    POLLNVAL = 0x020
    POLLRDHUP = 0x2000
