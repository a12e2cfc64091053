"""Descriptors of processes (pidfd_open(2)): of one in the container, or of one that is gone, of
which they know as much as before.  One of a process outside stands in the way."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.pidfds.files import opened
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.pidfd import PidfsAttr, PidNode
from nsh.machine.pids import PidSpace
from nsh.machine.sockets import Told
from nsh.machine.tasks import Task

parts.needs_no_saving(PidfsAttr)  # it comes with the files that it is of


class Pidfd(Object, frozen=True):
    """An open file of one process or thread."""

    number: int
    opener: int
    pid: int = 0
    """Whose it is; 0: somebody's who has been reaped."""
    gone: int = 0
    """Which of those: files of one and the same have one number."""
    inside: bool = True
    """Whether that one was in the container."""
    status: int | None = None
    """How it ended, as wait(2) tells it, if that is known."""
    flags: int = 0


@parts.describes(PidNode)
def _described(dump: Dump, seen: Seen) -> Pidfd:
    """EBUSY: it is of a process outside."""
    node = seen.file.place.node
    assert isinstance(node, PidNode)
    mine = seen.number, dump.number(seen.task)
    if node.task in dump:
        return Pidfd(*mine, dump.number(node.task), flags=seen.file.flags)
    if dump.tx.find(Task, node.task) is not None:
        dump.refuse(f"{seen.has} of {dump.name(node.task)}, which is outside")
    attr = dump.tx.get(PidfsAttr, node.task)
    return Pidfd(
        *mine,
        gone=dump.gone.of(node.task),
        inside=dump.space in attr.path,
        status=attr.exit_code,
        flags=seen.file.flags,
    )


@parts.makes(Pidfd)
def _make(restart: Restart, saved: Pidfd) -> None:
    tx = restart.tx
    restart.task(saved.opener)
    task, told = _subject(restart, saved)
    key = opened(tx, task, saved.flags, told)
    restart.opens(saved.number, key)
    tx.put(key, replace(tx.get(File, key), flags=saved.flags))


def _subject(restart: Restart, saved: Pidfd) -> tuple[TaskId, Told | None]:
    """EINVAL: it is nobody's."""
    if saved.pid:
        return restart.task(saved.pid), None
    if not saved.gone:
        raise Errno.EINVAL("pid: it is of nobody")
    tx = restart.tx
    task = restart.gone.get(saved.gone)
    if task is None:
        task = restart.gone[saved.gone] = tx.new(TaskId)
    space = restart.space if saved.inside else tx.get(Task, restart.caller).space
    return task, Told(tx.get(PidSpace, space).path, (), 0, 0, task, saved.status)
