"""Usermode helpers: programs that the kernel starts of itself (kernel/umh.c).

Such a one is root with all capabilities in init's namespaces, with no file open, in no group and
session but the kernel's own.  It is a child of kthreadd, where that shows, and nobody hears how it
ends.
"""

from typing import Final

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.files import S_IFMT, S_IFREG, MountFlag, OpenFlag
from nsh.abi.process import COMM_LEN, Execve
from nsh.kernel import death, kthreads, process, sessions, waiting
from nsh.kernel.fs import files, opening
from nsh.kernel.fs.drivers import operations_of
from nsh.kernel.fs.permission import MAY_EXEC
from nsh.kernel.fs.walk import Walk
from nsh.kernel.spaces import ROOT
from nsh.machine.files import File
from nsh.machine.ids import NOBODY, SWAPPER, TaskId
from nsh.machine.mounts import Mount
from nsh.machine.program import Program, Puppet
from nsh.machine.settings import Halted
from nsh.machine.signals import DEFAULT_ACTIONS
from nsh.machine.tasks import Flag, Group, Session, Task
from nsh.machine.value import Transaction

ENVIRONMENT: Final = ("HOME=/", "PATH=/sbin:/bin:/usr/sbin:/usr/bin")
_WORKER: Final = "kworker/u2:0"
_BINPRM_BUF_SIZE: Final = 256
"""How much of a file execve(2) reads to find out what it is."""


def call(tx: Transaction, argv: tuple[str, ...]) -> None:
    """Have the program ``argv[0]``, a path, run beside all others (call_usermodehelper).

    Nobody is told if that cannot be.
    """
    if tx.find(Halted, 0) is not None:
        return
    try:
        child = _make(tx)
    except KernelError:  # there is no number for it
        return
    path = argv[0]
    try:
        request = Execve(path, argv, ENVIRONMENT)
        interpreter = _interpreter(tx, child, path)
        if interpreter:
            request = Execve(interpreter[0], (*interpreter, *argv), ENVIRONMENT)
        process.execve(tx, child, request)
    except KernelError:
        death.kill(tx, child, 0)
        return
    comm = path.rpartition("/")[2][:COMM_LEN]
    tx.put(child, replace(tx.get(Task, child), comm=comm))
    tx.put(child, Puppet("", Program(asked=request, reply=0, ends_task=True)))
    waiting.enqueue(tx, child)


def _make(tx: Transaction) -> TaskId:
    """The task that is to become it.  EAGAIN."""
    child = kthreads.make(tx, _WORKER, kthreads.find(tx, kthreads.KTHREADD) or NOBODY)
    if tx.find(Group, SWAPPER) is None:
        tx.put(SWAPPER, Session(ROOT, (0,), Map({SWAPPER: None})))
        tx.put(SWAPPER, Group(SWAPPER, ROOT, (0,), Map()))
    sessions.join(tx, child, SWAPPER)
    task = tx.get(Task, child)
    plain = replace(task, actions=DEFAULT_ACTIONS, group=SWAPPER, session=SWAPPER, flags=Flag.UMH)
    tx.put(child, plain)
    return child


def _interpreter(tx: Transaction, task: TaskId, path: str) -> tuple[str, ...]:
    """What the first line of the script *path* names, and its one argument, if there is any.

    Empty where there is no file *path*: as ever, it is taken for a program's name then.  EACCES.
    """
    walk = Walk(tx, task)
    try:
        place = walk.lookup(path)
    except KernelError as error:
        if error.errno is Errno.ENOENT:
            return ()
        raise
    file = walk.stat(place)
    noexec = tx.get(Mount, place.mount).flags & MountFlag.MS_NOEXEC
    if file.mode & S_IFMT != S_IFREG or noexec:
        raise Errno.EACCES(f"{path} is no program")
    walk.check(place, file, MAY_EXEC, path)
    key = opening.open_path(tx, task, path, int(OpenFlag.O_RDONLY))
    opened = tx.get(File, key)
    data = operations_of(tx, opened).read(tx, task, key, opened, _BINPRM_BUF_SIZE)
    files.release(tx, key)
    line = data.partition(b"\n")[0] if isinstance(data, bytes) else b""
    if not line.startswith(b"#!"):
        return ()
    return tuple(line[2:].decode("utf-8", "surrogateescape").split(None, 1))
