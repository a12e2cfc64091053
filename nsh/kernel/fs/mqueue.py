"""mqueue: POSIX message queues as files, one instance for each ipc namespace (mq_overview(7); N2).

However often it is mounted, and wherever, it shows the namespace of its first mounter's; and it
outlives that namespace where it is still mounted, when nothing new can be made in it.
"""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFMT, S_IFREG, Dirent
from nsh.abi.mqueue import SIGEV_SIGNAL
from nsh.abi.terminals import PollEvent
from nsh.kernel import capabilities, hooks, ipc, ipc_permission, ipc_sleep, waiting
from nsh.kernel.fs import files, mount_tree
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import FileSystem, Name, Ready, file_system, new_superblock
from nsh.machine.files import Attributes, File, Superblock, SuperblockId
from nsh.machine.ids import FileId, MountId, NamespaceId, TaskId
from nsh.machine.ipc import Ipc
from nsh.machine.mounts import Mount
from nsh.machine.mqueue import (
    ENTRY_SIZE,
    FILE_SIZE,
    ROOT,
    ROOT_INO,
    Mqueue,
    MqueueFs,
    MqueueNode,
    MqueueUse,
    Notified,
)
from nsh.machine.record import Record
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

TYPE: Final = "mqueue"
LIMIT: Final = 819200
"""RLIMIT_MSGQUEUE: bytes that the queues of a user may need together."""
HARD_MSGMAX: Final = 65536
HARD_MSGSIZEMAX: Final = 16 << 20

_MSG_MSG: Final = 48
_TREE_NODE: Final = 48
"""What a queue needs for each message beside the message itself (sizes of struct msg_msg and
posix_msg_tree_node)."""
_PRIORITIES: Final = 32768


@file_system(TYPE)
class MqueueType(FileSystem):
    """Its nodes are :class:`MqueueNode`."""

    # ---- instances ----

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
            _free(tx, key, tx.get(Mqueue, key))

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

    def hold(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Count a user of the queue."""
        if _key(node):
            queue = tx.get(Mqueue, _key(node))
            tx.put(_key(node), replace(queue, users=queue.users + 1))

    def release(self, tx: Transaction, sb: SuperblockId, node: Record) -> None:
        """Uncount one; the last of a queue without a name ends it."""
        if _key(node):
            queue = tx.get(Mqueue, _key(node))
            queue = replace(queue, users=queue.users - 1)
            tx.put(_key(node), queue)
            if not queue.users and not queue.nlink:
                _free(tx, _key(node), queue)

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
            how, pid = queue.notify.how, ipc_permission.number(tx, caller, queue.notify.who)
            signo = queue.notify.signo if how == SIGEV_SIGNAL else 0
        text = f"QSIZE:{qsize:<10} NOTIFY:{how:<5} SIGNO:{signo:<5} NOTIFY_PID:{pid:<6}\n"
        return text.encode()[file.offset : file.offset + size]

    def poll(self, tx: Transaction, caller: TaskId, file: File) -> Ready:
        """Whether there is a message, and room for one."""
        node = _key(file.place.node)
        if not node:
            return super().poll(tx, caller, file)
        queue = tx.get(Mqueue, node)
        events = PollEvent.POLLIN if queue.messages else 0
        events |= PollEvent.POLLOUT if len(queue.messages) < queue.maxmsg else 0
        return Ready(int(events), (channel(On.FILE, node),))

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
        new = replace(old, mode=old.mode & S_IFMT | mode & 0o7777)
        if isinstance(new, Mqueue):
            tx.put(_key(node), new)
        else:
            _set(tx, sb, root=new)

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
        _set(tx, sb, root=root, names=data.names.delete(at.name))
        queue = replace(tx.get(Mqueue, _key(node)), nlink=0)
        tx.put(_key(node), queue)
        if not queue.users:
            _free(tx, _key(node), queue)


def data_of(tx: Transaction, sb: SuperblockId) -> MqueueFs:
    """The data of an mqueue superblock."""
    data = tx.get(Superblock, sb).data
    assert isinstance(data, MqueueFs)
    return data


def _set(tx: Transaction, sb: SuperblockId, **fields: object) -> None:
    record = tx.get(Superblock, sb)
    tx.put(sb, replace(record, data=replace(data_of(tx, sb), **fields)))


def _key(node: Record) -> int:
    assert isinstance(node, MqueueNode)
    return node.queue


def instance(tx: Transaction, space: NamespaceId) -> MountId:
    """The kernel's own mount of the queues of an ipc namespace, made when it is first needed."""
    record = tx.get(Ipc, space)
    if record.mount:
        return record.mount
    root = Attributes(ROOT_INO, S_IFDIR | 0o1777, 2, size=2 * ENTRY_SIZE, mtime=tx.clock)
    sb = new_superblock(tx, TYPE, ROOT, MqueueFs(space, root))
    mount = mount_tree.make(tx, sb, ROOT, TYPE)
    tx.put(mount, replace(tx.get(Mount, mount), internal=True))
    ipc.change(tx, space, superblock=sb, mount=mount)
    return mount


def make(
    tx: Transaction,
    caller: TaskId,
    sb: SuperblockId,
    name: str,
    mode: int,
    maxmsg: int | None = None,
    msgsize: int | None = None,
) -> MqueueNode:
    """A new queue.  EACCES, EINVAL, EMFILE, ENOSPC (mqueue_create_attr, mqueue_get_inode)."""
    data = data_of(tx, sb)
    space = tx.find(Ipc, data.namespace)
    if space is None:
        raise Errno.EACCES("the ipc namespace of these queues has ended")
    owner = ipc.first_owner(tx)
    privileged = capabilities.capable(tx, caller, owner, Cap.CAP_SYS_RESOURCE)
    if space.mqueues >= space.queues_max and not privileged:
        raise Errno.ENOSPC(f"there are {space.mqueues} queues, which is the limit (queues_max)")
    if maxmsg is None or msgsize is None:
        maxmsg = min(space.msg_max, space.msg_default)
        msgsize = min(space.msgsize_max, space.msgsize_default)
    else:
        most = HARD_MSGMAX if privileged else space.msg_max
        longest = HARD_MSGSIZEMAX if privileged else space.msgsize_max
        if not (0 < maxmsg <= most and 0 < msgsize <= longest):
            raise Errno.EINVAL(f"a queue has 1 to {most} messages of 1 to {longest} bytes")
    creds = credentials(tx, caller)
    needs = maxmsg * (msgsize + _MSG_MSG) + min(maxmsg, _PRIORITIES) * _TREE_NODE
    _charge(tx, creds.uid, needs)
    key = tx.fresh()
    queue = Mqueue(
        key,
        S_IFREG | mode & 0o7777,
        1,
        creds.euid,
        creds.egid,
        size=FILE_SIZE,
        mtime=tx.clock,
        superblock=sb,
        name=name,
        maxmsg=maxmsg,
        msgsize=msgsize,
        charged=needs,
        maker=creds.uid,
    )
    tx.put(key, queue)
    root = replace(data.root, size=data.root.size + ENTRY_SIZE, mtime=tx.clock)
    _set(tx, sb, root=root, names=data.names.set(name, key))
    ipc.change(tx, data.namespace, mqueues=space.mqueues + 1)
    return MqueueNode(key)


def _charge(tx: Transaction, uid: int, needs: int) -> None:
    use = tx.find(MqueueUse, uid)
    total = needs + (0 if use is None else use.bytes)
    if total > LIMIT and needs > 0:
        raise Errno.EMFILE(
            f"the queues of uid {uid} would need {total} bytes: {LIMIT} is the most "
            "(RLIMIT_MSGQUEUE)"
        )
    if total:
        tx.put(uid, MqueueUse(total))
    else:
        tx.drop(MqueueUse, uid)


def _free(tx: Transaction, key: int, queue: Mqueue) -> None:
    """The queue is gone, with its messages."""
    if queue.notify is not None:
        unregister(tx, key)
    for task in (*queue.receivers, *(sender.task for sender in queue.senders)):
        ipc_sleep.forget(tx, task)
    tx.drop(Mqueue, key)
    _charge(tx, queue.maker, -queue.charged)
    space = data_of(tx, queue.superblock).namespace
    if space:
        ipc.change(tx, space, mqueues=tx.get(Ipc, space).mqueues - 1)
    waiting.wake(tx, channel(On.FILE, key))


def unregister(tx: Transaction, key: int) -> None:
    """Nobody is notified of messages in the queue any more."""
    queue = tx.get(Mqueue, key)
    assert queue.notify is not None
    owner = queue.notify.owner
    tx.put(key, replace(queue, notify=None))
    rest = tuple(each for each in tx.get(Notified, owner).queues if each != key)
    if rest:
        tx.put(owner, Notified(rest))
    else:
        tx.drop(Notified, owner)


@hooks.on_exec
def _exec(tx: Transaction, task: TaskId) -> None:
    """The new program has asked for no notification (self_exec_id)."""
    for key in _registered(tx, tx.get(Task, task).leader):
        queue = tx.get(Mqueue, key)
        assert queue.notify is not None
        tx.put(key, replace(queue, notify=replace(queue.notify, stale=True)))


@hooks.on_exit
def _exit(tx: Transaction, task: TaskId, record: Task) -> None:
    """Its last thread closes all that a process has open."""
    queues = _registered(tx, record.leader)
    process = tx.get(Task, record.leader)
    for other in (record.leader, *process.threads) if queues else ():
        if other != task and tx.get(Task, other).state is not State.ZOMBIE:
            return
    for key in queues:
        unregister(tx, key)


def _registered(tx: Transaction, leader: TaskId) -> tuple[int, ...]:
    notified = tx.find(Notified, leader)
    return () if notified is None else notified.queues


@ipc.at_end
def _end(tx: Transaction, space: Ipc) -> None:
    """The queues live on where they are mounted or open."""
    if space.mount:
        _set(tx, space.superblock, namespace=NamespaceId(0))
        tx.put(space.mount, replace(tx.get(Mount, space.mount), internal=False))
        files.drop_mount(tx, space.mount)
