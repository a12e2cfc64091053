"""``/proc/PID/mounts``, ``mountinfo``, ``mountstats``: mounts as a task sees them (proc(5)).

An open file is of the namespace, and the root, that the task had when it was opened
(fs/proc_namespace.c).
"""

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.poll import PollEvent
from nsh.kernel import contexts, namespaces
from nsh.kernel.fs import files, mountinfo
from nsh.kernel.fs.operations import Ready
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import TaskFileOperations, task_file
from nsh.kernel.fs.proc.view import has_context, seen
from nsh.machine.files import File, MountsFile
from nsh.machine.ids import FileId, TaskId
from nsh.machine.mounts import MountSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel


def _view(file: File) -> MountsFile:
    assert isinstance(file.opened, MountsFile)
    return file.opened


class _Stats(TaskFileOperations):
    """The mounts in sentences, for those who count what a file system does."""

    def open(self, tx: Transaction, caller: TaskId, node: TaskNode, flags: int) -> MountsFile:
        """The dead are in no mount namespace, nor are those who are gone (EINVAL)."""
        if tx.find(Task, node.task) is None or not has_context(tx, node.task):
            raise Errno.EINVAL(f"pid {node.number} is dead and in no mount namespace")
        seen(tx, node)
        space = contexts.namespace(tx, node.task, "mnt")
        root = contexts.fs(tx, node.task).root
        namespaces.hold(tx, "mnt", space)
        files.hold_place(tx, root)
        return MountsFile(space, root, tx.get(MountSpace, space).event)

    def close(self, tx: Transaction, file: File) -> None:
        """Let go of both."""
        view = _view(file)
        files.release_place(tx, view.root)
        namespaces.put(tx, "mnt", view.namespace)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """From one moment, to who reads it in small steps."""
        view = _view(file)
        if not file.offset:
            said = self.text(tx, caller, view).encode("utf-8", "surrogateescape")
            view = replace(view, said=said)
            tx.put(key, replace(file, opened=view))
        return view.said[file.offset : file.offset + size]

    def text(self, tx: Transaction, caller: TaskId, view: MountsFile) -> str:
        """The whole content."""
        return mountinfo.mountstats(tx, view)


class _Mounts(_Stats):
    """The mounts below the task's root, oldest first."""

    def text(self, tx: Transaction, caller: TaskId, view: MountsFile) -> str:
        """The whole content."""
        return mountinfo.mounts(tx, view)

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """It can be read at any time, and tells once of what has changed (mounts_poll)."""
        view = _view(file)
        events = PollEvent.POLLIN
        event = tx.get(MountSpace, view.namespace).event
        if event != view.event:
            events |= PollEvent.POLLERR | PollEvent.POLLPRI
            tx.put(key, replace(file, opened=replace(view, event=event)))
        return Ready(events, (channel(On.MOUNTS, view.namespace),))


class _Info(_Mounts):
    """The same with ids, parents, devices and roots."""

    def text(self, tx: Transaction, caller: TaskId, view: MountsFile) -> str:
        """The whole content."""
        return mountinfo.mountinfo(tx, view, caller)


def _register(
    name: str, operations: TaskFileOperations, mode: int = 0o444, *, thread: bool = True
) -> None:
    @task_file(name, mode, thread=thread, operations=operations)
    def content(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
        """Read through the open file, which knows its namespace."""
        raise NotImplementedError


_register("mounts", _Mounts())
_register("mountstats", _Stats(), 0o400, thread=False)
_register("mountinfo", _Info())
