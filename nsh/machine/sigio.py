"""Files whose owners are told by a signal that there is input, or room (O_ASYNC, fcntl(2))."""

from collections.abc import Iterator
from typing import Final

from nsh.machine.files import File
from nsh.machine.ids import FileId
from nsh.machine.invariants import invariant
from nsh.machine.pipes import FifoEnd
from nsh.machine.ptys import OpenMaster, OpenTerminal
from nsh.machine.record import Record, table
from nsh.machine.value import Machine

FASYNC: Final = 0o20000
"""O_ASYNC among the flags of an open file.  It may stand there in vain: open(2) takes it without
doing anything about it."""


class Asked(Record):
    """``struct fasync_struct``: who asked to be told."""

    file: FileId
    fd: int
    """The descriptor through which that was: what the signal tells, if it tells anything."""


@table
class Asynchronous(Record):
    """``tty->fasync`` of a terminal, or of the master of a pair, and what a pipe and a socket have
    of the kind: by its TerminalId, PtyId, InodeId, or SocketId."""

    files: tuple[Asked, ...] = ()
    """The open files of it whose owners are told, the latest to ask first."""
    awaits_room: bool = False
    """TTY_DO_WRITE_WAKEUP: not all that was written found room; they are told when there is."""


@invariant
def _told(machine: Machine) -> Iterator[str]:
    """Who is to be told of a terminal, pipe or socket has it open, and asked for it."""
    for key, row in machine.items(Asynchronous):
        if not row.files:
            yield f"nobody is to be told of {key}"
        for each in row.files:
            file = machine.find(File, each.file)
            opened = None if file is None else file.opened
            leads = opened.terminal if isinstance(opened, OpenTerminal) else 0
            leads = opened.pty if isinstance(opened, OpenMaster) else leads
            leads = opened.pipe if isinstance(opened, FifoEnd) else leads
            leads = getattr(opened, "socket", leads)
            if file is None or leads != key or not file.flags & FASYNC:
                yield f"file {each.file} is no asynchronous one of {key}"
