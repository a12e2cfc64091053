"""Looking whether the stage has come to rest: /proc/PID/task/TID/status (proc_pid_status(5)).

Two looks that find every thread asleep, stopped or dead, with the same counts of context
switches, mean that all of them slept at the moment between the two: no time has to be guessed.
"""

import os
from collections.abc import Iterable

from nsh.linux.troupe import Puppet

_RESTING = frozenset(b"STtZXI")


def look(puppets: Iterable[Puppet], gone: list[Puppet]) -> list[bytes] | None:
    """Note everybody's state, and in *gone* who is no more.  Replies what a second look has to find
    too; None if somebody runs."""
    seen = []
    rest = True
    for puppet in puppets:
        if not puppet.state:
            continue
        try:
            data = os.pread(puppet.status, 4096, 0)
        except OSError:  # ESRCH: it has been waited for
            puppet.state = ""
            gone.append(puppet)
            continue
        start = data.index(b"State:") + 7
        letter = data[start]
        if letter in _RESTING:
            puppet.state = "Z" if letter == 88 else chr(letter)  # X: dead, and being taken away
        else:
            rest = False
        seen.append(data[data.rindex(b"\nvoluntary") :])
    return seen if rest else None


def exit_code(puppet: Puppet) -> int | None:
    """The wait status of a zombie (the last field of its stat); None where it is not told."""
    try:
        with open(f"{puppet.directory()}/stat", "rb") as file:
            return int(file.read().split()[-1])
    except OSError:
        return None
