"""Changing a terminal: its modes, what is forgotten, whether output flows (tty_ioctl.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.ptys import Packet
from nsh.abi.termios import SPEEDS, VDISABLE, Cc, Cflag, Flow, Iflag, Lflag, Queue
from nsh.kernel.line_discipline import echo, input
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.modes import modes_of
from nsh.machine.terminals import UNLOCKED, Termios

_INPUT_SHIFT: Final = 16
"""IBSHIFT: an input speed of its own."""
_EXTENDED: Final = 15
"""Where the speeds with CBAUDEX follow, less one."""
_USUAL_FLOW: Final = (0x13, 0x11)
"""^S and ^Q."""


def set_termios(line: Line, termios: Termios) -> None:
    """The terminal's modes from now on are *termios*."""
    old, pty = line.terminal.termios, line.pty
    termios = _held(line.terminal.locked, old, _with_speeds(termios))
    if pty is not None:
        cflag = termios.cflag & ~(Cflag.CSIZE | Cflag.PARENB) | Cflag.CS8 | Cflag.CREAD
        termios = replace(termios, cflag=cflag)
        _tell_master(line, old, termios)
    line.terminal = replace(line.terminal, termios=termios)
    line.modes = modes_of(termios)
    if (old.lflag ^ termios.lflag) & (Lflag.ICANON | Lflag.EXTPROC):
        line.ends.clear()
        line.canon = 0
        if line.modes.icanon and line.ready:
            line.ends.append(len(line.ready) - 1)
            line.canon = len(line.ready)
        line.erasing = line.literal = False
    if old.iflag & Iflag.IXON and not termios.iflag & Iflag.IXON and not line.held:
        line.start()
        echo.process_all(line)
    line.readable = line.writable = True


def _held(locks: Termios, old: Termios, new: Termios) -> Termios:
    """*new*, with what is locked as it is in *old* (unset_locked_termios); speeds never are."""
    if locks == UNLOCKED:
        return new
    flags = {
        name: getattr(new, name) & ~lock | getattr(old, name) & lock
        for name in ("iflag", "oflag", "cflag", "lflag")
        if (lock := getattr(locks, name))
    }
    pairs = zip(locks.cc, old.cc, new.cc, strict=True)
    cc = bytes(was if lock else wanted for lock, was, wanted in pairs)
    return replace(new, line=old.line if locks.line else new.line, cc=cc, **flags)


def _with_speeds(termios: Termios) -> Termios:
    """The speeds are those that ``c_cflag`` names, unless it says that they are given (BOTHER)."""
    speed = _speed(termios.cflag & Cflag.CBAUD, termios.ospeed)
    separate = termios.cflag >> _INPUT_SHIFT & Cflag.CBAUD
    return replace(
        termios, ospeed=speed, ispeed=_speed(separate, termios.ispeed) if separate else speed
    )


def _speed(code: int, given: int) -> int:
    if code == Cflag.CBAUDEX:
        return given
    index = code & ~Cflag.CBAUDEX
    return SPEEDS[index + _EXTENDED if code & Cflag.CBAUDEX else index]


def _tell_master(line: Line, old: Termios, new: Termios) -> None:
    extproc = (old.lflag | new.lflag) & Lflag.EXTPROC
    before, after = _flows(old), _flows(new)
    if before != after:
        either = Packet.TIOCPKT_DOSTOP | Packet.TIOCPKT_NOSTOP
        line.tell(Packet.TIOCPKT_DOSTOP if after else Packet.TIOCPKT_NOSTOP, instead_of=either)
    if extproc:
        line.tell(Packet.TIOCPKT_IOCTL)


def _flows(termios: Termios) -> bool:
    """Whether ^S and ^Q stop and start output."""
    keys = (termios.cc[Cc.VSTOP], termios.cc[Cc.VSTART])
    return bool(termios.iflag & Iflag.IXON) and keys == _USUAL_FLOW


def flush_input(line: Line) -> None:
    """Forget what was typed and not read (n_tty_flush_buffer)."""
    line.forget_input()
    line.tell(Packet.TIOCPKT_FLUSHREAD)
    input.take_in(line)


def flush(line: Line, queue: int) -> None:
    """tcflush(3)."""
    if queue in (Queue.TCIFLUSH, Queue.TCIOFLUSH):
        line.arriving.forget()
        flush_input(line)
        line.wake_master()
    if queue in (Queue.TCOFLUSH, Queue.TCIOFLUSH):
        line.forget_output()


def flow(line: Line, action: int) -> None:
    """tcflow(3)."""
    match action:
        case Flow.TCOOFF:
            line.held = True
            line.stop()
        case Flow.TCOON:
            if line.held:
                line.held = False
                line.start()
        case Flow.TCIOFF | Flow.TCION:
            key = _key(line, action)
            if key != VDISABLE:
                stopped = line.stopped
                line.start()
                line.give(bytes((key,)))
                if stopped:
                    line.stop()


def _key(line: Line, action: int) -> int:
    return line.modes.stop if action == Flow.TCIOFF else line.modes.start


def sends_key(line: Line, action: int) -> bool:
    """Whether tcflow(3) writes a character to the other side, for which it takes its turn."""
    return action in (Flow.TCIOFF, Flow.TCION) and _key(line, action) != VDISABLE


def hang_up(line: Line, fresh: Termios) -> None:
    """All that was under way is gone, and the modes are those of a new terminal."""
    line.forget_input()
    line.forget_output()
    line.echoes.clear()
    line.committed = 0
    line.literal = line.stopped = line.held = False
    line.column = line.canon_column = 0
    line.terminal = replace(line.terminal, termios=fresh)
    line.modes = modes_of(fresh)
    line.readable = line.writable = True


def typed_ahead(line: Line) -> int:
    """TIOCINQ: how many bytes reads would give."""
    if not line.modes.lines:
        return len(line.ready)
    ends = [end for end in line.ends if line.ready[end] == VDISABLE and end < line.canon]
    return line.canon - len(ends)
