"""The links of a task's directory: cwd, root, exe, fd/N, ns/KIND (proc(5))."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import contexts, kinds
from nsh.kernel.fs import nsfs
from nsh.kernel.fs.proc import descriptors
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import find_task_file, task_directory, task_link
from nsh.kernel.fs.proc.view import has_context, inspect, process_of, seen
from nsh.machine.context import Place
from nsh.machine.files import File
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.value import Transaction

_NS_ORDER: Final = (
    "net", "uts", "ipc", "pid", "pid_for_children", "user", "mnt", "cgroup", "time",
    "time_for_children",
)  # fmt: skip
"""How Linux lists ``ns`` (ns_entries in fs/proc/namespaces.c); kinds of our own follow by name."""

task_directory("ns", 0o511)


def target(tx: Transaction, caller: TaskId, node: TaskNode) -> str | Place:
    """Where the link *node* leads.  EACCES, ENOENT, ESRCH."""
    seen(tx, node)
    inspect(tx, caller, node.task)
    directory, _slash, name = node.path.rpartition("/")
    if directory == "ns":
        return _namespace(tx, node, name)
    if directory == "fd":
        return tx.get(File, descriptors.descriptor(tx, node).file).place
    if not has_context(tx, node.task):
        raise Errno.ENOENT(f"pid {node.number} is dead and has no {name} any more")
    entry = find_task_file(tx, name, thread=node.owner is not None)
    assert entry is not None
    assert entry.target is not None
    return entry.target(tx, caller, node)


@task_link("cwd")
def _cwd(tx: Transaction, caller: TaskId, node: TaskNode) -> Place:
    del caller
    return contexts.fs(tx, node.task).cwd


@task_link("root")
def _root(tx: Transaction, caller: TaskId, node: TaskNode) -> Place:
    del caller
    return contexts.fs(tx, node.task).root


@task_link("exe")
def _program(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The path that execve(2) was given; ENOENT before the first one."""
    del caller
    task = seen(tx, node)
    path = process_of(tx, task, node.task).image.exe
    if not path:
        raise Errno.ENOENT(f"pid {node.number} has never done execve")
    return path


def namespace_names(tx: Transaction | None = None) -> list[str]:
    """The links in ``ns``: each kind that the machine of *tx* offers (without it, that there is),
    and where children go if apart."""
    offered = [kind for kind in kinds.kinds() if tx is None or kind.offered(tx)]
    names = {name for kind in offered for name in (kind.name, kind.entry)}
    known = [name for name in _NS_ORDER if name in names]
    return known + sorted(names.difference(known))


def _namespace(tx: Transaction, node: TaskNode, name: str) -> Place:
    """The namespace behind ``ns/NAME``.

    ENOENT: a dead task keeps its pid and user namespaces only; children's pid namespace begins
    with the first child (pid_namespaces(7)).
    """
    kind = kinds.registered(name)
    task = seen(tx, node)
    if name == "pid":
        key = NamespaceId(task.space)
    elif name == "user":
        key = task.creds.userns
    elif not has_context(tx, node.task):
        raise Errno.ENOENT(f"pid {node.number} is dead and has let go of its namespaces")
    else:
        key = contexts.namespace(tx, node.task, name)
    record = tx.get(kind.record, key)
    if isinstance(record, PidSpace) and record.init == NOBODY and record.adding:
        raise Errno.ENOENT("no child has been born into that pid namespace yet")
    return nsfs.place_of(tx, kind.name, key)
