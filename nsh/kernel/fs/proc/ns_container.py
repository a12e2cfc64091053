"""``/proc/PID/ns_container``: which container a task is in, and the way into another (S1; G12)."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import entering
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import has_context, seen
from nsh.machine.ids import TaskId
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_LONGEST: Final = 4096


def _offered(tx: Transaction) -> bool:
    return entering.offered(tx, "attach")


def _store(tx: Transaction, caller: TaskId, node: TaskNode, data: bytes) -> None:
    """One path.  EPERM for another's file: nobody is put into a container by others."""
    seen(tx, node)
    if tx.get(Task, node.task).leader != tx.get(Task, caller).leader:
        raise Errno.EPERM("a task enters a container itself, through its own ns_container")
    if len(data) >= _LONGEST:
        raise Errno.ENAMETOOLONG(f"a path has fewer than {_LONGEST} bytes")
    from nsh.kernel import ns_containers

    ns_containers.attach(tx, caller, data.decode("utf-8", "surrogateescape").strip("\n"))


@task_file("ns_container", 0o644, store=_store, present=_offered)
def ns_container(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The path in the tree of containers, from its top; "none"."""
    from nsh.kernel import ns_containers

    del caller
    seen(tx, node)
    if not has_context(tx, node.task):
        raise Errno.ESRCH(f"pid {node.number} is dead and has let go of its namespaces")
    key = ns_containers.container_of(tx, node.task)
    return f"{ns_containers.path_of(tx, key)}\n" if key else "none\n"
