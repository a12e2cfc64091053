"""Administering Smack: its labels and rules (smackfs, /proc/PID/attr/current)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.smack import GetFileLabel, GetLabel, GetRules, LoadRule, SetFileLabel, SetLabel
from nsh.kernel import capabilities, pids, smack
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.locks import Inode
from nsh.machine.mounts import Mount
from nsh.machine.smack import FLOOR, STAR, Smack, SmackLabel
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_LETTERS: Final = "rwxat"
_LONGEST: Final = 255
_FORBIDDEN: Final = frozenset("\"'/\\ \t\n")


def _administer(tx: Transaction, caller: TaskId) -> None:
    if not smack.active(tx):
        raise Errno.ENOTSUP("no security module is there (policy lsm)")
    capabilities.need(tx, caller, NamespaceId(0), Cap.CAP_MAC_ADMIN, "a label or rule")
    if smack.label_of(tx, caller) != FLOOR:
        raise Errno.EPERM(f"only {FLOOR} administers, not {smack.label_of(tx, caller)}")


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
    return smack.label_of(tx, task)


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
    return smack.label_of_file(tx, _inode(tx, caller, request.path))


@handles(SetFileLabel)
def set_file_label(tx: Transaction, caller: TaskId, request: SetFileLabel) -> int:
    """Of whatever the path leads to."""
    _administer(tx, caller)
    smack.set_file(tx, _inode(tx, caller, request.path), _checked(request.label))
    return 0
