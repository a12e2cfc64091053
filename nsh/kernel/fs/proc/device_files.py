"""``/proc/PID/devices``, a device namespace's white list, and ``/proc/PID/pts``, the way from above
to a pts namespace's instance (S2; N7, N8).  Mainline has neither.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import contexts, devices
from nsh.kernel.fs.devpts_positions import NewPts, position
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file, task_link
from nsh.kernel.fs.proc.view import has_context, seen
from nsh.machine.context import Place
from nsh.machine.devpts import ROOT, PtsSpace
from nsh.machine.ids import TaskId
from nsh.machine.settings import on_mainline
from nsh.machine.value import Transaction

_LONGEST: Final = 4096


def _offered(tx: Transaction) -> bool:
    return not on_mainline(tx)


def _store(tx: Transaction, caller: TaskId, node: TaskNode, data: bytes) -> None:
    """One write(2), of lines."""
    _alive(tx, node)
    if len(data) > _LONGEST:
        raise Errno.EINVAL(f"a list is written {_LONGEST} bytes at a time")
    devices.change(tx, caller, node.task, data.decode("utf-8", "replace"))


@task_file("devices", 0o644, store=_store, present=_offered)
def white_list(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """An entry a line."""
    del caller
    _alive(tx, node)
    return devices.show(tx, node.task)


def _alive(tx: Transaction, node: TaskNode) -> None:
    seen(tx, node)
    if not has_context(tx, node.task):
        raise Errno.ESRCH(f"pid {node.number} is dead and has let go of its namespaces")


def _by_namespace(tx: Transaction) -> bool:
    return isinstance(position(tx), NewPts)


@task_link("pts", present=_by_namespace)
def instance(tx: Transaction, caller: TaskId, node: TaskNode) -> Place:
    """The top of the instance that the task finds in /dev/pts.

    S2 wanted "access to child containers' devpts mounts through the nsproxy container subsystem":
    down is where this leads, never up or aside (EACCES).
    """
    space = tx.get(PtsSpace, contexts.namespace(tx, node.task, "pts"))
    if contexts.namespace(tx, caller, "pts") not in space.path:
        raise Errno.EACCES("the pts namespace is not below the caller's")
    return Place(space.mount, ROOT)
