"""A task's /proc as files on disk, for programs that know nothing of nsh (psutil, ps, pstree).

The tree is read the way the task itself would read it, call by call, in a transaction that is then
dropped: no step is made, and the machine hears nothing of it.
"""

import os
import stat
from collections.abc import Iterator
from typing import Final, NamedTuple

from nsh.abi.attributes import Stat, StatResult
from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import Close, Getdents, Open, OpenFlag, Read, Readlink
from nsh.abi.request import Blocked, Failure, Request
from nsh.kernel import dispatch, refs
from nsh.machine.ids import TaskId
from nsh.machine.value import Machine, Transaction, begin

PROC: Final = "/proc"
_CHUNK: Final = 65536
_OWN_NOTHING: Final = frozenset({"kmsg"})
"""Not files but streams: reading takes away, or waits."""


class Entry(NamedTuple):
    """One file of the tree."""

    path: str
    """Below /proc, "" for itself."""
    mode: int
    uid: int
    gid: int
    data: bytes = b""
    """Its content; of a symbolic link, what it says."""


class Written(NamedTuple):
    """What came of it."""

    files: int
    unreadable: int
    """Files that the task may not read, or nobody can: they are left out."""


def entries(machine: Machine, task: TaskId) -> Iterator[Entry | str]:
    """The tree, each directory before what is in it, names in order; a file that cannot be read is
    its path alone.

    KernelError if the task has no /proc, or what is there is none.
    """
    tx = begin(machine)
    if isinstance(_ask(tx, task, Stat(f"{PROC}/self", follow=False)), Failure):
        raise KernelError(Errno.ENOENT, "the task has no proc on /proc; mount it there first")
    yield from _below(tx, task, "")


def write(machine: Machine, task: TaskId, directory: str) -> Written:
    """Write the tree to *directory*, which must be new or empty.

    Owners are kept where the caller may give files away.  OSError if a file cannot be written,
    KernelError as :func:`entries`.
    """
    found = entries(machine, task)
    first = next(found)
    if os.path.isdir(directory) and os.listdir(directory):
        raise OSError(int(Errno.ENOTEMPTY), "the directory is not empty", directory)
    os.makedirs(directory, exist_ok=True)
    files = unreadable = 0
    gives = os.geteuid() == 0
    for entry in (first, *found):
        if isinstance(entry, str):
            unreadable += 1
            continue
        path = os.path.join(directory, entry.path)
        if stat.S_ISLNK(entry.mode):
            os.symlink(os.fsdecode(entry.data), path)
        elif stat.S_ISDIR(entry.mode):
            os.makedirs(path, exist_ok=True)
        else:
            with open(path, "wb") as file:
                file.write(entry.data)
        if gives:
            os.chown(path, entry.uid, entry.gid, follow_symlinks=False)
        files += 1
    return Written(files, unreadable)


def _below(tx: Transaction, task: TaskId, path: str) -> Iterator[Entry | str]:
    found = _ask(tx, task, Stat(f"{PROC}/{path}".rstrip("/"), follow=False))
    if not isinstance(found, StatResult):
        yield path
        return
    names: list[str] | None = None
    match stat.S_IFMT(found.mode):
        case stat.S_IFLNK:
            said = _ask(tx, task, Readlink(f"{PROC}/{path}"))
            data = None if isinstance(said, Failure) else os.fsencode(str(said))
        case stat.S_IFDIR:
            names = _names(tx, task, path)
            data = None if names is None else b""
        case stat.S_IFREG if path not in _OWN_NOTHING:
            data = _content(tx, task, path)
        case _:
            data = None
    if data is None:
        yield path
        return
    yield Entry(path, found.mode, found.uid, found.gid, data)
    if stat.S_ISDIR(found.mode):
        for name in names or ():
            yield from _below(tx, task, f"{path}/{name}" if path else name)


def _names(tx: Transaction, task: TaskId, path: str) -> list[str] | None:
    """What is in a directory, numbers by size; None if it cannot be read."""
    fd = _ask(tx, task, Open(f"{PROC}/{path}", OpenFlag.O_DIRECTORY))
    if not isinstance(fd, int):
        return None
    found = _ask(tx, task, Getdents(fd))
    _ask(tx, task, Close(fd))
    if not isinstance(found, tuple):
        return None
    names = [entry.name for entry in found if entry.name not in (".", "..")]
    return sorted(names, key=lambda name: (int(name) if name.isdecimal() else -1, name))


def _content(tx: Transaction, task: TaskId, path: str) -> bytes | None:
    fd = _ask(tx, task, Open(f"{PROC}/{path}", OpenFlag.O_NONBLOCK))
    if not isinstance(fd, int):
        return None
    data = b""
    while isinstance(part := _ask(tx, task, Read(fd, _CHUNK)), bytes) and part:
        data += part
    _ask(tx, task, Close(fd))
    return data if isinstance(part, bytes) else None


def _ask(tx: Transaction, task: TaskId, request: Request) -> object:
    """The reply; a call that would wait fails instead."""
    reply = dispatch.call(tx, task, request)
    if isinstance(reply, Blocked):
        return Failure(Errno.EAGAIN, "it would wait")
    return reply


def reply(tx: Transaction, caller: TaskId, ref: str, directory: str) -> int | Failure:
    """Write the tree that *ref* sees at this moment; *caller* names it.  0, or what failed."""
    try:
        task = caller if ref == "self" else refs.find(tx, caller, ref)
        write(tx.commit(), task, directory)
    except KernelError as error:
        return Failure(error.errno, error.reason)
    except OSError as error:
        return Failure(Errno(error.errno or int(Errno.EIO)), f"{directory}: {error.strerror}")
    return 0
