"""timerfd_create(2) and its family (fs/timerfd.c; S2, N12).

Like a POSIX timer, one that has gone off waits until that is read before it is wound up again.
"""

from typing import ClassVar, Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.poll import PollEvent
from nsh.abi.process import CLOCK_BOOTTIME, CLOCK_MONOTONIC, CLOCK_REALTIME
from nsh.abi.timers import (
    TFD_CLOEXEC,
    TFD_NONBLOCK,
    TFD_TIMER_ABSTIME,
    TFD_TIMER_CANCEL_ON_SET,
    Setting,
    TimerfdCreate,
    TimerfdGettime,
    TimerfdSettime,
)
from nsh.kernel import clock, contexts, hooks, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files
from nsh.kernel.fs.descriptors import install, lowest_free, open_file
from nsh.kernel.fs.drivers import driver
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.kernel.fs.operations import FileOperations, Ready
from nsh.kernel.timing import timers
from nsh.kernel.waiting import WouldBlock
from nsh.machine.context import Place
from nsh.machine.files import File
from nsh.machine.ids import NOBODY, FileId, TaskId
from nsh.machine.timerfd import TimerNode
from nsh.machine.timers import OF_FILE, Timer, missed
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

CLOCKS: Final = (CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, *clock.ALARMS)
"""Those that a timerfd can be set by."""
_COUNT: Final = 8
"""Bytes that are read at a time: a number."""


@driver("timerfd")
class Timerfd(FileOperations):
    """An open timer."""

    positioned: ClassVar[bool] = False
    minds_empty_reads: ClassVar[bool] = True

    def seek(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, offset: int, whence: int
    ) -> int:
        """Wherever one seeks to, it is the beginning (noop_llseek)."""
        return file.offset

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """How often it has gone off since the last read, in 8 bytes of the machine's order."""
        if size < _COUNT:
            raise Errno.EINVAL(f"a count has {_COUNT} bytes")
        node, timer = _of(tx, file)
        if not timer.spent:
            if file.flags & OpenFlag.O_NONBLOCK:
                raise Errno.EAGAIN("the timer has not gone off since the last read")
            if waiting.interrupted(tx, caller):
                raise Errno.EINTR("a signal was handled")
            raise WouldBlock((channel(On.FILE, node.timer),), reason="until the timer goes off")
        count = 1 + missed(timer, tx.clock)
        if timer.interval and timer.expires is not None:
            following = timer.expires + count * timer.interval
            timers.wind(tx, node.timer, replace(timer, expires=following, spent=False))
        else:
            timers.wind(tx, node.timer, replace(timer, expires=None, spent=False))
        return count.to_bytes(_COUNT, "little")

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """It can be read once it has gone off."""
        node, timer = _of(tx, file)
        return Ready(PollEvent.POLLIN * timer.spent, (channel(On.FILE, node.timer),))

    def close(self, tx: Transaction, file: File) -> None:
        """The timer goes with it."""
        node = file.place.node
        assert isinstance(node, TimerNode)
        waiting.stop(tx, node.timer)
        tx.drop(Timer, node.timer)


def _of(tx: Transaction, file: File) -> tuple[TimerNode, Timer]:
    node = file.place.node
    assert isinstance(node, TimerNode)
    return node, tx.get(Timer, node.timer)


def _open(tx: Transaction, caller: TaskId, fd: int) -> tuple[TimerNode, Timer]:
    """EBADF; EINVAL for what is no timer."""
    _key, file = open_file(tx, caller, fd)
    if not isinstance(file.place.node, TimerNode):
        raise Errno.EINVAL(f"descriptor {fd} is no timer's")
    return _of(tx, file)


@handles(TimerfdCreate)
def create(tx: Transaction, caller: TaskId, request: TimerfdCreate) -> int:
    """timerfd_create(2)."""
    if request.flags & ~(TFD_CLOEXEC | TFD_NONBLOCK) or request.clock not in CLOCKS:
        raise Errno.EINVAL("a timerfd takes TFD_CLOEXEC and TFD_NONBLOCK, and no such clock")
    lowest_free(contexts.files(tx, caller))
    key, _node = make(tx, request.clock, int(OpenFlag.O_RDWR | request.flags & TFD_NONBLOCK))
    return install(tx, caller, key, cloexec=bool(request.flags & TFD_CLOEXEC))


def make(tx: Transaction, clockid: int, flags: int) -> tuple[FileId, TimerNode]:
    """The open file of a new timer, held once, and what stands for it."""
    node = TimerNode("timerfd", tx.fresh())
    tx.put(node.timer, Timer(NOBODY, OF_FILE, clockid))
    place = Place(internal_mount(tx, "anon_inodefs"), node)
    key = tx.new(FileId)
    tx.put(key, File(place, flags, driver="timerfd"))
    files.hold_place(tx, place)
    return key, node


@handles(TimerfdSettime)
def settime(tx: Transaction, caller: TaskId, request: TimerfdSettime) -> Setting:
    """timerfd_settime(2).  What it has counted and nobody has read is forgotten."""
    if request.flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET):
        raise Errno.EINVAL("timerfd_settime has no such flags")
    if request.value < 0 or request.interval < 0:
        raise Errno.EINVAL("a time is not negative")
    node, timer = _open(tx, caller, request.fd)
    old = timers.setting(timer, tx.clock)
    when = None
    if request.value:
        absolute = bool(request.flags & TFD_TIMER_ABSTIME)
        when = clock.at(tx, caller, timer.clock, request.value, absolute=absolute)
    new = replace(timer, expires=when, interval=request.interval, spent=False, flags=request.flags)
    timers.wind(tx, node.timer, new)
    return old


@handles(TimerfdGettime)
def gettime(tx: Transaction, caller: TaskId, request: TimerfdGettime) -> Setting:
    """timerfd_gettime(2)."""
    return timers.setting(_open(tx, caller, request.fd)[1], tx.clock)


@hooks.on_expiry
def expire(tx: Transaction, key: int) -> None:
    """It can be read now."""
    timer = tx.find(Timer, key)
    if timer is not None and timer.number == OF_FILE:
        tx.put(key, replace(timer, spent=True))
        waiting.wake(tx, channel(On.FILE, key))
