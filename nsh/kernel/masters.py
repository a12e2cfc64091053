"""The master's side of a pseudo terminal (pty(7), drivers/tty/pty.c).

What the slave shows can be read here, and what is written here is typed there.
"""

from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.poll import PollEvent
from nsh.kernel import ptys, sigio
from nsh.kernel.fs.drivers import Device, driver
from nsh.kernel.fs.operations import Ready
from nsh.kernel.line_discipline import halves, input
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.reading import UNTHROTTLE
from nsh.kernel.line_discipline.writing import CHUNK
from nsh.kernel.waiting import WouldBlock
from nsh.machine.files import File
from nsh.machine.ids import NOBODY, FileId, PtyId, TaskId
from nsh.machine.ptys import OpenMaster, Pty
from nsh.machine.terminals import HalfDone
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_DATA: Final = b"\0"
"""TIOCPKT_DATA: what follows was written by the slave."""


@driver("ptm")
class MasterDevice(Device):
    """What an open master can do; who opens one says how (`nsh.kernel.ptys.open_master`)."""

    positioned = False
    minds_empty_reads = True

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """What the slave has written; in packet mode behind a byte that tells what happened.

        EIO when the slave was closed and all is read; EAGAIN, EINTR.
        """
        number = pty_of(file)
        half = halves.resumed(tx, caller)
        pty = tx.get(Pty, number)
        nonblocking = bool(file.flags & OpenFlag.O_NONBLOCK)
        if half is None or half.queued:
            if halves.busy(tx, caller, pty.reader):
                place = channel(On.FILE, number)
                halves.queue(tx, caller, pty.terminal, place, nonblocking=nonblocking)
            half = None
        nonblocking = nonblocking or halves.hurried(tx, caller)
        if not size:
            return b""
        packet = pty.packet if half is None else half.packet
        if packet and pty.status:
            status = pty.status
            tx.put(number, replace(pty, status=0))
            halves.let_go(tx, caller)
            return bytes((status,))
        if not pty.ready:
            if pty.other_closed:
                halves.fail(caller, Errno.EIO, "nobody has the slave open")
            if nonblocking:
                halves.fail(caller, Errno.EAGAIN, "the slave has written nothing")
            if halves.cut_short(tx, caller):
                halves.fail(caller, Errno.EINTR, "a signal was handled")
            tx.put(number, replace(pty, reader=caller))
            tx.put(caller, HalfDone(pty.terminal, master=True, packet=packet))
            raise WouldBlock(
                (channel(On.FILE, number),), reason="until the slave writes", keep=True
            )
        head = _DATA if packet else b""
        data = pty.ready[: size - len(head)]
        line = Line(tx, pty.terminal)
        assert line.pty is not None
        line.pty = replace(pty, ready=pty.ready[len(data) :])
        if len(line.pty.ready) <= UNTHROTTLE:
            line.wake_writer()
        line.put()
        halves.let_go(tx, caller)
        return head + data

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """Type *data* at the slave, waiting for room.  EAGAIN, EINTR."""
        number = pty_of(file)
        half = halves.resumed(tx, caller)
        pty = tx.get(Pty, number)
        nonblocking = bool(file.flags & OpenFlag.O_NONBLOCK)
        if (half is None or half.queued) and halves.busy(tx, caller, pty.writer):
            place = channel(On.ROOM, number)
            halves.queue(tx, caller, pty.terminal, place, nonblocking=nonblocking)
        done = 0 if half is None else half.done
        nonblocking = nonblocking or halves.hurried(tx, caller)
        if not pty.stopped:
            done += _type(tx, pty, data[done:])
        if done < len(data) and not (done and nonblocking):
            if nonblocking:
                reason = "the slave has not read what is there"
                halves.fail(caller, Errno.EAGAIN, reason, wants_room=number)
            if not halves.cut_short(tx, caller):
                _wait_for_room(tx, caller, number, done)
            if not done:
                halves.fail(caller, Errno.EINTR, "a signal was handled", wants_room=number)
        if done < len(data):
            sigio.await_room(tx, number)
        halves.let_go(tx, caller)
        return done

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """Whether there is output of the slave, and room for input (n_tty_poll)."""
        number = pty_of(file)
        pty = tx.get(Pty, number)
        found = 0
        if pty.ready:
            found |= PollEvent.POLLIN
        if pty.packet and pty.status:
            found |= PollEvent.POLLIN | PollEvent.POLLPRI
        if pty.other_closed:
            found |= PollEvent.POLLHUP
        line = Line(tx, pty.terminal)
        if line.arriving.room() and not pty.stopped and not halves.busy(tx, NOBODY, pty.writer):
            found |= PollEvent.POLLOUT
        return Ready(found, (channel(On.FILE, number), channel(On.ROOM, number)))

    def asynchronous(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, fd: int, *, on: bool
    ) -> None:
        """The owner is told of what the slave shows, and of room."""
        sigio.ask(tx, caller, key, fd, pty_of(file), on=on)

    def close(self, tx: Transaction, file: File) -> None:
        """The pair has no master any more."""
        sigio.closed(tx, pty_of(file), file)
        ptys.close_master(tx, pty_of(file))


def pty_of(file: File) -> PtyId:
    """The pair whose open master *file* is."""
    assert isinstance(file.opened, OpenMaster)
    return file.opened.pty


def _type(tx: Transaction, pty: Pty, data: bytes) -> int:
    line = Line(tx, pty.terminal)
    done = 0
    while done < len(data):
        piece = data[done : done + CHUNK]
        taken = line.arriving.put(piece)
        input.take_in(line)
        done += taken
        if not taken:
            break
    line.put()
    return done


def _wait_for_room(tx: Transaction, caller: TaskId, number: PtyId, done: int) -> NoReturn:
    pty = tx.get(Pty, number)
    tx.put(number, replace(pty, writer=caller))
    tx.put(caller, HalfDone(pty.terminal, master=True, done=done))
    raise WouldBlock((channel(On.ROOM, number),), reason="until the slave has read", keep=True)
