"""personality(2), of which UNAME26 alone shows here: uname(2) then tells of a Linux 2.6 (N3).

That is what mainline has for programs that mind the number: a lie that a program tells itself.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.personality import ASK, PER_CLEAR_ON_SETID, UNAME26, Personality
from nsh.kernel import hooks
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import may_inspect, seen
from nsh.machine.ids import TaskId
from nsh.machine.personality import Persona
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_PLUS: Final = 60
"""Linux 6.N calls itself 2.6.(60 + N) then (override_release in kernel/sys.c)."""


def of(tx: Transaction, task: TaskId) -> int:
    """The personality of *task*."""
    found = tx.find(Persona, task)
    return 0 if found is None else found.value


def release(tx: Transaction, task: TaskId, true: str) -> str:
    """*true*, as uname(2) tells it to *task*: ``6.18.0-x`` is ``2.6.78-x``."""
    if not of(tx, task) & UNAME26:
        return true
    rest = true
    dots = 0
    while rest and (rest[0].isdigit() or (rest[0] == "." and dots < 2)):
        dots += rest[0] == "."
        rest = rest[1:]
    minor = true.split(".")[1] if true.count(".") else "0"
    return f"2.6.{_PLUS + int(minor)}{rest}"


@handles(Personality)
def personality(tx: Transaction, caller: TaskId, request: Personality) -> int:
    """personality(2)."""
    old = of(tx, caller)
    if request.persona & ASK != ASK:
        _set(tx, caller, request.persona & ASK)
    return old


def _set(tx: Transaction, task: TaskId, value: int) -> None:
    if value:
        tx.put(task, Persona(value))
    else:
        tx.drop(Persona, task)


def trust(tx: Transaction, task: TaskId) -> None:
    """Take away what would make a program that is given privileges easier to attack
    (begin_new_exec)."""
    _set(tx, task, of(tx, task) & ~PER_CLEAR_ON_SETID)


@hooks.on_fork(Persona)
def _inherit(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    found = tx.find(Persona, parent)
    if found is not None:
        tx.put(child, found)


@hooks.on_reap(Persona)
def _forget(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    tx.drop(Persona, tid)


@task_file("personality", 0o400)
def content(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """In hexadecimal.  EPERM for who may not look into the task, whoever has opened it."""
    seen(tx, node)
    if not may_inspect(tx, caller, node.task):
        raise Errno.EPERM("whoever may not look into the task is not told")
    return f"{of(tx, node.task):08x}\n"
