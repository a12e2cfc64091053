"""Lending standard streams to another puppet, by SCM_RIGHTS (unix(7)).

Asked by the conductor when one task performs for another; no program can ask it.  Only what is
no terminal is lent.  What the borrower had stays open meanwhile, from 10 on, as shells keep it.
"""

from __future__ import annotations

import os

from nsh.linux.puppet.files import which_terminal
from nsh.linux.puppet.gate import call
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_F_DUPFD_CLOEXEC: Final = 1030
_SAVED: Final = 10
_CLOSED: Final = -1
_KCMP_FILE: Final = 0

Loan = tuple[tuple[int, int], ...]
"""(descriptor, the number under which its own is kept or -1) for each lent stream."""


@performs("Lend")
def lend(actor: Actor) -> tuple[int, ...]:
    """Hand over the redirected ones of 0, 1 and 2, and reply which they are."""
    lent = [fd for fd in (0, 1, 2) if _is_open(fd) and not which_terminal(fd)]
    actor.born = [call("fcntl", fd, _F_DUPFD_CLOEXEC, 512) for fd in lent]
    return tuple(lent)


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


@performs("Borrow")
def borrow(actor: Actor, streams: tuple[int, ...]) -> Loan:
    """Take the descriptors that came along as *streams*; those it has already are left out."""
    loan = []
    for fd, given in zip(streams, actor.fds, strict=True):
        own = _is_open(fd)
        if not (own and _same(fd, given)):
            kept = call("fcntl", fd, _F_DUPFD_CLOEXEC, _SAVED) if own else _CLOSED
            call("dup3", given, fd, 0)
            loan.append((fd, kept))
        os.close(given)
    return tuple(loan)


def _same(one: int, other: int) -> bool:
    me = os.getpid()
    try:
        return call("kcmp", me, me, _KCMP_FILE, one, other) == 0
    except OSError:
        return False


@performs("GiveBack")
def give_back(actor: Actor, loan: Loan) -> int:
    """Put its own descriptors back."""
    del actor
    for fd, kept in reversed(loan):
        if kept != _CLOSED and _is_open(kept):
            call("dup3", kept, fd, 0)
            os.close(kept)
        elif _is_open(fd):
            os.close(fd)
    return 0
