"""Calls that wait in the middle: what they have done so far, and what they hold meanwhile.

Of the readers of a side one is in the middle of a read, the others wait until it is done; of the
writers likewise (atomic_read_lock, atomic_write_lock).
"""

from typing import TYPE_CHECKING, NoReturn

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import Read, Write
from nsh.kernel import hooks, waiting
from nsh.kernel.dispatch import LeavesTrace
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import NOBODY, PtyId, TaskId, TerminalId
from nsh.machine.ptys import Pty
from nsh.machine.tasks import Task
from nsh.machine.terminals import HalfDone, Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import Channel, On, channel

if TYPE_CHECKING:
    from nsh.kernel import sigio
else:  # most terminals tell nobody
    late(globals(), "nsh.kernel", "sigio")


def resumed(tx: Transaction, caller: TaskId) -> HalfDone | None:
    """What the blocked call of *caller* has done; None for a call that begins, also anew."""
    half = tx.find(HalfDone, caller)
    waiter = waiting.waiter(tx, caller)
    if waiter is not None and waiter.anew and (half is None or not (half.data or half.done)):
        if waiter.deadline is None:
            tx.put(caller, replace(waiter, anew=False))
        else:
            waiting.done(tx, caller)  # its time begins anew too
        waiter = None
    if waiter is None:
        let_go(tx, caller)
        return None
    return half


def cut_short(tx: Transaction, caller: TaskId) -> bool:
    """Whether a signal ends the wait of *caller*, with what it has or for being made anew."""
    waiter = waiting.waiter(tx, caller)
    return waiter is not None and (waiter.interrupted or waiter.anew)


def busy(tx: Transaction, caller: TaskId, holder: TaskId) -> bool:
    """Whether *holder* is somebody else, who waits in the middle of a read or write."""
    if holder in (NOBODY, caller):
        return False
    waiter = waiting.waiter(tx, holder)
    return waiter is not None and isinstance(waiter.request, Read | Write)


def queue(
    tx: Transaction, caller: TaskId, key: TerminalId, number: int, *, nonblocking: bool
) -> NoReturn:
    """Somebody else is in the middle: wait on channel *number* until it is done.  EAGAIN, EINTR."""
    before = tx.find(HalfDone, caller)
    if nonblocking and (before is None or not before.queued):
        fail(caller, Errno.EAGAIN, "somebody else is in the middle of it")
    if cut_short(tx, caller):
        fail(caller, Errno.EINTR, "a signal was handled")
    hurry = hurried(tx, caller)
    tx.put(caller, HalfDone(key, master=False, queued=True, hurried=hurry))
    raise WouldBlock((number,), reason="until another is done with it", keep=True)


def hurried(tx: Transaction, caller: TaskId) -> bool:
    """Whether *caller* may wait no longer, whatever its file's flags say (tty_io_nonblock)."""
    half = tx.find(HalfDone, caller)
    return half is not None and half.hurried


def hurry(tx: Transaction, number: int) -> None:
    """Whoever waits in a read or write of the side *number* is to end it: the line discipline
    cannot be changed under their hands (tty_ldisc_lock)."""
    for each in (channel(On.FILE, number), channel(On.ROOM, number)):
        found = tx.find(Channel, each)
        for task in () if found is None else found.tasks:
            half, waiter = tx.find(HalfDone, task), waiting.waiter(tx, task)
            if half and waiter and isinstance(waiter.request, Read | Write):
                tx.put(task, replace(half, hurried=True))
        waiting.wake(tx, each)


def let_go(tx: Transaction, task: TaskId) -> None:
    """*task* is done with its call, or has given it up."""
    half = tx.find(HalfDone, task)
    if half is None:
        return
    tx.drop(HalfDone, task)
    terminal = tx.find(Terminal, half.terminal)
    if terminal is None:
        return
    if half.master:
        pty = tx.find(Pty, terminal.pty)
        if pty is not None and task in (pty.reader, pty.writer):
            reader = NOBODY if pty.reader == task else pty.reader
            writer = NOBODY if pty.writer == task else pty.writer
            tx.put(terminal.pty, replace(pty, reader=reader, writer=writer))
            _wake(tx, terminal.pty)
    elif task in (terminal.input.reader, terminal.shown.writer):
        typed, shown = terminal.input, terminal.shown
        if typed.reader == task:
            typed = replace(typed, reader=NOBODY)
        if shown.writer == task:
            shown = replace(shown, writer=NOBODY)
        tx.put(half.terminal, replace(terminal, input=typed, shown=shown))
        _wake(tx, half.terminal)


def _wake(tx: Transaction, key: int) -> None:
    waiting.wake(tx, channel(On.FILE, key))
    waiting.wake(tx, channel(On.ROOM, key))


def fail(
    caller: TaskId, errno: Errno, reason: str, *, wants_room: TerminalId | PtyId | None = None
) -> NoReturn:
    """The call fails, and *caller* lets go of what it held; as a write for which there was no
    room on the side *wants_room*."""

    def trace(tx: Transaction) -> None:
        let_go(tx, caller)
        if wants_room is not None:
            sigio.await_room(tx, wants_room)

    raise LeavesTrace(errno, reason, trace)


@hooks.on_exit(HalfDone)
def _exit(tx: Transaction, task: TaskId, record: Task) -> None:
    del record
    let_go(tx, task)
