"""The puppeteer's hands: which terminal is meant, and typing at it.

A mechanism that has terminals which no path of the caller's leads to registers a way of naming them
with :func:`names`: ``tty:web/1`` is console 1 of web's tty namespace.
"""

from collections.abc import Callable
from typing import Final

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import OpenFlag
from nsh.abi.puppets import TypeKeys
from nsh.kernel import line_discipline, refs
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files, opening
from nsh.kernel.terminal_devices import hung_up
from nsh.machine.files import File
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.ptys import OpenTerminal
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Transaction

Finder = Callable[[Transaction, TaskId, str], TerminalId]
"""(transaction, task, NAME) -> the terminal that NAME is to that task; ENOENT."""

_finders: Final[dict[str, Finder]] = {}


def names(kind: str) -> Callable[[Finder], Finder]:
    """Register what finds ``KIND:REF/NAME`` for the task that REF names."""

    def register(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return register


def find(tx: Transaction, caller: TaskId, text: str) -> TerminalId:
    """The terminal called *text*.  ENOENT, ENOTTY, ESRCH, and what open(2) refuses."""
    kind, colon, rest = text.partition(":")
    finder = _finders.get(kind) if colon else None
    if finder is None:
        return _at(tx, caller, text)
    ref, slash, name = rest.rpartition("/")
    if not slash:
        raise Errno.ENOENT(f"{text} is not of the form {kind}:REF/NAME")
    return finder(tx, named(tx, caller, ref), name)


def named(tx: Transaction, caller: TaskId, ref: str) -> TaskId:
    """The task that *ref* names, or the first of the container of that name; "" is the caller."""
    if not ref:
        return caller
    try:
        found = refs.find(tx, caller, ref)
    except KernelError:
        space = refs.container(tx, ref)
        if space is None:
            raise
        inside = tx.get(PidSpace, space).task_of
        found = inside[min(inside)]
    if not tx.get(Task, found).context:
        raise Errno.ESRCH(f"{ref} is dead, and has no terminals any more")
    return found


def _at(tx: Transaction, caller: TaskId, path: str) -> TerminalId:
    """The terminal behind *path*, opened for a moment and without anybody noticing."""
    flags = int(OpenFlag.O_RDWR | OpenFlag.O_NOCTTY | OpenFlag.O_NONBLOCK)
    key = opening.open_path(tx, caller, path, flags)
    opened = tx.get(File, key).opened
    if not isinstance(opened, OpenTerminal) or hung_up(opened, tx.get(Terminal, opened.terminal)):
        raise Errno.ENOTTY(f"{path} is no terminal that anybody could type at")
    files.release(tx, key)
    return opened.terminal


Watcher = Callable[[Transaction, TerminalId], None]

_watchers: Final[list[Watcher]] = []


def watches(watcher: Watcher) -> Watcher:
    """Register who is to be told of a terminal that may have echoed something."""
    _watchers.append(watcher)
    return watcher


def type_at(tx: Transaction, terminal: TerminalId, data: bytes) -> None:
    """Press the keys *data* at *terminal*; who watches it from elsewhere sees the echo."""
    line_discipline.type_input(tx, terminal, data)
    for watcher in _watchers:
        watcher(tx, terminal)


@handles(TypeKeys)
def type_keys(tx: Transaction, caller: TaskId, request: TypeKeys) -> int:
    """Somebody types."""
    type_at(tx, find(tx, caller, request.terminal), request.data)
    return 0
