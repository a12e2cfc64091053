"""A terminal while something is done to it: its rows, taken apart and put together again.

Signals that are typed are sent, and waiters woken, when it is put together: whoever acts on them
finds the terminal as it is then.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.ptys import Packet
from nsh.abi.signals import PollCode, Sig
from nsh.kernel import sessions, waiting
from nsh.kernel.line_discipline.arriving import LIMIT, Way
from nsh.kernel.line_discipline.modes import modes_of
from nsh.machine.ids import NO_PTY, TerminalId
from nsh.machine.printed import add
from nsh.machine.ptys import Pty
from nsh.machine.sigio import Asynchronous
from nsh.machine.terminals import BACKLOG_KEPT, INPUT_KEPT, Input, Shown, Terminal
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

if TYPE_CHECKING:
    from nsh.kernel import sigio
else:  # most terminals tell nobody
    late(globals(), "nsh.kernel", "sigio")

_ENDLESS: Final = 1 << 62
"""The room of a terminal that shows what it is given at once."""


class Line:
    """The terminal *key*; what is changed counts when it is :meth:`put` back."""

    def __init__(self, tx: Transaction, key: TerminalId) -> None:
        terminal = tx.get(Terminal, key)
        self.tx = tx
        self.key = key
        self.terminal = terminal
        self.modes = modes_of(terminal.termios)
        self.pty = tx.get(Pty, terminal.pty) if terminal.pty != NO_PTY else None
        self.arriving = Way(terminal.arriving, BACKLOG_KEPT if self.pty is None else LIMIT)
        self.leaving = None if self.pty is None else Way(self.pty.arriving)
        typed = terminal.input
        self.ready = bytearray(typed.ready)
        self.canon = typed.canon
        self.ends = list(typed.ends)
        self.erasing = typed.erasing
        self.literal = typed.literal
        self.ahead = typed.ahead
        self.reader = typed.reader
        shown = terminal.shown
        self.column = shown.column
        self.canon_column = shown.canon_column
        self.echoes = bytearray(shown.echoes)
        self.committed = shown.committed
        self.stopped = shown.stopped
        self.held = shown.held
        self.writer = shown.writer
        self._out: list[bytes] = []
        self._then: list[Callable[[], None]] = []
        self.readable = False
        """Who waits for input is to look."""
        self.writable = False
        """Who waits for room on this side is to look."""
        self.makes_room = False
        """Who waits for room on the other side is to look."""
        self.told = False
        """Who reads the other side is to look."""

    # ---- the other side

    def room(self) -> int:
        """How many bytes may be given (tty_write_room)."""
        if self.stopped:
            return 0
        return _ENDLESS if self.leaving is None else self.leaving.room()

    def give(self, data: bytes) -> int:
        """Give the other side *data* to show; how much of it was taken."""
        if self.stopped or not data:
            return 0
        taken = len(data)
        if self.leaving is not None:
            taken = self.leaving.put(data)
            data = data[:taken]
        self._out.append(data)
        return taken

    def pass_on(self) -> None:
        """Let the other side take in what was given."""
        if self.pty is not None and self.leaving is not None:
            before = len(self.pty.ready)
            self.pty = take_in(self.pty, self.leaving)
            if len(self.pty.ready) > before:
                self.shown_there()

    def shown_there(self) -> None:
        """The other side has something to read."""
        self.told = True
        master = self.terminal.pty
        if self.tx.find(Asynchronous, master) is not None:
            self.later(lambda: sigio.tell(self.tx, master, PollCode.POLL_IN))

    def forget_output(self) -> None:
        """Drop what the other side has not taken in (pty_flush_buffer)."""
        if self.leaving is not None:
            self.leaving.forget()
            self.tell(Packet.TIOCPKT_FLUSHWRITE)

    def tell(self, status: int, instead_of: int = 0) -> None:
        """Have a master in packet mode know."""
        if self.pty is not None and self.pty.packet:
            self.pty = replace(self.pty, status=int(self.pty.status & ~instead_of | status))
            self.told = True

    def later(self, action: Callable[[], None]) -> None:
        """Do that once the terminal is put together."""
        self._then.append(action)

    # ---- who is told

    def arrived(self) -> None:
        """There is something to read here."""
        self.readable = True
        if self.tx.find(Asynchronous, self.key) is not None:
            self.later(lambda: sigio.tell(self.tx, self.key, PollCode.POLL_IN))

    def wake_writer(self) -> None:
        """There is room for who writes here (tty_wakeup)."""
        self.writable = True
        if self.tx.find(Asynchronous, self.key) is not None:
            self.later(lambda: sigio.tell_of_room(self.tx, self.key))

    def wake_master(self) -> None:
        """There is room for who writes at the other side."""
        self.makes_room = True
        master = self.terminal.pty
        if master != NO_PTY and self.tx.find(Asynchronous, master) is not None:
            self.later(lambda: sigio.tell_of_room(self.tx, master))

    # ---- flow

    def stop(self) -> None:
        """Output stops (stop_tty)."""
        if not self.stopped:
            self.stopped = True
            self.tell(Packet.TIOCPKT_STOP, instead_of=Packet.TIOCPKT_START)

    def start(self) -> None:
        """Output goes on, unless tcflow(3) holds it (start_tty)."""
        if self.stopped and not self.held:
            self.stopped = False
            self.wake_writer()
            self.tell(Packet.TIOCPKT_START, instead_of=Packet.TIOCPKT_STOP)

    # ---- input

    def available(self, least: int = 1) -> bool:
        """Whether a read would find something (input_available_p)."""
        return bool(self.canon) if self.modes.lines else len(self.ready) >= least

    def forget_input(self) -> None:
        """Drop what was taken in (reset_buffer_flags)."""
        self.ready.clear()
        self.ends.clear()
        self.canon = self.ahead = 0
        self.erasing = False

    def signal(self, signo: Sig) -> None:
        """Send the foreground group a signal."""
        front = self.terminal.foreground
        if front is not None:
            group = front.group
            self.later(lambda: sessions.send_group(self.tx, group, signo))

    # ---- the end

    def put(self) -> None:
        """Write the rows, send the signals, wake who waits."""
        tx, key, before = self.tx, self.key, self.terminal
        typed = Input(
            bytes(self.ready),
            self.canon,
            tuple(self.ends),
            self.erasing,
            self.literal,
            min(self.ahead, self.arriving.waiting()),
            self.reader,
        )
        shown = Shown(
            self.column,
            self.canon_column,
            bytes(self.echoes),
            self.committed,
            self.stopped,
            self.held,
            self.writer,
        )
        after = replace(
            before,
            arriving=self.arriving.frozen(),
            input=before.input if typed == before.input else typed,
            shown=before.shown if shown == before.shown else shown,
            printed=add(before.printed, b"".join(self._out)),
        )
        tx.put(key, after)
        if self.pty is not None and self.leaving is not None:
            self.pass_on()
            tx.put(before.pty, replace(self.pty, arriving=self.leaving.frozen()))
            if self.told:
                waiting.wake(tx, channel(On.FILE, before.pty))
            if self.makes_room:
                waiting.wake(tx, channel(On.ROOM, before.pty))
        if self.readable:
            waiting.wake(tx, channel(On.FILE, key))
        if self.writable:
            waiting.wake(tx, channel(On.ROOM, key))
        for action in self._then:
            action()


def take_in(pty: Pty, leaving: Way) -> Pty:
    """*pty*, whose master's side has taken in what it has room for of what is *leaving* the
    slave."""
    ready = bytearray(pty.ready)
    while data := leaving.head():
        room = INPUT_KEPT - 1 - len(ready)
        if room <= 0:
            break
        ready += data[:room]
        leaving.eat(min(room, len(data)))
    return replace(pty, ready=bytes(ready)) if len(ready) > len(pty.ready) else pty
