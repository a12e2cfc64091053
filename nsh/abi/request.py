"""What every request is, and the three ways a kernel answers one."""

from typing import ClassVar

import msgspec

from nsh.abi.errno import Errno


class Request(msgspec.Struct, frozen=True, gc=False):
    """A system call with its arguments, in the caller's own ids."""

    restarts: ClassVar[bool] = True
    """Whether one that was interrupted is made again after a handler with SA_RESTART."""
    shows: ClassVar[bool] = False
    """Whether it may let something come out on a terminal: what is written, and echoes that
    waited."""


class Failure(msgspec.Struct, frozen=True, gc=False):
    """The call failed and changed nothing.  A task is told the errno; people the reason."""

    errno: Errno
    reason: str = ""

    def __str__(self) -> str:
        text = f"{self.errno.text} ({self.errno.name})"
        return f"{text}: {self.reason}" if self.reason else text


class Blocked(msgspec.Struct, frozen=True, gc=False):
    """The call cannot finish yet; its task waits, and the kernel will ask it again."""

    reason: str = ""
