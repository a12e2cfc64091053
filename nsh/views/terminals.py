"""Terminals: their names, who has them, and the end of what was written on them."""

from nsh.machine.ids import NOBODY, TaskId, TerminalId
from nsh.machine.printed import since
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine
from nsh.views import ids

NONE = "-"
"""The name of no terminal, as a column shows it."""

_LINE = 256
"""Bytes to look back for each line that is wanted."""


class TerminalView(Record):
    """One terminal."""

    terminal: TerminalId
    name: str
    """Below /dev."""
    session: TaskId
    """The session it controls, NOBODY if it is free."""
    owner: str
    """``cid:pid`` and name of that session's leader, "" if it is free or the leader is gone."""
    tail: tuple[str, ...]
    """The last lines; the newest may be unended.  Whatever bytes a task wrote, decoded: a front
    end makes control characters harmless."""
    written: int
    """Bytes ever written."""


def name(machine: Machine, terminal: TerminalId) -> str:
    """The name of a terminal as ps(1) has it; ``-`` for none."""
    record = machine.find(Terminal, terminal)
    return NONE if record is None else record.name


def terminals(machine: Machine) -> tuple[TerminalId, ...]:
    """Every terminal there is, oldest first."""
    return tuple(TerminalId(key) for key, _ in machine.items(Terminal))


def terminal(machine: Machine, key: TerminalId, lines: int = 24) -> TerminalView | None:
    """A terminal with its last *lines* lines, as far back as it keeps them; None if it is gone.

    O(bytes of those lines).
    """
    record = machine.find(Terminal, key)
    if record is None:
        return None
    text = since(record.printed, max(0, record.printed.written - _LINE * lines)).decode(
        "utf-8", "replace"
    )
    tail = text.replace("\r\n", "\n").removesuffix("\n").split("\n") if text else []
    leader = machine.find(Task, record.session) if record.session != NOBODY else None
    owner = "" if leader is None else f"{ids.reference(machine, record.session)} {leader.comm}"
    return TerminalView(
        key, record.name, record.session, owner, tuple(tail[-lines:]), record.printed.written
    )
