"""Whose numbers a mount of proc shows, and to whom (P4).

A proc shows the pid space of the task that mounted it, whoever reads: that is how pid
namespaces have it (pid_namespaces(7), "/proc and PID namespaces"). For containers S0 wants
"a per container /proc fs": a container's task never mounts anything and yet sees its own
container. So a mount shows the deepest *container* between its mounter's space and the
reader's, and its mounter's space if there is none in between.

S2 wanted more: "multiple /proc mounts … for the contents of each file, use the current context".
That is the position ``current`` of the policy ``proc.contents``: any mount shows everybody their
own.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import contexts, pids, policies, ptrace
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.machine.cgroups import is_frozen
from nsh.machine.files import Superblock, SuperblockId
from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.pids import PidSpace, SpaceKind
from nsh.machine.proc import Mounter
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction
from nsh.machine.vfork import Vfork

CONTENTS: Final = policies.policy(
    "proc.contents",
    ("mount", "current"),
    "whether a proc shows the tasks of who mounted it, or of who reads it (S2: N14)",
    profiles={"summit-2007": "current"},
)


def shown(tx: Transaction, sb: SuperblockId, reader: TaskId) -> SpaceId:
    """The pid space that the superblock *sb* shows to *reader*."""
    data = tx.get(Superblock, sb).data
    assert isinstance(data, Mounter)
    own = tx.get(Task, reader).space
    if own == data.space:
        return own
    match policies.value(tx, CONTENTS):
        case "current":
            return own
        case _:
            pass
    path = tx.get(PidSpace, own).path
    if data.space not in path:
        return data.space
    for key in reversed(path[path.index(data.space) + 1 :]):
        if tx.get(PidSpace, key).kind is SpaceKind.CONTAINER:
            return key
    return data.space


def seen(tx: Transaction, node: TaskNode) -> Task:
    """The record of the task whose file *node* is.

    ESRCH if it is gone, or no longer visible in the space in which it was found.
    """
    task = tx.find(Task, node.task)
    if task is None:
        raise Errno.ESRCH(f"the task that was pid {node.number} is gone")
    if not pids.number(tx, task, node.space):
        raise Errno.ESRCH(f"the task that was pid {node.number} has moved to another pid space")
    return task


def process_of(tx: Transaction, task: Task, tid: TaskId) -> Task:
    """The thread-group leader's record of *task*, whose id is *tid*."""
    return task if task.leader == tid else tx.get(Task, task.leader)


def has_context(tx: Transaction, task: TaskId) -> bool:
    """Whether *task* still has files, places and namespaces: the dead have let go of them."""
    return contexts.proxy(tx, task) is not None


def may_inspect(tx: Transaction, reader: TaskId, tid: TaskId) -> bool:
    """Whether *reader* may look into *tid* (PTRACE_MODE_READ_FSCREDS in ptrace(2))."""
    return not ptrace.why_not(tx, reader, tid)


def inspect(tx: Transaction, reader: TaskId, tid: TaskId) -> None:
    """EACCES unless *reader* may look into *tid*."""
    reason = ptrace.why_not(tx, reader, tid)
    if reason:
        raise Errno.EACCES(reason)


def state(tx: Transaction, tid: TaskId, task: Task, *, running: bool) -> str:
    """The state letter with its word, as ``status`` has it; *running* is for the reader itself."""
    if task.state is State.FROZEN or (task.state is State.STOPPED and is_frozen(tx, tid)):
        return "D (disk sleep)"
    if task.state is State.ZOMBIE:
        return "Z (zombie)"
    if task.state is State.STOPPED:
        return "T (stopped)"
    row = tx.find(Vfork, tid)
    if row is not None and row.child != NOBODY:
        return "D (disk sleep)"
    return "R (running)" if running else "S (sleeping)"
