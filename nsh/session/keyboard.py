"""The person at the terminal: where what is typed goes, who reads it, who heeds a signal."""

from typing import Final

from nsh.abi.files import Read
from nsh.abi.poll import Poll, PollEvent
from nsh.abi.signals import Sig, bit
from nsh.kernel import sessions, waiting
from nsh.kernel.terminals import CONSOLE, process_of
from nsh.machine.ids import TaskId, TerminalId
from nsh.machine.program import Director, Puppet
from nsh.machine.tasks import State, Task
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine, Transaction, begin
from nsh.machine.waiting import Channel, On, Waiter, channel
from nsh.session import director

INTERRUPT: Final = b"\x03"
"""^C: SIGINT to the terminal's foreground group."""
END: Final = b"\x04"
"""^D: the line so far is to be read as it is; where there is none, that is an end of file."""
SUSPEND: Final = b"\x1a"
"""^Z: SIGTSTP."""
QUIT: Final = b"\x1c"
"""^ and backslash: SIGQUIT."""

_LITERAL: Final = 0x16
_PLAIN: Final = frozenset(b"\t\n")
_FIRST_PRINTED: Final = 0x20
_ERASE: Final = 0x7F


def literal(data: bytes) -> bytes:
    """The keys that make a terminal take *data* as it is, control characters and all."""
    keys = bytearray()
    for character in data:
        control = character < _FIRST_PRINTED or character == _ERASE
        if control and character not in _PLAIN:
            keys.append(_LITERAL)
        keys.append(character)
    return bytes(keys)


def terminal(machine: Machine) -> TerminalId:
    """Where the person sits: the acting task's controlling terminal, else the console."""
    return sits_at(begin(machine))


def sits_at(tx: Transaction) -> TerminalId:
    """The same, as *tx* sees it."""
    actor = tx.get(Director, 0).actor
    if tx.find(Task, actor) is None:
        return CONSOLE
    return process_of(tx, actor).tty or CONSOLE


def reader(machine: Machine) -> TaskId | None:
    """The first task that waits for what the person types."""
    found = machine.find(Channel, channel(On.FILE, terminal(machine)))
    return None if found is None else next((t for t in found.tasks if _reads(machine, t)), None)


def _reads(machine: Machine, task: TaskId) -> bool:
    """Whether a task on the terminal's channel waits for input: it reads, or polls for some.  One
    that is stopped waits for SIGCONT first."""
    waiter = machine.find(Waiter, task)
    if waiter is None or machine.get(Task, task).state is not State.ALIVE:
        return False
    request = waiter.request
    if isinstance(request, Poll):
        return any(events & PollEvent.POLLIN for _fd, events in request.fds)
    return isinstance(request, Read)


def awaited(machine: Machine) -> bool:
    """Whether the statement under way needs the person, when nobody can take a step.

    One that itself reads the terminal needs them now; one that only waits for a child which
    does, once no sleeper is left whom time would wake.
    """
    found = machine.find(Channel, channel(On.FILE, terminal(machine)))
    readers = [] if found is None else [t for t in found.tasks if _reads(machine, t)]
    if not readers:
        return False
    if any(director.performs(machine, task) for task in readers):
        return True
    return waiting.next_deadline(begin(machine)) is None


def heeded(machine: Machine, signo: Sig) -> bool:
    """Whether a program in the terminal's foreground group has its own mind about *signo*:
    it handles, ignores or blocks it.  An init that merely is immune has not."""
    tx = begin(machine)
    front = tx.get(Terminal, terminal(machine)).foreground
    return front is not None and any(
        _heeds(tx, member, bit(signo)) for member in sessions.members(tx, front.group)
    )


def suspends(machine: Machine) -> bool:
    """Whether SIGTSTP can stop who is in the terminal's foreground group.  It cannot while nobody
    could continue them: an orphaned group, such as that of init and whoever init alone has."""
    tx = begin(machine)
    front = tx.get(Terminal, terminal(machine)).foreground
    return front is not None and not sessions.orphaned(tx, front.group)


def _heeds(tx: Transaction, member: TaskId, mask: int) -> bool:
    process = tx.get(Task, member)
    for thread in (member, *process.threads):
        task = tx.get(Task, thread)
        puppet = tx.find(Puppet, thread)
        if task.state is State.ZOMBIE or puppet is None or puppet.program is None:
            continue
        if (process.actions.handled | process.actions.ignored | task.blocked) & mask:
            return True
    return False
