"""What a terminal makes of the characters that pass through it (termios(3), drivers/tty/n_tty.c).

The modes are those a new terminal has (ICANON, ISIG, IEXTEN, ECHO, ECHOE, ECHOK, ECHOCTL, ICRNL,
and IUTF8 as login programs set it), but for IXON, and OPOST is left to whoever shows the output.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.signals import Sig
from nsh.kernel import sessions, signals, waiting
from nsh.kernel.waiting import WouldBlock
from nsh.machine.ids import NOBODY, TaskId, TerminalId
from nsh.machine.printed import CHUNK, add, since
from nsh.machine.terminals import (
    BACKLOG_KEPT,
    INPUT_KEPT,
    Terminal,
)
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_INTR, _EOF, _LNEXT, _WERASE, _KILL, _REPRINT, _SUSP, _QUIT, _ERASE = (
    3, 4, 22, 23, 21, 18, 26, 28, 127,
)  # fmt: skip
_NEWLINE, _RETURN, _TAB, _BACKSPACE = b"\n\r\t\b"
_FIRST_PRINTED: Final = 0x20
_SIGNALS: Final = {_INTR: Sig.SIGINT, _QUIT: Sig.SIGQUIT, _SUSP: Sig.SIGTSTP}
_TAB_STOP: Final = 8
_CONTINUES, _CONTINUATION = 0xC0, 0x80
"""Mask and value of the bytes of UTF-8 that do not begin a character."""


def write(tx: Transaction, key: TerminalId, data: bytes) -> None:
    """Show *data* on the terminal."""
    tx.put(key, _show(tx.get(Terminal, key), data))


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
        tx.put(key, replace(terminal, lines=rest, backlog=b""))
        if terminal.backlog:
            type_input(tx, key, terminal.backlog)
        return line[:size]
    if nonblocking:
        raise Errno.EAGAIN("no line has been typed")
    if waiting.interrupted(tx, caller):
        raise Errno.EINTR("a signal was handled")
    raise WouldBlock((channel(On.FILE, key),), reason=f"reading from {terminal.name}")


def type_input(tx: Transaction, key: TerminalId, data: bytes) -> None:
    """Somebody types *data*: lines are edited and queued; the characters of SIGINT, SIGQUIT and
    SIGTSTP (^C, ^ and backslash, ^Z) send their signals to the foreground group."""
    for index, character in enumerate(data):
        terminal = tx.get(Terminal, key)
        if terminal.lines and terminal.pending >= INPUT_KEPT - 1:
            backlog = (terminal.backlog + data[index:])[:BACKLOG_KEPT]
            tx.put(key, replace(terminal, backlog=backlog))
            break
        _typed(tx, key, terminal, character)
    if tx.get(Terminal, key).lines:
        waiting.wake(tx, channel(On.FILE, key))
    signals.settle(tx, NOBODY)


def _typed(tx: Transaction, key: TerminalId, terminal: Terminal, character: int) -> None:
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
            return _cut(terminal, len(_less_all(line)))
        case _ if character == _REPRINT:
            return _echo(terminal, b"^R\n" + b"".join(map(_shown, line)))
        case _:
            return _append(terminal, character)


def _append(terminal: Terminal, character: int) -> Terminal:
    """Room for the newline is kept; what does not fit is shown but lost."""
    if not terminal.edited:
        terminal = replace(terminal, column=_column_on_screen(terminal))
    if terminal.pending < INPUT_KEPT - 1:
        terminal = replace(terminal, edited=terminal.edited + bytes((character,)))
    return _echo(terminal, _shown(character))


def _cut(terminal: Terminal, length: int) -> Terminal:
    """Erase the line being typed from *length* on, on the screen too."""
    line, erasure = terminal.edited, b""
    while len(line) > length:
        start = _last_character(line)
        assert start is not None, "a line is cut between characters"
        character, line = line[start], line[:start]
        if character == _TAB:
            erasure += b"\b" * _to_tab_stop(_columns(line, terminal.column))
        else:
            erasure += b"\b \b" * len(_shown(character))
    return _echo(replace(terminal, edited=line), erasure)


def _last_character(line: bytes) -> int | None:
    """Where the last character of *line* begins, which may be several bytes of UTF-8.

    None where there is none, or only the end of one, which is never erased (eraser() in n_tty.c).
    """
    start = len(line) - 1
    while start > 0 and line[start] & _CONTINUES == _CONTINUATION:
        start -= 1
    return None if start < 0 or line[start] & _CONTINUES == _CONTINUATION else start


def _less_one(line: bytes) -> bytes:
    """*line* without its last character."""
    start = _last_character(line)
    return line if start is None else line[:start]


def _less_word(line: bytes) -> bytes:
    """*line* without its last word and what follows it."""
    seen = False
    while (start := _last_character(line)) is not None:
        in_word = _in_word(line[start])
        if seen and not in_word:
            break
        seen = seen or in_word
        line = line[:start]
    return line


def _less_all(line: bytes) -> bytes:
    """What cannot be erased of *line*."""
    while (start := _last_character(line)) is not None:
        line = line[:start]
    return line


def _in_word(character: int) -> bool:
    """Words are of letters, digits and _; by their first bytes, taken for Latin-1."""
    return character == ord("_") or chr(character).isalnum()


def _columns(line: bytes, column: int) -> int:
    """In which column *line* ends that began in *column*."""
    for character in line:
        if character == _TAB:
            column += _to_tab_stop(column)
        elif character & _CONTINUES != _CONTINUATION:
            column += len(_shown(character))
    return column


def _to_tab_stop(column: int) -> int:
    """How many columns a tab takes there."""
    return _TAB_STOP - column % _TAB_STOP


def _column_on_screen(terminal: Terminal) -> int:
    """Where the output stands, as far as its last few bytes tell (do_output_char)."""
    printed = terminal.printed
    tail = since(printed, max(0, printed.written - CHUNK))
    column = 0
    for character in tail[max(tail.rfind(b"\n"), tail.rfind(b"\r")) + 1 :]:
        if character == _TAB:
            column += _to_tab_stop(column)
        elif character == _BACKSPACE:
            column = max(0, column - 1)
        elif character >= _FIRST_PRINTED and character & _CONTINUES != _CONTINUATION:
            column += character != _ERASE
    return column


def _shown(character: int) -> bytes:
    """How a character of a line is echoed: controls with a caret, but for tab."""
    if (character < _FIRST_PRINTED and character != _TAB) or character == _ERASE:
        return _caret(character)
    return bytes((character,))


def _caret(character: int) -> bytes:
    return bytes((ord("^"), character ^ 0x40))


def _echo(terminal: Terminal, shown: bytes) -> Terminal:
    return _show(terminal, shown) if terminal.echo else terminal


def _show(terminal: Terminal, data: bytes) -> Terminal:
    """Write; after a newline the line being typed counts as begun at the margin."""
    if terminal.column and _NEWLINE in data:
        terminal = replace(terminal, column=0)
    return replace(terminal, printed=add(terminal.printed, data))
