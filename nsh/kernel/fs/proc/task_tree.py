"""The directory of a task, and that of each of its threads."""

from collections.abc import Iterable, Iterator
from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, Dirent
from nsh.kernel import idmaps, pids
from nsh.kernel.fs.proc import descriptors, links, net_files, registry
from nsh.kernel.fs.proc.nodes import TaskNode, number_named, numbered, task_ino
from nsh.kernel.fs.proc.view import process_of, seen
from nsh.machine.files import Attributes
from nsh.machine.tasks import Flag, State, Task
from nsh.machine.value import Transaction

_DIRECTORY: Final = S_IFDIR | 0o555

registry.task_directory("task", 0o555, thread=False)


def entry_of(tx: Transaction, node: TaskNode) -> registry.TaskFile | None:
    """The registered file that *node* is; None for what stands in ``fd``, ``fdinfo``, ``ns``."""
    return registry.find_task_file(tx, node.path, thread=node.owner is not None)


def operations_of(tx: Transaction, node: TaskNode) -> registry.TaskFileOperations | None:
    """Who reads and writes the file *node*, if it keeps something while it is open."""
    if node.path.startswith(f"{net_files.DIRECTORY}/"):
        return net_files.OPERATIONS
    entry = entry_of(tx, node)
    return None if entry is None else entry.operations


def is_directory(tx: Transaction, node: TaskNode) -> bool:
    """Whether *node* is a directory."""
    entry = entry_of(tx, node)
    return not node.path or (entry is not None and entry.mode & S_IFMT == S_IFDIR)


def lookup(tx: Transaction, node: TaskNode, name: str) -> TaskNode | None:
    """The entry *name* of a directory.  ESRCH where the task is gone."""
    task = seen(tx, node)
    number = number_named(name)
    match node.path:
        case "":
            found = registry.find_task_file(tx, name, thread=node.owner is not None) is not None
            return node.at(name) if found else None
        case "task":
            return _thread(tx, node, task, number)
        case "fd" | "fdinfo":
            found = number is not None and descriptors.is_open(tx, node, number)
        case "ns":
            found = name in links.namespace_names(tx)
        case net_files.DIRECTORY:
            found = name in net_files.names(tx, node)
        case _:
            found = False
    return node.at(f"{node.path}/{name}") if found else None


def _thread(tx: Transaction, node: TaskNode, task: Task, number: int | None) -> TaskNode | None:
    """The directory of the thread called *number*, if it is one of the same process."""
    tid = None if number is None else pids.lookup(tx, node.space, number)
    thread = None if tid is None else tx.find(Task, tid)
    if tid is None or number is None or thread is None or thread.leader != task.leader:
        return None
    return TaskNode(node.space, tid, number, "", node.at(""))


def entries(tx: Transaction, node: TaskNode) -> Iterable[Dirent]:
    """The entries of a directory.  ENOENT where the task is gone (readdir(3) takes that for the
    end), EINVAL."""
    if node.path == net_files.DIRECTORY and not net_files.names(tx, node):
        raise Errno.EINVAL(f"pid {node.number} is dead and in no network namespace")
    task = tx.find(Task, node.task)
    if task is None:
        raise Errno.ENOENT(f"the task that was pid {node.number} is gone")
    match node.path:
        case "":
            return [
                Dirent(entry.name, _ino(node.at(entry.name)), entry.mode & S_IFMT)
                for entry in registry.task_files(tx, thread=node.owner is not None)
            ]
        case "task":
            return _threads(tx, node, task)
        case "fd" | "fdinfo":
            kind = S_IFLNK if node.path == "fd" else S_IFREG
            listed = [str(fd) for fd in descriptors.numbers(tx, node)]
        case net_files.DIRECTORY:
            kind = S_IFREG
            listed = list(net_files.names(tx, node))
        case _:
            kind = S_IFLNK
            listed = links.namespace_names(tx)
    return [Dirent(name, _ino(node.at(f"{node.path}/{name}")), kind) for name in listed]


def _threads(tx: Transaction, node: TaskNode, task: Task) -> Iterator[Dirent]:
    for tid in (task.leader, *process_of(tx, task, node.task).threads):
        number = pids.number(tx, tx.get(Task, tid), node.space)
        thread = TaskNode(node.space, tid, number, "", node.at(""))
        yield Dirent(str(number), _ino(thread), S_IFDIR)


def attributes(tx: Transaction, node: TaskNode) -> Attributes:
    """The files of a task are its effective user's; of one that is gone, root's."""
    task = tx.find(Task, node.task)
    ino = _ino(node)
    directory = node.path.rpartition("/")[0]
    entry = entry_of(tx, node)
    readable = not node.path or (entry is not None and entry.mode == _DIRECTORY)
    uid, gid = _owner(tx, node, task, readable=readable)
    if not node.path:
        nlink = _link_count(tx, thread=node.owner is not None)
        return Attributes(ino, _DIRECTORY, nlink, uid, gid)
    if directory == "fd":
        mode = descriptors.link_mode(tx, node)
        return Attributes(ino, mode, uid=uid, gid=gid, size=descriptors.LINK_SIZE)
    if directory == net_files.DIRECTORY:
        return Attributes(ino, S_IFREG | 0o444)
    if directory:
        mode = S_IFLNK | 0o777 if directory == "ns" else S_IFREG | 0o444
        return Attributes(ino, mode, uid=uid, gid=gid)
    if entry is None:  # it was there when the file was opened: a policy has changed since
        raise Errno.ENOENT(f"this machine has no /proc/PID/{node.path}")
    nlink = 2 if entry.mode & S_IFMT == S_IFDIR else 1
    if node.path == "task" and task is not None:
        nlink += 1 + len(process_of(tx, task, node.task).threads)
    size = descriptors.size(tx, node) if node.path == "fd" else 0
    return Attributes(ino, entry.mode, nlink, uid, gid, size=size)


def _owner(
    tx: Transaction, node: TaskNode, task: Task | None, *, readable: bool
) -> tuple[int, int]:
    """The owner and group of a task's file (task_dump_owner): the dead's are root's, and so are
    those of who may not be looked into, but for directories that are *readable* to all."""
    if task is None:
        return 0, 0
    process = process_of(tx, task, node.task)
    if not readable:
        if task.state is State.ZOMBIE:
            return 0, 0
        if process.flags & Flag.NOT_DUMPABLE:
            space = process.image.userns
            return idmaps.find_uid(tx, space, 0) or 0, idmaps.find_gid(tx, space, 0) or 0
    return task.creds.euid, task.creds.egid


def _link_count(tx: Transaction, *, thread: bool) -> int:
    """Itself, its name, and each directory in it."""
    return 2 + registry.directories_count(tx, thread=thread)


def _ino(node: TaskNode) -> int:
    directory, _slash, name = node.path.rpartition("/")
    if not node.path:
        index = 0
    elif not directory:
        index = registry.task_file_index(name)
    else:
        index = numbered(registry.task_file_index(directory), _place(directory, name))
    return task_ino(node, index)


def _place(directory: str, name: str) -> int:
    """A number for the entry *name* of a directory below a task's."""
    if directory == net_files.DIRECTORY:
        return net_files.NAMES.index(name)
    return links.namespace_names().index(name) if directory == "ns" else int(name)
