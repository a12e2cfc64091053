"""What the host's /proc shows of a stage from outside."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import CLOCK_BOOTTIME, clock_gettime, monotonic, sleep

KINDS = ("pid", "mnt", "ipc", "uts", "net")


def processes() -> Iterator[int]:
    return (int(name) for name in os.listdir("/proc") if name.isdigit())


def parent(pid: int) -> int:
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return int(file.read().rpartition(b")")[2].split()[1])
    return 0


def descendants(pid: int) -> set[int]:
    above = {each: parent(each) for each in processes()}
    found = {pid}
    while True:
        more = {each for each, up in above.items() if up in found} - found
        if not more:
            return found - {pid}
        found |= more


def namespaces(pid: int) -> set[str]:
    """The namespaces that *pid* is in, as ``pid:[4026531836]``."""
    found = set()
    for kind in KINDS:
        with suppress(OSError):
            found.add(os.readlink(f"/proc/{pid}/ns/{kind}"))
    return found


def own(pid: int) -> set[str]:
    """Those of a stage below *pid* that are not this process's."""
    inside = {space for each in descendants(pid) for space in namespaces(each)}
    return inside - namespaces(os.getpid())


def now() -> int:
    """Clock ticks since the boot, as a process's start is counted."""
    return int(clock_gettime(CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK"))


def started(pid: int) -> int:
    with suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        return int(file.read().rpartition(b")")[2].split()[19])
    return 0


def inhabitants(spaces: set[str], before: int) -> set[int]:
    """Who is in one of these namespaces since before that tick.

    A namespace that is gone leaves its number to the next one, which may be anybody's.
    """
    inside = (pid for pid in processes() if namespaces(pid) & spaces)
    return {pid for pid in inside if started(pid) < before}


def below(pid: int) -> set[tuple[int, int]]:
    """All that descend from *pid*, and when each started, for a pid may be another's soon."""
    return {(each, started(each)) for each in descendants(pid)}


def left(people: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Who of them is still there."""
    return {(pid, start) for pid, start in people if started(pid) == start}


def until(question: Callable[[], bool], patience: float = 10.0) -> bool:
    end = monotonic() + patience
    while not question():
        if monotonic() > end:
            return False
        sleep(0.005)
    return True
