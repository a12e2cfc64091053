"""The calls of `tests.kernel._linux_locks`, on the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nsh.abi import files, locks
from nsh.abi.request import Request
from nsh.machine.ids import TaskId

SIMPLE: dict[str, Callable[..., Request]] = {
    "close_file": files.Close,
    "record_lock": locks.FcntlLock,
    "flock": locks.Flock,
}


def plain(reply: object) -> Any:
    """A reply as `tests.kernel._linux_locks` tells it."""
    if isinstance(reply, locks.LockFound):
        return [reply.type, reply.start, reply.length, reply.whence, reply.pid]
    return reply


class Locks:
    """Calls that are more than a request."""

    def ask(self, caller: TaskId, request: Request) -> Any:
        raise NotImplementedError

    def _memory(self, me: TaskId, fd: int) -> Any:
        return self._known_as(me, fd, self.ask(me, files.MemfdCreate("locked")))

    def _reopen(self, me: TaskId, fd: int, old: int, flags: int) -> Any:
        return self._known_as(me, fd, self.ask(me, files.Open(f"/proc/self/fd/{old}", flags)))

    def _known_as(self, me: TaskId, fd: int, got: Any) -> Any:
        if isinstance(got, str):
            return got
        if got != fd:
            self.ask(me, files.Dup2(got, fd))
            self.ask(me, files.Close(got))
        return 0

    def _dup_file(self, me: TaskId, old: int, new: int) -> Any:
        got = self.ask(me, files.Dup2(old, new))
        return got if isinstance(got, str) else 0
