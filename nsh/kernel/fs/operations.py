"""What can be done with an open file, whatever is behind it (``struct file_operations``)."""

from typing import ClassVar, Final

from nsh.abi.errno import Errno
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.record import Record
from nsh.machine.value import Transaction

MAX_OFFSET: Final = (1 << 63) - 1


class Ready(Record):
    """What poll(2) finds of an open file."""

    events: int
    """A :class:`~nsh.abi.poll.PollEvent` each."""
    channels: tuple[int, ...] = ()
    """Where it is told that this changes."""


class FileOperations:
    """What can be done with an open file (``struct file_operations``): a file system's regular
    files, or a driver's pipes and devices."""

    positioned: ClassVar[bool] = True
    """Whether reading and writing move an offset; without one it is a stream (ESPIPE)."""
    minds_empty_reads: ClassVar[bool] = False
    """Whether a driver is asked even for no bytes."""

    def read(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int
    ) -> bytes | Failure:
        """At most *size* bytes (*size* > 0) from ``file.offset``; empty at the end.  The VFS has
        checked the access mode, and moves the offset afterwards.  May raise ``WouldBlock``; a
        :class:`Failure` is replied where what was done before it has to stand."""
        raise Errno.EINVAL("the file cannot be read")

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """Take *data* at ``file.offset`` (with O_APPEND the VFS has set it to the end) and reply
        how many bytes were taken.  May raise ``WouldBlock``.  A :class:`Failure` is replied, not
        raised, where what was done before it has to stand (SIGPIPE)."""
        raise Errno.EINVAL("the file cannot be written")

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """What poll(2) finds: what never waits can be read and written at any time, as it is
        told even of what is not open for it (DEFAULT_POLLMASK)."""
        return Ready(PollEvent.POLLIN | PollEvent.POLLOUT)

    def polled(self, tx: Transaction, file: File, asked: int, found: int) -> None:
        """poll(2) has told *found* to who *asked*; who is sent SIGIO may have to be told more."""

    def queued(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """FIONREAD: how many bytes could be read.  ENOTTY where that is not told."""
        raise Errno.ENOTTY("the file does not tell what could be read")

    def unsent(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """TIOCOUTQ: how many bytes have not gone out.  ENOTTY where that is not told."""
        raise Errno.ENOTTY("the file does not tell what has not gone out")

    def seek_end(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """What SEEK_END counts from.  EINVAL where there is no end (seq_file)."""
        raise Errno.EINVAL("the file has no end to seek from")

    def seek(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, offset: int, whence: int
    ) -> int:
        """lseek(2) with *whence* 0, 1 or 2 (or more, which most files refuse): the new offset.
        EINVAL, ESPIPE."""
        if not self.positioned:
            raise Errno.ESPIPE("there is no place to seek to in a stream")
        if whence > 2:
            raise Errno.EINVAL("the file does not tell its data from its holes")
        base = 0 if whence == 0 else file.offset
        if whence == 2:
            base = self.seek_end(tx, caller, file)
        if not 0 <= base + offset <= MAX_OFFSET:
            raise Errno.EINVAL("an offset is not negative")
        return base + offset

    def asynchronous(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, fd: int, *, on: bool
    ) -> None:
        """O_ASYNC is switched: the owner is to be sent SIGIO, or no more.  Here nothing ever
        happens of itself, so that it stays off."""

    def append_at(self, tx: Transaction, file: File) -> int:
        """Where O_APPEND writes go."""
        return file.offset

    def flush(self, tx: Transaction, caller: TaskId, file: File) -> None:
        """*caller* has closed one descriptor of *file*, by close, dup2 or execve."""

    def close(self, tx: Transaction, file: File) -> None:
        """The last descriptor of *file* is gone and so is its row.  Must not fail."""
