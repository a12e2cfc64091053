"""Where tasks stand: root and working directory, by their paths from the top of the mount namespace
(C4)."""

from collections.abc import Iterator
from contextlib import contextmanager

from nsh.abi.errno import Errno, KernelError
from nsh.abi.process import CloneFlag
from nsh.kernel import contexts
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.fs import mount_tree
from nsh.kernel.fs.mount_space import change_fs
from nsh.kernel.fs.paths import path_to
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.walk import Walk
from nsh.machine.context import Fs, Place
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.value import Transaction


class Places(Object, frozen=True):
    """Of one process, or of a thread that has its own."""

    pid: int
    shares: int = 0
    """Whose they are, too (CLONE_FS); 0: nobody's before this one."""
    root: str = "/"
    cwd: str = "/"
    umask: int = 0o022


@parts.saves(Places, 55)
def _save(dump: Dump) -> Iterator[Places]:
    for task, first in dump.sharing(contexts.places_of):
        if first != task:
            yield Places(dump.number(task), dump.number(first))
            continue
        fs = contexts.fs(dump.tx, task)
        has = f"{dump.name(task)} has"
        for place, which in ((fs.root, "root"), (fs.cwd, "working directory")):
            if isinstance(place.node, TaskNode) and place.node.space != dump.space:
                reason = f"{has} its {which} in a proc of pids outside"
                dump.refuse(f"{reason}, which are others after a restart", Errno.ENOTSUP)
        root = path(dump, task, fs.root, f"{has} its root at")
        cwd = path(dump, task, fs.cwd, f"{has} its working directory at")
        yield Places(dump.number(task), root=root, cwd=cwd, umask=fs.umask)


def path(dump: Dump, task: TaskId, place: Place, said: str, *, around: bool = False) -> str:
    """The path of *place* from the top of *task*'s mount namespace; *said* is how to speak of it.

    *around*: it may be in that around the container as well, as what was open before its own was
    made: then the path begins with ``//``.  ENOTSUP: by none can it be found again.
    """
    tx = dump.tx
    space = contexts.namespace(tx, task, "mnt")
    outside = dump.outside.kinds["mnt"]
    before = "/" if around and space != tx.get(Mount, place.mount).space == outside else ""
    top = _top(tx, outside if before else space)
    found = path_to(tx, place, top)
    if found.unlinked:
        dump.refuse(f"{said} {found.text}, which has been removed", Errno.ENOTSUP)
    if not found.reachable or not any(
        _leads(tx, whom, top, found.text, place) for whom in (task, dump.outsider)
    ):
        dump.refuse(f"{said} {found.text}, where no path leads to", Errno.ENOTSUP)
    return before + found.text


def _leads(tx: Transaction, task: TaskId, top: Place, path: str, place: Place) -> bool:
    """Whether *path*, from *top*, leads *task* to *place*; its white list may not have a device
    that has been handed to it, while that outside does."""
    walk = Walk(tx, task)
    walk.fs = Fs(top, top)
    try:
        return walk.lookup(path, follow=False) == place
    except KernelError:
        return False


def _top(tx: Transaction, space: NamespaceId) -> Place:
    return mount_tree.topmost(tx, tx.get(MountSpace, space).root)


@contextmanager
def at_top(restart: Restart, task: TaskId, path: str = "") -> Iterator[None]:
    """Have *task* stand at the top of its mount namespace meanwhile; if *path* begins with ``//``,
    at that of the caller's."""
    tx = restart.tx
    before = contexts.fs(tx, task)
    whose = restart.caller if path.startswith("//") else task
    top = _top(tx, contexts.namespace(tx, whose, "mnt"))
    change_fs(tx, task, Fs(top, top, before.umask))
    try:
        yield
    finally:
        change_fs(tx, task, before)


@contextmanager
def naming(path: str) -> Iterator[None]:
    """What fails meanwhile does so because of *path*."""
    try:
        yield
    except KernelError as error:
        raise error.errno(f"{path}: {error.reason}") from None


@parts.makes(Places, "pid")
def _make(restart: Restart, saved: Places) -> None:
    """What looking for them says, with the path."""
    tx = restart.tx
    task = restart.task(saved.pid)
    if restart.shares(saved.pid, saved.shares, CloneFlag.CLONE_FS):
        return
    with at_top(restart, task):
        root, cwd = (_found(tx, task, each) for each in (saved.root, saved.cwd))
    change_fs(tx, task, Fs(root, cwd, saved.umask))


def _found(tx: Transaction, task: TaskId, path: str) -> Place:
    walk = Walk(tx, task)
    with naming(path):
        place = walk.lookup(path)
    if not walk.is_directory(place):
        raise Errno.ENOTDIR(f"{path} is no directory")
    return place
