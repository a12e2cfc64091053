"""File descriptor tables: numbers for open files (open(2), dup(2), fcntl(2), close(2))."""

from typing import TYPE_CHECKING, Final

from immutables import Map
from msgspec.structs import replace

from nsh._modules import late
from nsh.abi.errno import Errno
from nsh.abi.files import FD_CLOEXEC, Close, Dup, Dup2, Fcntl, FcntlCommand, OpenFlag
from nsh.abi.process import CloneFlag
from nsh.kernel import contexts, hooks, limits
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files
from nsh.kernel.fs.drivers import operations_of
from nsh.machine.context import Descriptor
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.value import Transaction

if TYPE_CHECKING:
    from nsh.kernel.fs import fown
else:  # few programs own a file
    late(globals(), "nsh.kernel.fs", "fown")

SETTABLE: Final = OpenFlag.O_APPEND | OpenFlag.O_NONBLOCK
"""What F_SETFL changes."""


def descriptor(tx: Transaction, caller: TaskId, fd: int) -> Descriptor:
    """The entry of *fd*; EBADF."""
    entry = contexts.files(tx, caller).get(fd)
    if entry is None:
        raise Errno.EBADF(f"descriptor {fd} is not open")
    return entry


def open_file(tx: Transaction, caller: TaskId, fd: int) -> tuple[FileId, File]:
    """The open file behind *fd*; EBADF also for one that O_PATH opened, which only names."""
    key = descriptor(tx, caller, fd).file
    file = tx.get(File, key)
    if file.flags & OpenFlag.O_PATH:
        raise Errno.EBADF(f"descriptor {fd} was opened with O_PATH: it names a file, no more")
    return key, file


def lowest_free(table: Map[int, Descriptor], least: int = 0) -> int:
    """The lowest number from *least* on that is not in use; EMFILE."""
    fd = least
    while fd in table:
        fd += 1
    if fd >= limits.OPEN_FILES:
        raise Errno.EMFILE(f"all descriptors below {limits.OPEN_FILES} are open (RLIMIT_NOFILE)")
    return fd


def install(tx: Transaction, caller: TaskId, file: FileId, *, cloexec: bool = False) -> int:
    """Give the open file, which is counted for it already, the lowest free descriptor."""
    table = contexts.files(tx, caller)
    fd = lowest_free(table)
    contexts.set_files(tx, caller, table.set(fd, Descriptor(file, cloexec)))
    for hook in hooks.installed:
        hook(tx, caller, file)
    return fd


@handles(Close)
def close(tx: Transaction, caller: TaskId, request: Close) -> int:
    """close(2)."""
    entry = descriptor(tx, caller, request.fd)
    contexts.set_files(tx, caller, contexts.files(tx, caller).delete(request.fd))
    _let_go(tx, caller, entry.file)
    return 0


def _let_go(tx: Transaction, caller: TaskId, *closed: FileId) -> None:
    """A descriptor of each of the files *closed* is no longer in the table of *caller*."""
    for file in closed:
        for hook in hooks.close:
            hook(tx, caller, file)
    files.closed(tx, caller, *closed)


@handles(Dup)
def dup(tx: Transaction, caller: TaskId, request: Dup) -> int:
    """dup(2), fcntl(F_DUPFD)."""
    return _dup_from(tx, caller, request.fd, request.least, cloexec=request.cloexec)


def _dup_from(tx: Transaction, caller: TaskId, fd: int, least: int, *, cloexec: bool) -> int:
    entry = descriptor(tx, caller, fd)
    if not 0 <= least < limits.OPEN_FILES:
        raise Errno.EINVAL(f"descriptors are 0 to {limits.OPEN_FILES - 1}")
    table = contexts.files(tx, caller)
    new = lowest_free(table, least)
    contexts.set_files(tx, caller, table.set(new, replace(entry, cloexec=cloexec)))
    files.hold(tx, entry.file)
    return new


@handles(Dup2)
def dup2(tx: Transaction, caller: TaskId, request: Dup2) -> int:
    """dup2(2), dup3(2): what was open as ``new`` is closed."""
    new = request.new
    if not 0 <= new < limits.OPEN_FILES:
        raise Errno.EBADF(f"descriptors are 0 to {limits.OPEN_FILES - 1}")
    entry = descriptor(tx, caller, request.old)
    if request.old == new:
        return new
    table = contexts.files(tx, caller)
    replaced = table.get(new)
    contexts.set_files(tx, caller, table.set(new, replace(entry, cloexec=request.cloexec)))
    files.hold(tx, entry.file)
    if replaced is not None:
        _let_go(tx, caller, replaced.file)
    return new


@handles(Fcntl)
def fcntl(tx: Transaction, caller: TaskId, request: Fcntl) -> int:
    """fcntl(2)."""
    fd = request.fd
    entry = descriptor(tx, caller, fd)
    file = tx.get(File, entry.file)
    match request.command:
        case FcntlCommand.F_DUPFD | FcntlCommand.F_DUPFD_CLOEXEC as command:
            cloexec = command == FcntlCommand.F_DUPFD_CLOEXEC
            return _dup_from(tx, caller, fd, request.argument, cloexec=cloexec)
        case FcntlCommand.F_GETFD:
            return FD_CLOEXEC if entry.cloexec else 0
        case FcntlCommand.F_SETFD:
            changed = replace(entry, cloexec=bool(request.argument & FD_CLOEXEC))
            contexts.set_files(tx, caller, contexts.files(tx, caller).set(fd, changed))
        case FcntlCommand.F_GETFL:
            return file.flags
        case FcntlCommand.F_SETFL:
            key, file = open_file(tx, caller, fd)
            if (file.flags ^ request.argument) & OpenFlag.O_ASYNC:
                on = bool(request.argument & OpenFlag.O_ASYNC)
                operations_of(tx, file).asynchronous(tx, caller, key, file, fd, on=on)
                file = tx.get(File, key)
            flags = file.flags & ~SETTABLE | request.argument & SETTABLE
            tx.put(entry.file, replace(file, flags=flags))
        case FcntlCommand.F_SETOWN:
            fown.set_owner(tx, caller, open_file(tx, caller, fd)[0], request.argument)
        case FcntlCommand.F_GETOWN:
            return fown.owner_of(tx, caller, open_file(tx, caller, fd)[1])
        case FcntlCommand.F_SETSIG:
            fown.set_signal(tx, open_file(tx, caller, fd)[0], request.argument)
        case FcntlCommand.F_GETSIG:
            owner = open_file(tx, caller, fd)[1].owner
            return 0 if owner is None else owner.signo
        case _:
            raise Errno.EINVAL(f"fcntl has no command {request.command}")
    return 0


@hooks.on_exec
def close_on_exec(tx: Transaction, task: TaskId) -> None:
    """Have descriptors of one's own (unshare_files), and close what execve is to close."""
    contexts.unshare(tx, task, int(CloneFlag.CLONE_FILES))
    table = contexts.files(tx, task)
    closing = sorted(fd for fd, entry in table.items() if entry.cloexec)
    if not closing:
        return
    draft = table.mutate()
    for fd in closing:
        del draft[fd]
    contexts.set_files(tx, task, draft.finish())
    _let_go(tx, task, *(table[fd].file for fd in closing))
