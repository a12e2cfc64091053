"""What is done about a signal: the table of dispositions (sigaction(2), signal(7))."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.signals import IGNORED, SaFlag, bit
from nsh.kernel import hooks, pending
from nsh.machine.ids import TaskId
from nsh.machine.signals import Action, Actions
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_OF_CHILDREN: Final = int(SaFlag.SA_NOCLDSTOP | SaFlag.SA_NOCLDWAIT)
"""What the flags say even where the handler is the default."""


def of(handler: str, mask: int, flags: int) -> Action | None:
    """A disposition as it is kept: None for the default whose flags say nothing."""
    if handler == "default" and not flags & _OF_CHILDREN:
        return None
    return Action(handler, mask, flags)


def change(tx: Transaction, leader: TaskId, signo: int, action: Action | None) -> None:
    """Change one disposition; what it makes ignored is no longer pending."""
    mask = bit(signo)
    unheard = tx.get(Task, leader).actions.ignored & mask
    put(tx, leader, signo, action)
    default = action is None or action.handler == "default"
    if mask & IGNORED if default else tx.get(Task, leader).actions.ignored & mask:
        pending.discard(tx, leader, mask)
    elif unheard:
        for hook in hooks.heard:
            hook(tx, leader, signo)


def reset(tx: Transaction, leader: TaskId, signo: int, flags: int) -> None:
    """Back to the default, as SA_RESETHAND has it: flags stay, and what is pending."""
    put(tx, leader, signo, of("default", 0, flags))


def put(tx: Transaction, leader: TaskId, signo: int, action: Action | None) -> None:
    """Change one disposition, and nothing about what is pending."""
    process = tx.get(Task, leader)
    table = process.actions.by_signal
    mask = bit(signo)
    if action is not None:
        table = table.set(signo, action)
    elif signo in table:
        table = table.delete(signo)
    ignored = process.actions.ignored & ~mask
    handled = process.actions.handled & ~mask
    handler = "default" if action is None else action.handler
    if handler == "ignore":
        ignored |= mask
    elif handler != "default":
        handled |= mask
    tx.put(leader, replace(process, actions=Actions(table, ignored, handled)))
