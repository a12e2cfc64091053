"""``/proc/sysvipc/{msg,sem,shm}``: the objects of the reader's ipc namespace (proc_sysvipc(5)).

By place, whatever their ids; pids are in the reader's numbers.
"""

from typing import Final

from nsh.abi.files import S_IFDIR
from nsh.kernel import ipc, ipc_ids, msg, semop, shm
from nsh.kernel.fs.proc.registry import system_entry, system_file
from nsh.kernel.ipc_permission import number, owners, seconds
from nsh.machine.ids import TaskId
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

system_entry("sysvipc", S_IFDIR | 0o555)


def _signed(key: int) -> int:
    """An IPC key as the kernel prints it."""
    return (key & 0xFFFFFFFF) - ((key & 0x80000000) << 1)


def _owners(tx: Transaction, caller: TaskId, found: MsgQueue | SemSet | ShmSegment) -> str:
    return " ".join(f"{each:5}" for each in owners(tx, caller, found))


def _head(found: MsgQueue | SemSet | ShmSegment) -> str:
    return f"{_signed(found.key):10} {found.id:10}  {found.mode:4o}"


@system_file("sysvipc/shm")
def _shm(tx: Transaction, caller: TaskId) -> str:
    lines = [_SHM]
    for _key, found in ipc_ids.every(tx, ipc.of(tx, caller), shm.KIND):
        pids = f"{number(tx, caller, found.cpid):5} {number(tx, caller, found.lpid):5}"
        times = (seconds(found.atime), seconds(found.dtime), seconds(found.ctime))
        lines.append(
            f"{_head(found)} {found.size:21} {pids}  {found.nattch:5} {_owners(tx, caller, found)} "
            f"{times[0]:10} {times[1]:10} {times[2]:10} {len(found.pages) * PAGE:21} {0:21}\n"
        )
    return "".join(lines)


@system_file("sysvipc/sem")
def _sem(tx: Transaction, caller: TaskId) -> str:
    lines = [_SEM]
    for _key, found in ipc_ids.every(tx, ipc.of(tx, caller), semop.KIND):
        times = f"{seconds(found.otime):10} {seconds(found.ctime):10}"
        lines.append(
            f"{_head(found)} {len(found.values):10} {_owners(tx, caller, found)} {times}\n"
        )
    return "".join(lines)


@system_file("sysvipc/msg")
def _msg(tx: Transaction, caller: TaskId) -> str:
    lines = [_MSG]
    for _key, found in ipc_ids.every(tx, ipc.of(tx, caller), msg.KIND):
        pids = f"{number(tx, caller, found.lspid):5} {number(tx, caller, found.lrpid):5}"
        times = (seconds(found.stime), seconds(found.rtime), seconds(found.ctime))
        lines.append(
            f"{_head(found)}  {found.cbytes:10} {len(found.messages):10} {pids} "
            f"{_owners(tx, caller, found)} {times[0]:10} {times[1]:10} {times[2]:10}\n"
        )
    return "".join(lines)
