"""The boundary between programs and kernels: requests, replies, errnos, flags.

What crosses is data.  A request carries the caller's ids and is answered in the caller's
ids, whichever kernel answers.  One module per family of requests; each request is a frozen
record whose docstring cites the man page it follows.
"""

from nsh.abi.errno import Errno, KernelError
from nsh.abi.request import Blocked, Failure, Request

__all__ = ["Blocked", "Errno", "Failure", "KernelError", "Request"]
