"""What a terminal makes of the characters that pass through it (termios(3), drivers/tty/n_tty.c).

The modes are those a new terminal has (ICANON, ISIG, IEXTEN, ECHO, ECHOE, ECHOK, ECHOCTL, ICRNL,
and IUTF8 as login programs set it), but for IXON, and OPOST is left to whoever shows the output.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.signals import Sig
from nsh.kernel import sessions, waiting
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.terminals import INPUT_KEPT, Terminal, with_output
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_INTR, _EOF, _LNEXT, _WERASE, _KILL, _REPRINT, _SUSP, _QUIT, _ERASE = (
    3, 4, 22, 23, 21, 18, 26, 28, 127,
)  # fmt: skip
_NEWLINE, _RETURN, _TAB = b"\n\r\t"
_SIGNALS: Final = {_INTR: Sig.SIGINT, _QUIT: Sig.SIGQUIT, _SUSP: Sig.SIGTSTP}
_TAB_STOP: Final = 8


def write(tx: Transaction, key: TerminalId, data: bytes) -> None:
    """Show *data* on the terminal."""
    tx.put(key, with_output(tx.get(Terminal, key), data))


def read(
    tx: Transaction, caller: TaskId, key: TerminalId, size: int, *, nonblocking: bool
) -> bytes:
    """At most *size* bytes of the first line that was typed; empty where it was an end of file.

    EAGAIN, EINTR; waits while there is no line.
    """
    terminal = tx.get(Terminal, key)
    if not size:
        return b""
    if terminal.lines:
        line, rest = terminal.lines[0], terminal.lines[1:]
        if len(line) > size:
            rest = (line[size:], *rest)
        tx.put(key, replace(terminal, lines=rest))
        return line[:size]
    if nonblocking:
        raise Errno.EAGAIN("no line has been typed")
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    raise WouldBlock((channel(On.FILE, key),), reason=f"reading from {terminal.name}")


def type_input(tx: Transaction, key: TerminalId, data: bytes) -> None:
    """Somebody types *data*: lines are edited and queued; the characters of SIGINT, SIGQUIT and
    SIGTSTP (^C, ^ and backslash, ^Z) send their signals to the foreground group."""
    for character in data:
        _typed(tx, key, character)
    if tx.get(Terminal, key).lines:
        waiting.wake(tx, channel(On.FILE, key))


def _typed(tx: Transaction, key: TerminalId, character: int) -> None:
    terminal = tx.get(Terminal, key)
    if terminal.literal:
        tx.put(key, _append(replace(terminal, literal=False), character))
    elif character in _SIGNALS:
        _signal(tx, key, terminal, character)
    else:
        tx.put(key, _edited(terminal, character))


def _signal(tx: Transaction, key: TerminalId, terminal: Terminal, character: int) -> None:
    """Input that was not read yet is forgotten, and the foreground group is told."""
    flushed = replace(terminal, lines=(), edited=b"")
    tx.put(key, _echo(flushed, _caret(character)))
    if terminal.foreground is not None:
        sessions.send_group(tx, terminal.foreground.group, _SIGNALS[character])


def _edited(terminal: Terminal, character: int) -> Terminal:
    """*terminal* after one character that is no signal."""
    line = terminal.edited
    match character:
        case _ if character in (_NEWLINE, _RETURN):
            ended = replace(terminal, lines=(*terminal.lines, line + b"\n"), edited=b"")
            return _echo(ended, b"\n")
        case _ if character == _EOF:
            return replace(terminal, lines=(*terminal.lines, line), edited=b"")
        case _ if character == _LNEXT:
            return _echo(replace(terminal, literal=True), b"^\b")
        case _ if character == _ERASE:
            return _cut(terminal, len(_less_one(line)))
        case _ if character == _WERASE:
            return _cut(terminal, len(_less_word(line)))
        case _ if character == _KILL:
            return _cut(terminal, 0)
        case _ if character == _REPRINT:
            return _echo(terminal, b"^R\n" + b"".join(map(_shown, line)))
        case _:
            return _append(terminal, character)


def _append(terminal: Terminal, character: int) -> Terminal:
    """Room for the newline is kept; what does not fit is lost, as in a full n_tty buffer."""
    if terminal.pending >= INPUT_KEPT - 1:
        return terminal
    longer = replace(terminal, edited=terminal.edited + bytes((character,)))
    return _echo(longer, _shown(character))


def _cut(terminal: Terminal, length: int) -> Terminal:
    """Erase the line being typed from *length* on, on the screen too."""
    line = terminal.edited
    columns = _columns(line) - _columns(line[:length])
    return _echo(replace(terminal, edited=line[:length]), b"\b \b" * columns)


def _less_one(line: bytes) -> bytes:
    """*line* without its last character, which may be several bytes of UTF-8."""
    end = len(line)
    while end > 0:
        end -= 1
        if line[end] & 0xC0 != 0x80:  # not a continuation byte
            break
    return line[:end]


def _less_word(line: bytes) -> bytes:
    """*line* without its last word and what follows it; words are of letters, digits and _."""
    end = len(line)
    while end and not _in_word(line[end - 1]):
        end -= 1
    while end and _in_word(line[end - 1]):
        end -= 1
    return line[:end]


def _in_word(character: int) -> bool:
    return character == ord("_") or chr(character).isalnum()


def _columns(line: bytes) -> int:
    """How many columns *line* takes, were it to begin at a tab stop."""
    column = 0
    for character in line:
        if character == _TAB:
            column += _TAB_STOP - column % _TAB_STOP
        elif character & 0xC0 != 0x80:
            column += len(_shown(character))
    return column


def _shown(character: int) -> bytes:
    """How a character is echoed: controls with a caret, but for tab and newline."""
    if (character < 32 and character not in (_TAB, _NEWLINE)) or character == _ERASE:
        return _caret(character)
    return bytes((character,))


def _caret(character: int) -> bytes:
    return bytes((ord("^"), character ^ 0x40))


def _echo(terminal: Terminal, shown: bytes) -> Terminal:
    return with_output(terminal, shown) if terminal.echo else terminal
