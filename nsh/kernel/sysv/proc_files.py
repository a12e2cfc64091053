"""What ``/proc/sysvipc/{msg,sem,shm}`` say (proc_sysvipc(5))."""

from typing import Final

from nsh.kernel.sysv import ipc_ids, msg, semop
from nsh.kernel.sysv import shm as segments
from nsh.kernel.sysv.ipc_permission import number, owners, seconds
from nsh.machine.ipc import Ipc, IpcFile
from nsh.machine.msg import MsgQueue
from nsh.machine.sem import SemSet
from nsh.machine.shm import PAGE, ShmSegment
from nsh.machine.value import Transaction

_SHM: Final = (
    "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid"
    "      atime      dtime      ctime                   rss                  swap\n"
)
_SEM: Final = (
    "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n"
)
_MSG: Final = (
    "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid"
    "      stime      rtime      ctime\n"
)


def _signed(key: int) -> int:
    """An IPC key as the kernel prints it."""
    return (key & 0xFFFFFFFF) - ((key & 0x80000000) << 1)


def _owners(tx: Transaction, view: IpcFile, found: MsgQueue | SemSet | ShmSegment) -> str:
    return " ".join(f"{each:5}" for each in owners(tx, view.users, found))


def _head(found: MsgQueue | SemSet | ShmSegment) -> str:
    return f"{_signed(found.key):10} {found.id:10}  {found.mode:4o}"


def of_shm(tx: Transaction, view: IpcFile) -> str:
    """``sysvipc/shm`` as it is seen by *view*."""
    lines = [_SHM]
    for _key, found in ipc_ids.every(tx, tx.get(Ipc, view.ipc), segments.KIND):
        pids = f"{number(view.pids, found.cpid):5} {number(view.pids, found.lpid):5}"
        times = (seconds(found.atime), seconds(found.dtime), seconds(found.ctime))
        lines.append(
            f"{_head(found)} {found.size:21} {pids}  {found.nattch:5} {_owners(tx, view, found)} "
            f"{times[0]:10} {times[1]:10} {times[2]:10} {len(found.pages) * PAGE:21} {0:21}\n"
        )
    return "".join(lines)


def of_sem(tx: Transaction, view: IpcFile) -> str:
    """``sysvipc/sem`` as it is seen by *view*."""
    lines = [_SEM]
    for _key, found in ipc_ids.every(tx, tx.get(Ipc, view.ipc), semop.KIND):
        times = f"{seconds(found.otime):10} {seconds(found.ctime):10}"
        lines.append(f"{_head(found)} {len(found.values):10} {_owners(tx, view, found)} {times}\n")
    return "".join(lines)


def of_msg(tx: Transaction, view: IpcFile) -> str:
    """``sysvipc/msg`` as it is seen by *view*."""
    lines = [_MSG]
    for _key, found in ipc_ids.every(tx, tx.get(Ipc, view.ipc), msg.KIND):
        pids = f"{number(view.pids, found.lspid):5} {number(view.pids, found.lrpid):5}"
        times = (seconds(found.stime), seconds(found.rtime), seconds(found.ctime))
        lines.append(
            f"{_head(found)}  {found.cbytes:10} {len(found.messages):10} {pids} "
            f"{_owners(tx, view, found)} {times[0]:10} {times[1]:10} {times[2]:10}\n"
        )
    return "".join(lines)
