"""The puppeteer's hands: which terminal is meant, and typing at it.

A terminal is found as its users find it, by opening a path; in a transaction that is thrown away,
so that nobody notices.
"""

import re
from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.puppets import TypeKeys
from nsh.kernel import line_discipline, pids, refs
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files, opening
from nsh.kernel.terminal_devices import hung_up
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import OpenTerminal
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction, begin

_FLAGS: Final = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY | OpenFlag.O_NONBLOCK)
_KIND_FIRST: Final = r"(pts|tty):([^/]*)/([^/]+)"
"""``tty:web/1``, ``tty:web:1/console``, ``pts:web/0``."""


def find(tx: Transaction, caller: TaskId, text: str) -> TerminalId:
    """The terminal called *text*: a path, or a name below /dev, of the caller's or of another's.

    ENOTTY, ESRCH, and what open(2) refuses.
    """
    whom, path = whose(tx, caller, text)
    scratch = begin(tx.base)
    key = _opened(scratch, whom, path)[1]
    if tx.find(Terminal, key) is None:  # nobody has opened that console yet
        file, key = _opened(tx, whom, path)
        files.release(tx, file)
    return key


def _opened(tx: Transaction, whom: TaskId, path: str) -> tuple[FileId, TerminalId]:
    file = opening.open_path(tx, whom, path, _FLAGS)
    opened = tx.get(File, file).opened
    if not isinstance(opened, OpenTerminal):
        raise Errno.ENOTTY(f"{path} is no terminal that anybody could type at")
    if hung_up(opened, tx.get(Terminal, opened.terminal)):
        raise Errno.EIO(f"{path} was hung up")
    return file, opened.terminal


def whose(tx: Transaction, caller: TaskId, text: str) -> tuple[TaskId, str]:
    """Who would open it, and by what path."""
    if text.startswith("/"):
        return caller, text
    if kind_first := re.fullmatch(_KIND_FIRST, text):
        kind, ref, name = kind_first.groups()
        if name.isdecimal():
            name = f"pts/{name}" if kind == "pts" else f"tty{name}"
    else:
        ref, _colon, name = text.rpartition(":")
    return _named(tx, caller, ref), name if name.startswith("/") else f"/dev/{name}"


def _named(tx: Transaction, caller: TaskId, ref: str) -> TaskId:
    """The first task of the container *ref*, or else the task of that reference."""
    if not ref:
        return caller
    space = refs.container(tx, ref)
    first = None if space is None else pids.lookup(tx, space, 1)
    if space is None or tx.get(Task, caller).space not in tx.get(PidSpace, space).path:
        first = refs.find(tx, caller, ref)
    task = None if first is None else tx.find(Task, first)
    if first is None or task is None or not task.context:
        raise Errno.ESRCH(f"{ref} is dead, and has no terminals any more")
    return first


@handles(TypeKeys)
def type_keys(tx: Transaction, caller: TaskId, request: TypeKeys) -> int:
    """Somebody types."""
    line_discipline.type_input(tx, find(tx, caller, request.terminal), request.data)
    return 0
