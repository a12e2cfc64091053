"""What one look at /proc tells, as it was read: nothing here is concluded from anything else."""

from typing import Final

import msgspec

KINDS: Final = ("pid", "user", "mnt", "net", "uts", "ipc", "cgroup", "time")
"""The kinds of namespace (namespaces(7)), in the order of ``Process.links``."""

ABSENT: Final = 0
"""As a link: the process has none (a zombie), or the kernel knows no such kind."""
HIDDEN: Final = -1
"""As a link: the kernel would not tell this reader."""

MAX_ID: Final = 2**32 - 1
"""Numbers beyond it are no ids of Linux: whoever tells them is not believed."""


class Process(msgspec.Struct, array_like=True, gc=False):
    """One process, or one thread of it, as its status, stat and ns/* say.

    Tuples of pids have one number per level, the reader's own pid namespace first; 0 in one
    means that whoever is named is not visible at that level.
    """

    pid: int
    tgid: int
    """The process it is a thread of; its own pid, if it is the leader."""
    name: bytes
    """comm, whatever bytes it consists of."""
    state: str
    """The letter of proc_pid_status(5)."""
    ppid: int
    uids: tuple[int, ...]
    """Real, effective, saved, file system."""
    gids: tuple[int, ...]
    groups: tuple[int, ...]
    pids: tuple[int, ...]
    """NSpid."""
    pgids: tuple[int, ...]
    """NSpgid."""
    sids: tuple[int, ...]
    """NSsid."""
    tty: int = 0
    """tty_nr, as stat has it; 0: none."""
    foreground: int = -1
    """tpgid; below 1: none, or not visible."""
    start: int = 0
    """Clock ticks since boot at which it started: with the pid, who it is."""
    kernel: bool = False
    """A kernel thread."""
    links: tuple[int, ...] = (ABSENT,) * len(KINDS)
    """The inode numbers of its namespaces, by ``KINDS``; else ABSENT or HIDDEN."""
    children_in: int = ABSENT
    """``pid_for_children``, likewise."""
    argv: tuple[bytes, ...] = ()
    cgroups: bytes = b""
    """/proc/PID/cgroup."""
    doubts: tuple[str, ...] = ()
    """Fields that were missing or absurd, and are filled in with what is likely."""


class Holder(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What keeps a namespace that maybe no process is in."""

    kind: str
    inum: int
    pid: int
    """Through whose eyes it was found."""
    fd: int = -1
    """The open file; -1: a mount."""
    path: bytes = b""
    """Where it is mounted, as that process sees it."""
    socket: bool = False
    """The open file is a socket in the namespace."""


class PtyHolder(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """An open file that is one end of a pseudo terminal."""

    device: str
    """``major:minor`` of the file system that the file is in: a slave's is the instance; a master's
    is not, if it was opened by a node outside of any."""
    index: int
    pid: int
    fd: int
    master: bool


class Port(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A socket that listens, as a line of /proc/PID/net (proc_pid_net(5)) has it."""

    kind: str
    """``tcp``, ``tcp6``, ``udp`` or ``udp6``."""
    host: str
    number: int
    uid: int
    inode: int
    """What its open file is called: ``socket:[INODE]``."""


class Network(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """A network namespace, through the eyes of a process in it."""

    inum: int
    links: tuple[str, ...]
    """By name, in the kernel's order."""
    addresses: tuple[str, ...]
    """The local ones of IPv4."""
    addresses6: tuple[tuple[str, str], ...]
    """Of IPv6 the link and ``ADDRESS/PREFIX``."""
    ports: tuple[Port, ...]


class SysvObject(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One line of /proc/sysvipc (sysvipc(7)): of the reader's own ipc namespace."""

    kind: str
    """``shm``, ``sem`` or ``msg``."""
    id: int
    key: int
    uid: int
    mode: int
    amount: int
    """Attachments, semaphores, messages."""
    first: int = 0
    """Who made a segment, or sent last; 0: nobody, or not told."""
    last: int = 0
    """Who attached or detached last, or received."""
    doomed: bool = False


class Devpts(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """One mount of a devpts instance, in one mount namespace."""

    device: str
    """``major:minor`` of the superblock: what tells instances apart."""
    mnt: int
    """The mount namespace."""
    path: bytes
    ptys: tuple[int, ...]
    """The terminals in use."""
    hidden: bool = False
    """The kernel would not list them."""
    uids: tuple[int, ...] = ()
    """Of each, who owns its file."""


class Relation(msgspec.Struct, gc=False):
    """One namespace, as its own file tells (ioctl_ns(2))."""

    kind: str
    inum: int
    parent: int = ABSENT
    """Of pid and user namespaces: the one above; ABSENT for the outermost that can be seen."""
    owner: int = ABSENT
    """The user namespace that owns it."""
    uid: int = -1
    """Who made it, of a user namespace, as the reader's user namespace numbers users."""
    asked: bool = False
    """Whether the kernel could be asked at all."""


class Snapshot(msgspec.Struct, gc=False):
    """One look at /proc."""

    root: str
    """The directory that was read."""
    processes: list[Process]
    """By pid; threads behind their leader."""
    relations: dict[tuple[str, int], Relation]
    holders: list[Holder]
    devpts: list[Devpts]
    ptys: list[PtyHolder]
    sockets: dict[int, tuple[int, ...]]
    """Of each process, the inode numbers of its sockets; those without any are left out."""
    proc_mounts: dict[int, str]
    """Mount namespace -> device of what is mounted on its /proc."""
    own: tuple[int, ...]
    """The namespaces of the reader, by ``KINDS``."""
    pid: int
    """The reader."""
    uid: int
    now: int = 0
    """Nanoseconds since boot."""
    nodename: str = ""
    """Of the reader's uts namespace."""
    vanished: int = 0
    """Processes that ended while they were read."""
    unreadable: int = 0
    """Processes of which nothing could be read."""
    unseen_files: int = 0
    """Processes whose open files could not be listed."""
    unseen_sockets: int = 0
    """Processes with sockets that could not be asked."""
    sysv: list[SysvObject] = []
    networks: list[Network] = []
    unseen_mounts: int = 0
    """Mount namespaces whose mounts could not be listed."""
