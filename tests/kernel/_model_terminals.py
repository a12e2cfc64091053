"""The calls of `tests.kernel._linux_terminals`, on the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from nsh.abi import files
from nsh.abi import terminals as t
from nsh.abi.poll import Poll
from nsh.abi.ptys import GetPtyNumber, LockPty, OpenPtyPeer, PacketMode, PtyLocked
from nsh.abi.request import Request
from nsh.machine.ids import TaskId
from nsh.machine.terminals import Termios, Winsize


def _termios(flags: list[int], cc: str) -> Termios:
    iflag, oflag, cflag, lflag = flags
    return Termios(iflag, oflag, cflag, lflag, 0, bytes.fromhex(cc), 0, 0)


SIMPLE: dict[str, Callable[..., Request]] = {
    "close_tty": files.Close,
    "dup_tty": files.Dup2,
    "read_tty": files.Read,
    "write_tty": lambda fd, data: files.Write(fd, data.encode("latin-1")),
    "tcgetattr": t.Tcgetattr,
    "tcsetattr": lambda fd, when, flags, cc: t.Tcsetattr(fd, _termios(flags, cc), when),
    "tcgetpgrp": t.Tcgetpgrp,
    "tcsetpgrp": t.Tcsetpgrp,
    "tcgetsid": t.Tcgetsid,
    "sctty": lambda fd, steal: t.SetControllingTty(fd, bool(steal)),
    "notty": t.DropControllingTty,
    "winsize": t.GetWinsize,
    "set_winsize": lambda fd, size: t.SetWinsize(fd, Winsize(*size)),
    "tcflush": t.Tcflush,
    "tcflow": t.Tcflow,
    "tcdrain": t.Tcdrain,
    "tcsendbreak": t.Tcsendbreak,
    "inq": t.InputQueue,
    "outq": t.OutputQueue,
    "sti": t.Sti,
    "exclusive": lambda fd, on: t.SetExclusive(fd, bool(on)),
    "is_exclusive": t.Exclusive,
    "getd": t.GetDiscipline,
    "setd": t.SetDiscipline,
    "lock_modes": lambda fd, flags, line, cc: t.SetLockedTermios(
        fd, replace(_termios(flags, cc), line=line)
    ),
    "locked_modes": t.GetLockedTermios,
    "setown": lambda fd, whom: files.Fcntl(fd, files.FcntlCommand.F_SETOWN, whom),
    "getown": lambda fd: files.Fcntl(fd, files.FcntlCommand.F_GETOWN),
    "gptn": GetPtyNumber,
    "lock": lambda fd, on: LockPty(fd, bool(on)),
    "locked": PtyLocked,
    "packet": lambda fd, on: PacketMode(fd, bool(on)),
    "poll_tty": lambda fds: Poll(tuple((fd, events) for fd, events in fds), 0),
}


def plain(request: Request, reply: object) -> Any:
    """A reply as `tests.kernel._linux_terminals` tells it."""
    match request, reply:
        case files.Read(), bytes():
            return ["read", reply.decode("latin-1")]
        case ((t.Tcgetattr() | t.GetLockedTermios()), Termios()):
            flags = [reply.iflag, reply.oflag, reply.cflag, reply.lflag, reply.line]
            return [*flags, reply.cc.hex(), reply.ispeed, reply.ospeed]
        case t.GetWinsize(), Winsize():
            return [reply.rows, reply.columns, reply.xpixel, reply.ypixel]
        case Poll(), tuple():
            return list(reply)
        case files.Dup2(), int():
            return 0
    return reply


class Terminals:
    """Calls that are more than a request."""

    def ask(self, caller: TaskId, request: Request) -> Any:
        raise NotImplementedError

    def _at(self, me: TaskId, fd: int, got: Any) -> Any:
        if isinstance(got, str):
            return got
        self.ask(me, files.Dup2(got, fd))
        self.ask(me, files.Close(got))
        return 0

    def _open_tty(self, me: TaskId, fd: int, path: str, flags: int) -> Any:
        return self._at(me, fd, self.ask(me, files.Open(path, flags)))

    def _peer(self, me: TaskId, fd: int, master: int, flags: int) -> Any:
        return self._at(me, fd, self.ask(me, OpenPtyPeer(master, flags)))

    def _nonblock(self, me: TaskId, fd: int, on: bool) -> Any:
        old = self.ask(me, files.Fcntl(fd, files.FcntlCommand.F_GETFL))
        if isinstance(old, str):
            return old
        new = old | files.OpenFlag.O_NONBLOCK if on else old & ~files.OpenFlag.O_NONBLOCK
        return self.ask(me, files.Fcntl(fd, files.FcntlCommand.F_SETFL, new))

    def _sigio(self, me: TaskId, fd: int, on: bool) -> Any:
        old = self.ask(me, files.Fcntl(fd, files.FcntlCommand.F_GETFL))
        if isinstance(old, str):
            return old
        new = old | files.OpenFlag.O_ASYNC if on else old & ~files.OpenFlag.O_ASYNC
        got = self.ask(me, files.Fcntl(fd, files.FcntlCommand.F_SETFL, new))
        if isinstance(got, str):
            return got
        now = self.ask(me, files.Fcntl(fd, files.FcntlCommand.F_GETFL))
        return bool(now & files.OpenFlag.O_ASYNC)
