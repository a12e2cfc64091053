"""The file of a process: what can be done with it, and what its fdinfo tells (fs/pidfs.c)."""

from typing import ClassVar

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.poll import PollEvent
from nsh.kernel import contexts, hooks, pids, ptrace, waiting
from nsh.kernel.fs import anonymous, files
from nsh.kernel.fs.descriptors import install, lowest_free, open_file
from nsh.kernel.fs.drivers import driver
from nsh.kernel.fs.mount_tree import internal_mount
from nsh.kernel.fs.operations import FileOperations, Ready
from nsh.kernel.fs.proc.descriptors import detail
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.machine.context import Place
from nsh.machine.files import File
from nsh.machine.ids import FileId, SpaceId, TaskId
from nsh.machine.pidfd import PidfsAttr, PidNode
from nsh.machine.pids import PidSpace
from nsh.machine.sockets import Told
from nsh.machine.tasks import ZOMBIE, Task
from nsh.machine.value import Transaction
from nsh.machine.waiting import Channel, On, channel


@driver("pidfd")
class Pidfd(FileOperations):
    """Somebody's process, or thread; there is nothing to read in it."""

    positioned: ClassVar[bool] = False

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """It can be read once the process is dead, and has hung up once it is reaped.  Of a first
        thread that has died before the others nothing is told: execve may bring it back."""
        node = file.place.node
        assert isinstance(node, PidNode)
        told = (channel(On.END, node.task),)
        task = tx.find(Task, node.task)
        if task is None:
            return Ready(PollEvent.POLLIN | PollEvent.POLLHUP, told)
        dead = task.state is ZOMBIE and not task.threads
        return Ready(PollEvent.POLLIN * dead, told)


def make(
    tx: Transaction, caller: TaskId, task: TaskId, flags: int, told: Told | None = None
) -> int:
    """A new descriptor of *task*, closed by execve; *told*: what is known of one that may be gone.
    EMFILE."""
    lowest_free(contexts.files(tx, caller))
    return install(tx, caller, opened(tx, task, flags, told), cloexec=True)


def opened(tx: Transaction, task: TaskId, flags: int, told: Told | None = None) -> FileId:
    """An open file of *task*, counted once."""
    if tx.find(PidfsAttr, task) is None:
        found = tx.find(Task, task)  # maybe a zombie, which has died already
        if found is not None:
            tx.put(task, PidfsAttr(tx.get(PidSpace, found.space).path))
        elif told is not None:
            tx.put(task, PidfsAttr(told.path, exit_code=told.exit_code))
    place = Place(internal_mount(tx, "anon_inodefs"), PidNode("pidfd", task))
    key = tx.new(FileId)
    flags |= int(OpenFlag.O_RDWR)
    tx.put(key, File(place, flags, driver="pidfd"))
    files.hold_place(tx, place)
    return key


def spaces_of(tx: Transaction, task: TaskId) -> tuple[SpaceId, ...]:
    """The pid spaces that *task*, of which there is a descriptor, is or was in sight of."""
    found = tx.find(Task, task)
    return tx.get(PidfsAttr, task).path if found is None else tx.get(PidSpace, found.space).path


def named(
    tx: Transaction, caller: TaskId, fd: int, otherwise: Errno = Errno.EBADF
) -> tuple[TaskId, File]:
    """Whose file is open as *fd*: a task that may be gone.  EBADF; *otherwise* for another file."""
    _key, file = open_file(tx, caller, fd)
    node = file.place.node
    if not isinstance(node, PidNode):
        raise otherwise(f"descriptor {fd} is no process's")
    return node.task, file


def alive(tx: Transaction, task: TaskId) -> Task:
    """The record of *task*, or ESRCH."""
    found = tx.find(Task, task)
    if found is None:
        raise Errno.ESRCH("the process is gone, and whoever has its number now is another one")
    return found


def reached(tx: Transaction, caller: TaskId, task: TaskId, lost: str) -> Task:
    """The record of *task*, which *caller* may look into and which still has what it *lost* if it
    is dead.  EPERM, ESRCH."""
    found = alive(tx, task)
    reason = ptrace.why_not(tx, caller, task, real=True)
    if reason:
        raise Errno.EPERM(reason)
    if not found.context:
        raise Errno.ESRCH(f"the process is dead, and has {lost}")
    return found


@hooks.on_exit(PidfsAttr)
def _ending(tx: Transaction, tid: TaskId, task: Task) -> None:
    """Where it was in sight is known for as long as it is."""
    attr = tx.find(PidfsAttr, tid)
    if attr is not None:
        tx.put(tid, replace(attr, path=tx.get(PidSpace, task.space).path))


@hooks.on_exit(Channel)
def _died(tx: Transaction, tid: TaskId, task: Task) -> None:
    del task
    waiting.wake(tx, channel(On.END, tid))


def _count(tx: Transaction, node: PidNode, more: int) -> None:
    attr = tx.get(PidfsAttr, node.task)
    if attr.users + more:
        tx.put(node.task, replace(attr, users=attr.users + more))
    else:
        tx.drop(PidfsAttr, node.task)


anonymous.counted["pidfd"] = _count


@hooks.on_reap(PidfsAttr)
def _ended(tx: Transaction, tid: TaskId, task: Task) -> None:
    """How, is told to who has its file (pidfs_exit)."""
    attr = tx.find(PidfsAttr, tid)
    if attr is not None:
        tx.put(tid, replace(attr, exit_code=task.status))


@hooks.on_reap(Channel)
def _gone(tx: Transaction, tid: TaskId, task: Task) -> None:
    """With its last thread a process is over whose first had died before."""
    waiting.wake(tx, channel(On.END, tid))
    if task.leader != tid:
        waiting.wake(tx, channel(On.END, task.leader))


@detail
def _info(tx: Transaction, node: TaskNode, key: FileId) -> str:
    """Its numbers in the space that proc shows and below; 0: not in sight, -1: gone."""
    subject = tx.get(File, key).place.node
    if not isinstance(subject, PidNode):
        return ""
    task = tx.find(Task, subject.task)
    if task is None:
        return "Pid:\t-1\nNSpid:\t-1\n"
    number = pids.number(tx, task, node.space)
    below = task.pids[len(tx.get(PidSpace, node.space).path) :] if number else ()
    levels = "\t".join(map(str, (number, *below)))
    return f"Pid:\t{number}\nNSpid:\t{levels}\n"
