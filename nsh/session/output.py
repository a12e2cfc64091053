"""What tasks wrote on a terminal in a step, for whoever shows it to people.

It is what the programs wrote: where the terminal has made two characters of each newline, they
are one again.  What the slave of a pseudo terminal shows is its master's affair, not people's.
"""

from typing import Final

from nsh.abi.files import Write
from nsh.abi.request import Request
from nsh.abi.termios import Oflag
from nsh.kernel import contexts
from nsh.kernel.terminals import CONSOLE
from nsh.machine.ids import NO_PTY, NOBODY, TaskId
from nsh.machine.printed import since
from nsh.machine.terminals import Terminal, Termios
from nsh.machine.value import Transaction
from nsh.session import keyboard
from nsh.session.history import Output

_NEWLINES: Final = Oflag.OPOST | Oflag.ONLCR


def written(
    tx: Transaction, request: Request | None, caller: TaskId = NOBODY
) -> tuple[Output, ...]:
    """What came out in *tx* where somebody sits who sees it: on the machine's console, and on the
    acting task's terminal if that is no pseudo terminal.

    The descriptor is 2 for what *caller* wrote as an error, so that a front end can tell it from
    an answer; what the terminal echoed by itself counts as 1.
    """
    changed = tx.written(Terminal)
    if not changed:
        return ()
    fd = 2 if isinstance(request, Write) and _as_error(tx, caller, request.fd) else 1
    seen = {CONSOLE, keyboard.sits_at(tx)} if set(changed) - {CONSOLE} else {CONSOLE}
    found = []
    for key, after in sorted(changed.items()):
        before = tx.base.find(Terminal, key)
        if key not in seen or after is None or after.pty != NO_PTY:
            continue
        if before is not None and before.printed.written == after.printed.written:
            continue
        data = since(after.printed, before.printed.written if before is not None else 0)
        found.append(Output(key, fd, as_written(data, after.termios)))
    return tuple(found)


def as_written(data: bytes, modes: Termios) -> bytes:
    """*data*, which a terminal with these modes shows, as programs wrote it."""
    if modes.oflag & _NEWLINES == _NEWLINES:
        return data.replace(b"\r\n", b"\n")
    return data


def _as_error(tx: Transaction, caller: TaskId, fd: int) -> bool:
    entry = contexts.files(tx, caller).get(fd)
    return entry is not None and entry.errors
