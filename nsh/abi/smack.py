"""Requests about labels and rules of Smack, which mainline has as files (Smack.rst)."""

from nsh.abi.request import Request


class GetLabel(Request, frozen=True, gc=False):
    """The label of a task (``/proc/PID/attr/current``); 0: the caller.  ESRCH."""

    pid: int = 0


class SetLabel(Request, frozen=True, gc=False):
    """Take another label.  Replies 0; EINVAL, EPERM."""

    label: str


class LoadRule(Request, frozen=True, gc=False):
    """A rule, in place of one of the same labels (``smackfs/load2``); ``access``: letters, or "-".

    Replies 0; EINVAL, EPERM.
    """

    subject: str
    object: str
    access: str


class GetRules(Request, frozen=True, gc=False):
    """Every rule, as ``SUBJECT OBJECT ACCESS``.  Replies a tuple of lines."""


class GetFileLabel(Request, frozen=True, gc=False):
    """The label of a file (its attribute security.SMACK64).  ENOENT, …"""

    path: str


class SetFileLabel(Request, frozen=True, gc=False):
    """Give a file a label.  Replies 0; EINVAL, EPERM, …"""

    path: str
    label: str
