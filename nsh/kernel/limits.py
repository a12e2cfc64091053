"""Limits of a process (getrlimit(2)) that hold here, at Linux's defaults: nobody sets them.

That of pending signals can be set (:mod:`nsh.kernel.sigqueues`).
"""

from collections.abc import Mapping
from typing import Final

from nsh.abi.limits import INFINITY, Resource
from nsh.machine.ids import TaskId
from nsh.machine.limits import Limits
from nsh.machine.value import Transaction

OPEN_FILES: Final = 1024
"""RLIMIT_NOFILE: one more than the highest descriptor, EMFILE."""
QUEUED_BYTES: Final = 819200
"""RLIMIT_MSGQUEUE: bytes that the message queues of a user may need together, EMFILE."""
_FINITE: Final[Mapping[int, int]] = {
    Resource.RLIMIT_NOFILE: OPEN_FILES,
    Resource.RLIMIT_MSGQUEUE: QUEUED_BYTES,
    Resource.RLIMIT_NICE: 0,
    Resource.RLIMIT_RTPRIO: 0,
}


def limits_of(tx: Transaction, leader: TaskId, resource: int) -> tuple[int, int]:
    """The soft and the hard limit of the process led by *leader*."""
    if resource == Resource.RLIMIT_SIGPENDING:
        own = tx.find(Limits, leader) or Limits()
        return own.sigpending, own.sigpending_most
    most = _FINITE.get(resource, INFINITY)
    return most, most
