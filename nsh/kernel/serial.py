"""Serial lines: ``/dev/ttyS0`` inside, a virtual tty outside that keeps the last pages (N10).

"So I want to start up a virtual server, and I want its serial port to be connected to a virtual tty
which buffers the last page or few pages of data so I can connect to the server and see what's going
on" (S2).

Outside, the line is reached through the namespace's own file:
:class:`~nsh.abi.consoles.AttachSerial` on ``/proc/PID/ns/tty`` replies a descriptor, as requests of
ioctl_nsfs(2) do.  So it needs neither a number nor a name for all to see, whoever may name the
namespace may also reach a line whose tasks are all dead, and who does not see its tasks cannot even
ask.  Only those in a namespace around it may: from inside, the line is a serial port and no more.

Nobody who watches ever holds up who writes: the oldest is lost.  The carrier is always on.  To
attach and to detach is not noticed inside; when the namespace ends, what is kept can still be read
by who is attached, then comes the end of file, and writing fails with EIO.
"""

from typing import TYPE_CHECKING, ClassVar, Final

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFCHR, OpenFlag
from nsh.abi.poll import PollEvent
from nsh.kernel import console_files, consoles, hooks, waiting
from nsh.kernel.fs.drivers import device, driver
from nsh.kernel.fs.operations import FileOperations, Ready
from nsh.kernel.fs.types import FileSystem, file_system, new_superblock
from nsh.kernel.terminal_devices import opened_of
from nsh.kernel.waiting import WouldBlock
from nsh.machine.consoles import SERIAL, name
from nsh.machine.context import Place
from nsh.machine.files import Attributes, File, InodeId, Opened, SuperblockId
from nsh.machine.ids import FileId, TaskId, TerminalId
from nsh.machine.printed import since
from nsh.machine.record import Record
from nsh.machine.serial import SerialEnd, SerialLine, SerialNode
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel import line_discipline
else:  # no boot needs it
    late(globals(), "nsh.kernel", "line_discipline")

DRIVER: Final = "vserial"


@device(4, SERIAL, name(SERIAL), 0o600, machines=True)
class SerialPort(consoles.Line):
    """``/dev/ttyS0``: a terminal."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """Open it, as controlling terminal where the caller may have it."""
        del place, rdev
        return self.open_line(tx, caller, SERIAL, flags, acquires=True)

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """As on any terminal; who is attached sees it."""
        line = opened_of(file).terminal
        try:
            taken = super().write(tx, caller, key, file, data)
        except WouldBlock:
            shown(tx, line)
            raise
        shown(tx, line)
        return taken


@hooks.on_echo
def shown(tx: Transaction, line: TerminalId) -> None:
    """Something was shown on *line*: let those who watch it look."""
    if tx.find(SerialLine, line) is not None:
        waiting.wake(tx, channel(On.FILE, line))


@file_system("serialfs")
class SerialFs(FileSystem):
    """Where outer ends are; its nodes are :class:`SerialNode`."""

    internal: ClassVar[bool] = True
    registered: ClassVar[bool] = False

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The kernel's own instance."""
        return new_superblock(tx, self.name, SerialNode(InodeId(0)))

    def dname(self, tx: Transaction, sb: SuperblockId, node: Record) -> str | None:
        """``vserial:[INO]``."""
        assert isinstance(node, SerialNode)
        return f"vserial:[{node.ino}]"

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A device of root's."""
        assert isinstance(node, SerialNode)
        return Attributes(node.ino, S_IFCHR | 0o600)


@driver(DRIVER)
class OuterEnd(FileOperations):
    """The virtual tty outside."""

    positioned: ClassVar[bool] = False

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """What is kept and has not been read, then what is shown; the end when the line is gone.

        EAGAIN, EINTR.  What was shown before what is kept is lost.
        """
        end = _end(file)
        printed = tx.get(Terminal, end.line).printed
        seen = max(end.seen, printed.written - printed.kept)
        if seen < printed.written:
            data = since(printed, seen)[:size]
            tx.put(key, replace(file, opened=SerialEnd(end.line, seen + len(data))))
            return data
        if tx.get(Terminal, end.line).gone:
            return b""
        if file.flags & OpenFlag.O_NONBLOCK:
            raise Errno.EAGAIN("nothing new was shown")
        if waiting.interrupted(tx, caller):
            raise Errno.EINTR("a signal was handled")
        raise WouldBlock((channel(On.FILE, end.line),), reason="reading from a serial line")

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """Type *data* into the line.  EIO when it is gone."""
        line = _end(file).line
        if tx.get(Terminal, line).gone:
            raise Errno.EIO("the namespace of the serial line has ended")
        line_discipline.type_input(tx, line, data)
        return len(data)

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """Readable where something was shown that this one has not read, or the line is gone."""
        end = _end(file)
        terminal = tx.get(Terminal, end.line)
        events = PollEvent.POLLOUT
        if terminal.gone:
            events = PollEvent.POLLIN | PollEvent.POLLHUP
        elif end.seen < terminal.printed.written:
            events |= PollEvent.POLLIN
        return Ready(events, (channel(On.FILE, end.line),))

    def close(self, tx: Transaction, file: File) -> None:
        """One less watches; nobody inside notices, but who was stopped by it (^S) goes on."""
        line = _end(file).line
        attached = tx.get(SerialLine, line).attached
        if attached > 1:
            tx.put(line, SerialLine(attached - 1))
            return
        tx.drop(SerialLine, line)
        stopped = line_discipline.Line(tx, line)
        stopped.start()
        stopped.put()
        console_files.let_go(tx, line)


def _end(file: File) -> SerialEnd:
    assert isinstance(file.opened, SerialEnd)
    return file.opened
