"""Looking whether the stage has come to rest: /proc/PID/task/TID/status (proc_pid_status(5)).

Two looks that find every thread asleep, stopped or dead, with the same counts of context
switches, mean that all of them slept at the moment between the two: no time has to be guessed.
"""

import time
from collections.abc import Collection
from typing import Final

from nsh.abi.process import Clone, CloneFlag
from nsh.linux.troupe import Puppet

_RESTING: Final = frozenset(b"STtZXI")
_DISK: Final = ord("D")
_EMPTIED: Final = 0.25
"""Seconds that an init may sleep on whose namespace is empty; one that sleeps longer has a number
that it waits for in vain."""


def look(puppets: Collection[Puppet], gone: list[Puppet]) -> list[bytes] | None:
    """Note everybody's state, and in *gone* who is no more.  Replies what a second look has to find
    too; None if somebody runs."""
    seen = []
    rest = True
    for puppet in puppets:
        if not puppet.state:
            continue
        try:
            data = puppet.told()
        except OSError:  # ESRCH: it has been waited for
            puppet.state = ""
            gone.append(puppet)
            continue
        start = data.index(b"State:") + 7
        letter = data[start]
        if letter in _RESTING or (letter == _DISK and _waits_for_child(puppet)):
            puppet.state = "Z" if letter == 88 else chr(letter)  # X: dead, and being taken away
        else:
            rest = False
        seen.append(data[data.rindex(b"\nvoluntary") :])
    if rest and any(_is_leaving(puppet, puppets) for puppet in puppets):
        return None
    return seen if rest else None


def _waits_for_child(puppet: Puppet) -> bool:
    """Whether it is in clone(2) with CLONE_VFORK, whose wait only a deadly signal ends."""
    request = puppet.asked[-1]
    return isinstance(request, Clone) and bool(request.flags & CloneFlag.CLONE_VFORK)


def _is_leaving(puppet: Puppet, puppets: Collection[Puppet]) -> bool:
    """Whether it is an init that is about to wake from its wait for the last of its namespace
    (zap_pid_ns_processes)."""
    if not puppet.closed or puppet.state != "S" or puppet.pids[-1] != 1:
        return False
    space = puppet.spaces[-1]
    if any(other.state and space in other.spaces for other in puppets if other is not puppet):
        return False
    puppet.emptied = puppet.emptied or time.monotonic()
    return time.monotonic() < puppet.emptied + _EMPTIED


def exit_code(puppet: Puppet) -> int | None:
    """The wait status of a zombie (the last field of its stat); None where it is not told."""
    try:
        with open(f"{puppet.directory()}/stat", "rb") as file:
            return int(file.read().split()[-1])
    except OSError:
        return None
