"""The request prctl(2), and what it can be about."""

from enum import IntEnum

from nsh.abi.request import Request


class PrctlOption(IntEnum):
    """Operations of prctl(2) that nsh has."""

    PR_SET_PDEATHSIG = 1
    PR_GET_PDEATHSIG = 2
    PR_GET_DUMPABLE = 3
    PR_SET_DUMPABLE = 4
    PR_GET_KEEPCAPS = 7
    PR_SET_KEEPCAPS = 8
    PR_SET_NAME = 15
    PR_GET_NAME = 16
    PR_CAPBSET_READ = 23
    PR_CAPBSET_DROP = 24
    PR_GET_SECUREBITS = 27
    PR_SET_SECUREBITS = 28
    PR_SET_CHILD_SUBREAPER = 36
    PR_GET_CHILD_SUBREAPER = 37
    PR_SET_NO_NEW_PRIVS = 38
    PR_GET_NO_NEW_PRIVS = 39
    PR_CAP_AMBIENT = 47


class Prctl(Request, frozen=True, gc=False):
    """prctl(2).  Replies an integer, or for PR_GET_NAME the name; EINVAL, EPERM.

    ``more``: the third argument, which PR_CAP_AMBIENT alone has.
    """

    option: int
    argument: int | str = 0
    more: int = 0
