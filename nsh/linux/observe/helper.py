"""Reading in two processes: the second half by a forked helper, told back through a pipe."""

import os
import threading
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from nsh.linux.observe.facts import Holder, Process, PtyHolder

WORTH: Final = 400
"""From how many processes on a fork pays."""


class Part(msgspec.Struct, array_like=True, gc=False):
    """Some of the processes, and what they hold."""

    processes: list[Process]
    holders: list[Holder]
    ptys: list[PtyHolder]
    sockets: dict[int, tuple[int, ...]]
    vanished: int = 0
    unreadable: int = 0
    unseen_files: int = 0
    unseen_sockets: int = 0


def both(part: Callable[[Sequence[int]], Part], pids: Sequence[int], *, split: bool) -> list[Part]:
    """What *part* makes of all *pids*, in their order."""
    if not split or len(pids) < WORTH or threading.active_count() > 1 or not _idle():
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


def _idle() -> bool:
    """Whether a core has nothing to do but for us (proc_loadavg(5))."""
    try:
        with open("/proc/loadavg", "rb") as file:
            running = int(file.read().split()[3].partition(b"/")[0])
    except (OSError, ValueError, IndexError):
        return False
    return running <= len(os.sched_getaffinity(0)) - 1


def _help(writer: int, part: Callable[[Sequence[int]], Part], pids: Sequence[int]) -> None:
    status = 1
    try:
        left = memoryview(msgspec.msgpack.encode(part(pids)))
        while left:
            left = left[os.write(writer, left) :]
        status = 0
    finally:
        os._exit(status)
