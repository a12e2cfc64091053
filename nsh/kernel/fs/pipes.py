"""Pipes and fifos: one ring of pages, two kinds of name (pipe(7), fifo(7), fs/pipe.c).

The ring has 16 pages.  A write goes into the last page as far as it fits there whole, else
into fresh ones, so that writes of up to PIPE_BUF bytes are never split.
"""

from typing import TYPE_CHECKING, ClassVar, Final, NoReturn

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFIFO, OpenFlag
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.abi.signals import PollCode, SiCode, Sig
from nsh.kernel import hooks, idmaps, pids, waiting
from nsh.kernel.fs import files
from nsh.kernel.fs.drivers import driver
from nsh.kernel.fs.operations import FileOperations, Ready
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import FileSystem, file_system, new_superblock
from nsh.kernel.waiting import WouldBlock
from nsh.machine.context import Place
from nsh.machine.files import Attributes, File, InodeId, SuperblockId
from nsh.machine.ids import FileId, TaskId
from nsh.machine.pipes import SLOT_SIZE, SLOTS, FifoEnd, Page, Pipe, PipeNode, Progress
from nsh.machine.record import Record
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel import sigio, signals
else:  # no boot needs them
    late(globals(), "nsh.kernel", "sigio", "signals")

DRIVER: Final = "fifo"

_ACCMODE: Final = 3
_READ: Final = int(OpenFlag.O_RDONLY)
_WRITE: Final = int(OpenFlag.O_WRONLY)


@file_system("pipefs")
class PipeFs(FileSystem):
    """Where the ends of pipe(2) are; its nodes are :class:`PipeNode`."""

    internal: ClassVar[bool] = True

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The kernel's own instance."""
        return new_superblock(tx, self.name, PipeNode(InodeId(0)))

    def dname(self, tx: Transaction, sb: SuperblockId, node: Record) -> str | None:
        """``pipe:[INO]``."""
        assert isinstance(node, PipeNode)
        return f"pipe:[{node.ino}]"

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A fifo that its maker owns."""
        assert isinstance(node, PipeNode)
        pipe = tx.get(Pipe, node.ino)
        mode = S_IFIFO | pipe.mode
        return Attributes(node.ino, mode, uid=pipe.uid, gid=pipe.gid, mtime=pipe.mtime)

    def chown(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, owner: Attributes
    ) -> None:
        """A pipe keeps its owner and mode (simple_setattr)."""
        assert isinstance(node, PipeNode)
        kept = {"uid": owner.uid, "gid": owner.gid, "mode": owner.mode & 0o7777}
        tx.put(node.ino, replace(tx.get(Pipe, node.ino), **kept))

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """The same."""
        assert isinstance(node, PipeNode)
        tx.put(node.ino, replace(tx.get(Pipe, node.ino), mode=mode))


def make(tx: Transaction, caller: TaskId) -> InodeId:
    """A new pipe that nobody has opened yet."""
    ino = tx.new(InodeId)
    creds = credentials(tx, caller)
    tx.put(ino, Pipe(uid=creds.fsuid, gid=creds.fsgid, mtime=tx.clock))
    return ino


def attach(tx: Transaction, ino: InodeId, place: Place, flags: int, *, before: int = 0) -> FileId:
    """A new open file description on the pipe *ino*, counted among its readers or writers."""
    pipe = tx.find(Pipe, ino) or Pipe()
    reads, writes = _ends(flags)
    tx.put(
        ino,
        replace(
            pipe,
            readers=pipe.readers + reads,
            writers=pipe.writers + writes,
            read_opens=pipe.read_opens + reads,
            write_opens=pipe.write_opens + writes,
        ),
    )
    key = tx.new(FileId)
    tx.put(key, File(place, flags, driver=DRIVER, opened=FifoEnd(ino, before)))
    files.hold_place(tx, place)
    waiting.wake(tx, channel(On.FILE, ino))
    return key


def open_fifo(tx: Transaction, ino: InodeId, place: Place, flags: int) -> tuple[FileId, bool]:
    """open(2) of a fifo: the open file, and whether it has to wait for the other end first.

    Its own end counts as open at once.  A pipe, which is found in /proc, waits for nobody
    (fifo_open).  ENXIO, EINVAL.
    """
    if flags & _ACCMODE == _ACCMODE:
        raise Errno.EINVAL("a fifo is opened for reading, for writing or for both")
    reads, writes = _ends(flags)
    if isinstance(place.node, PipeNode):
        return attach(tx, ino, place, flags), False
    pipe = tx.find(Pipe, ino) or Pipe()
    nonblock = bool(flags & OpenFlag.O_NONBLOCK)
    if writes and not reads and nonblock and not pipe.readers:
        raise Errno.ENXIO("nobody has the fifo open for reading")
    alone = not (pipe.writers if reads else pipe.readers)
    before = pipe.write_opens if alone and nonblock and not writes else 0
    waits = alone and not (nonblock or (reads and writes))
    return attach(tx, ino, place, flags, before=before), waits


def await_partner(tx: Transaction, caller: TaskId, key: FileId) -> NoReturn:
    """Wait until somebody opens the other end of the fifo that is open as *key*."""
    file = tx.get(File, key)
    tx.put(caller, Progress(key, _partner_opens(tx, file)))
    _wait_for_partner(file)


def partner_came(tx: Transaction, caller: TaskId, progress: Progress) -> FileId | Failure:
    """What becomes of an open that has waited: the open file, or EINTR."""
    file = tx.get(File, progress.file)
    in_vain = waiting.in_vain(tx, caller)
    if _partner_opens(tx, file) != progress.done and not in_vain:  # even if it has gone again
        tx.drop(Progress, caller)
        return progress.file
    if waiting.interrupted(tx, caller):
        abandon(tx, caller)
        return Failure(Errno.EINTR, "a signal was handled before the other end was opened")
    _wait_for_partner(file)


def _partner_opens(tx: Transaction, file: File) -> int:
    """How often the end that *file* waits for has been opened so far."""
    pipe = tx.get(Pipe, _pipe(file))
    return pipe.write_opens if _ends(file.flags)[0] else pipe.read_opens


def _wait_for_partner(file: File) -> NoReturn:
    end = "writing" if _ends(file.flags)[0] else "reading"
    reason = f"until the fifo is opened for {end}"
    raise WouldBlock((channel(On.FILE, _pipe(file)),), reason=reason, keep=True)


def _ends(flags: int) -> tuple[int, int]:
    """Whether *flags* open the (reading, writing) end, as numbers to add."""
    access = flags & _ACCMODE
    return int(access != OpenFlag.O_WRONLY), int(access != OpenFlag.O_RDONLY)


@driver(DRIVER)
class PipeOperations(FileOperations):
    """An open end of a pipe or fifo."""

    positioned: ClassVar[bool] = False

    def read(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int
    ) -> bytes | Failure:
        """What is there, at most *size*; the end where nobody has it open for writing."""
        if waiting.in_vain(tx, caller):
            raise Errno.EINTR("a signal was handled before there was data")
        ino = _pipe(file)
        pipe = tx.get(Pipe, ino)
        if not pipe.pages:
            if not pipe.writers:
                sigio.tell(tx, ino, PollCode.POLL_OUT, without=_READ)
                return b""
            if file.flags & OpenFlag.O_NONBLOCK:
                sigio.tell(tx, ino, PollCode.POLL_OUT, without=_READ)
                return Failure(Errno.EAGAIN, "the pipe is empty")
            if waiting.interrupted(tx, caller):
                raise Errno.EINTR("a signal was handled before there was data")
            raise WouldBlock((channel(On.FILE, ino),), reason="until there is data in the pipe")
        data, pages = _take(pipe.pages, size)
        tx.put(ino, replace(pipe, pages=pages))
        waiting.wake(tx, channel(On.FILE, ino))
        sigio.tell(tx, ino, PollCode.POLL_OUT, without=_READ)
        return data

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """All of *data*, waiting for room; SIGPIPE and EPIPE where nobody reads."""
        if not data:
            return 0
        ino = _pipe(file)
        progress = resumed(tx, caller)
        done = 0 if progress is None else progress.done
        pipe = tx.get(Pipe, ino)
        in_vain = waiting.in_vain(tx, caller)
        if not pipe.readers and not in_vain:
            abandon(tx, caller)
            me = tx.get(Task, caller)
            number = pids.number(tx, me, me.space)
            uid = idmaps.uid_inside(tx, me.creds.userns, me.creds.uid)
            info = SigInfo(int(Sig.SIGPIPE), int(SiCode.SI_USER), number, uid)
            signals.send(tx, caller, info, thread=True)
            return done or Failure(Errno.EPIPE, "nobody has the pipe open for reading")
        pages, taken = _give(pipe.pages, data[done:]) if not in_vain else (pipe.pages, 0)
        if taken:
            tx.put(ino, replace(pipe, pages=pages, mtime=tx.clock))
            waiting.wake(tx, channel(On.FILE, ino))
            sigio.tell(tx, ino, PollCode.POLL_IN, without=_WRITE)
            done += taken
        if done == len(data):
            abandon(tx, caller)
            return done
        nonblock = bool(file.flags & OpenFlag.O_NONBLOCK)
        if nonblock or waiting.interrupted(tx, caller):
            abandon(tx, caller)
            if not done and nonblock:
                sigio.tell(tx, ino, PollCode.POLL_IN, without=_WRITE)
                return Failure(Errno.EAGAIN, "the pipe is full")
            if not done:
                raise Errno.EINTR("a signal was handled before there was room")
            return done
        if done:
            if progress is None:
                files.hold(tx, key)
            tx.put(caller, Progress(key, done))
        raise WouldBlock(
            (channel(On.FILE, ino),), reason="until there is room in the pipe", keep=True
        )

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """A reader finds data, or that the last writer of some has gone; a writer an empty slot,
        or that there is no reader (pipe_poll)."""
        ino = _pipe(file)
        pipe = tx.get(Pipe, ino)
        reads, writes = _ends(file.flags)
        found = 0
        if reads:
            assert isinstance(file.opened, FifoEnd)
            came = pipe.write_opens != file.opened.before
            found |= PollEvent.POLLIN if pipe.pages else 0
            found |= PollEvent.POLLHUP if not pipe.writers and came else 0
        if writes:
            found |= PollEvent.POLLOUT if len(pipe.pages) < SLOTS else 0
            found |= PollEvent.POLLERR if not pipe.readers else 0
        return Ready(found, (channel(On.FILE, ino),))

    def asynchronous(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, fd: int, *, on: bool
    ) -> None:
        """A reader's owner is told of each write, a writer's of each read (pipe_fasync)."""
        sigio.ask(tx, caller, key, fd, _pipe(file), on=on, owned=False)

    def queued(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """All that is in the pipe, to either end."""
        return sum(len(page.data) for page in tx.get(Pipe, _pipe(file)).pages)

    def close(self, tx: Transaction, file: File) -> None:
        """One end less; the last reader or writer is noticed by the other side."""
        ino = _pipe(file)
        pipe = tx.get(Pipe, ino)
        reads, writes = _ends(file.flags)
        pipe = replace(pipe, readers=pipe.readers - reads, writers=pipe.writers - writes)
        sigio.closed(tx, ino, file)
        if pipe.readers or pipe.writers:
            tx.put(ino, pipe)
            if not (pipe.readers and pipe.writers):
                sigio.tell(tx, ino, PollCode.POLL_IN if pipe.readers else PollCode.POLL_OUT)
        else:
            tx.drop(Pipe, ino)
        waiting.wake(tx, channel(On.FILE, ino))


def _pipe(file: File) -> InodeId:
    assert isinstance(file.opened, FifoEnd)
    return file.opened.pipe


def _take(pages: tuple[Page, ...], size: int) -> tuple[bytes, tuple[Page, ...]]:
    """The first *size* bytes of *pages*, and what is left."""
    parts = []
    for index, page in enumerate(pages):
        if size < len(page.data):
            parts.append(page.data[:size])
            rest = Page(page.data[size:], page.consumed + size)
            return b"".join(parts), (rest, *pages[index + 1 :])
        parts.append(page.data)
        size -= len(page.data)
    return b"".join(parts), ()


def _give(pages: tuple[Page, ...], data: bytes) -> tuple[tuple[Page, ...], int]:
    """*pages* with as much of *data* as there is room for, and how much that is."""
    ring = list(pages)
    taken = len(data) % SLOT_SIZE
    if ring and taken:
        last = ring[-1]
        if last.consumed + len(last.data) + taken <= SLOT_SIZE:
            ring[-1] = Page(last.data + data[:taken], last.consumed)
        else:
            taken = 0
    else:
        taken = 0
    while taken < len(data) and len(ring) < SLOTS:
        ring.append(Page(data[taken : taken + SLOT_SIZE]))
        taken = min(taken + SLOT_SIZE, len(data))
    return tuple(ring), taken


# ---- calls that remember how far they came ----


def resumed(tx: Transaction, caller: TaskId) -> Progress | None:
    """What *caller*'s blocked call noted when it last waited; None for a call that begins."""
    progress = tx.find(Progress, caller)
    if progress is not None and waiting.waiter(tx, caller) is None:
        abandon(tx, caller)  # the call that it belonged to was given up
        return None
    return progress


@hooks.on_exit(Progress)
def _exit(tx: Transaction, task: TaskId, record: Task) -> None:
    del record
    if tx.find(Progress, task) is not None:
        abandon(tx, task)


def abandon(tx: Transaction, task: TaskId) -> None:
    """*task* will not ask again: let go of the open file that its blocked call held."""
    progress = tx.find(Progress, task)
    if progress is not None:
        tx.drop(Progress, task)
        files.release(tx, progress.file)
