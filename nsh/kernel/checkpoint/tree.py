"""The tree of processes and threads, each by the number it has inside (C3: "then creating the
process tree in it"; P5).

A process is forked by who is its parent, with its pid demanded (clone3's set_tid); so it gets all
that a fork gives.  Who is dead, and not yet waited for, dies anew, with the same status.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.process import COMM_LEN, Clone, CloneFlag
from nsh.abi.signals import Sig
from nsh.kernel import containers as flat_containers
from nsh.kernel import contexts, death, families, process
from nsh.kernel.checkpoint import containers, parts, users
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.crossing import Crossing
from nsh.machine.ids import TaskId
from nsh.machine.signals import DEFAULT_ACTIONS
from nsh.machine.tasks import Flag, State, Task

_OF_THREADS: Final = int(
    CloneFlag.CLONE_THREAD
    | CloneFlag.CLONE_SIGHAND
    | CloneFlag.CLONE_VM
    | CloneFlag.CLONE_FILES
    | CloneFlag.CLONE_FS
)
_KEPT: Final = (
    Flag.SUBREAPER
    | Flag.UNDER_SUBREAPER
    | Flag.EXECED
    | Flag.STOP_REPORTED
    | Flag.CONTINUED
    | Flag.PARENT_EXECED
    | Flag.NOT_DUMPABLE
)
_SIGCHLD: Final = int(Sig.SIGCHLD)


class Process(Object, frozen=True, tag="task"):
    """One task."""

    pid: int
    """Inside."""
    comm: str
    parent: int = 0
    """0: it is outside."""
    parent_thread: int = 0
    """Which thread of that made it; 0: the first."""
    leader: int = 0
    """The process that it is a thread of; 0: it is one itself."""
    namespaces: int = 0
    """The set that it is in; a zombie is in none."""
    zombie: bool = False
    status: int = 0
    """Of a zombie: as wait(2) tells it."""
    exit_signal: int = _SIGCHLD
    start: int = 0
    """How many virtual nanoseconds before the checkpoint it began."""
    argv: tuple[str, ...] = ()
    exe: str = ""
    environ: tuple[str, ...] = ()
    flags: int = 0


@parts.saves(Process, 30, Task)
def _save(dump: Dump) -> Iterator[Process]:
    """Parents before their children, the first task first; EBUSY: one is dying."""
    for task in _by_descent(dump):
        record = dump.tx.get(Task, task)
        with dump.going_on():
            _check(dump, task, record)
        zombie = record.state is State.ZOMBIE
        thread = record.leader != task
        image = record.image
        proxy = 0
        if not zombie:
            proxy = dump.proxies.of(contexts.proxy_id(dump.tx, task))
        yield Process(
            pid=dump.number(task),
            comm=record.comm,
            parent=0 if thread else dump.number(record.parent),
            parent_thread=dump.number(record.parent_thread) if record.parent_thread else 0,
            leader=dump.number(record.leader) if thread else 0,
            namespaces=proxy,
            zombie=zombie,
            status=record.status if zombie else 0,
            exit_signal=record.exit_signal,
            start=dump.tx.clock - record.start,
            argv=image.argv,
            exe=image.exe,
            environ=image.environ,
            flags=record.flags & _KEPT,
        )


def _check(dump: Dump, task: TaskId, record: Task) -> None:
    """EBUSY, ENOTSUP: this one is not to be saved."""
    if record.leader == task and record.parent not in dump and dump.number(task) != 1:
        dump.refuse(f"the parent of {dump.name(task)} is outside")
    if record.flags & (Flag.KTHREAD | Flag.UMH):
        dump.refuse(f"{dump.name(task)} has been started by the kernel itself", Errno.ENOTSUP)
    zombie = record.state is State.ZOMBIE
    if record.flags & (Flag.DOOMED | Flag.EXITING | Flag.GROUP_EXIT) and not zombie:
        dump.refuse(f"{dump.name(task)} is dying")
    if zombie and record.threads:
        dump.refuse(f"{dump.name(task)} is dead, and its threads are not", Errno.ENOTSUP)


def _by_descent(dump: Dump) -> list[TaskId]:
    """Its tasks, parents before children, in the order in which wait(2) would find these."""
    found: list[TaskId] = []
    roots = [task for task in dump.tasks if _above(dump, task) not in dump]
    line = sorted(roots, key=lambda task: dump.number(task) != 1)[::-1]
    while line:
        task = line.pop()
        record = dump.tx.get(Task, task)
        found.append(task)
        below = (*record.threads, *families.children(record))
        line.extend(child for child in reversed(below) if child in dump)
    return found


def _above(dump: Dump, task: TaskId) -> TaskId:
    record = dump.tx.get(Task, task)
    return record.parent if record.leader == task else record.leader


@parts.makes(Process, "pid")
def _make(restart: Restart, saved: Process) -> None:
    """EINVAL: the first one is not the first, or none could be called so."""
    tx = restart.tx
    if not saved.comm.isprintable() or len(saved.comm) > COMM_LEN:
        raise Errno.EINVAL(f"comm: a task's name has {COMM_LEN} printable characters at most")
    if not restart.tasks:
        task = _first(restart, saved)
    elif saved.leader:
        leader = restart.task(saved.leader)
        task = born(restart, leader, saved.pid, _OF_THREADS, 0)
    else:
        parent = restart.task(saved.parent_thread or saved.parent)
        task = born(restart, parent, saved.pid)
    restart.tasks[saved.pid] = task
    if saved.namespaces and len(restart.tasks) > 1:
        containers.settle(restart, saved.namespaces, task)
    if saved.zombie:
        restart.dead[saved.pid] = saved.status
    record = tx.get(Task, task)
    if record.leader == task:
        image = replace(record.image, argv=saved.argv, exe=saved.exe, environ=saved.environ)
        record = replace(
            record,
            exit_signal=saved.exit_signal,
            flags=record.flags & ~_KEPT | saved.flags & _KEPT,
            image=image,
            actions=DEFAULT_ACTIONS,
        )
    start = tx.clock - saved.start
    tx.put(task, replace(record, comm=saved.comm, start=start, blocked=0))


def _first(restart: Restart, saved: Process) -> TaskId:
    """The container's first task, and with it the container."""
    if saved.pid != 1:
        raise Errno.EINVAL("pid: the first task of a container is pid 1")
    name = "" if restart.flat else restart.name
    with containers.first(restart, saved.namespaces) as wanted:
        process.clone(restart.tx, restart.caller, Clone(wanted, _SIGCHLD, name=name))
        task = restart.tasks[1] = _newborn(restart)
        if restart.flat:
            flat_containers.write_line(restart.tx, task, restart.name)
        restart.space = restart.tx.get(Task, task).space
    return task


def born(
    restart: Restart, parent: TaskId, pid: int, flags: int = 0, exit_signal: int = _SIGCHLD
) -> TaskId:
    """A child of *parent*, or a thread, that is called *pid* inside: that is demanded by the right
    of whose the container is, wherever *parent* may be."""
    tx = restart.tx
    before = tx.get(Task, parent).creds
    tx.put(parent, replace(tx.get(Task, parent), creds=users.creds(restart, restart.owner)))
    process.clone(tx, parent, Clone(flags, exit_signal, (pid,)))
    task = _newborn(restart)
    for each in (parent, task):
        tx.put(each, replace(tx.get(Task, each), creds=before))
    return task


def _newborn(restart: Restart) -> TaskId:
    told = restart.tx.crossings[-1]
    assert isinstance(told, Crossing)
    return told.task


@parts.finishes(20)
def _bury(restart: Restart) -> None:
    """Zombies die, before anybody has a handler for that or waits."""
    for pid, status in restart.dead.items():
        death.kill(restart.tx, restart.task(pid), status)
