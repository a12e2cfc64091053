"""Limits of a process (getrlimit(2)) that hold here, at Linux's defaults: nobody sets them.

That of pending signals can be set (:mod:`nsh.kernel.sigqueues`).
"""

from typing import Final

OPEN_FILES: Final = 1024
"""RLIMIT_NOFILE: one more than the highest descriptor, EMFILE."""
QUEUED_BYTES: Final = 819200
"""RLIMIT_MSGQUEUE: bytes that the message queues of a user may need together, EMFILE."""
