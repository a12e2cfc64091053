"""setns(2) with the descriptor of a process: several of its namespaces at once (N16)."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import entering
from nsh.kernel.kinds import Kind, kinds
from nsh.kernel.namespace_calls import check_enter, install
from nsh.kernel.pidfds.calls import namespace_of
from nsh.kernel.pidfds.files import reached
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_NEWUSER: Final = int(CloneFlag.CLONE_NEWUSER)
_NEWNS: Final = int(CloneFlag.CLONE_NEWNS)
_ORDER: Final = ("user", "mnt", "uts", "ipc", "pid", "cgroup", "net", "time")


def enter_those_of(tx: Transaction, caller: TaskId, target: TaskId, flags: int) -> None:
    """The namespaces of a process that *flags* name, or none of them (validate_nsset).

    All are asked for with the credentials that the caller has before, but in the user namespace
    that it will be in.
    """
    unknown = flags & ~sum(kind.flag for kind in kinds())
    if not flags or unknown:
        raise Errno.EINVAL("with a process's descriptor setns takes CLONE_NEW… flags, one at least")
    task = reached(tx, caller, target, "let go of its namespaces")
    entering.check_offered(tx, "setns")
    chosen = [
        (kind, namespace_of(tx, target, task, kind.own or kind.name))
        for kind in sorted(kinds(), key=_turn)
        if kind.flag & flags
    ]
    own = task.creds.userns if flags & _NEWUSER else tx.get(Task, caller).creds.userns
    for kind, space in chosen:
        # Beside others, a root and a working directory come along as copies (prepare_nsset).
        copied = kind.flag == _NEWNS and len(chosen) > 1
        check_enter(tx, caller, kind, space, own, alone=not copied)
    for kind, space in chosen:
        install(tx, caller, kind, space)


def _turn(kind: Kind) -> tuple[int, str]:
    """In what order the kernel takes them; kinds of our own follow by name."""
    return (_ORDER.index(kind.name) if kind.name in _ORDER else len(_ORDER), kind.name)
