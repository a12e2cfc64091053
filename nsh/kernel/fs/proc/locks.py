"""``/proc/locks``: the locks on files of those whom the reader's proc shows (proc_locks(5))."""

from nsh.kernel.fs.proc.registry import system_file_of_space
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.value import Transaction


@system_file_of_space("locks")
def _locks(tx: Transaction, caller: TaskId, space: SpaceId) -> str:
    from nsh.kernel.fs.locking import proc_files

    del caller
    return proc_files.locks(tx, space)
