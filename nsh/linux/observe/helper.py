"""Reading in two processes: the second half by a forked helper, told back through a pipe."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from nsh.linux.observe.facts import Holder, Process

WORTH: Final = 400
"""From how many processes on a fork pays."""


class Part(msgspec.Struct, array_like=True, gc=False):
    """Some of the processes, and what they hold."""

    processes: list[Process]
    holders: list[Holder]
    vanished: int = 0
    unreadable: int = 0
    unseen_files: int = 0


def both(part: Callable[[Sequence[int]], Part], pids: Sequence[int], *, split: bool) -> list[Part]:
    """What *part* makes of all *pids*, in their order."""
    cores = len(os.sched_getaffinity(0))
    if not split or cores < 2 or len(pids) < WORTH or threading.active_count() > 1:
        return [part(pids)]
    middle = len(pids) // 2
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _help(writer, part, pids[middle:])
    os.close(writer)
    first = part(pids[:middle])
    with open(reader, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    try:
        second = msgspec.msgpack.decode(data, type=Part)
    except msgspec.DecodeError:  # it was killed: then we do its part, too
        second = part(pids[middle:])
    return [first, second]


def _help(writer: int, part: Callable[[Sequence[int]], Part], pids: Sequence[int]) -> None:
    status = 1
    try:
        left = memoryview(msgspec.msgpack.encode(part(pids)))
        while left:
            left = left[os.write(writer, left) :]
        status = 0
    finally:
        os._exit(status)
