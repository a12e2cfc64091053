"""What is done to a process by its descriptor: signals, its descriptors, its namespaces."""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.pidfds import (
    PIDFD_NONBLOCK,
    PIDFD_SELF_THREAD,
    PIDFD_SELF_THREAD_GROUP,
    PIDFD_SIGNAL_PROCESS_GROUP,
    PIDFD_SIGNAL_THREAD,
    PIDFD_SIGNAL_THREAD_GROUP,
    PIDFD_THREAD,
    PidfdGetfd,
    PidfdGetInfo,
    PidfdGetNamespace,
    PidfdInfo,
    PidfdOpen,
    PidfdSendSignal,
)
from nsh.kernel import contexts, kill, kinds, pids, ptrace, refs
from nsh.kernel.dispatch import handles
from nsh.kernel.fs import files, nsfs
from nsh.kernel.fs.descriptors import install, lowest_free, open_file
from nsh.kernel.fs.opening import open_place
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.idmaps import tell_gid, tell_uid
from nsh.kernel.pidfds.files import alive, make, named, reached, spaces_of
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.pidfd import PidfsAttr
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_SCOPES: Final = (
    0,
    PIDFD_SIGNAL_THREAD,
    PIDFD_SIGNAL_THREAD_GROUP,
    PIDFD_SIGNAL_PROCESS_GROUP,
)


@handles(PidfdOpen)
def open_(tx: Transaction, caller: TaskId, request: PidfdOpen) -> int:
    """pidfd_open(2)."""
    if request.flags & ~(PIDFD_NONBLOCK | PIDFD_THREAD) or request.pid <= 0:
        raise Errno.EINVAL("pidfd_open takes a pid, PIDFD_NONBLOCK and PIDFD_THREAD")
    thread = bool(request.flags & PIDFD_THREAD)
    found = pids.enter(tx, caller, request.pid, "tid" if thread else "pid")
    task = None if found is None else tx.find(Task, found)
    if found is None or task is None:
        raise Errno.ESRCH(refs.unseen(tx, caller, request.pid))
    if task.leader != found and not thread:
        raise Errno.ENOENT(f"{request.pid} is a thread that leads no process (PIDFD_THREAD)")
    return make(tx, caller, found, request.flags)


@handles(PidfdSendSignal)
def send_signal(tx: Transaction, caller: TaskId, request: PidfdSendSignal) -> int:
    """pidfd_send_signal(2), without a siginfo of the caller's own."""
    if request.flags not in _SCOPES:
        raise Errno.EINVAL("one scope at most: a thread, its process, or a process group")
    target, single = _subject(tx, caller, request.fd)
    _check_below(tx, caller, target)
    scope = request.flags or PIDFD_SIGNAL_THREAD * single
    if scope == PIDFD_SIGNAL_PROCESS_GROUP:
        pgid = pids.leave(tx, caller, target, "pgid")
        kill.to_group(tx, caller, target, request.signo, pgid)
        return 0
    alive(tx, target)
    if scope == PIDFD_SIGNAL_THREAD:
        kill.to_thread(tx, caller, target, request.signo)
    else:
        kill.to_process(tx, caller, target, request.signo)
    return 0


def _subject(tx: Transaction, caller: TaskId, fd: int) -> tuple[TaskId, bool]:
    """Whom *fd* means, and whether as a thread alone: the caller, or whose file is open, be it the
    directory ``/proc/PID`` (pidfd_to_pid)."""
    if fd == PIDFD_SELF_THREAD:
        return caller, True
    if fd == PIDFD_SELF_THREAD_GROUP:
        return tx.get(Task, caller).leader, False
    _key, file = open_file(tx, caller, fd)
    node = file.place.node
    if isinstance(node, TaskNode) and not node.path and node.owner is None:
        return node.task, False
    target, file = named(tx, caller, fd)
    return target, bool(file.flags & PIDFD_THREAD)


def _check_below(tx: Transaction, caller: TaskId, target: TaskId) -> None:
    """EINVAL unless the caller's pid namespace has *target* in sight (access_pidfd_pidns)."""
    task = tx.find(Task, target)
    if task is not None and not pids.number(tx, task, tx.get(Task, caller).space):
        raise Errno.EINVAL("the process is not in sight from the caller's pid namespace")


@handles(PidfdGetfd)
def getfd(tx: Transaction, caller: TaskId, request: PidfdGetfd) -> int:
    """pidfd_getfd(2): the same open file, not another one."""
    if request.flags:
        raise Errno.EINVAL("pidfd_getfd takes no flags")
    target, _file = named(tx, caller, request.fd)
    reached(tx, caller, target, "closed its descriptors")
    entry = contexts.files(tx, target).get(request.target)
    if entry is None:
        raise Errno.EBADF(f"the process has no descriptor {request.target} open")
    lowest_free(contexts.files(tx, caller))
    files.hold(tx, entry.file)
    return install(tx, caller, entry.file, cloexec=True)


@handles(PidfdGetNamespace)
def get_namespace(tx: Transaction, caller: TaskId, request: PidfdGetNamespace) -> int:
    """PIDFD_GET_…_NAMESPACE: as opening ``/proc/PID/ns/…``, without a proc."""
    target, _file = named(tx, caller, request.fd, Errno.ENOTTY)
    name = request.kind
    if name not in {known for kind in kinds.kinds() for known in (kind.name, kind.entry)}:
        raise Errno.ENOTTY(f"{name} is no kind of namespace")
    task = alive(tx, target)
    if not task.context:
        raise Errno.ESRCH("the process is dead, and has let go of its namespaces")
    reason = ptrace.why_not(tx, caller, target)
    if reason:
        raise Errno.EACCES(reason)
    place = nsfs.place_of(tx, name, namespace_of(tx, target, task, name))
    lowest_free(contexts.files(tx, caller))
    return install(tx, caller, open_place(tx, place), cloexec=True)


def namespace_of(tx: Transaction, target: TaskId, task: Task, name: str) -> NamespaceId:
    """The namespace of *target*, whose record is *task* and which is alive, by its entry."""
    if name == "pid":
        return NamespaceId(task.space)
    if name == "user":
        return task.creds.userns
    return contexts.namespace(tx, target, name)


@handles(PidfdGetInfo)
def get_info(tx: Transaction, caller: TaskId, request: PidfdGetInfo) -> PidfdInfo:
    """PIDFD_GET_INFO: it is not told of who is not in sight (EREMOTE), and of who has been reaped
    only how that ended, if that is asked."""
    target, _file = named(tx, caller, request.fd, Errno.ENOTTY)
    if tx.get(Task, caller).space not in spaces_of(tx, target):
        raise Errno.EREMOTE("the process is not in sight from the caller's pid namespace")
    if request.exit and tx.find(Task, target) is None:
        return PidfdInfo(exit_code=tx.get(PidfsAttr, target).exit_code)
    task = alive(tx, target)
    pid = pids.leave(tx, caller, target, "pid" if task.leader == target else "tid")
    tgid = pid if task.leader == target else pids.leave(tx, caller, task.leader)
    parent = tx.get(Task, task.leader).parent
    ppid = pids.leave(tx, caller, parent) if parent else 0
    viewer, creds = tx.get(Task, caller).creds.userns, task.creds
    return PidfdInfo(
        pid,
        tgid,
        ppid,
        tell_uid(tx, viewer, creds.uid),
        tell_gid(tx, viewer, creds.gid),
        tell_uid(tx, viewer, creds.euid),
        tell_gid(tx, viewer, creds.egid),
    )
