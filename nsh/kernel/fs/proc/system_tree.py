"""The part of proc that is no task's: its root, ``/proc/sys``, and other directories."""

from collections.abc import Iterator
from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, Dirent
from nsh.kernel import pids
from nsh.kernel.fs.proc import registry, sysctl
from nsh.kernel.fs.proc.nodes import (
    ROOT_INO,
    SystemNode,
    TaskNode,
    number_named,
    system_ino,
    task_ino,
)
from nsh.kernel.fs.proc.view import process_of
from nsh.machine.files import Attributes
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

SELF: Final = ("self", "thread-self")
"""The links to oneself."""
_DIRECTORY: Final = S_IFDIR | 0o555
_LINK: Final = S_IFLNK | 0o777
_LINKS: Final = {"mounts": "self/mounts", "net": "self/net"}
_SETTINGS_FROM: Final = 0x1000
"""Inode numbers of ``/proc/sys`` start this far behind those of the root."""

for _link in _LINKS:
    registry.system_entry(_link, _LINK)
registry.system_entry("sys", _DIRECTORY)


def lookup(
    tx: Transaction, space: SpaceId, node: SystemNode, name: str
) -> SystemNode | TaskNode | None:
    """The entry *name* of a directory, as *space* sees it."""
    if node.path:
        path = f"{node.path}/{name}"
        below = _below_sys(path)
        known = (
            sysctl.find(below) is not None or sysctl.is_directory(below)
            if _of_sys(node)
            else registry.find_system_file(tx, path) is not None
        )
        return SystemNode(path) if known else None
    if name in SELF or registry.find_system_file(tx, name) is not None:
        return SystemNode(name)
    number = number_named(name)
    task = None if number is None else pids.lookup(tx, space, number)
    if task is None or number is None or tx.find(Task, task) is None:
        return None
    return TaskNode(space, task, number)


def entries(tx: Transaction, space: SpaceId, node: SystemNode) -> Iterator[Dirent]:
    """The entries of a directory; in the root the fixed names come first, then the processes
    that *space* sees, by number."""
    if _of_sys(node):
        yield from _entries_of_sys(node)
        return
    for file in registry.system_files(tx, node.path):
        name = file.name.rpartition("/")[2]
        yield Dirent(name, _ino(file.name), file.mode & S_IFMT)
    if node.path:
        return
    for name in SELF:
        yield Dirent(name, _ino(name), S_IFLNK)
    task_of = tx.get(PidSpace, space).task_of
    for number in sorted(task_of):
        task = task_of[number]
        found = tx.find(Task, task)
        if found is not None and found.leader == task:
            yield Dirent(str(number), task_ino(TaskNode(space, task, number), 0), S_IFDIR)


def attributes(tx: Transaction, caller: TaskId, space: SpaceId, node: SystemNode) -> Attributes:
    """All of it is root's, but what a namespace of the caller's has of its own; the root of proc
    has a link for each task."""
    path = node.path
    if not path:
        return Attributes(ROOT_INO, _DIRECTORY, nlink=3 + tx.get(PidSpace, space).live)
    if path in SELF:
        return Attributes(_ino(path), _LINK)
    if path.startswith("sys/"):
        setting = setting_of(node)
        if setting is None:
            uid, gid = sysctl.directory_owner(tx, caller, _below_sys(path))
            return Attributes(_ino(path), _DIRECTORY, uid=uid, gid=gid)
        uid, gid = setting.owner(tx, caller)
        return Attributes(_ino(path), S_IFREG | setting.mode_on(tx), uid=uid, gid=gid)
    file = registry.find_system_file(tx, path)
    if file is None:  # it was there when the file was opened: a policy has changed since
        raise Errno.ENOENT(f"this machine has no /proc/{path}")
    size = len(_LINKS.get(path, ""))
    links = 2 if file.mode & S_IFMT == S_IFDIR and path != "sys" else 1
    return Attributes(_ino(path), file.mode, nlink=links, size=size)


def link_target(tx: Transaction, caller: TaskId, space: SpaceId, node: SystemNode) -> str:
    """Both ``self`` links lead to the reader.  ENOENT where *space* does not see it."""
    if node.path in _LINKS:
        return _LINKS[node.path]
    me = tx.get(Task, caller)
    tgid = pids.number(tx, process_of(tx, me, caller), space)
    if not tgid:
        raise Errno.ENOENT("this proc shows a pid space in which the caller is not visible")
    return str(tgid) if node.path == "self" else f"{tgid}/task/{pids.number(tx, me, space)}"


def is_directory(tx: Transaction, node: SystemNode) -> bool:
    """Whether *node* is a directory."""
    if node.path.startswith("sys/"):
        return setting_of(node) is None
    file = registry.find_system_file(tx, node.path)
    return not node.path or (file is not None and file.mode & S_IFMT == S_IFDIR)


def _of_sys(node: SystemNode) -> bool:
    """Whether *node* is ``/proc/sys``, or below it."""
    return node.path == "sys" or node.path.startswith("sys/")


def setting_of(node: SystemNode) -> sysctl.Setting | None:
    """The setting that *node* is, if it is a file below ``/proc/sys``."""
    return sysctl.find(_below_sys(node.path)) if node.path.startswith("sys/") else None


def _below_sys(path: str) -> str:
    """*path*, which is ``sys`` or below it, from there on."""
    return path.removeprefix("sys").removeprefix("/")


def _entries_of_sys(node: SystemNode) -> Iterator[Dirent]:
    for name in sysctl.listing(_below_sys(node.path)):
        path = f"{node.path}/{name}"
        kind = S_IFREG if sysctl.find(_below_sys(path)) is not None else S_IFDIR
        yield Dirent(name, _ino(path), kind)


def _ino(path: str) -> int:
    """Inode numbers: the links to oneself first, then proc's root, then ``/proc/sys``."""
    if path in SELF:
        return system_ino(SELF.index(path))
    if path.startswith("sys/"):
        return system_ino(_SETTINGS_FROM + sysctl.index(_below_sys(path)))
    return system_ino(len(SELF) + registry.system_index(path))
