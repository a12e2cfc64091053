"""Where the files of proc register: those of each task, and those of the whole system."""

from collections.abc import Callable
from typing import Final, TypeVar

from nsh.abi.errno import Errno
from nsh.abi.files import S_IFDIR, S_IFLNK, S_IFMT, S_IFREG
from nsh.kernel import loading
from nsh.kernel.fs.operations import FileOperations
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.machine.context import Place
from nsh.machine.files import File, Opened
from nsh.machine.ids import FileId, SpaceId, TaskId
from nsh.machine.value import Transaction

Text = str | bytes
TaskContent = Callable[[Transaction, TaskId, TaskNode], Text]
TaskStore = Callable[[Transaction, TaskId, TaskNode, bytes], int | None]
"""Takes one write(2), and may say how many bytes of it: None is all."""
SystemContent = Callable[[Transaction, TaskId], Text]
SpaceContent = Callable[[Transaction, TaskId, SpaceId], Text]
SystemStore = Callable[[Transaction, TaskId, bytes], None]
TaskLink = Callable[[Transaction, TaskId, TaskNode], str | Place]
Present = Callable[[Transaction], bool]

T = TypeVar("T", bound=TaskContent)
S = TypeVar("S", bound=SystemContent)
P = TypeVar("P", bound=SpaceContent)
W = TypeVar("W", bound=TaskStore)
L = TypeVar("L", bound=TaskLink)

_LINUX_ORDER: Final = (
    "task", "fd", "map_files", "fdinfo", "ns", "net", "environ", "auxv", "status", "personality",
    "limits", "sched", "autogroup", "timens_offsets", "comm", "syscall", "cmdline", "stat",
    "statm", "maps", "children", "numa_maps", "mem", "cwd", "root", "exe", "mounts", "mountinfo",
    "mountstats", "clear_refs", "smaps", "smaps_rollup", "pagemap", "attr", "wchan", "stack",
    "schedstat", "latency", "cpuset", "cgroup", "cpu_resctrl_groups", "oom_score", "oom_adj",
    "oom_score_adj", "loginuid", "sessionid", "fail-nth", "make-it-fail", "coredump_filter", "io",
    "uid_map", "gid_map", "projid_map", "setgroups", "timers", "timerslack_ns", "patch_state",
    "stack_depth", "arch_status", "seccomp_cache",
)  # fmt: skip
"""The order in which Linux lists a task's directory, whichever of them are built in
(tgid_base_stuff in fs/proc/base.c)."""
_ORDER: Final = {
    name: place
    for place, name in enumerate(
        (
            *_LINUX_ORDER,
            "container",
            "devices",
            "ns_container",
            "pts",
            "containers",
            "class",
            "job",
        ),
        start=1,
    )
}
"""With what Linux has not behind it: the place of whatever a task's directory can hold."""


class TaskFileOperations(FileOperations):
    """Of a task's file that keeps something of its own while it is open."""

    def open(self, tx: Transaction, caller: TaskId, node: TaskNode, flags: int) -> Opened | None:
        """What to keep with the open file.  ESRCH, and whatever else."""
        raise NotImplementedError


class SystemFileOperations(FileOperations):
    """Of another file that keeps something of its own while it is open."""

    def open(self, tx: Transaction, caller: TaskId) -> Opened:
        """What to keep with the open file."""
        raise NotImplementedError

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """EIO, as of any that takes no writes."""
        raise Errno.EIO("the file cannot be written")


class TaskFile:
    """An entry of every task's directory."""

    def __init__(self, name: str, mode: int, *, process: bool, thread: bool) -> None:
        self.name = name
        self.index = _ORDER[name]
        """Its place in the directory, for inode numbers."""
        self.mode = mode
        """Type and permission bits."""
        self.process = process
        """Whether it stands in ``/proc/PID``."""
        self.thread = thread
        """Whether it stands in ``/proc/PID/task/TID``."""
        self.content: TaskContent | None = None
        self.store: TaskStore | None = None
        self.target: TaskLink | None = None
        """Where it leads, if it is a link."""
        self.seekable_end = False
        """Whether SEEK_END counts from 0 instead of failing (files that are no seq_file)."""
        self.asks_always = False
        """Whether every read(2) asks who the task is, not that from the beginning alone (which is
        kept, as seq_file does)."""
        self.check_open: Callable[[Transaction, TaskId, TaskNode], None] | None = None
        """Raises what opening it fails with."""
        self.present: Present | None = None
        """Whether this machine has the file at all; None: always."""
        self.operations: TaskFileOperations | None = None
        """Who reads and writes it, instead of ``content`` and ``store``."""


class SystemFile:
    """An entry of proc's root, or below it, that is no task's and not below ``/proc/sys``."""

    def __init__(self, name: str, mode: int) -> None:
        self.name = name
        self.index = 0
        """Its place in the directory, for inode numbers."""
        self.mode = mode
        self.content: SystemContent | None = None
        self.of_space: SpaceContent | None = None
        """The content where that depends on the pid space that the mount shows."""
        self.store: SystemStore | None = None
        self.present: Present | None = None
        """Whether this machine has the file at all; None: always."""
        self.operations: SystemFileOperations | None = None
        """Who reads it, instead of ``content``."""


_task_files: dict[str, TaskFile] = {}
_system_files: dict[str, SystemFile] = {}
"""By name, in the order of the directory."""


def task_entry(name: str, mode: int, *, process: bool = True, thread: bool = True) -> TaskFile:
    """Register an entry of task directories; ``ValueError`` if there is one of that name."""
    if name in _task_files:
        raise ValueError(f"two files are called /proc/PID/{name}")
    entry = _task_files[name] = TaskFile(name, mode, process=process, thread=thread)
    return entry


def task_file(
    name: str,
    mode: int = 0o444,
    *,
    process: bool = True,
    thread: bool = True,
    store: TaskStore | None = None,
    seekable_end: bool = False,
    asks_always: bool = False,
    check_open: Callable[[Transaction, TaskId, TaskNode], None] | None = None,
    present: Present | None = None,
    operations: TaskFileOperations | None = None,
) -> Callable[[T], T]:
    """Register the content of ``/proc/PID/NAME`` and ``/proc/PID/task/TID/NAME``.

    The function is called with (transaction, reader, node) and raises ESRCH, through
    :func:`~nsh.kernel.fs.proc.view.seen`, when the task is gone; *store* takes one write(2).
    """

    def register(content: T) -> T:
        entry = task_entry(name, S_IFREG | mode, process=process, thread=thread)
        entry.content = content
        entry.store = store
        entry.seekable_end = seekable_end
        entry.asks_always = asks_always
        entry.check_open = check_open
        entry.present = present
        entry.operations = operations
        return content

    return register


def task_directory(name: str, mode: int, *, process: bool = True, thread: bool = True) -> None:
    """Register a directory in task directories."""
    task_entry(name, S_IFDIR | mode, process=process, thread=thread)


def task_link(name: str, *, present: Present | None = None) -> Callable[[L], L]:
    """Register where the symbolic link NAME of task directories leads."""

    def register(target: L) -> L:
        entry = task_entry(name, S_IFLNK | 0o777)
        entry.target = target
        entry.present = present
        return target

    return register


def task_files(tx: Transaction, *, thread: bool) -> list[TaskFile]:
    """The entries of ``/proc/PID``, or of ``/proc/PID/task/TID``, in Linux's order."""
    loading.load_files()
    files = sorted(_task_files.values(), key=lambda file: file.index)
    return [entry for entry in files if _has(tx, entry, thread=thread)]


def directories_count(tx: Transaction, *, thread: bool) -> int:
    """How many of these are directories."""
    directories = [entry for entry in _task_files.values() if entry.mode & S_IFMT == S_IFDIR]
    return sum(_has(tx, entry, thread=thread) for entry in directories)


def find_task_file(tx: Transaction, name: str, *, thread: bool) -> TaskFile | None:
    """The entry *name* of a task directory of that sort, or None."""
    if name not in _task_files and name in _ORDER:
        loading.load_files()
    entry = _task_files.get(name)
    return entry if entry is not None and _has(tx, entry, thread=thread) else None


def _has(tx: Transaction, entry: TaskFile, *, thread: bool) -> bool:
    here = entry.thread if thread else entry.process
    return here and (entry.present is None or entry.present(tx))


def task_file_index(name: str) -> int:
    """The ``index`` of the entry *name*."""
    return _task_files[name].index


def system_entry(name: str, mode: int) -> SystemFile:
    """Register an entry of proc's root; ``ValueError`` if there is one of that name."""
    if name in _system_files:
        raise ValueError(f"two files are called /proc/{name}")
    entry = SystemFile(name, mode)
    files = sorted((*_system_files.values(), entry), key=lambda file: (len(file.name), file.name))
    _system_files.clear()
    for index, file in enumerate(files):
        file.index = index
        _system_files[file.name] = file
    return entry


def system_directory(name: str, mode: int) -> SystemFile:
    """Register the directory ``/proc/NAME``; files called ``NAME/…`` are in it."""
    return system_entry(name, S_IFDIR | mode)


def system_file(
    name: str,
    mode: int = 0o444,
    *,
    store: SystemStore | None = None,
    present: Present | None = None,
) -> Callable[[S], S]:
    """Register the content of ``/proc/NAME``; called with (transaction, reader)."""

    def register(content: S) -> S:
        entry = system_entry(name, S_IFREG | mode)
        entry.content = content
        entry.store = store
        entry.present = present
        return content

    return register


def system_file_of_space(name: str, mode: int = 0o444) -> Callable[[P], P]:
    """Register the content of ``/proc/NAME``; called with (transaction, reader, pid space)."""

    def register(content: P) -> P:
        system_entry(name, S_IFREG | mode).of_space = content
        return content

    return register


def system_file_kept(name: str, operations: SystemFileOperations, mode: int = 0o444) -> None:
    """Register ``/proc/NAME``, which keeps something while it is open."""
    system_entry(name, S_IFREG | mode).operations = operations


def system_files(tx: Transaction, directory: str = "") -> list[SystemFile]:
    """The entries of proc's root, or of a directory there, in the order of its readdir: by length,
    then by name."""
    return [
        entry
        for entry in _system_files.values()
        if entry.name.rpartition("/")[0] == directory
        and (entry.present is None or entry.present(tx))
    ]


def find_system_file(tx: Transaction, name: str) -> SystemFile | None:
    """The entry *name* of proc's root, or below it, or None."""
    entry = _system_files.get(name)
    if entry is None or (entry.present is not None and not entry.present(tx)):
        return None
    return entry


def system_index(name: str) -> int:
    """The ``index`` of the entry *name*."""
    return _system_files[name].index
