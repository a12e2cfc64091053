"""``/proc/container``: "the mechanism to start a container" (S0); ``/proc/PID/container``, whose
container a task is in; ``/proc/lies`` (P9); ``/proc/containers``, the hierarchies of S1's (G1).

What a line says is the affair of :mod:`nsh.kernel.containers`; here bytes become a line.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import system_file, task_file
from nsh.kernel.fs.proc.view import seen
from nsh.machine.ids import TaskId
from nsh.machine.settings import on_mainline
from nsh.machine.value import Transaction

_LONGEST: Final = 4095
"""Bytes in one write: a page less its NUL, as other files of proc have it."""


def _offered(tx: Transaction) -> bool:
    """Mainline Linux never took it."""
    return not on_mainline(tx)


def _command(tx: Transaction, caller: TaskId, data: bytes) -> None:
    """One write(2), one line, whose newline may be missing."""
    if len(data) > _LONGEST:
        raise Errno.EINVAL(f"a line has at most {_LONGEST} bytes, not {len(data)}")
    try:
        text = data.decode("utf-8").removesuffix("\n")
    except UnicodeDecodeError as error:
        raise Errno.EINVAL(f"byte {error.start + 1} is not UTF-8") from None
    if not text.replace("\t", " ").isprintable():
        raise Errno.EINVAL("one line at a time, of printable characters")
    from nsh.kernel import containers

    containers.write_line(tx, caller, text)


@system_file("container", 0o644, store=_command, present=_offered)
def container(tx: Transaction, caller: TaskId) -> str:
    """The reader's own container."""
    from nsh.kernel import containers

    return containers.read(tx, caller)


@task_file("container", present=_offered)
def container_of(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The task's container, by which ps(1) has its column CID."""
    from nsh.kernel import containers

    del caller
    seen(tx, node)
    return containers.name_of(tx, node.task) + "\n"


@system_file("lies", present=_offered)
def lies(tx: Transaction, caller: TaskId) -> str:
    """A line for each pid that somebody was told and that a move has made untrue."""
    from nsh.kernel import containers

    return containers.lies(tx, caller)


@system_file("containers", present=_offered)
def containers(tx: Transaction, caller: TaskId) -> str:
    """Subsystems, and what hierarchies of process containers cost."""
    from nsh.kernel.subsystems import tables

    del caller
    return tables.containers(tx)
