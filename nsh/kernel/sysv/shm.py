"""Shared memory segments: shmget(2), shmctl(2) (ipc/shm.c; N1)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.ipc import SHM_NORESERVE, IpcCommand, Shmctl, Shmget, ShmidDs
from nsh.kernel import hooks, ipc
from nsh.kernel.dispatch import handles
from nsh.kernel.fs.proc import hardware
from nsh.kernel.sysv import ipc_ids, ipc_permission
from nsh.kernel.sysv.ipc_ids import Kind
from nsh.kernel.sysv.ipc_permission import READ, seconds, told, who
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.ipc import Ipc
from nsh.machine.shm import DEST, PAGE, Made, ShmSegment
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

KIND: Final = Kind("shm", ShmSegment, "shared memory segment")

_MOST: Final = (1 << 63) - 1
"""Bytes of any file (MAX_LFS_FILESIZE)."""
_MEMORY: Final = hardware.MEMORY * 1024 // PAGE
"""Pages that anybody may ask for at once."""


@handles(Shmget)
def shmget(tx: Transaction, caller: TaskId, request: Shmget) -> int:
    """shmget(2)."""

    def check(found: ShmSegment) -> None:
        if found.size < request.size:
            raise Errno.EINVAL(f"shared memory segment {found.id} has {found.size} bytes")

    return ipc_ids.get(
        tx, caller, KIND, request.key, request.flags, lambda: _make(tx, caller, request), check
    )


def _make(tx: Transaction, caller: TaskId, request: Shmget) -> int:
    space = ipc.key_of(tx, caller)
    record = tx.get(Ipc, space)
    size = request.size
    if not 1 <= size <= record.shmmax:
        raise Errno.EINVAL(f"a segment of {size} bytes: {record.shmmax} is the most (shmmax)")
    pages = -(-size // PAGE)
    if record.shm_pages + pages > record.shmall:
        raise Errno.ENOSPC(f"there can be {record.shmall} pages of segments in all (shmall)")
    if size > _MOST:
        raise Errno.EINVAL("no file is that long")
    if pages > _MEMORY and not request.flags & SHM_NORESERVE:
        raise Errno.ENOMEM(f"the machine has {_MEMORY} pages of memory")
    creds = tx.get(Task, caller).creds
    row = tx.fresh()
    number = ipc_ids.give(tx, space, KIND, record.shmmni, request.key, row)
    owner = (creds.euid, creds.egid) * 2
    mode = request.flags & 0o777
    maker = who(tx, caller)
    made = ShmSegment(
        space, number, request.key, *owner, mode, tx.clock, size, maker, creator=caller
    )
    tx.put(row, made)
    note_maker(tx, caller, row)
    ipc.change(tx, space, shm_pages=record.shm_pages + pages)
    return number


@handles(Shmctl)
def shmctl(tx: Transaction, caller: TaskId, request: Shmctl) -> int | ShmidDs:
    """shmctl(2)."""
    match request.command:
        case IpcCommand.IPC_STAT:
            return _stat(tx, caller, request.shmid)
        case IpcCommand.IPC_SET:
            key, found = ipc_ids.owned(tx, caller, KIND, request.shmid, "change")
            tx.put(
                key,
                ipc_permission.changed(tx, caller, found, request.uid, request.gid, request.mode),
            )
        case IpcCommand.IPC_RMID:
            key, found = ipc_ids.owned(tx, caller, KIND, request.shmid, "remove")
            _remove(tx, key, found)
        case _:
            raise Errno.EINVAL(f"shmctl has no command {request.command}")
    return 0


def _stat(tx: Transaction, caller: TaskId, number: int) -> ShmidDs:
    _key, found = ipc_ids.find(tx, caller, KIND, number)
    ipc_permission.check(tx, caller, found, READ, f"shared memory segment {found.id}")
    return ShmidDs(
        ipc_permission.perm(tx, caller, found),
        found.size,
        seconds(found.atime),
        seconds(found.dtime),
        seconds(found.ctime),
        told(tx, caller, found.cpid),
        told(tx, caller, found.lpid),
        found.nattch,
    )


def _remove(tx: Transaction, key: int, found: ShmSegment) -> None:
    """Destroy a segment, or, while it is attached, what is to be found by its key (do_shm_rmid)."""
    if found.nattch:
        found = ipc_ids.forget_key(tx, KIND, found)
        tx.put(key, replace(found, mode=found.mode | DEST))
    else:
        destroy(tx, key, found)


def destroy(tx: Transaction, key: int, found: ShmSegment) -> None:
    """The segment is gone, with what is in it."""
    ipc_ids.release(tx, KIND, key, found)
    _forget_maker(tx, found.creator, key)
    pages = tx.get(Ipc, found.namespace).shm_pages - -(-found.size // PAGE)
    ipc.change(tx, found.namespace, shm_pages=pages)


def unused(tx: Transaction, key: int, found: ShmSegment) -> None:
    """Destroy a segment that nobody has attached, if it is to go then (shm_may_destroy)."""
    forced = tx.get(Ipc, found.namespace).shm_rmid_forced
    if not found.nattch and (forced or found.mode & DEST):
        destroy(tx, key, found)


def force_rmid(tx: Transaction, space: NamespaceId, on: int) -> None:
    """``kernel.shm_rmid_forced``: once it is on, what nobody has attached and whose maker is gone
    goes at once (shm_destroy_orphaned)."""
    ipc.change(tx, space, shm_rmid_forced=on)
    if on:
        for key, found in ipc_ids.every(tx, tx.get(Ipc, space), KIND):
            if found.creator == NOBODY:
                unused(tx, key, found)


@hooks.on_reap(Made)
def _taken_over(tx: Transaction, task: TaskId, record: Task) -> None:
    """A thread that does execve goes on as its process's leader, and has made what it made."""
    for key, found in _made_by(tx, task):
        tx.put(key, replace(found, creator=record.leader))
        note_maker(tx, record.leader, key)


@hooks.on_exit(Made)
def _exit(tx: Transaction, task: TaskId, record: Task) -> None:
    del record
    orphan(tx, task)


@ipc.on_unsharing
def orphan(tx: Transaction, task: TaskId) -> None:
    """*task* is gone, or gone elsewhere: what it made is nobody's (exit_shm)."""
    for key, found in _made_by(tx, task):
        orphaned = replace(found, creator=NOBODY)
        tx.put(key, orphaned)
        if tx.get(Ipc, found.namespace).shm_rmid_forced:
            unused(tx, key, orphaned)


def _made_by(tx: Transaction, task: TaskId) -> list[tuple[int, ShmSegment]]:
    """The segments of which *task* is the maker; it is none from now on."""
    made = tx.find(Made, task)
    if made is None:
        return []
    tx.drop(Made, task)
    return [(key, tx.get(ShmSegment, key)) for key in made.segments]


def note_maker(tx: Transaction, task: TaskId, key: int) -> None:
    """*task* has made the segment *key*."""
    made = tx.find(Made, task)
    tx.put(task, Made((key,) if made is None else (*made.segments, key)))


def _forget_maker(tx: Transaction, task: TaskId, key: int) -> None:
    made = tx.find(Made, task)
    if made is None:
        return
    rest = tuple(each for each in made.segments if each != key)
    if rest:
        tx.put(task, Made(rest))
    else:
        tx.drop(Made, task)


@ipc.at_end
def _end(tx: Transaction, space: Ipc) -> None:
    """Nothing of it is attached, for that would have kept it."""
    for key, found in ipc_ids.every(tx, space, KIND):
        _forget_maker(tx, found.creator, key)
        tx.drop(ShmSegment, key)
