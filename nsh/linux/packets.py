"""What the kernel itself is about to send: /proc/PID/net/tcp (proc_pid_net(5), tcp(7))."""

import os
from collections.abc import Iterable
from typing import Final

from nsh.linux.troupe import Puppet

_SOON: Final = 100
"""Hundredths of a second: a link that was down just now, not one that stays so, for each time that
nothing comes back tcp waits twice as long."""
_RETRANSMIT: Final = 1
_PROBE: Final = 4
"""Timers: of what was not acknowledged, and of a window that is shut."""


def resent_soon(puppets: Iterable[Puppet]) -> bool:
    """Whether a connection in the network namespace of one of *puppets* sends something again
    within a second."""
    seen = set()
    for puppet in puppets:
        if not puppet.alive:
            continue
        try:
            namespace = os.readlink(f"{puppet.directory()}/ns/net")
            if namespace in seen:
                continue
            seen.add(namespace)
            with open(f"{puppet.directory()}/net/tcp", encoding="ascii") as file:
                if any(map(_soon, file.readlines()[1:])):
                    return True
        except OSError:  # it has just died
            continue
    return False


def _soon(line: str) -> bool:
    """Of a connection's line; its sixth field is which timer runs, and when it goes off."""
    timer, _colon, when = line.split()[5].partition(":")
    return int(timer, 16) in (_RETRANSMIT, _PROBE) and int(when, 16) <= _SOON
