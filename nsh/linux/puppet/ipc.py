"""SysV ipc: shared memory, semaphores, messages (sysvipc(7)).

What can sleep (semop, msgsnd, msgrcv) is called with the program's own mask.
"""

from __future__ import annotations

import ctypes
import struct

from nsh.linux.puppet.gate import call
from nsh.linux.puppet.packing import packed
from nsh.linux.puppet.table import Refusal, performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

    from nsh.linux.puppet.actor import Actor

_IPC_SET: Final = 1
_IPC_STAT: Final = 2
_GETALL: Final = 13
_SETVAL: Final = 16
_SETALL: Final = 17
_SHM_REMAP: Final = 0o40000
_SEMVMX: Final = 32767
_PAGE: Final = 4096
_LONGEST: Final = 1 << 20
"""Bytes that one msgrcv asks for at most."""
_EINVAL, _ERANGE = 22, 34

_PERM: Final = "iIIIII4xQQ"
"""``struct ipc64_perm``: key, uid, gid, cuid, cgid, mode, (sequence,) and two words."""
_SHMID: Final = _PERM + "QqqqiiQ16x"
_SEMID: Final = _PERM + "qQqQQ16x"
_MSQID: Final = _PERM + "qqqQQQii16x"

Perm = tuple[int, int, int, int, int, int]


def _stat(name: str, number: int, layout: str) -> tuple[Perm, tuple[int, ...]]:
    """IPC_STAT: the permissions, and what comes behind them."""
    buffer = ctypes.create_string_buffer(struct.calcsize(layout))
    arguments = (number, 0, _IPC_STAT) if name == "semctl" else (number, _IPC_STAT)
    call(name, *arguments, buffer)
    key, uid, gid, cuid, cgid, mode, _one, _two, *rest = struct.unpack(layout, buffer.raw)
    return (key, uid, gid, cuid, cgid, mode), tuple(rest)


def _perm(uid: int, gid: int, mode: int) -> bytes:
    return packed(_PERM, 0, uid, gid, 0, 0, mode, 0, 0)


# ---- shared memory


@performs("Shmget")
def shmget(actor: Actor, key: int, size: int, flags: int) -> int:
    """shmget(2)."""
    del actor
    return call("shmget", key, size, flags)


@performs("Shmat")
def shmat(actor: Actor, shmid: int, address: int, flags: int) -> int:
    """shmat(2).  What the interpreter itself has mapped is not replaced."""
    held = actor.process.attached
    if flags & _SHM_REMAP and address and all(each[0] != address for each in held):
        raise Refusal(_EINVAL, "a puppet lets nothing be replaced but what it has attached")
    got = call("shmat", shmid, address, flags)
    _perm_of, (size, *_rest) = _stat("shmctl", shmid, _SHMID)
    held[:] = [each for each in held if each[0] != got]
    held.append((got, shmid, -(-size // _PAGE) * _PAGE))
    return got


@performs("Shmdt")
def shmdt(actor: Actor, address: int) -> int:
    """shmdt(2)."""
    got = call("shmdt", address)
    held = actor.process.attached
    held[:] = [each for each in held if each[0] != address]
    return got


@performs("Shmctl")
def shmctl(actor: Actor, shmid: int, command: int, uid: int, gid: int, mode: int) -> Any:
    """shmctl(2)."""
    del actor
    if command == _IPC_STAT:
        perm, (size, atime, dtime, ctime, cpid, lpid, nattch) = _stat("shmctl", shmid, _SHMID)
        return perm, size, atime, dtime, ctime, cpid, lpid, nattch
    data = _perm(uid, gid, mode).ljust(struct.calcsize(_SHMID), b"\0")
    return call("shmctl", shmid, command, data)


@performs("Attached")
def attached(actor: Actor, shmid: int) -> int:
    """Where a segment was attached last."""
    for address, number, _size in reversed(actor.process.attached):
        if number == shmid:
            return address
    raise Refusal(_EINVAL, f"shared memory segment {shmid} is not attached")


def _check_attached(actor: Actor, address: int, size: int) -> None:
    """Fault where nothing is attached: the interpreter's own memory is nobody's business."""
    for start, _number, length in actor.process.attached:
        if start <= address and address + size <= start + length and size >= 0:
            return
    ctypes.string_at(0)


@performs("Load")
def load(actor: Actor, address: int, size: int) -> bytes:
    """Read memory."""
    _check_attached(actor, address, size)
    return ctypes.string_at(address, size)


@performs("Store")
def store(actor: Actor, address: int, data: bytes) -> int:
    """Write memory; what is attached for reading only faults."""
    _check_attached(actor, address, len(data))
    ctypes.memmove(address, data, len(data))
    return 0


# ---- semaphores


@performs("Semget")
def semget(actor: Actor, key: int, nsems: int, flags: int) -> int:
    """semget(2)."""
    del actor
    return call("semget", key, nsems, flags)


@performs("Semop")
def semop(
    actor: Actor, semid: int, ops: tuple[tuple[int, int, int], ...], timeout: int | None
) -> int:
    """semop(2), semtimedop(2)."""
    array = b"".join(packed("Hhh", num, op, flags) for num, op, flags in ops)
    limit = None if timeout is None else packed("qq", *divmod(timeout, 1_000_000_000))
    return call("semtimedop", semid, array, len(ops), limit, mask=actor.mask)


@performs("Semctl")
def semctl(
    actor: Actor,
    semid: int,
    semnum: int,
    command: int,
    values: tuple[int, ...],
    uid: int,
    gid: int,
    mode: int,
) -> Any:
    """semctl(2)."""
    del actor
    if command == _IPC_STAT:
        perm, (otime, _high, ctime, _more, nsems) = _stat("semctl", semid, _SEMID)
        return perm, otime, ctime, nsems
    if command == _IPC_SET:
        data = _perm(uid, gid, mode).ljust(struct.calcsize(_SEMID), b"\0")
        return call("semctl", semid, 0, command, data)
    if command == _SETVAL:
        value = values[0] if values else 0
        return call("semctl", semid, semnum, command, value & 0xFFFFFFFF)
    if command in (_GETALL, _SETALL):
        return _all(semid, command, values)
    return call("semctl", semid, semnum, command, 0)


def _all(semid: int, command: int, values: tuple[int, ...]) -> int | tuple[int, ...]:
    """GETALL and SETALL, whose arrays are as long as the set."""
    count = _stat("semctl", semid, _SEMID)[1][-1]
    if command == _GETALL:
        buffer = (ctypes.c_uint16 * count)()
        call("semctl", semid, 0, command, buffer)
        return tuple(buffer)
    if len(values) != count:
        raise Refusal(_EINVAL, f"semaphore set {semid} has {count} semaphores")
    if not all(0 <= value <= _SEMVMX for value in values):
        values = (_SEMVMX + 1,) * count
    return call("semctl", semid, 0, command, (ctypes.c_uint16 * count)(*values))


# ---- messages


@performs("Msgget")
def msgget(actor: Actor, key: int, flags: int) -> int:
    """msgget(2)."""
    del actor
    return call("msgget", key, flags)


@performs("Msgsnd")
def msgsnd(actor: Actor, msqid: int, mtype: int, data: bytes, flags: int) -> int:
    """msgsnd(2)."""
    message = packed("q", mtype) + data
    return call("msgsnd", msqid, message, len(data), flags, mask=actor.mask)


@performs("Msgrcv")
def msgrcv(actor: Actor, msqid: int, size: int, mtype: int, flags: int) -> tuple[int, bytes]:
    """msgrcv(2)."""
    size = min(size, _LONGEST)
    buffer = ctypes.create_string_buffer(8 + max(size, 0))
    got = call("msgrcv", msqid, buffer, size, mtype, flags, mask=actor.mask)
    (found,) = struct.unpack_from("q", buffer.raw)
    return found, buffer.raw[8 : 8 + got]


@performs("Msgctl")
def msgctl(
    actor: Actor, msqid: int, command: int, uid: int, gid: int, mode: int, qbytes: int
) -> Any:
    """msgctl(2)."""
    del actor
    if command == _IPC_STAT:
        perm, (stime, rtime, ctime, cbytes, qnum, most, lspid, lrpid) = _stat(
            "msgctl", msqid, _MSQID
        )
        return perm, stime, rtime, ctime, cbytes, qnum, most, lspid, lrpid
    data = _perm(uid, gid, mode) + packed("qqqQQQii16x", 0, 0, 0, 0, 0, qbytes, 0, 0)
    return call("msgctl", msqid, command, data)
