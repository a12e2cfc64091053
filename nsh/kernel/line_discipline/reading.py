"""Reading: lines with ICANON, else as many bytes as MIN and TIME say (n_tty_read, termios(3))."""

from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.termios import VDISABLE, Cc
from nsh.kernel import waiting
from nsh.kernel.line_discipline import halves, input
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import NOBODY, TaskId, TerminalId
from nsh.machine.terminals import HalfDone
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_PIECE: Final = 64
"""What the kernel reads at once: MIN counts within it alone."""
UNTHROTTLE: Final = 128
"""Who waits for room is woken when no more than this is ready (TTY_THRESHOLD_UNTHROTTLE)."""
_TENTH: Final = 100_000_000


def read(
    tx: Transaction, caller: TaskId, key: TerminalId, size: int, *, nonblocking: bool
) -> bytes:
    """At most *size* bytes: a line or what fits of it, or without ICANON what MIN and TIME say.

    Empty at an end of file.  EAGAIN, EINTR; may wait.
    """
    half = halves.resumed(tx, caller)
    hurried = halves.hurried(tx, caller)
    line = Line(tx, key)
    if half is None or half.queued:
        if halves.busy(tx, caller, line.reader):
            halves.queue(tx, caller, key, channel(On.FILE, key), nonblocking=nonblocking)
        half = _begin(line)
    return _Reading(caller, line, half, size).go(nonblocking=nonblocking or hurried)


def _begin(line: Line) -> HalfDone:
    modes = line.modes
    if modes.icanon:
        return HalfDone(line.key, master=False, least=0)
    if modes.least:
        return HalfDone(line.key, master=False, least=modes.least, tenths=modes.tenths)
    return HalfDone(line.key, master=False, patience=modes.tenths)


class _Reading:
    def __init__(self, caller: TaskId, line: Line, half: HalfDone, size: int) -> None:
        self._caller = caller
        self._line = line
        self._half = half
        self._size = size
        self._data = bytearray(half.data)
        self._patience = half.patience
        self._renewed = False
        """A byte came, from which the patience counts anew."""

    def go(self, *, nonblocking: bool) -> bytes:
        line, least = self._line, self._half.least
        first = min(self._size, _PIECE)
        while len(self._data) < first:
            if not line.available():
                input.take_in(line)
            if not line.available():
                if self._time_is_up():
                    break
                if nonblocking:
                    self._fail(Errno.EAGAIN, "nothing to read has been typed")
                    break
                if halves.cut_short(line.tx, self._caller):
                    self._fail(Errno.EINTR, "a signal was handled")
                    break
                self._wait()
            if line.modes.lines:
                if self._take_line(first):
                    self._rest()
                    break
            elif self._take_bytes(first) and len(self._data) >= least:
                self._rest()
                break
            self._unthrottle()
            if len(self._data) >= least:
                break
            if self._half.tenths:
                self._patience, self._renewed = self._half.tenths, True
        input.take_in(line)
        line.reader = NOBODY if line.reader == self._caller else line.reader
        line.put()
        halves.let_go(line.tx, self._caller)
        return bytes(self._data)

    def _time_is_up(self) -> bool:
        if not self._patience:
            return True
        return not self._renewed and waiting.expired(self._line.tx, self._caller)

    def _fail(self, errno: Errno, reason: str) -> None:
        """Unless something was read, the call fails."""
        if not self._data:
            halves.fail(self._caller, errno, reason)

    def _wait(self) -> NoReturn:
        line, caller = self._line, self._caller
        tx = line.tx
        line.reader = caller
        line.put()
        half = replace(self._half, data=bytes(self._data), patience=self._patience)
        if half != tx.find(HalfDone, caller):
            tx.put(caller, half)
        deadline = None
        if self._patience > 0:
            deadline = tx.clock + self._patience * _TENTH
            if self._renewed:
                waiting.done(tx, caller)
        raise WouldBlock(
            (channel(On.FILE, line.key),),
            deadline,
            reason=f"reading from {line.terminal.name}",
            keep=True,
        )

    def _unthrottle(self) -> None:
        line = self._line
        held = line.canon if line.modes.icanon else len(line.ready)
        if held <= UNTHROTTLE:
            line.wake_master()

    def _rest(self) -> None:
        """There is more of it: go on to *size*, or to the end of the line."""
        more = True
        while more and len(self._data) < self._size:
            lines = self._line.modes.lines
            more = self._take_line(self._size) if lines else self._take_bytes(self._size)
        if more and self._line.modes.lines:
            self._skip_end()
        self._unthrottle()

    def _take_bytes(self, size: int) -> bool:
        """Take what is ready up to *size*; whether there is more."""
        line = self._line
        count = min(size - len(self._data), len(line.ready))
        taken = bytes(line.ready[:count])
        self._drop(count)
        if (
            line.modes.extproc
            and line.modes.icanon
            and not line.ready
            and taken == line.modes.cc[Cc.VEOF : Cc.VEOF + 1]
        ):
            return False  # a single end of file is what a line discipline elsewhere has made
        self._data += taken
        return bool(line.ready)

    def _take_line(self, size: int) -> bool:
        """Take up to *size* bytes of the first line; whether there is more of it."""
        line = self._line
        count = min(size - len(self._data), line.canon)
        end = line.ends[0] if line.ends and line.ends[0] < count else None
        if end is None:
            self._data += line.ready[:count]
            self._drop(count)
            return bool(line.canon)
        last = line.ready[end] == VDISABLE
        self._data += line.ready[: end if last else end + 1]
        line.ends.pop(0)
        self._drop(end + 1)
        return False

    def _skip_end(self) -> None:
        """An end of file just behind what was read is not another one (canon_skip_eof)."""
        line = self._line
        if line.ends[:1] == [0] and line.ready[0] == VDISABLE:
            line.ends.pop(0)
            self._drop(1)

    def _drop(self, count: int) -> None:
        line = self._line
        del line.ready[:count]
        line.canon = max(0, line.canon - count)
        line.ends = [end - count for end in line.ends if end >= count]
