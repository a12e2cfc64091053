"""mqueue: POSIX message queues as files, one instance for each ipc namespace (mq_overview(7); N2).

However often it is mounted, and wherever, it shows the namespace of its first mounter's; and it
outlives that namespace where it is still mounted, when nothing new can be made in it.
"""

from collections.abc import Iterable

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFMT, S_IFREG, Dirent
from nsh.abi.mqueue import SIGEV_SIGNAL
from nsh.abi.poll import PollEvent
from nsh.kernel import ipc
from nsh.kernel.fs.mqueues.mqueue_queues import (
    TYPE,
    data_of,
    free,
    instance,
    make,
    set_data,
    unregister,
)
from nsh.kernel.fs.operations import Ready
from nsh.kernel.fs.types import FileSystem, Name, file_system
from nsh.kernel.sysv import ipc_permission
from nsh.machine.files import Attributes, File, SuperblockId
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.mqueue import ENTRY_SIZE, Mqueue, MqueueNode
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel


@file_system(TYPE)
class MqueueType(FileSystem):
    """Its nodes are :class:`MqueueNode`."""

    userns_mount = True

    # ---- instances ----

    def user_space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """That of the ipc namespace which it shows."""
        return ipc.of(tx, caller).owner

    def mount(self, tx: Transaction, caller: TaskId, source: str, options: str) -> SuperblockId:
        """The one of the caller's ipc namespace."""
        self.check_options(options)
        instance(tx, ipc.key_of(tx, caller))
        return ipc.of(tx, caller).superblock

    def check_options(self, options: str) -> None:
        """There are none."""
        if options:
            raise Errno.EINVAL(f"mqueue has no option {options}")

    def kill(self, tx: Transaction, sb: SuperblockId) -> None:
        """The namespace has ended, and nobody shows its queues any more."""
        for key in sorted(data_of(tx, sb).names.values()):
            free(tx, key, tx.get(Mqueue, key))

    # ---- names ----

    def lookup(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, name: str
    ) -> Record | None:
        """The queue of that name."""
        key = data_of(tx, sb).names.get(name)
        return None if key is None else MqueueNode(key)

    def name_of(self, tx: Transaction, sb: SuperblockId, node: Record) -> str:
        """The queue's name."""
        return tx.get(Mqueue, _key(node)).name

    def unlinked(self, tx: Transaction, sb: SuperblockId, node: Record) -> bool:
        """Whether the name has been removed."""
        return bool(_key(node)) and not tx.get(Mqueue, _key(node)).nlink

    def entries(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record
    ) -> Iterable[Dirent]:
        """The newest first."""
        if _key(node):
            raise Errno.ENOTDIR("a queue is no directory")
        names = data_of(tx, sb).names
        for name, key in sorted(names.items(), key=lambda entry: -entry[1]):
            yield Dirent(name, key, S_IFREG)

    def stat(self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record) -> Attributes:
        """A queue is its own description."""
        return tx.get(Mqueue, _key(node)) if _key(node) else data_of(tx, sb).root

    # ---- references ----

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record, count: int = 1) -> None:
        """Count users of the queue."""
        if _key(node):
            queue = tx.get(Mqueue, _key(node))
            tx.put(_key(node), replace(queue, users=queue.users + count))

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Uncount one; the last of a queue without a name ends it."""
        if _key(node):
            queue = tx.get(Mqueue, _key(node))
            queue = replace(queue, users=queue.users - 1)
            tx.put(_key(node), queue)
            if not queue.users and not queue.nlink:
                free(tx, _key(node), queue)

    # ---- open files ----

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """Bytes in the queue and who is to be notified how, in the reader's numbers."""
        node = _key(file.place.node)
        if not node:
            raise Errno.EISDIR("a directory is read with getdents")
        queue = tx.get(Mqueue, node)
        qsize = sum(len(message.data) for message in queue.messages)
        how = signo = pid = 0
        if queue.notify is not None:
            space = tx.get(Task, caller).space
            how, pid = queue.notify.how, ipc_permission.number(space, queue.notify.who)
            signo = queue.notify.signo if how == SIGEV_SIGNAL else 0
        text = f"QSIZE:{qsize:<10} NOTIFY:{how:<5} SIGNO:{signo:<5} NOTIFY_PID:{pid:<6}\n"
        return text.encode()[file.offset : file.offset + size]

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """Whether there is a message, and room for one."""
        node = _key(file.place.node)
        if not node:
            return super().poll(tx, caller, key, file)
        queue = tx.get(Mqueue, node)
        events = PollEvent.POLLIN if queue.messages else 0
        events |= PollEvent.POLLOUT if len(queue.messages) < queue.maxmsg else 0
        return Ready(events, (channel(On.FILE, node),))

    def flush(self, tx: Transaction, caller: TaskId, file: File) -> None:
        """Whoever closes any descriptor of the queue is not notified any more."""
        key = _key(file.place.node)
        queue = tx.find(Mqueue, key)
        notify = None if queue is None else queue.notify
        if notify is not None and notify.owner == tx.get(Task, caller).leader:
            unregister(tx, key)

    def seek_end(self, tx: Transaction, caller: TaskId, file: File) -> int:
        """The size that the file is said to have."""
        return self.stat(tx, caller, SuperblockId(0), file.place.node).size

    # ---- changes ----

    def truncate(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, size: int
    ) -> None:
        """The size is a number that nobody uses."""
        tx.put(_key(node), replace(tx.get(Mqueue, _key(node)), size=size, mtime=tx.clock))

    def chmod(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, mode: int
    ) -> None:
        """Of a queue, or of the directory."""
        old = self.stat(tx, caller, sb, node)
        self._set(tx, sb, node, replace(old, mode=old.mode & S_IFMT | mode & 0o7777))

    def chown(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, node: Record, owner: Attributes
    ) -> None:
        """The same; whose limit a queue counts for, it keeps."""
        self._set(tx, sb, node, owner)

    def _set(self, tx: Transaction, sb: SuperblockId, node: Record, new: Attributes) -> None:
        if isinstance(new, Mqueue):
            tx.put(_key(node), new)
        else:
            set_data(tx, sb, root=new)

    def create(
        self,
        tx: Transaction,
        caller: TaskId,
        sb: SuperblockId,
        at: Name,
        mode: int,
        *,
        rdev: int = 0,
    ) -> Record:
        """A queue with the namespace's defaults; nothing but queues."""
        if mode & S_IFMT != S_IFREG:
            raise Errno.EPERM("mqueue has no files but queues")
        return make(tx, caller, sb, at.name, mode)

    def unlink(
        self, tx: Transaction, caller: TaskId, sb: SuperblockId, at: Name, node: Record
    ) -> None:
        """Whoever has it open goes on using it."""
        data = data_of(tx, sb)
        root = replace(data.root, size=data.root.size - ENTRY_SIZE, mtime=tx.clock)
        set_data(tx, sb, root=root, names=data.names.delete(at.name))
        queue = replace(tx.get(Mqueue, _key(node)), nlink=0)
        tx.put(_key(node), queue)
        if not queue.users:
            free(tx, _key(node), queue)


def _key(node: Record) -> int:
    assert isinstance(node, MqueueNode)
    return node.queue
