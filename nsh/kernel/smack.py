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

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.smack import GetFileLabel, GetLabel, GetRules, LoadRule, SetFileLabel, SetLabel
from nsh.kernel import capabilities, hooks, pids, policies
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.locks import Inode
from nsh.machine.mounts import Mount
from nsh.machine.smack import FLOOR, HAT, STAR, Smack, SmackLabel
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

READ, WRITE = "r", "w"
_LETTERS: Final = "rwxat"
_LONGEST: Final = 255
_FORBIDDEN: Final = frozenset("\"'/\\ \t\n")

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


def _of_file(tx: Transaction, inode: Inode) -> str:
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
        _check(tx, caller, _of_file(tx, Inode(sb, ino)), wanted, "open a file of")


@hooks.on_signal
def signalled(tx: Transaction, caller: TaskId, target: TaskId) -> None:
    """A signal is a write to the task.  EACCES."""
    if active(tx):
        _check(tx, caller, label_of(tx, target), WRITE, "signal")


@hooks.on_made
def made(tx: Transaction, caller: TaskId, sb: int, ino: int) -> None:
    """A new file has the label of its maker."""
    if active(tx):
        _set(tx, Inode(sb, ino), label_of(tx, caller))


def _set(tx: Transaction, inode: Inode, label: str) -> None:
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


def _administer(tx: Transaction, caller: TaskId) -> None:
    if not active(tx):
        raise Errno.ENOTSUP("no security module is there (policy lsm)")
    capabilities.need(tx, caller, NamespaceId(0), Cap.CAP_MAC_ADMIN, "a label or rule")
    if label_of(tx, caller) != FLOOR:
        raise Errno.EPERM(f"only {FLOOR} administers, not {label_of(tx, caller)}")


def _checked(label: str) -> str:
    fits = 0 < len(label) <= _LONGEST and label.isascii() and label.isprintable()
    if not fits or label[0] == "-" or set(label) & _FORBIDDEN:
        raise Errno.EINVAL(f"{label[:40]!r} is no label")
    return label


@handles(GetLabel)
def get_label(tx: Transaction, caller: TaskId, request: GetLabel) -> str:
    """/proc/PID/attr/current: anybody may read it."""
    task = pids.enter(tx, caller, request.pid) if request.pid else caller
    if task is None or tx.find(Task, task) is None:
        raise Errno.ESRCH(f"pid {request.pid} is not visible here")
    return label_of(tx, task)


@handles(SetLabel)
def set_label(tx: Transaction, caller: TaskId, request: SetLabel) -> int:
    """The caller's own.  It cannot go back."""
    _administer(tx, caller)
    label = _checked(request.label)
    if label in (STAR, "@"):
        raise Errno.EPERM(f"no task is called {label}")
    tx.put(caller, SmackLabel(label))
    return 0


@handles(LoadRule)
def load_rule(tx: Transaction, caller: TaskId, request: LoadRule) -> int:
    """One rule."""
    _administer(tx, caller)
    access = request.access.replace("-", "")
    if set(access) - set(_LETTERS):
        raise Errno.EINVAL(f"{request.access!r} is more than the letters {_LETTERS}")
    key = f"{_checked(request.subject)} {_checked(request.object)}"
    row = tx.find(Smack, 0) or Smack()
    tx.put(0, replace(row, rules=row.rules.set(key, access)))
    return 0


@handles(GetRules)
def get_rules(tx: Transaction, caller: TaskId, request: GetRules) -> tuple[str, ...]:
    """By labels."""
    del caller, request
    rules = (tx.find(Smack, 0) or Smack()).rules
    return tuple(f"{key} {access or '-'}" for key, access in sorted(rules.items()))


def _inode(tx: Transaction, caller: TaskId, path: str) -> Inode:
    walk = Walk(tx, caller)
    place: Place = walk.lookup(path)
    return Inode(tx.get(Mount, place.mount).superblock, walk.stat(place).ino)


@handles(GetFileLabel)
def get_file_label(tx: Transaction, caller: TaskId, request: GetFileLabel) -> str:
    """Of whatever the path leads to."""
    return _of_file(tx, _inode(tx, caller, request.path))


@handles(SetFileLabel)
def set_file_label(tx: Transaction, caller: TaskId, request: SetFileLabel) -> int:
    """Of whatever the path leads to."""
    _administer(tx, caller)
    _set(tx, _inode(tx, caller, request.path), _checked(request.label))
    return 0
