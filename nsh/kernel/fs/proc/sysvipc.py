"""``/proc/sysvipc/{msg,sem,shm}``: the objects of an ipc namespace (proc_sysvipc(5)).

By place, whatever their ids.  The namespace, and those whose numbers pids and users are told in,
are those of who opened the file, whoever reads it (sysvipc_proc_open in ipc/util.c).
"""

from msgspec.structs import replace

from nsh.abi.files import S_IFDIR
from nsh.kernel import ipc, namespaces
from nsh.kernel.fs.proc.registry import SystemFileOperations, system_entry, system_file_kept
from nsh.machine.files import File
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.ipc import IpcFile
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

system_entry("sysvipc", S_IFDIR | 0o555)


class _View(SystemFileOperations):
    """What the three files have in common: they keep the namespaces."""

    def open(self, tx: Transaction, caller: TaskId) -> IpcFile:
        """Of the namespaces of *caller*."""
        me = tx.get(Task, caller)
        view = IpcFile(ipc.key_of(tx, caller), me.space, me.creds.userns)
        namespaces.hold(tx, "ipc", view.ipc)
        namespaces.hold(tx, "pid", NamespaceId(view.pids))
        namespaces.hold(tx, "user", view.users)
        return view

    def close(self, tx: Transaction, file: File) -> None:
        """Let go of them."""
        view = _view(file)
        namespaces.put(tx, "ipc", view.ipc)
        namespaces.put(tx, "pid", NamespaceId(view.pids))
        namespaces.put(tx, "user", view.users)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """From one moment, to who reads it in small steps."""
        view = _view(file)
        if not file.offset:
            view = replace(view, said=self.text(tx, view).encode())
            tx.put(key, replace(file, opened=view))
        return view.said[file.offset : file.offset + size]

    def text(self, tx: Transaction, view: IpcFile) -> str:
        """The whole content."""
        raise NotImplementedError


def _view(file: File) -> IpcFile:
    assert isinstance(file.opened, IpcFile)
    return file.opened


class _Shm(_View):
    def text(self, tx: Transaction, view: IpcFile) -> str:
        """Segments."""
        from nsh.kernel.sysv import proc_files

        return proc_files.of_shm(tx, view)


class _Sem(_View):
    def text(self, tx: Transaction, view: IpcFile) -> str:
        """Sets of semaphores."""
        from nsh.kernel.sysv import proc_files

        return proc_files.of_sem(tx, view)


class _Msg(_View):
    def text(self, tx: Transaction, view: IpcFile) -> str:
        """Message queues."""
        from nsh.kernel.sysv import proc_files

        return proc_files.of_msg(tx, view)


system_file_kept("sysvipc/shm", _Shm())
system_file_kept("sysvipc/sem", _Sem())
system_file_kept("sysvipc/msg", _Msg())
