"""``/proc/sysvipc/{msg,sem,shm}``: the objects of the reader's ipc namespace (proc_sysvipc(5)).

By place, whatever their ids; pids are in the reader's numbers.
"""

from nsh.abi.files import S_IFDIR
from nsh.kernel.fs.proc.registry import system_entry, system_file
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction

system_entry("sysvipc", S_IFDIR | 0o555)


@system_file("sysvipc/shm")
def _shm(tx: Transaction, caller: TaskId) -> str:
    from nsh.kernel.sysv import proc_files

    return proc_files.of_shm(tx, caller)


@system_file("sysvipc/sem")
def _sem(tx: Transaction, caller: TaskId) -> str:
    from nsh.kernel.sysv import proc_files

    return proc_files.of_sem(tx, caller)


@system_file("sysvipc/msg")
def _msg(tx: Transaction, caller: TaskId) -> str:
    from nsh.kernel.sysv import proc_files

    return proc_files.of_msg(tx, caller)
