"""Whether a task may do what takes a capability, and over what (capabilities(7)).

A resource belongs to a user namespace, by way of the namespace it is in: its ``owner``.  Who asks
names that one, so that a check reads the same whether or not there are others than the first.
"""

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def capable(tx: Transaction, task: TaskId, owner: NamespaceId, cap: Cap) -> bool:
    """Whether *task* has *cap* over what belongs to the user namespace *owner*."""
    del owner, cap
    return tx.get(Task, task).creds.euid == 0


def need(tx: Transaction, task: TaskId, owner: NamespaceId, cap: Cap, doing: str) -> None:
    """EPERM unless *task* is :func:`capable`; *doing* begins the reason, as "sethostname"."""
    if not capable(tx, task, owner, cap):
        uid = tx.get(Task, task).creds.euid
        raise Errno.EPERM(f"{doing} takes {cap.name}; uid {uid} has it not")
