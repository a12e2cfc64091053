"""``/proc/PID/net``: links, routes and sockets of the task's network namespace (proc_pid_net(5)).

What they say is :mod:`nsh.kernel.net.proc_files`'s; ``/proc/net`` leads to the reader's own.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel import contexts
from nsh.kernel.fs.proc import registry
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.view import has_context, seen
from nsh.machine.value import Transaction

DIRECTORY: Final = "net"
NAMES: Final = ("dev", "route", "tcp", "udp", "unix")

registry.task_directory(DIRECTORY, 0o555)


def content(tx: Transaction, node: TaskNode) -> str:
    """What the file *node* says.  EINVAL for a task that is dead and in no namespace."""
    from nsh.kernel.net.proc_files import CONTENTS

    seen(tx, node)
    if not has_context(tx, node.task):
        raise Errno.EINVAL(f"pid {node.number} is dead and has let go of its network namespace")
    return CONTENTS[node.name](tx, contexts.namespace(tx, node.task, "net"))
