"""``/proc/ttyns``: the opened consoles of the reader's tty namespace and of those below it.

One line each, fields parted by blanks::

    4026532001 tty1 4:1 * 2 7 1 120 0
    namespace, name, device, * in front or -, session, foreground group, open files, bytes kept,
    how many watch it from outside

Ids are the reader's, 0 where there is none in sight.  Of this machine alone; Linux's
/proc/consoles tells which drivers show the kernel's messages.
"""

from nsh.kernel import consoles, pids, terminals
from nsh.kernel.fs.proc.registry import system_file
from nsh.machine.consoles import CONSOLE, SERIAL, Console, Consoles
from nsh.machine.files import dev_major, dev_minor
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.serial import SerialLine
from nsh.machine.settings import on_mainline
from nsh.machine.tasks import Session, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction


@system_file("ttyns", present=lambda tx: not on_mainline(tx))
def ttyns(tx: Transaction, caller: TaskId) -> str:
    """By namespace, the oldest first, then by number.  O(namespaces)."""
    own = consoles.own(tx, caller)
    return "".join(
        _line(tx, caller, space, number, terminal)
        for _key, space in tx.items(Consoles)
        if own in space.path
        for number, terminal in sorted(space.terminals.items())
    )


def _line(tx: Transaction, caller: TaskId, space: Consoles, number: int, key: TerminalId) -> str:
    terminal = tx.get(Terminal, key)
    here = tx.get(Task, caller).space
    session = tx.find(Session, terminal.session)
    virtual = number not in (CONSOLE, SERIAL)
    line = tx.find(SerialLine, key)
    fields = (
        space.inum,
        terminal.name,
        f"{dev_major(terminal.rdev)}:{dev_minor(terminal.rdev)}",
        "*" if virtual and number == space.active else "-",
        0 if session is None else pids.number(tx, session, here),
        terminals.foreground_number(tx, terminal, here),
        tx.get(Console, key).opens,
        terminal.printed.kept,
        0 if line is None else line.attached,
    )
    return " ".join(map(str, fields)) + "\n"
