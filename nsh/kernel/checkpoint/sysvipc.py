"""Open files of ``/proc/sysvipc``: whose view they are, and what they said to who reads on (C4)."""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel import ipc
from nsh.kernel.checkpoint import parts, places
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart, Seen
from nsh.kernel.fs import opening
from nsh.machine.files import File
from nsh.machine.ids import TaskId
from nsh.machine.ipc import IpcFile
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


class SysvipcFile(Object, frozen=True, tag="sysvipc"):
    """One open file."""

    number: int
    opener: int
    """Who is in the namespaces that it tells of."""
    path: str
    flags: int = 0
    offset: int = 0
    said: str = ""
    """When it was read from its beginning."""


@parts.describes(IpcFile)
def _described(dump: Dump, seen: Seen) -> SysvipcFile:
    """ENOTSUP: it is the view of nobody inside."""
    view = seen.file.opened
    assert isinstance(view, IpcFile)
    path = places.path(dump, seen.task, seen.file.place, seen.has)
    candidates = (seen.task, *(task for task, _record in dump.living()))
    opener = next((task for task in candidates if _sees(dump.tx, task, view)), None)
    if opener is None:
        dump.refuse(f"{seen.has} {path} of namespaces that nobody inside is in", Errno.ENOTSUP)
    return SysvipcFile(
        number=seen.number,
        opener=dump.number(opener),
        path=path,
        flags=seen.file.flags,
        offset=seen.file.offset,
        said=view.said.decode(),
    )


def _sees(tx: Transaction, task: TaskId, view: IpcFile) -> bool:
    """Whether what *task* opens would be *view*."""
    me = tx.get(Task, task)
    return view == IpcFile(ipc.key_of(tx, task), me.space, me.creds.userns, view.said)


@parts.makes(SysvipcFile)
def _make(restart: Restart, saved: SysvipcFile) -> None:
    """What opening says, with the path; EINVAL: it is another file."""
    tx = restart.tx
    task = restart.task(saved.opener)
    with places.naming(saved.path), places.at_top(restart, task):
        key = opening.open_path(tx, task, saved.path, saved.flags)
    file = tx.get(File, key)
    if not isinstance(file.opened, IpcFile):
        raise Errno.EINVAL(f"path: {saved.path} is none of /proc/sysvipc")
    view = replace(file.opened, said=saved.said.encode())
    tx.put(key, replace(file, flags=saved.flags, offset=saved.offset, opened=view))
    restart.opens(saved.number, key)
