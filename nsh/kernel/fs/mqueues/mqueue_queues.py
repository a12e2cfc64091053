"""The queues of an mqueue file system: made, charged to their makers, ended, and who is to be told
of messages (ipc/mqueue.c; N2)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFREG, OpenFlag
from nsh.kernel import capabilities, hooks, ipc, limits, waiting
from nsh.kernel.fs import files, mount_tree
from nsh.kernel.fs.mounters import owned
from nsh.kernel.fs.permission import credentials
from nsh.kernel.fs.types import new_superblock
from nsh.kernel.sysv import ipc_sleep
from nsh.machine.context import Place
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
    Notify,
)
from nsh.machine.tasks import State, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

TYPE: Final = "mqueue"
HARD_MSGMAX: Final = 65536
HARD_MSGSIZEMAX: Final = 16 << 20

_MSG_MSG: Final = 48
_TREE_NODE: Final = 48
"""What a queue needs for each message beside the message itself (sizes of struct msg_msg and
posix_msg_tree_node)."""
_PRIORITIES: Final = 32768


def data_of(tx: Transaction, sb: SuperblockId) -> MqueueFs:
    """The data of an mqueue superblock."""
    data = tx.get(Superblock, sb).data
    assert isinstance(data, MqueueFs)
    return data


def set_data(tx: Transaction, sb: SuperblockId, **fields: object) -> None:
    """Set fields of that data."""
    record = tx.get(Superblock, sb)
    tx.put(sb, replace(record, data=replace(data_of(tx, sb), **fields)))


def instance(tx: Transaction, space: NamespaceId) -> MountId:
    """The kernel's own mount of the queues of an ipc namespace, made when it is first needed."""
    record = tx.get(Ipc, space)
    if record.mount:
        return record.mount
    uid, gid = record.maker
    mode, size = S_IFDIR | 0o1777, 2 * ENTRY_SIZE
    root = Attributes(ROOT_INO, mode, 2, uid, gid, size=size, mtime=tx.clock)
    sb = new_superblock(tx, TYPE, ROOT, MqueueFs(space, root))
    tx.put(sb, owned(tx, tx.get(Superblock, sb), record.owner))
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
    key = tx.fresh()
    queue = Mqueue(
        key,
        S_IFREG | mode & 0o7777,
        1,
        creds.fsuid,
        creds.fsgid,
        size=FILE_SIZE,
        mtime=tx.clock,
        superblock=sb,
        name=name,
        maxmsg=maxmsg,
        msgsize=msgsize,
        maker=creds.uid,
    )
    add(tx, queue)
    return MqueueNode(key)


def add(tx: Transaction, queue: Mqueue) -> None:
    """The new *queue* is there; its maker is charged with what it needs.  EMFILE."""
    needs = queue.maxmsg * (queue.msgsize + _MSG_MSG)
    needs += min(queue.maxmsg, _PRIORITIES) * _TREE_NODE
    _charge(tx, queue.maker, needs)
    tx.put(queue.ino, replace(queue, charged=needs))
    data = data_of(tx, queue.superblock)
    if queue.nlink:
        root = replace(data.root, size=data.root.size + ENTRY_SIZE, mtime=tx.clock)
        names = data.names.set(queue.name, queue.ino)
        set_data(tx, queue.superblock, root=root, names=names)
    ipc.change(tx, data.namespace, mqueues=tx.get(Ipc, data.namespace).mqueues + 1)


def open_queue(tx: Transaction, mount: MountId, key: int, flags: int) -> FileId:
    """An open file of a queue, on the kernel's own mount."""
    writing = flags & 3 in (OpenFlag.O_WRONLY, OpenFlag.O_RDWR)
    place = Place(mount, MqueueNode(key))
    file = tx.new(FileId)
    tx.put(file, File(place, flags, write_access=writing))
    files.hold_place(tx, place)
    if writing:
        record = tx.get(Mount, mount)
        tx.put(mount, replace(record, writers=record.writers + 1))
    return file


def watch(tx: Transaction, key: int, notify: Notify) -> None:
    """Somebody is to be told of the next message in a queue of which nobody is told."""
    tx.put(key, replace(tx.get(Mqueue, key), notify=notify))
    known = tx.find(Notified, notify.owner)
    tx.put(notify.owner, Notified((key,) if known is None else (*known.queues, key)))


def _charge(tx: Transaction, uid: int, needs: int) -> None:
    use = tx.find(MqueueUse, uid)
    total = needs + (0 if use is None else use.bytes)
    if total > limits.QUEUED_BYTES and needs > 0:
        raise Errno.EMFILE(
            f"the queues of uid {uid} would need {total} bytes: {limits.QUEUED_BYTES} is the most "
            "(RLIMIT_MSGQUEUE)"
        )
    if total:
        tx.put(uid, MqueueUse(total))
    else:
        tx.drop(MqueueUse, uid)


def free(tx: Transaction, key: int, queue: Mqueue) -> None:
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


@hooks.on_exit(Notified)
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
        set_data(tx, space.superblock, namespace=NamespaceId(0))
        tx.put(space.mount, replace(tx.get(Mount, space.mount), internal=False))
        files.drop_mount(tx, space.mount)
