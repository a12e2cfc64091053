"""Requests about SysV ipc: shared memory, semaphores, messages (sysvipc(7); N1).

Ids are numbers of the caller's ipc namespace; EINVAL where it has no such object.  Times in
replies are seconds since 1970, 0 where nothing was done; pids are in the caller's numbers.
"""

from enum import IntEnum
from typing import ClassVar, Final

from nsh.abi.request import Request

IPC_PRIVATE: Final = 0
IPC_CREAT: Final = 0o1000
IPC_EXCL: Final = 0o2000
IPC_NOWAIT: Final = 0o4000

SHM_RDONLY: Final = 0o10000
SHM_RND: Final = 0o20000
SHM_REMAP: Final = 0o40000
SHM_EXEC: Final = 0o100000
SHM_NORESERVE: Final = 0o10000
"""Of shmget(2)."""
SHM_DEST: Final = 0o1000
"""In a mode: the segment goes with its last attachment."""
SEM_UNDO: Final = 0x1000
MSG_NOERROR: Final = 0o10000
MSG_EXCEPT: Final = 0o20000
MSG_COPY: Final = 0o40000


class IpcCommand(IntEnum):
    """Commands of shmctl(2), semctl(2) and msgctl(2) that nsh has."""

    IPC_RMID = 0
    IPC_SET = 1
    IPC_STAT = 2
    GETPID = 11
    GETVAL = 12
    GETALL = 13
    GETNCNT = 14
    GETZCNT = 15
    SETVAL = 16
    SETALL = 17


class IpcPerm(Request, frozen=True, gc=False):
    """``struct ipc_perm``; ``mode`` with SHM_DEST."""

    key: int
    uid: int
    gid: int
    cuid: int
    cgid: int
    mode: int


# ---- shared memory


class Shmget(Request, frozen=True, gc=False):
    """shmget(2): ``size`` in bytes, ``flags`` with the mode.

    Replies the id; EACCES, EEXIST, EINVAL, ENOENT, ENOMEM, ENOSPC.
    """

    key: int
    size: int
    flags: int


class Shmat(Request, frozen=True, gc=False):
    """shmat(2); ``address`` 0 lets the kernel choose.

    Replies the address; EACCES, EINVAL, ENOMEM.
    """

    shmid: int
    address: int = 0
    flags: int = 0


class Shmdt(Request, frozen=True, gc=False):
    """shmdt(2).  Replies 0; EINVAL where nothing is attached at ``address``."""

    address: int


class Shmctl(Request, frozen=True, gc=False):
    """shmctl(2).  IPC_SET takes ``uid``, ``gid`` and ``mode``.

    Replies 0, or for IPC_STAT a :class:`ShmidDs`; EACCES, EINVAL, EPERM.
    """

    shmid: int
    command: int
    uid: int = 0
    gid: int = 0
    mode: int = 0


class ShmidDs(Request, frozen=True, gc=False):
    """``struct shmid_ds``."""

    perm: IpcPerm
    size: int
    atime: int
    dtime: int
    ctime: int
    cpid: int
    lpid: int
    nattch: int


class Attached(Request, frozen=True, gc=False):
    """Where the caller has attached a segment, if several times the last one.  No system call:
    a program knows it.  Replies the address; EINVAL."""

    shmid: int


class Load(Request, frozen=True, gc=False):
    """Read ``size`` bytes at ``address`` of the caller's memory, which is in an attached segment.

    No system call: an instruction.  Replies the bytes; EFAULT, and SIGSEGV, where there is nothing.
    """

    address: int
    size: int


class Store(Request, frozen=True, gc=False):
    """Write ``data`` at ``address`` of the caller's memory, as :class:`Load` reads it.

    Replies 0; EFAULT, and SIGSEGV, where there is nothing, or it is not to be written.
    """

    address: int
    data: bytes


# ---- semaphores


class Semget(Request, frozen=True, gc=False):
    """semget(2).  Replies the id; EACCES, EEXIST, EINVAL, ENOENT, ENOSPC."""

    key: int
    nsems: int
    flags: int


class Semop(Request, frozen=True, gc=False):
    """semop(2), semtimedop(2): ``ops`` are (number, change, flags), ``timeout`` nanoseconds.

    Replies 0; E2BIG, EACCES, EAGAIN, EFBIG, EIDRM, EINTR, EINVAL, ERANGE.
    """

    restarts: ClassVar[bool] = False

    semid: int
    ops: tuple[tuple[int, int, int], ...]
    timeout: int | None = None


class Semctl(Request, frozen=True, gc=False):
    """semctl(2): ``values`` are those of SETVAL (one) and SETALL (all).

    Replies 0, the number asked for, for GETALL a tuple of all values, for IPC_STAT a
    :class:`SemidDs`; EACCES, EINVAL, EPERM, ERANGE.
    """

    semid: int
    semnum: int
    command: int
    values: tuple[int, ...] = ()
    uid: int = 0
    gid: int = 0
    mode: int = 0


class SemidDs(Request, frozen=True, gc=False):
    """``struct semid_ds``."""

    perm: IpcPerm
    otime: int
    ctime: int
    nsems: int


# ---- messages


class Msgget(Request, frozen=True, gc=False):
    """msgget(2).  Replies the id; EACCES, EEXIST, ENOENT, ENOSPC."""

    key: int
    flags: int


class Msgsnd(Request, frozen=True, gc=False):
    """msgsnd(2).  Replies 0; EACCES, EAGAIN, EIDRM, EINTR, EINVAL."""

    restarts: ClassVar[bool] = False

    msqid: int
    mtype: int
    data: bytes
    flags: int = 0


class Msgrcv(Request, frozen=True, gc=False):
    """msgrcv(2).  Replies a :class:`MsgBuf`; E2BIG, EACCES, EIDRM, EINTR, EINVAL, ENOMSG."""

    restarts: ClassVar[bool] = False

    msqid: int
    size: int
    mtype: int = 0
    flags: int = 0


class MsgBuf(Request, frozen=True, gc=False):
    """``struct msgbuf``."""

    mtype: int
    data: bytes


class Msgctl(Request, frozen=True, gc=False):
    """msgctl(2).  IPC_SET takes ``uid``, ``gid``, ``mode`` and ``qbytes``.

    Replies 0, or for IPC_STAT a :class:`MsqidDs`; EACCES, EINVAL, EPERM.
    """

    msqid: int
    command: int
    uid: int = 0
    gid: int = 0
    mode: int = 0
    qbytes: int = 0


class MsqidDs(Request, frozen=True, gc=False):
    """``struct msqid_ds``."""

    perm: IpcPerm
    stime: int
    rtime: int
    ctime: int
    cbytes: int
    qnum: int
    qbytes: int
    lspid: int
    lrpid: int
