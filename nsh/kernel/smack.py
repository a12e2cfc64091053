"""Smack, a security module small enough to be read (Documentation/admin-guide/LSM/Smack.rst; N13).

"comment from eric: redesign of lsm (a la netfilter) could cover all isolation needs."  To which:
"one issue with using lsm is that it will purely control access, not resource ids."  So here it is,
for the contrast: it decides who may open what and signal whom, and hides nothing and nobody.

gap: it is asked about opening files and about signals, not about names, ipc and sockets. What
open(2) makes, and slaves of pseudo terminals, have the label of their maker; directories and fifos
have the star.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import hooks, policies
from nsh.machine.ids import TaskId
from nsh.machine.locks import Inode
from nsh.machine.smack import FLOOR, HAT, STAR, Smack, SmackLabel
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

READ, WRITE = "r", "w"

LSM: Final = policies.policy(
    "lsm",
    ("none", "smack"),
    "whether a security module controls access, beside or instead of namespaces (S2: N13)",
)


def active(tx: Transaction) -> bool:
    """Whether the module is asked."""
    match policies.value(tx, LSM):
        case "smack":
            return True
        case _:
            return False


def label_of(tx: Transaction, task: TaskId) -> str:
    """The label of *task*."""
    found = tx.find(SmackLabel, task)
    return FLOOR if found is None else found.label


def label_of_file(tx: Transaction, inode: Inode) -> str:
    """The label of a file."""
    return (tx.find(Smack, 0) or Smack()).files.get(inode, STAR)


def permits(tx: Transaction, subject: str, obj: str, wanted: str) -> bool:
    """The rules in the document's order."""
    if subject == STAR:
        return False
    if wanted == READ and (subject == HAT or obj == FLOOR):
        return True
    if obj in (STAR, subject):
        return True
    return wanted in (tx.find(Smack, 0) or Smack()).rules.get(f"{subject} {obj}", "")


def _check(tx: Transaction, caller: TaskId, obj: str, wanted: str, what: str) -> None:
    subject = label_of(tx, caller)
    for letter in wanted:
        if not permits(tx, subject, obj, letter):
            raise Errno.EACCES(f"no rule lets {subject} {what} {obj} ({letter})")


@hooks.on_access
def opened(tx: Transaction, caller: TaskId, sb: int, ino: int, wanted: str) -> None:
    """A file is to be opened.  EACCES."""
    if active(tx):
        _check(tx, caller, label_of_file(tx, Inode(sb, ino)), wanted, "open a file of")


@hooks.on_signal
def signalled(tx: Transaction, caller: TaskId, target: TaskId) -> None:
    """A signal is a write to the task.  EACCES."""
    if active(tx):
        _check(tx, caller, label_of(tx, target), WRITE, "signal")


@hooks.on_made
def made(tx: Transaction, caller: TaskId, sb: int, ino: int) -> None:
    """A new file has the label of its maker."""
    if active(tx):
        set_file(tx, Inode(sb, ino), label_of(tx, caller))


def set_file(tx: Transaction, inode: Inode, label: str) -> None:
    """Give a file a *label*."""
    row = tx.find(Smack, 0) or Smack()
    tx.put(0, replace(row, files=row.files.set(inode, label)))


@hooks.on_fork(SmackLabel)
def _inherit(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    found = tx.find(SmackLabel, parent)
    if found is not None:
        tx.put(child, found)


@hooks.on_reap(SmackLabel)
def _forget(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    tx.drop(SmackLabel, tid)
