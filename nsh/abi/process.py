"""Requests about processes: birth, death, waiting, identity, relations."""

from enum import IntEnum, IntFlag
from typing import ClassVar, Final

from nsh.abi.request import Request
from nsh.abi.signals import Sig


class CloneFlag(IntFlag):
    """Flags of clone(2), unshare(2) and setns(2)."""

    CLONE_NEWTIME = 0x00000080
    CLONE_VM = 0x00000100
    CLONE_FS = 0x00000200
    CLONE_FILES = 0x00000400
    CLONE_SIGHAND = 0x00000800
    CLONE_PIDFD = 0x00001000
    CLONE_VFORK = 0x00004000
    CLONE_PARENT = 0x00008000
    CLONE_THREAD = 0x00010000
    CLONE_NEWNS = 0x00020000
    CLONE_SYSVSEM = 0x00040000
    CLONE_NEWCGROUP = 0x02000000
    CLONE_NEWUTS = 0x04000000
    CLONE_NEWIPC = 0x08000000
    CLONE_NEWUSER = 0x10000000
    CLONE_NEWPID = 0x20000000
    CLONE_NEWNET = 0x40000000
    CLONE_INTO_CGROUP = 1 << 33
    CLONE_NEWPTS = 1 << 40
    """S2's, as those below; mainline, which has none, answers EINVAL."""
    CLONE_NEWDEV = 1 << 41
    CLONE_NEWTTY = 1 << 42


class Fork(Request, frozen=True, gc=False):
    """fork(2).  Replies the child's pid, and 0 to the child; EAGAIN, ENOMEM."""


class Clone(Request, frozen=True, gc=False):
    """clone3(2).  Replies the child's pid (tid for a thread), with CLONE_PIDFD a :class:`Cloned`;
    and 0 to the child.

    ``set_tid``: wanted pids, innermost namespace first.  ``name``: the child is a new puppet
    of that label, with that comm and no program, instead of a copy of the caller's program.
    ``hijack``: the pid of a second parent (sys_hijack of S2 and S3, which mainline has not; 0:
    none).  ``cgroup``: with CLONE_INTO_CGROUP, a descriptor of the directory where the child is to
    begin.
    EACCES, EAGAIN, EBADF, EBUSY, EEXIST, EINVAL, EMFILE, ENOENT, ENOMEM, ENOSPC, ENOSYS, ENOTSUP,
    EPERM, ESRCH.
    """

    flags: int = 0
    exit_signal: int = int(Sig.SIGCHLD)
    set_tid: tuple[int, ...] = ()
    name: str = ""
    hijack: int = 0
    cgroup: int = 0


class Cloned(Request, frozen=True, gc=False):
    """Whom clone3 with CLONE_PIDFD has made, and the caller's descriptor of it."""

    pid: int
    pidfd: int


class Execve(Request, frozen=True, gc=False):
    """execve(2): the program becomes ``argv``.  ENOENT, EACCES, E2BIG; EINVAL and EPERM for
    what is wrong with the capabilities of a file.

    ``environ``: ``NAME=value`` each; None keeps the caller's.
    """

    path: str
    argv: tuple[str, ...]
    environ: tuple[str, ...] | None = None


class Exit(Request, frozen=True, gc=False):
    """_exit(2) of the calling thread alone; ``status`` 0-255.  Does not return."""

    status: int = 0


class ExitGroup(Request, frozen=True, gc=False):
    """exit_group(2): the whole process ends; ``status`` 0-255.  Does not return."""

    status: int = 0


class WaitOption(IntFlag):
    """Options of wait4(2) and waitid(2)."""

    WNOHANG = 1
    WUNTRACED = 2
    WSTOPPED = 2
    WEXITED = 4
    WCONTINUED = 8
    WNOWAIT = 0x01000000
    WNOTHREAD = 0x20000000
    WALL = 0x40000000
    WCLONE = 0x80000000


class IdType(IntEnum):
    """``idtype_t`` of waitid(2)."""

    P_ALL = 0
    P_PID = 1
    P_PGID = 2
    P_PIDFD = 3


class Wait4(Request, frozen=True, gc=False):
    """wait4(2): pid > 0 that child, 0 my group, -1 any, < -1 that group.

    Replies a :class:`WaitResult` (pid 0: WNOHANG and nothing yet); ECHILD, EINTR, EINVAL, ESRCH.
    """

    pid: int = -1
    options: int = 0


class Waitid(Request, frozen=True, gc=False):
    """waitid(2).  Replies a :class:`WaitInfo`; EAGAIN, EBADF, ECHILD, EINTR, EINVAL."""

    idtype: int
    id: int
    options: int


class WaitResult(Request, frozen=True, gc=False):
    """Whom wait4 found, and the status word that WIFEXITED and friends take apart."""

    pid: int
    status: int


class WaitInfo(Request, frozen=True, gc=False):
    """The ``siginfo_t`` of waitid."""

    pid: int
    uid: int
    code: int
    status: int


class Getpid(Request, frozen=True, gc=False):
    """getpid(2): the caller's tgid in its own pid space."""


class Gettid(Request, frozen=True, gc=False):
    """gettid(2)."""


class Getppid(Request, frozen=True, gc=False):
    """getppid(2): 0 where the parent is outside the caller's pid space."""


class Getpgid(Request, frozen=True, gc=False):
    """getpgid(2); pid 0 is the caller.  0 where the group is outside; ESRCH."""

    pid: int = 0


class Getsid(Request, frozen=True, gc=False):
    """getsid(2); pid 0 is the caller.  0 where the session is outside; ESRCH."""

    pid: int = 0


class Setsid(Request, frozen=True, gc=False):
    """setsid(2).  Replies the new session's id; EPERM if the caller leads a group."""


class Setpgid(Request, frozen=True, gc=False):
    """setpgid(2); 0 stands for the caller, and for its pid.  EACCES, EINVAL, EPERM, ESRCH."""

    pid: int = 0
    pgid: int = 0


class Getuid(Request, frozen=True, gc=False):
    """Credentials of the caller.  Replies an :class:`Ids`."""


class Ids(Request, frozen=True, gc=False):
    """Real, effective and saved ids, and supplementary groups."""

    uid: int
    euid: int
    suid: int
    gid: int
    egid: int
    sgid: int
    groups: tuple[int, ...]


class Nanosleep(Request, frozen=True, gc=False):
    """nanosleep(2) in nanoseconds of virtual time.  Replies 0; EINTR, EINVAL."""

    restarts: ClassVar[bool] = False

    duration: int


class ClockGettime(Request, frozen=True, gc=False):
    """clock_gettime(2).  Replies nanoseconds; EINVAL."""

    clock: int = 0


CLOCK_REALTIME: Final = 0
CLOCK_MONOTONIC: Final = 1
CLOCK_BOOTTIME: Final = 7
COMM_LEN: Final = 15
"""TASK_COMM_LEN without the terminating byte."""


def exited(code: int) -> int:
    """The wait status of a process that exited with *code*."""
    return (code & 0xFF) << 8


def killed(signo: int, core: bool = False) -> int:
    """The wait status of a process that *signo* killed."""
    return signo | (0x80 if core else 0)


def stopped(signo: int) -> int:
    """The wait status of a process that *signo* stopped."""
    return signo << 8 | 0x7F


CONTINUED: Final = 0xFFFF
"""The wait status of a process that was continued."""


def shell_status(status: int) -> int:
    """``$?`` for a wait status: the exit code, or 128 + the signal."""
    if status & 0x7F == 0:
        return status >> 8 & 0xFF
    if status & 0xFF == 0x7F:
        return 128 + (status >> 8 & 0xFF)
    return 128 + (status & 0x7F)
