"""Tasks, process groups and sessions: who exists, and how they are related (S0; P1-P12).

A ``Task`` is one thread.  The thread group's own state stands in the record of its leader
(``task.leader`` is the task itself); readers go through ``leader`` for it.
"""

from enum import IntEnum
from typing import Final

from immutables import Map

from nsh.machine.ids import (
    FIRST_USER,
    NO_TERMINAL,
    NOBODY,
    ContextId,
    NamespaceId,
    SpaceId,
    TaskId,
    TerminalId,
)
from nsh.machine.record import Record, table
from nsh.machine.signals import DEFAULT_ACTIONS, Actions, SigInfo


class State(IntEnum):
    """The life of a task."""

    ALIVE = 0
    STOPPED = 1
    ZOMBIE = 2
    """Dead, not yet waited for (or a dead leader whose threads live on)."""
    TRAPPED = 3
    """In a cgroup2 that is frozen (JOBCTL_TRAP_FREEZE): it takes no step, and dies of what is
    deadly.  Who is stopped besides is STOPPED."""
    FROZEN = 4
    """In a cgroup that the freezer of the first version has frozen (TASK_FROZEN): nothing reaches
    it.  Who is stopped besides is STOPPED."""


ALIVE: Final = State.ALIVE
STOPPED: Final = State.STOPPED
ZOMBIE: Final = State.ZOMBIE
TRAPPED: Final = State.TRAPPED
FROZEN: Final = State.FROZEN
"""By themselves, for every step asks: to look a member up in its enum takes as long as a call."""


class Flag:
    """Facts about a thread group, as bits of ``Task.flags``.  Plain integers: an IntFlag's
    operators cost ten times as much, on every fork and exit."""

    SUBREAPER: Final = 1
    """PR_SET_CHILD_SUBREAPER is set; not inherited."""
    UNDER_SUBREAPER: Final = 2
    """Some ancestor may be a subreaper; inherited."""
    EXECED: Final = 4
    """Has done execve since fork: setpgid by the parent fails with EACCES."""
    STOP_REPORTED: Final = 8
    """The parent has already been told of the current stop."""
    CONTINUED: Final = 16
    """Continued, and no wait(WCONTINUED) has taken notice yet."""
    GROUP_EXIT: Final = 32
    """exit_group or a fatal signal is taking the whole thread group down."""
    EXITING: Final = 64
    """A namespace's init that is dying and takes its namespace with it."""
    LINGERING: Final = 128
    """Such an init that waits for its namespace to be empty."""
    DOOMED: Final = 512
    """A deadly signal has been sent: nothing else that comes before it is taken makes a difference.
    ``status`` says which."""
    CLD_CONTINUED: Final = 1024
    """Continued, and its parent has not been told: never so between two calls."""
    PARENT_EXECED: Final = 256
    """Its parent has done execve since it was forked: SIGCHLD tells of its end in any case."""
    NOT_DUMPABLE: Final = 2048
    """It has changed what it may do since execve (PR_SET_DUMPABLE): others may not look into it."""
    KTHREAD: Final = 4096
    """A thread of the kernel's own (PF_KTHREAD)."""
    UMH: Final = 8192
    """A program that the kernel has started of itself (usermode helper): nobody waits for it."""


ALL_CAPABILITIES: Final = (1 << 41) - 1
"""CAP_CHOWN (0) to CAP_CHECKPOINT_RESTORE (40)."""


class Creds(Record):
    """Credentials (credentials(7), capabilities(7)).  Users and groups are kept by their numbers
    in the first user namespace (``kuid_t``); sets of capabilities have bit ``1 << cap``."""

    uid: int = 0
    euid: int = 0
    suid: int = 0
    gid: int = 0
    egid: int = 0
    sgid: int = 0
    groups: tuple[int, ...] = ()
    fsuid: int = 0
    """Whom files take it for: the effective ids, unless setfsuid(2) has been called since."""
    fsgid: int = 0
    userns: NamespaceId = FIRST_USER
    """The user namespace that it is in, and that its capabilities are for."""
    permitted: int = ALL_CAPABILITIES
    effective: int = ALL_CAPABILITIES
    inheritable: int = 0
    bounding: int = ALL_CAPABILITIES
    ambient: int = 0
    securebits: int = 0
    no_new_privs: bool = False


def ordinary(uid: int, gid: int, groups: tuple[int, ...] = ()) -> Creds:
    """The credentials of an ordinary user, who has no capabilities."""
    return Creds(
        *(uid, uid, uid, gid, gid, gid, groups), fsuid=uid, fsgid=gid, permitted=0, effective=0
    )


class Image(Record):
    """What execve loaded: the command line as /proc/PID/cmdline shows it, and the environment."""

    argv: tuple[str, ...] = ()
    exe: str = ""
    userns: NamespaceId = FIRST_USER
    """The user namespace that it was loaded in (``mm->user_ns``)."""
    environ: tuple[str, ...] = ()
    """``NAME=value`` each, as execve was given them."""


ROOT_CREDS = Creds()
NO_IMAGE = Image()


@table
class Task(Record):
    """One task.  Fields below the line are meaningful in a thread group's leader only."""

    leader: TaskId
    space: SpaceId
    """The innermost pid space it is visible in: its own pid namespace or container."""
    pids: tuple[int, ...]
    """Its number in each space of ``space.path``, outermost (kpid) first."""
    context: ContextId
    comm: str
    creds: Creds = ROOT_CREDS
    state: State = State.ALIVE
    status: int = 0
    """Wait status once a zombie (as wait(2) encodes it), stop signal while stopped."""
    blocked: int = 0
    """Signal mask."""
    pending: tuple[SigInfo, ...] = ()
    start: int = 0
    """Virtual nanoseconds since boot."""
    exit_signal: int = 0
    """What the parent is sent on exit; SIGCHLD after fork."""
    death_signal: int = 0
    """PR_SET_PDEATHSIG."""
    # ---- of the thread group ----
    parent: TaskId = NOBODY
    children: Map[TaskId, int] = Map()
    """Children -> the number fork told this task (0: none); below 0: adopted, and when.
    By birth and adoption they stand in the kernel's order."""
    threads: tuple[TaskId, ...] = ()
    """The other threads, oldest first."""
    group: TaskId = NOBODY
    session: TaskId = NOBODY
    tty: TerminalId = NO_TERMINAL
    actions: Actions = DEFAULT_ACTIONS
    shared: tuple[SigInfo, ...] = ()
    """Signals pending for the group as a whole."""
    flags: int = 0
    """Bits of :class:`Flag`."""
    image: Image = NO_IMAGE
    parent_thread: TaskId = NOBODY
    """Which thread of ``parent`` made or took in this child; NOBODY: its leader."""


@table
class Group(Record):
    """A process group, keyed by the task whose pid is its id; lives while it has members."""

    session: TaskId
    space: SpaceId
    pids: tuple[int, ...]
    members: Map[TaskId, int]
    """Members -> when they joined: a higher number is later."""


@table
class Session(Record):
    """A session, keyed by its leader's TaskId; lives while it has groups."""

    space: SpaceId
    pids: tuple[int, ...]
    groups: Map[TaskId, None]
    tty: TerminalId = NO_TERMINAL
