"""Pipes and fifos, and how far calls have come that wait for them (pipe(7), fifo(7))."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from nsh.machine.files import File, InodeId, Opened
from nsh.machine.ids import FileId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

SLOTS: Final = 16
"""Pages in a pipe's ring (PIPE_DEF_BUFFERS)."""
SLOT_SIZE: Final = 4096


class PipeNode(Record):
    """The node of a pipe(2); its ``ino`` is the pipe's key."""

    ino: InodeId


MET: Final = -1
"""What stands in ``FifoEnd.before`` where a writer had come before a restart."""


class FifoEnd(Opened):
    """An open end of a pipe."""

    pipe: InodeId
    before: int = 0
    """How often the fifo had been opened for writing, where its reader came before any writer and
    did not wait: until there is one it has not hung up."""


class Page(Record):
    """One slot of a pipe's ring: what is unread of it, and how much was read off its front."""

    data: bytes
    consumed: int = 0


@table
class Pipe(Record):
    """A pipe or fifo, keyed by its inode: at most 16 pages, filled as pipe(7) has it."""

    pages: tuple[Page, ...] = ()
    readers: int = 0
    """Open file descriptions with read access."""
    writers: int = 0
    read_opens: int = 0
    """How often it was opened for reading so far: what a blocking open of a fifo waits for."""
    write_opens: int = 0
    uid: int = 0
    gid: int = 0
    mode: int = 0o600
    """Of a pipe that is no fifo: those have an inode for it."""
    mtime: int = 0
    """When it was made or last written to, in virtual nanoseconds since boot."""


@table
class Progress(Record):
    """How far a blocked call has come, keyed by its task, for the few that do not start from
    scratch when asked again: a write to a pipe, the opening of a fifo."""

    file: FileId
    """The open file it is about, which it holds."""
    done: int
    """Bytes written; the partner's count that was there when a fifo's opener came."""


@invariant
def _ends(machine: Machine) -> Iterator[str]:
    """A pipe counts its open ends, and lives while it has any."""
    readers: Counter[int] = Counter()
    writers: Counter[int] = Counter()
    for _key, file in machine.items(File):
        if isinstance(file.opened, FifoEnd):
            readers[file.opened.pipe] += file.flags & 3 != 1
            writers[file.opened.pipe] += file.flags & 3 != 0
    for key, pipe in machine.items(Pipe):
        counted, there = (pipe.readers, pipe.writers), (readers.pop(key, 0), writers.pop(key, 0))
        if counted != there or not any(there):
            yield f"pipe {key} counts {counted} readers and writers, there are {there}"
        if len(pipe.pages) > SLOTS or any(not 0 < len(p.data) <= SLOT_SIZE for p in pipe.pages):
            yield f"pipe {key} has a page too many or a page of no possible size"
    for key in sorted(readers.keys() | writers.keys()):
        yield f"pipe {key} has open ends and is gone"


@invariant
def _progress(machine: Machine) -> Iterator[str]:
    """Who has come half-way exists, and so does the file it is about."""
    for key, progress in machine.items(Progress):
        if machine.find(Task, key) is None:
            yield f"task {key} is gone in the middle of a call"
        if machine.find(File, progress.file) is None:
            yield f"task {key}'s call is about file {progress.file}, which is gone"
