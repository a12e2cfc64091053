"""poll(2): which of several open files can be read or written now (fs/select.c)."""

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.poll import Poll, PollEvent
from nsh.kernel import contexts, limits, waiting
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.drivers import operations_of
from nsh.kernel.fs.operations import Ready
from nsh.kernel.waiting import WouldBlock
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_ALWAYS = PollEvent.POLLERR | PollEvent.POLLHUP


@handles(Poll)
def poll(tx: Transaction, caller: TaskId, request: Poll) -> tuple[int, ...]:
    """poll(2)."""
    if len(request.fds) > limits.OPEN_FILES:
        raise Errno.EINVAL(f"more than {limits.OPEN_FILES} descriptors")
    found: list[int] = []
    channels: set[int] = set()
    for fd, events in request.fds:
        ready = _ready(tx, caller, fd, events)
        found.append(ready.events & (events | _ALWAYS | PollEvent.POLLNVAL))
        channels.update(ready.channels)
    told = tuple(found)
    found_some = any(told) and not waiting.in_vain(tx, caller)
    if found_some or not request.timeout or waiting.expired(tx, caller):
        return told
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    deadline = tx.clock + request.timeout if request.timeout > 0 else None
    waits = tuple(sorted(channels)) or (channel(On.CLOCK, caller),)
    raise WouldBlock(waits, deadline, reason="until one of the files is ready", keep=True)


def _ready(tx: Transaction, caller: TaskId, fd: int, asked: int) -> Ready:
    """A negative descriptor is passed over; one that is not open is told of."""
    if fd < 0:
        return Ready(0)
    entry = contexts.files(tx, caller).get(fd)
    if entry is None:
        return Ready(PollEvent.POLLNVAL)
    file = tx.get(File, entry.file)
    if file.flags & OpenFlag.O_PATH:
        return Ready(PollEvent.POLLNVAL)
    operations = operations_of(tx, file)
    ready = operations.poll(tx, caller, entry.file, file)
    if file.flags & OpenFlag.O_ASYNC:
        operations.polled(tx, file, asked, ready.events)
    return ready
