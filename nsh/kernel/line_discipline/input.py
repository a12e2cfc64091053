"""Input: what becomes of what is typed, character by character (n_tty_receive_buf, n_tty.c)."""

from typing import Final

from nsh.abi.ptys import Packet
from nsh.abi.signals import Sig
from nsh.abi.termios import VDISABLE, Cc
from nsh.kernel.line_discipline import echo, editing
from nsh.kernel.line_discipline.line import Line
from nsh.kernel.line_discipline.modes import DOUBLED, NEWLINE, RETURN, lower
from nsh.machine.terminals import INPUT_KEPT

_SIGNALS: Final = ((Cc.VINTR, Sig.SIGINT), (Cc.VQUIT, Sig.SIGQUIT), (Cc.VSUSP, Sig.SIGTSTP))
_STRIPPED: Final = 0x7F


def take_in(line: Line) -> None:
    """Take in what has arrived, as far as there is room (flush_to_ldisc)."""
    while data := line.arriving.head():
        taken = receive(line, data)
        line.arriving.eat(taken)
        if taken < len(data):
            _look_ahead(line)
        if not taken:
            break


def _look_ahead(line: Line) -> None:
    """START and STOP are obeyed however much is waiting before them."""
    data = line.arriving.ahead(line.ahead)
    line.ahead += len(data)
    if line.modes.ixon:
        for character in data:
            if character in (line.modes.start, line.modes.stop):
                _flow(line, character)


def receive(line: Line, data: bytes) -> int:
    """Take in as much of *data* as there is room for; how much that was.

    While a line is typed that is not ended yet, all is taken, so that it can be erased: the last
    byte of the buffer is overwritten.
    """
    ready = line.ready
    taken = 0
    while taken < len(data):
        room = INPUT_KEPT - len(ready)
        if line.modes.parmrk:
            room = -(-room // 3)
        room -= 1
        if room <= 0:
            overflow = line.modes.icanon and not line.canon
            if overflow and room < 0:
                ready.pop()
            if not overflow:
                break
            room = 1
            line.wake_master()
        piece = data[taken : taken + room]
        _receive(line, piece)
        taken += len(piece)
    return taken


def _receive(line: Line, data: bytes) -> None:
    done, line.ahead = min(line.ahead, len(data)), max(0, line.ahead - len(data))
    if line.modes.passes:
        line.ready += data
    else:
        _standard(line, data, done)
        echo.flush(line)
    if not line.modes.lines and line.ready:
        line.arrived()


def _standard(line: Line, data: bytes, done: int) -> None:
    modes = line.modes
    for index, each in enumerate(data):
        character = each
        if line.literal:
            line.literal = False
            if modes.istrip:
                character &= _STRIPPED
            if modes.lowers:
                character = lower(character)
            _ordinary(line, character)
            continue
        if modes.istrip:
            character &= _STRIPPED
        if modes.lowers:
            character = lower(character)
        if modes.extproc:
            line.ready.append(character)
        elif character in modes.special:
            _special(line, character, flow_done=index < done)
        else:
            _ordinary(line, character)


def _keep(line: Line, character: int) -> None:
    if character == DOUBLED and line.modes.parmrk:
        line.ready.append(character)
    line.ready.append(character)


def _ordinary(line: Line, character: int) -> None:
    _any_starts(line)
    if line.modes.echo:
        _echo_in_line(line, character)
    _keep(line, character)


def _echo_in_line(line: Line, character: int) -> None:
    echo.finish_erasing(line)
    if line.canon == len(line.ready):
        echo.set_column(line)
    echo.shown(line, character)
    echo.commit(line)


def _any_starts(line: Line) -> None:
    """IXANY: any character lets output go on."""
    if line.stopped and not line.held and line.modes.ixon and line.modes.ixany:
        line.start()
        echo.process_all(line)


def _flow(line: Line, character: int) -> None:
    if character == line.modes.start:
        line.start()
        echo.process_all(line)
    else:
        line.stop()


def _special(line: Line, character: int, *, flow_done: bool) -> None:
    modes = line.modes
    if modes.ixon and character in (modes.start, modes.stop):
        if not flow_done:
            _flow(line, character)
        return
    if modes.isig:
        for name, signo in _SIGNALS:
            if character == modes.cc[name]:
                _signal(line, signo, character)
                return
    _any_starts(line)
    if character == RETURN:
        if modes.igncr:
            return
        if modes.icrnl:
            character = NEWLINE
    elif character == NEWLINE and modes.inlcr:
        character = RETURN
    if modes.icanon and _canonical(line, character):
        return
    if modes.echo:
        if character == NEWLINE:
            echo.finish_erasing(line)
            echo.raw(line, NEWLINE)
            echo.commit(line)
        else:
            _echo_in_line(line, character)
    _keep(line, character)


def _signal(line: Line, signo: Sig, character: int) -> None:
    """The foreground group is told; what was typed and shown before is forgotten (isig)."""
    modes = line.modes
    line.signal(signo)
    if not modes.noflsh:
        line.echoes.clear()
        line.committed = 0
        line.forget_output()
        line.forget_input()
        line.tell(Packet.TIOCPKT_FLUSHREAD)
    if modes.ixon:
        line.start()
    if modes.echo:
        echo.shown(line, character)
        echo.commit(line)
    else:
        echo.process_all(line)


def _canonical(line: Line, character: int) -> bool:
    """Edit or end the line; whether *character* did."""
    modes, cc = line.modes, line.modes.cc
    if character in (modes.erase, modes.kill) or (character == modes.werase and modes.iexten):
        editing.erase(line, character)
        echo.commit(line)
    elif character == cc[Cc.VLNEXT] and modes.iexten:
        line.literal = True
        if modes.echo:
            echo.finish_erasing(line)
            if modes.echoctl:
                echo.raw(line, ord("^"))
                echo.raw(line, ord("\b"))
                echo.commit(line)
    elif character == cc[Cc.VREPRINT] and modes.echo and modes.iexten:
        editing.reprint(line, character)
        echo.commit(line)
    elif character == NEWLINE:
        if modes.echo or modes.echonl:
            echo.raw(line, NEWLINE)
            echo.commit(line)
        _end(line, character)
    elif character == cc[Cc.VEOF]:
        _end(line, VDISABLE)
    elif character == cc[Cc.VEOL] or (character == cc[Cc.VEOL2] and modes.iexten):
        if modes.echo:
            if line.canon == len(line.ready):
                echo.set_column(line)
            echo.shown(line, character)
            echo.commit(line)
        if character == DOUBLED and modes.parmrk:
            line.ready.append(character)
        _end(line, character)
    else:
        return False
    return True


def _end(line: Line, character: int) -> None:
    """The line ends with *character*; with a NUL it ends before."""
    line.ends.append(len(line.ready))
    line.ready.append(character)
    line.canon = len(line.ready)
    line.arrived()
