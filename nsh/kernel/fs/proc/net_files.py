"""``/proc/PID/net``: links, routes and sockets of the task's network namespace (proc_pid_net(5)).

What they say is :mod:`nsh.kernel.net.proc_files`'s; ``/proc/net`` leads to the reader's own.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.kernel import contexts, namespaces
from nsh.kernel.fs.proc import registry
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.view import has_context, seen
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.net import NetFile
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

DIRECTORY: Final = "net"
NAMES: Final = ("dev", "icmp", "raw", "route", "tcp", "udp", "unix")

registry.task_directory(DIRECTORY, 0o555)


def names(tx: Transaction, node: TaskNode) -> tuple[str, ...]:
    """What is in the directory: nothing of the dead, who are in no network namespace."""
    return NAMES if has_context(tx, node.task) else ()


class _Operations(registry.TaskFileOperations):
    """An open file is of the namespace that the task was in when it was opened, and tells users in
    the numbers of who opened it (seq_user_ns); it keeps both."""

    def open(self, tx: Transaction, caller: TaskId, node: TaskNode, flags: int) -> NetFile:
        """EACCES for writing, whoever asks (seq_open_net); ENOENT where the task has just let go of
        its namespace; ESRCH."""
        if flags & (OpenFlag.O_WRONLY | OpenFlag.O_RDWR):
            raise Errno.EACCES(f"{node.path} is only read")
        seen(tx, node)
        if not has_context(tx, node.task):
            raise Errno.ENOENT(f"pid {node.number} is dead and in no network namespace")
        space = contexts.namespace(tx, node.task, "net")
        namespaces.hold(tx, "net", space)
        users = tx.get(Task, caller).creds.userns
        namespaces.hold(tx, "user", users)
        return NetFile(space, users)

    def close(self, tx: Transaction, file: File) -> None:
        """Let go of them."""
        namespaces.put(tx, "net", _view(file).namespace)
        namespaces.put(tx, "user", _view(file).users)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """From one moment, to who reads it in small steps."""
        from nsh.kernel.net.proc_files import CONTENTS

        view = _view(file)
        node = file.place.node
        assert isinstance(node, TaskNode)
        if not file.offset:
            view = replace(view, said=CONTENTS[node.name](tx, view).encode())
            tx.put(key, replace(file, opened=view))
        return view.said[file.offset : file.offset + size]


def _view(file: File) -> NetFile:
    assert isinstance(file.opened, NetFile)
    return file.opened


OPERATIONS: Final = _Operations()
