"""What tasks wrote on a terminal in a step, for whoever shows it to people."""

from nsh.abi.files import Write
from nsh.abi.request import Request
from nsh.kernel import contexts
from nsh.kernel.terminals import CONSOLE
from nsh.machine.ids import NOBODY, TaskId
from nsh.machine.printed import since
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction
from nsh.session import keyboard
from nsh.session.history import Output


def written(
    tx: Transaction, request: Request | None, caller: TaskId = NOBODY
) -> tuple[Output, ...]:
    """What came out in *tx* where somebody sits who sees it: on the machine's console, and on the
    acting task's terminal.

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
        if (
            key not in seen
            or after is None
            or (before is not None and before.printed.written == after.printed.written)
        ):
            continue
        data = since(after.printed, before.printed.written if before is not None else 0)
        found.append(Output(key, fd, data))
    return tuple(found)


def _as_error(tx: Transaction, caller: TaskId, fd: int) -> bool:
    entry = contexts.files(tx, caller).get(fd)
    return entry is not None and entry.errors
