"""Segments in a process's memory: shmat(2), shmdt(2), and what fork, execve and exit do (N1).

A process has no memory here but what it attaches.  Threads have one together.
"""

from typing import Final, NoReturn

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.ipc import (
    SHM_EXEC,
    SHM_RDONLY,
    SHM_REMAP,
    SHM_RND,
    Attached,
    Load,
    Shmat,
    Shmdt,
    Store,
)
from nsh.abi.process import killed
from nsh.abi.request import Failure
from nsh.abi.signals import Sig
from nsh.kernel import death, hooks, ipc, namespaces
from nsh.kernel.dispatch import LeavesTrace, handles
from nsh.kernel.fs import pages
from nsh.kernel.sysv import ipc_ids, ipc_permission, shm
from nsh.kernel.sysv.ipc_permission import READ, WRITE, who
from nsh.kernel.sysv.shm import KIND
from nsh.machine.ids import TaskId
from nsh.machine.shm import PAGE, Attachment, Memory, ShmSegment
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction

_TOP: Final = 0x7FFF_FFF0_0000
"""Where the kernel's own choice begins: downwards, as Linux has it, and at no random place."""
_END: Final = (1 << 47) - PAGE
"""Behind the last address of a program (TASK_SIZE_MAX)."""
_EXECUTE: Final = 0o111


def attached(tx: Transaction, task: TaskId) -> tuple[Attachment, ...]:
    """What the process of *task* has attached, the last one last."""
    memory = tx.find(Memory, tx.get(Task, task).leader)
    return () if memory is None else memory.attached


def _set(tx: Transaction, leader: TaskId, new: list[Attachment]) -> None:
    if new:
        tx.put(leader, Memory(tuple(new)))
    elif tx.find(Memory, leader) is not None:
        tx.drop(Memory, leader)


@handles(Shmat)
def shmat(tx: Transaction, caller: TaskId, request: Shmat) -> int:
    """shmat(2)."""
    flags = request.flags
    address = request.address
    if request.shmid < 0:
        raise Errno.EINVAL("the id of a segment is not negative")
    if address % PAGE:
        if not flags & SHM_RND:
            raise Errno.EINVAL(f"{address:#x} is no multiple of {PAGE}, and SHM_RND not given")
        address -= address % PAGE
    if not address and flags & SHM_REMAP and not request.address:
        raise Errno.EINVAL("SHM_REMAP wants an address")
    key, found = ipc_ids.find(tx, caller, KIND, request.shmid)
    wanted = READ | (0 if flags & SHM_RDONLY else WRITE)
    if flags & SHM_EXEC:
        wanted |= _EXECUTE
    what = f"shared memory segment {found.id}"
    ipc_permission.check(tx, caller, found, wanted, what)
    size = -(-found.size // PAGE) * PAGE
    leader = tx.get(Task, caller).leader
    mine = list(attached(tx, caller))
    if request.address:
        if address + size > _END:
            _refuse(key, Errno.ENOMEM, "the segment would reach beyond the end of memory")
        if not flags & SHM_REMAP and any(_overlap(each, address, size) for each in mine):
            _refuse(key, Errno.EINVAL, f"something is attached at {address:#x} already")
        for each in [each for each in mine if _overlap(each, address, size)]:
            _check_whole(each, address, size)
            mine.remove(each)
            _detach(tx, caller, each)
    else:
        address = _choose(mine, size)
    space = ipc.key_of(tx, caller)
    readonly, executable = bool(flags & SHM_RDONLY), bool(flags & SHM_EXEC)
    mine.append(Attachment(address, key, space, size, readonly, executable))
    _set(tx, leader, mine)
    namespaces.hold(tx, "ipc", space)
    _opened(tx, caller, key)
    return address


def _refuse(key: int, errno: Errno, reason: str) -> NoReturn:
    """Fail as Linux does when the segment has been attached for a moment: with shm_rmid_forced one
    that nobody else has attached is gone then (out_nattch in do_shmat)."""
    raise LeavesTrace(errno, reason, lambda tx: shm.unused(tx, key, tx.get(ShmSegment, key)))


def _overlap(each: Attachment, address: int, size: int) -> bool:
    return each.address < address + size and address < each.address + each.size


def _check_whole(each: Attachment, address: int, size: int) -> None:
    """gap: Linux cuts what is half covered."""
    if each.address < address or each.address + each.size > address + size:
        raise Errno.EINVAL("SHM_REMAP covers a part of what is attached there")


def attach_again(tx: Transaction, task: TaskId, new: Attachment) -> None:
    """Have *new* in the memory of *task*'s process, as it was there before a checkpoint: nobody is
    told that it has been attached just now.  EINVAL: it cannot stand there."""
    mine = attached(tx, task)
    address, end = new.address, new.address + new.size
    if address % PAGE or not 0 < address <= end - PAGE or end > _END:
        raise Errno.EINVAL(f"no segment can be attached at {address:#x}")
    if any(_overlap(each, address, new.size) for each in mine):
        raise Errno.EINVAL(f"something is attached at {address:#x} already")
    _set(tx, tx.get(Task, task).leader, [*mine, new])
    namespaces.hold(tx, "ipc", new.namespace)
    found = tx.get(ShmSegment, new.segment)
    tx.put(new.segment, replace(found, nattch=found.nattch + 1))


def _choose(mine: list[Attachment], size: int) -> int:
    """The highest room below :data:`_TOP`.  ENOMEM."""
    end = _TOP
    for each in sorted(mine, key=lambda each: -each.address):
        if each.address + each.size <= end - size:
            break
        end = min(end, each.address)
    if end < size:
        raise Errno.ENOMEM("there is no room for the segment in this memory")
    return end - size


def _opened(tx: Transaction, opener: TaskId, key: int) -> None:
    """One more attachment, by *opener* (shm_open)."""
    found = tx.get(ShmSegment, key)
    opened = replace(found, nattch=found.nattch + 1, lpid=who(tx, opener), atime=tx.clock)
    tx.put(key, opened)


def _detach(tx: Transaction, task: TaskId, each: Attachment) -> None:
    """One less, by *task* (shm_close); the namespace may end with it."""
    found = tx.get(ShmSegment, each.segment)
    found = replace(found, nattch=found.nattch - 1, lpid=who(tx, task), dtime=tx.clock)
    tx.put(each.segment, found)
    shm.unused(tx, each.segment, found)
    namespaces.put(tx, "ipc", each.namespace)


@handles(Shmdt)
def shmdt(tx: Transaction, caller: TaskId, request: Shmdt) -> int:
    """shmdt(2)."""
    mine = list(attached(tx, caller))
    for each in mine:
        if each.address == request.address:
            mine.remove(each)
            _set(tx, tx.get(Task, caller).leader, mine)
            _detach(tx, caller, each)
            return 0
    raise Errno.EINVAL(f"nothing is attached at {request.address:#x}")


@handles(Attached)
def where(tx: Transaction, caller: TaskId, request: Attached) -> int:
    """Of whatever namespace the segment is: the program remembers its id and no more."""
    for each in reversed(attached(tx, caller)):
        if tx.get(ShmSegment, each.segment).id == request.shmid:
            return each.address
    raise Errno.EINVAL(f"shared memory segment {request.shmid} is not attached")


# ---- what a program does with it


def _at(tx: Transaction, task: TaskId, address: int, size: int) -> Attachment | None:
    for each in attached(tx, task):
        if each.address <= address and address + size <= each.address + each.size:
            return each
    return None


@handles(Load)
def load(tx: Transaction, caller: TaskId, request: Load) -> bytes | Failure:
    """Reading touches the pages, too."""
    each = _at(tx, caller, request.address, request.size)
    if each is None or request.size < 0:
        return _fault(tx, caller, request.address)
    found = tx.get(ShmSegment, each.segment)
    start = request.address - each.address
    content = _touched(found.pages, start, request.size)
    if content is not found.pages:
        tx.put(each.segment, replace(found, pages=content))
    return pages.read(content, start, start + request.size)


@handles(Store)
def store(tx: Transaction, caller: TaskId, request: Store) -> int | Failure:
    """All who have attached the segment see it."""
    each = _at(tx, caller, request.address, len(request.data))
    if each is None or each.readonly:
        return _fault(tx, caller, request.address)
    found = tx.get(ShmSegment, each.segment)
    content = pages.write(found.pages, request.address - each.address, request.data)
    tx.put(each.segment, replace(found, pages=content))
    return 0


def _touched(content: pages.Pages, start: int, size: int) -> pages.Pages:
    for index in range(start // PAGE, -(-(start + size) // PAGE)):
        if index not in content:
            content = content.set(index, b"")
    return content


def _fault(tx: Transaction, caller: TaskId, address: int) -> Failure:
    """gap: a handler for it does not run."""
    death.kill(tx, tx.get(Task, caller).leader, killed(int(Sig.SIGSEGV)))
    return Failure(Errno.EFAULT, f"there is nothing at {address:#x} that could be used so")


# ---- the life of a process


@hooks.on_fork(Memory)
def _fork(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """A child has what its parent has; a thread is of the same memory."""
    above = tx.get(Task, parent).leader
    memory = tx.find(Memory, above)
    if memory is None or tx.get(Task, child).leader == above:
        return
    tx.put(child, memory)
    for each in memory.attached:
        namespaces.hold(tx, "ipc", each.namespace)
        _opened(tx, parent, each.segment)


@hooks.on_exec
def _exec(tx: Transaction, task: TaskId) -> None:
    let_go(tx, tx.get(Task, task).leader, task)


@hooks.on_exit(Memory)
def _exit(tx: Transaction, task: TaskId, record: Task) -> None:
    """The last thread takes the memory along."""
    memory = tx.find(Memory, record.leader)
    if memory is None:
        return
    process = tx.get(Task, record.leader)
    for other in (record.leader, *process.threads):
        if other != task and tx.get(Task, other).state is not State.ZOMBIE:
            return
    let_go(tx, record.leader, task)


def let_go(tx: Transaction, leader: TaskId, task: TaskId) -> None:
    """The process of *leader* has nothing attached any more; *task* has seen to that."""
    memory = tx.find(Memory, leader)
    if memory is not None:
        tx.drop(Memory, leader)
        for each in memory.attached:
            _detach(tx, task, each)
