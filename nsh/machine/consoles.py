"""The array of consoles of a tty namespace (console(4), vt(4); S2, N9).

Every namespace has the same devices: ``/dev/console``, its virtual consoles ``/dev/tty1`` to
``/dev/tty6``, of which one is in front and answers to ``/dev/tty0``, and a serial line,
``/dev/ttyS0`` (:mod:`nsh.machine.serial`).  Their terminals are made when they are first opened,
and go with the namespace.

For whoever shows them: :func:`consoles` lists those of a namespace, :func:`namespace_of` tells
which one a task is in, :func:`whose` where a terminal belongs.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.context import Context
from nsh.machine.files import File
from nsh.machine.ids import NamespaceId, TaskId, TerminalId
from nsh.machine.invariants import invariant
from nsh.machine.namespaces import Nested, Proxy
from nsh.machine.ptys import OpenTerminal
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine, Transaction

KIND: Final = "tty"
"""As in ``/proc/PID/ns/tty``."""
CONSOLE: Final = 0
"""The number of ``/dev/console``."""
LAST: Final = 6
"""Virtual consoles are ``tty1`` to this one: as many as init(1) keeps gettys on."""
SERIAL: Final = 64
"""The number of ``/dev/ttyS0``: its minor."""


@table
class Consoles(Nested):
    """A tty namespace."""

    active: int = 1
    """Which virtual console is in front."""
    terminals: Map[int, TerminalId] = Map()
    """Those that have been opened, by number."""


@table
class Console(Record):
    """Where a terminal belongs that is a console or a serial line, by its TerminalId."""

    namespace: NamespaceId
    """It may have ended; whatever has the terminal open keeps it then."""
    number: int
    opens: int = 0
    """Open files on it."""


def name(number: int) -> str:
    """Below /dev: ``console``, ``tty3``, ``ttyS0``."""
    match number:
        case 0:
            return "console"
        case 64:
            return "ttyS0"
        case _:
            return f"tty{number}"


def namespace_of(machine: Machine | Transaction, task: TaskId) -> NamespaceId | None:
    """The tty namespace of *task*; None where it is dead, or this machine has none."""
    record = machine.find(Task, task)
    context = None if record is None else machine.find(Context, record.context)
    return None if context is None else machine.get(Proxy, context.proxy).kinds.get(KIND)


def consoles(machine: Machine, namespace: NamespaceId) -> list[tuple[int, TerminalId]]:
    """The terminals of a namespace that have been opened, by rising number."""
    record = machine.find(Consoles, namespace)
    return [] if record is None else sorted(record.terminals.items())


def whose(machine: Machine | Transaction, terminal: TerminalId) -> Console | None:
    """Where *terminal* belongs; None for one that is no console."""
    return machine.find(Console, terminal)


@invariant
def _consoles(machine: Machine) -> Iterator[str]:
    """A namespace and its terminals know each other; its path leads from the first one to it."""
    for key, space in machine.items(Consoles):
        if space.path[-1] != key or any(
            machine.find(Consoles, each) is None for each in space.path
        ):
            yield f"tty namespace {key} has the path {space.path}"
        if not 1 <= space.active <= LAST:
            yield f"tty namespace {key} has console {space.active} in front"
        for number, terminal in sorted(space.terminals.items()):
            console = machine.find(Console, terminal)
            if console is None or (console.namespace, console.number) != (key, number):
                yield f"tty namespace {key} has terminal {terminal} as {name(number)}, which is not"
    opens: Counter[int] = Counter()
    for _key, file in machine.items(File):
        if isinstance(file.opened, OpenTerminal):
            opens[file.opened.terminal] += 1
    for key, console in machine.items(Console):
        found = machine.find(Terminal, key)
        if found is None or found.name != name(console.number):
            yield f"console {key} should be a terminal called {name(console.number)}"
        elif console.opens != opens[key]:
            yield f"{found.name} counts {console.opens} open files, there are {opens[key]}"
        elif found.gone is not (machine.find(Consoles, console.namespace) is None):
            yield f"{found.name} is gone or is not, against what its namespace says"
