"""Modes, sizes and queues of terminals: requests (termios(3), ioctl_tty(2), tty_ioctl.c)."""

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.signals import Sig
from nsh.abi.terminals import (
    GetWinsize,
    InputQueue,
    OutputQueue,
    SetWinsize,
    Sti,
    Tcdrain,
    Tcflow,
    Tcflush,
    Tcgetattr,
    Tcsendbreak,
    Tcsetattr,
    When,
)
from nsh.abi.termios import Cc, Flow, Queue
from nsh.kernel import capabilities, terminals
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.descriptors import open_file
from nsh.kernel.fs.drivers import operations_of
from nsh.kernel.line_discipline import halves, input, settings
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.terminal_calls import behind
from nsh.kernel.terminals import process_of
from nsh.machine import printed
from nsh.machine.ids import FIRST_USER, TaskId, TerminalId
from nsh.machine.ptys import OpenMaster, OpenTerminal, Pty
from nsh.machine.terminals import NCCS, Terminal, Termios, TtySettings, Winsize
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_BYTE = 0xFF
_WORD = 0xFFFF


def _check(tx: Transaction, caller: TaskId, key: TerminalId, doing: str) -> None:
    terminals.check_job_control(tx, caller, key, Sig.SIGTTOU, doing)


@handles(Tcgetattr)
def tcgetattr(tx: Transaction, caller: TaskId, request: Tcgetattr) -> Termios:
    """tcgetattr(3)."""
    return tx.get(Terminal, behind(tx, caller, request.fd).terminal).termios


@handles(Tcsetattr)
def tcsetattr(tx: Transaction, caller: TaskId, request: Tcsetattr) -> int:
    """tcsetattr(3): with a *when* but at once it waits for a writer that waits for room."""
    key = behind(tx, caller, request.fd).terminal
    wanted = request.settings
    if request.when not in tuple(When):
        raise Errno.EINVAL("it takes effect now, after output, or after output and a flush")
    if len(wanted.cc) != NCCS:
        raise Errno.EINVAL(f"there are {NCCS} control characters")
    if halves.resumed(tx, caller) is None:
        _check(tx, caller, key, "change the modes")
    line = Line(tx, key)
    if request.when != When.TCSANOW:
        _await_writer(caller, line, line.writer, key)
        if request.when == When.TCSAFLUSH:
            settings.flush_input(line)
    settings.set_termios(line, wanted)
    line.put()
    return 0


def _await_writer(caller: TaskId, line: Line, writer: TaskId, key: int) -> None:
    """Go on when *writer* is not in the middle of a write to that side (tty_write_lock).  EINTR."""
    if halves.busy(line.tx, caller, writer):
        halves.queue(line.tx, caller, line.key, channel(On.ROOM, key), nonblocking=False)
    halves.let_go(line.tx, caller)


@handles(GetWinsize)
def get_winsize(tx: Transaction, caller: TaskId, request: GetWinsize) -> Winsize:
    """TIOCGWINSZ."""
    return tx.get(Terminal, behind(tx, caller, request.fd).terminal).winsize


@handles(SetWinsize)
def set_winsize(tx: Transaction, caller: TaskId, request: SetWinsize) -> int:
    """TIOCSWINSZ."""
    resize(tx, behind(tx, caller, request.fd).terminal, request.size)
    return 0


def resize(tx: Transaction, key: TerminalId, size: Winsize) -> None:
    """The window has *size* now: the foreground group is told if it had another."""
    terminal = tx.get(Terminal, key)
    size = Winsize(*(getattr(size, name) & _WORD for name in size.__struct_fields__))
    if size == terminal.winsize:
        return
    shown = terminal.printed
    if size.rows and size.columns:
        shown = printed.resized(shown, size.rows, size.columns)
    tx.put(key, replace(terminal, winsize=size, printed=shown))
    line = Line(tx, key)
    line.signal(Sig.SIGWINCH)
    line.put()


@handles(Tcflush)
def tcflush(tx: Transaction, caller: TaskId, request: Tcflush) -> int:
    """tcflush(3)."""
    found = behind(tx, caller, request.fd)
    if not found.master:
        _check(tx, caller, found.terminal, "flush")
    if request.queue not in (Queue.TCIFLUSH, Queue.TCOFLUSH, Queue.TCIOFLUSH):
        raise Errno.EINVAL("it forgets input, output, or both")
    line = Line(tx, found.terminal)
    if found.master:
        _flush_master(line, request.queue)
    else:
        settings.flush(line, request.queue)
    line.put()
    return 0


def _flush_master(line: Line, queue: int) -> None:
    assert line.pty is not None
    assert line.leaving is not None
    if queue in (Queue.TCIFLUSH, Queue.TCIOFLUSH):
        line.leaving.forget()
        line.pty = replace(line.pty, ready=b"")
        line.wake_writer()
    if queue in (Queue.TCOFLUSH, Queue.TCIOFLUSH):
        line.arriving.forget()


@handles(Tcflow)
def tcflow(tx: Transaction, caller: TaskId, request: Tcflow) -> int:
    """tcflow(3)."""
    found = behind(tx, caller, request.fd)
    begins = halves.resumed(tx, caller) is None
    if begins and not found.master:
        _check(tx, caller, found.terminal, "stop or start output")
    if request.action not in (Flow.TCOOFF, Flow.TCOON, Flow.TCIOFF, Flow.TCION):
        raise Errno.EINVAL("it stops or starts output or input")
    line = Line(tx, found.terminal)
    if found.master:
        _flow_of_master(caller, line, request.action)
    else:
        if settings.sends_key(line, request.action) or not begins:
            _await_writer(caller, line, line.writer, found.terminal)
        settings.flow(line, request.action)
    line.put()
    return 0


def _flow_of_master(caller: TaskId, line: Line, action: int) -> None:
    assert line.pty is not None
    match action:
        case Flow.TCOOFF:
            line.pty = replace(line.pty, stopped=True)
        case Flow.TCOON:
            if line.pty.stopped:
                line.pty = replace(line.pty, stopped=False)
                line.wake_master()
        case _:
            _await_writer(caller, line, line.pty.writer, line.terminal.pty)
            key = Termios().cc[Cc.VSTOP if action == Flow.TCIOFF else Cc.VSTART]
            if not line.pty.stopped:
                line.arriving.put(bytes((key,)))
                input.take_in(line)


@handles(Tcdrain)
def tcdrain(tx: Transaction, caller: TaskId, request: Tcdrain) -> int:
    """tcdrain(3): nothing is ever on its way out of a terminal here, nor of a pty on Linux."""
    found = behind(tx, caller, request.fd)
    if not found.master:
        _check(tx, caller, found.terminal, "wait for its output")
    return 0


@handles(Tcsendbreak)
def tcsendbreak(tx: Transaction, caller: TaskId, request: Tcsendbreak) -> int:
    """tcsendbreak(3): there is no line to send it on."""
    found = behind(tx, caller, request.fd)
    if not found.master:
        _check(tx, caller, found.terminal, "send a break")
    return 0


@handles(InputQueue)
def input_queue(tx: Transaction, caller: TaskId, request: InputQueue) -> int:
    """TIOCINQ (FIONREAD): of pipes and regular files too."""
    _key, file = open_file(tx, caller, request.fd)
    if not isinstance(file.opened, OpenMaster | OpenTerminal):
        return operations_of(tx, file).queued(tx, caller, file)
    found = behind(tx, caller, request.fd)
    if found.master:
        return len(tx.get(Pty, found.master).ready)
    return settings.typed_ahead(Line(tx, found.terminal))


@handles(OutputQueue)
def output_queue(tx: Transaction, caller: TaskId, request: OutputQueue) -> int:
    """TIOCOUTQ: always 0, as for Linux's pseudo terminals; of sockets too (SIOCOUTQ)."""
    _key, file = open_file(tx, caller, request.fd)
    if not isinstance(file.opened, OpenMaster | OpenTerminal):
        return operations_of(tx, file).unsent(tx, caller, file)
    behind(tx, caller, request.fd)
    return 0


@handles(Sti)
def sti(tx: Transaction, caller: TaskId, request: Sti) -> int:
    """TIOCSTI: into the input of the side that it is asked of."""
    found = behind(tx, caller, request.fd)
    process = process_of(tx, caller)
    own = not found.master and process.tty == found.terminal
    rules = tx.find(TtySettings, 0) or TtySettings()
    admin = capabilities.capable(tx, caller, FIRST_USER, Cap.CAP_SYS_ADMIN)
    if not admin and not rules.legacy_tiocsti:
        raise Errno.EIO("dev.tty.legacy_tiocsti is 0")
    if not admin and not own:
        raise Errno.EPERM("it is not the caller's controlling terminal")
    line = Line(tx, found.terminal)
    character = bytes((request.byte & _BYTE,))
    if found.master:
        assert line.pty is not None
        if len(line.pty.ready) < 4095:
            line.pty = replace(line.pty, ready=line.pty.ready + character)
            line.shown_there()
    else:
        input.receive(line, character)
    line.put()
    return 0
