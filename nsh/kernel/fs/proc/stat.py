"""``/proc/PID/stat`` and ``statm`` (proc_pid_stat(5); do_task_stat in fs/proc/array.c)."""

from typing import Final

from nsh.abi.process import CLOCK_BOOTTIME
from nsh.kernel import pids, signals, terminals, timens
from nsh.kernel.fs.proc import hardware
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.status import mask_of
from nsh.kernel.fs.proc.view import may_inspect, process_of, seen, state
from nsh.machine.ids import TaskId
from nsh.machine.settings import Settings
from nsh.machine.tasks import Flag, Group, Session, State, Task
from nsh.machine.value import Transaction

_PF_EXITING: Final = 0x4
_PF_POSTCOREDUMP: Final = 0x8
_PF_FORKNOEXEC: Final = 0x40
_PF_SIGNALED: Final = 0x400
_PF_NOFREEZE: Final = 0x8000
_PF_KTHREAD: Final = 0x200000
_PF_RANDOMIZE: Final = 0x400000

_NO_LIMIT: Final = (1 << 64) - 1
_LOW_SIGNALS: Final = 0x7FFFFFFF
"""Only the first 31 signals fit in this file's masks."""
_PRIORITY: Final = 20


@task_file("stat")
def stat(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The 52 fields on one line, in the numbers of the node's space."""
    task = seen(tx, node)
    process = process_of(tx, task, node.task)
    space = node.space
    parent = tx.find(Task, process.parent)
    group = tx.find(Group, process.group)
    session = tx.find(Session, process.session)
    running = node.task == caller
    inspected = may_inspect(tx, caller, node.task)
    tty_nr, tpgid = terminals.of_process(tx, process, space)
    threads = 1 + len(process.threads)
    alone = node.owner is not None or threads == 1
    nice = (tx.find(Settings, 0) or Settings()).nice
    fields: list[object] = [
        pids.number(tx, task, space),
        f"({task.comm})",
        state(tx, node.task, task, running=running)[0],
        0 if parent is None else pids.number(tx, parent, space),
        0 if group is None else pids.number(tx, group, space),
        0 if session is None else pids.number(tx, session, space),
        tty_nr,
        tpgid,
        _flags(task, process),
        *(0, 0, 0, 0),  # minflt cminflt majflt cmajflt
        *(0, 0, 0, 0),  # utime stime cutime cstime
        _PRIORITY + nice,
        nice,
        threads,
        0,  # itrealvalue
        _start(tx, caller, task) // hardware.TICK,
        *(0, 0),  # vsize rss: without memory
        _NO_LIMIT,
        *(0, 0, 0, 0, 0),  # startcode endcode startstack kstkesp kstkeip
        mask_of(task.pending) & _LOW_SIGNALS,
        signals.blocked(tx, node.task) & _LOW_SIGNALS,
        process.actions.ignored & _LOW_SIGNALS,
        process.actions.handled & _LOW_SIGNALS,
        int(inspected and alone and not running),  # wchan: whether it waits in the kernel
        *(0, 0),  # nswap cnswap
        task.exit_signal if task.leader == node.task else -1,
        *(0, 0, 0, 0, 0, 0),  # processor rt_priority policy blkio guest_time cguest_time
        *(0, 0, 0, 0, 0, 0, 0),  # start_data end_data start_brk arg_start … env_end
        _exit_code(task, process) if inspected else 0,
    ]
    return " ".join(str(field) for field in fields) + "\n"


@task_file("statm")
def statm(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """Seven sizes in pages: those of a task without memory of its own."""
    del caller
    seen(tx, node)
    return "0 0 0 0 0 0 0\n"


def _start(tx: Transaction, caller: TaskId, task: Task) -> int:
    """When it began, by the caller's clock: an unsigned number, of whoever began before that did.
    Only a restarted task may have begun before the machine itself."""
    shown = task.start + timens.offset(tx, caller, CLOCK_BOOTTIME)
    return shown % (1 << 64) if task.start >= 0 else max(0, shown)


def _flags(task: Task, process: Task) -> int:
    """``PF_*`` (include/linux/sched.h) as far as the model knows them."""
    if task.flags & Flag.KTHREAD:
        return _PF_KTHREAD | _PF_NOFREEZE | _PF_FORKNOEXEC
    flags = _PF_RANDOMIZE
    if not process.flags & Flag.EXECED:
        flags |= _PF_FORKNOEXEC
    if process.flags & Flag.EXITING:
        flags |= _PF_EXITING
    if task.state is State.ZOMBIE:
        flags |= _PF_EXITING | _PF_POSTCOREDUMP | _PF_NOFREEZE
        if task.status & 0x7F:
            flags |= _PF_SIGNALED
    return flags


def _exit_code(task: Task, process: Task) -> int:
    """A zombie's wait status; the stop signal while stopped."""
    if task.state is State.ZOMBIE:
        return task.status
    return process.status if task.state is State.STOPPED else 0
