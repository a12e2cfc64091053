"""Open files of processes in a proc that is not the container's own: ``/proc/PID/status`` there.

PID is another number after a restart.  The process is named by its number inside, and found again
by what it is called then; in a proc that shows the container's own pids it is opened by its path.
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.kernel import pids
from nsh.kernel.checkpoint import parts, places
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import opening
from nsh.kernel.fs.proc.nodes import ROOT, TaskNode
from nsh.kernel.fs.proc.view import shown
from nsh.kernel.fs.types import superblock_of, type_of
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Place
from nsh.machine.files import File
from nsh.machine.mounts import Mount
from nsh.machine.tasks import Task


class ProcFile(Object, frozen=True):
    """One open file."""

    number: int
    opener: int
    proc: str
    """Where that proc is mounted."""
    pid: int
    """Whose directory it is in, by the number inside."""
    tid: int = 0
    """Of which thread (``task/TID``), in the same way; 0: of none."""
    path: str = ""
    """Below that directory."""
    flags: int = 0
    offset: int = 0


@parts.describes(TaskNode)
def _described(dump: Dump, seen: Seen) -> ProcFile | None:
    """EBUSY: it is of a process outside."""
    node, place = seen.file.place.node, seen.file.place
    assert isinstance(node, TaskNode)
    top = dump.tx.get(Mount, place.mount).root
    if node.space == dump.space or top != ROOT:
        return None
    at = node.owner or node
    places.path(dump, seen.task, place, seen.has, around=True)
    for task in (node.task, at.task):
        if task not in dump:
            dump.refuse(f"{seen.has} of {dump.name(task)}, which is outside")
    has = f"{seen.has} in the proc at"
    proc = places.path(dump, seen.task, Place(place.mount, top), has, around=True)
    return ProcFile(
        number=seen.number,
        opener=dump.number(seen.task),
        proc=proc,
        pid=dump.number(at.task),
        tid=0 if node.owner is None else dump.number(node.task),
        path=node.path,
        flags=seen.file.flags,
        offset=seen.file.offset,
    )


@parts.makes(ProcFile)
def _make(restart: Restart, saved: ProcFile) -> None:
    """What opening says, with the path; EINVAL: there is no proc."""
    tx = restart.tx
    task = restart.task(saved.opener)
    with places.naming(saved.proc), places.at_top(restart, task, saved.proc):
        place = Walk(tx, task).lookup(saved.proc)
    sb = superblock_of(tx, place)
    if type_of(tx, sb).name != "proc":
        raise Errno.EINVAL(f"proc: {saved.proc} is none")

    def called(pid: int) -> str:
        record = tx.get(Task, restart.task(pid))
        return str(pids.number(tx, record, shown(tx, sb, task)))

    steps = [saved.proc, called(saved.pid)]
    steps += ["task", called(saved.tid)] if saved.tid else []
    path = "/".join([*steps, saved.path] if saved.path else steps)
    with places.naming(path), places.at_top(restart, task, path):
        key = opening.open_path(tx, task, path, saved.flags & ~OpenFlag.O_TRUNC)
    restart.opens(saved.number, key)
    tx.put(key, replace(tx.get(File, key), flags=saved.flags, offset=saved.offset))
