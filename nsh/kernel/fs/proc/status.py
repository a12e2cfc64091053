"""``/proc/PID/status`` (proc_pid_status(5); proc_pid_status in fs/proc/array.c)."""

from nsh.abi.signals import bit
from nsh.kernel import contexts, hooks, pids, signals, sigqueues
from nsh.kernel.fs.proc import hardware
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import has_context, process_of, seen, state
from nsh.kernel.idmaps import gid_inside, uid_inside
from nsh.machine.ids import SpaceId, TaskId
from nsh.machine.pids import PidSpace
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Creds, Flag, Group, Session, Task
from nsh.machine.value import Transaction

_OPEN_DEFAULT = 64
"""NR_OPEN_DEFAULT: descriptors that a file table has room for before it first grows."""


@task_file("status")
def status(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """The whole file, in the numbers of the node's space."""
    task = seen(tx, node)
    process = process_of(tx, task, node.task)
    lines = [
        f"Name:\t{escaped(task.comm)}",
        *_umask(tx, node.task),
        f"State:\t{state(tx, node.task, task, running=node.task == caller)}",
        *_ids(tx, node, task, process),
        *_credentials(tx, caller, node.task, task.creds),
        *_levels(tx, node.space, task, process),
        f"Kthread:\t{int(bool(task.flags & Flag.KTHREAD))}",
        f"Threads:\t{1 + len(process.threads)}",
        *_signals(tx, task, process, signals.blocked(tx, node.task)),
        *_capabilities(task.creds),
        f"NoNewPrivs:\t{int(task.creds.no_new_privs)}",
        "Seccomp:\t0",
        "Seccomp_filters:\t0",
        f"Speculation_Store_Bypass:\t{hardware.STORE_BYPASS}",
        f"SpeculationIndirectBranch:\t{hardware.INDIRECT_BRANCH}",
        *(hooks.allowed[0](tx, node.task) if hooks.allowed else hardware.ALLOWED),
        "voluntary_ctxt_switches:\t0",
        "nonvoluntary_ctxt_switches:\t0",
    ]
    return "\n".join(lines) + "\n"


def escaped(comm: str) -> str:
    """A command name on one line: backslash and newline are escaped, nothing else is."""
    return comm.replace("\\", "\\\\").replace("\n", "\\n")


def _umask(tx: Transaction, tid: TaskId) -> list[str]:
    """The dead have no umask, and no line for it."""
    if not has_context(tx, tid):
        return []
    return [f"Umask:\t{contexts.fs(tx, tid).umask:04o}"]


def _ids(tx: Transaction, node: TaskNode, task: Task, process: Task) -> list[str]:
    parent = tx.find(Task, process.parent)
    above = 0 if parent is None else pids.number(tx, parent, node.space)
    return [
        f"Tgid:\t{pids.number(tx, process, node.space)}",
        "Ngid:\t0",
        f"Pid:\t{pids.number(tx, task, node.space)}",
        f"PPid:\t{above}",
        "TracerPid:\t0",
    ]


def _credentials(tx: Transaction, reader: TaskId, tid: TaskId, creds: Creds) -> list[str]:
    """Uid and Gid, real, effective, saved and for files, in the reader's numbers.

    Linux's are those of who opened the file, which is the reader.
    """
    space = tx.get(Task, reader).creds.userns
    users = (creds.uid, creds.euid, creds.suid, creds.fsuid)
    groups = (creds.gid, creds.egid, creds.sgid, creds.fsgid)
    others = " ".join(str(gid_inside(tx, space, gid)) for gid in creds.groups)
    return [
        "Uid:\t" + "\t".join(str(uid_inside(tx, space, uid)) for uid in users),
        "Gid:\t" + "\t".join(str(gid_inside(tx, space, gid)) for gid in groups),
        f"FDSize:\t{_table_size(tx, tid)}",
        f"Groups:\t{others} ",
    ]


def _table_size(tx: Transaction, tid: TaskId) -> int:
    """How many descriptors the file table has room for; it grows by powers of two."""
    if not has_context(tx, tid):
        return 0
    highest = max(contexts.files(tx, tid), default=0)
    return _OPEN_DEFAULT if highest < _OPEN_DEFAULT else 1 << highest.bit_length()


def _levels(tx: Transaction, space: SpaceId, task: Task, process: Task) -> list[str]:
    """The numbers at each level, from the viewer's down to the task's own."""
    path = tx.get(PidSpace, task.space).path
    below = path[path.index(space) :]
    group = tx.find(Group, process.group)
    session = tx.find(Session, process.session)
    whom = (("NStgid", process), ("NSpid", task), ("NSpgid", group), ("NSsid", session))
    return [
        f"{name}:\t" + "\t".join(str(_number(tx, record, here)) for here in below)
        for name, record in whom
    ]


def _number(tx: Transaction, whom: Task | Group | Session | None, space: SpaceId) -> int:
    return 0 if whom is None else pids.number(tx, whom, space)


def _signals(tx: Transaction, task: Task, process: Task, blocked: int) -> list[str]:
    """SigQ tells of all that is queued for its user, and how much may be for the process."""
    queued, most = sigqueues.queued(tx, task), sigqueues.limit(tx, task.leader)
    masks = {
        "SigPnd": mask_of(task.pending),
        "ShdPnd": mask_of(process.shared),
        "SigBlk": blocked,
        "SigIgn": process.actions.ignored,
        "SigCgt": process.actions.handled,
    }
    return [
        f"SigQ:\t{queued}/{most}",
        *(f"{name}:\t{mask:016x}" for name, mask in masks.items()),
    ]


def mask_of(queue: tuple[SigInfo, ...]) -> int:
    """The signals of a queue as a mask."""
    mask = 0
    for info in queue:
        mask |= bit(info.signo)
    return mask


def _capabilities(creds: Creds) -> list[str]:
    """The five sets (capabilities(7)), whatever user namespace they are for."""
    held = {
        "CapInh": creds.inheritable,
        "CapPrm": creds.permitted,
        "CapEff": creds.effective,
        "CapBnd": creds.bounding,
        "CapAmb": creds.ambient,
    }
    return [f"{name}:\t{mask:016x}" for name, mask in held.items()]
