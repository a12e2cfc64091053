"""Where mechanisms take part in the life of a task without being named by the core.

``on_boot(order)`` functions build the first machine (10 namespaces, 20 file systems, 30 open
files and terminals, 50 the rest); the others are told of one task.  Hooks of one kind run in
the order of (order, module, name), so that no import order shows.

Most processes are born and die on machines where most mechanisms have nothing to do, so a hook
for that may name the kind of record that it looks for: where there is none it is not called, and
the machine is not even asked while nobody has ever written one.
"""

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from nsh.machine.files import File
from nsh.machine.ids import FileId, NamespaceId, TaskId, TerminalId
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record, on_place
from nsh.machine.signals import SigInfo
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

BootHook = Callable[[Transaction], None]
TaskHook = Callable[[Transaction, TaskId], None]
ForkHook = Callable[[Transaction, TaskId, TaskId], None]
SpaceHook = Callable[[Transaction, PidSpace, bool], None]
PanicHook = Callable[[Transaction, str], None]
ConsolesHook = Callable[[Transaction, NamespaceId], None]
CloneHook = Callable[[Transaction, TaskId, TaskId, int], None]
IntoHook = Callable[[Transaction, TaskId, TaskId, int, int], None]
UnshareHook = Callable[[Transaction, TaskId, int], None]
ReapHook = Callable[[Transaction, TaskId, Task], None]
TakenHook = Callable[[Transaction, TaskId, SigInfo], SigInfo | None]
HeardHook = Callable[[Transaction, TaskId, int], None]
TimeHook = Callable[[Transaction, int], None]
CloseHook = Callable[[Transaction, TaskId, FileId], None]
AccessHook = Callable[[Transaction, TaskId, int, int, str], None]
MadeHook = Callable[[Transaction, TaskId, int, int], None]
AllowedHook = Callable[[Transaction, TaskId], list[str]]
EchoHook = Callable[[Transaction, TerminalId], None]
TableHook = Callable[[Transaction, int, int], None]
ReleaseHook = Callable[[Transaction, FileId, File], None]

B = TypeVar("B", bound=BootHook)
H = TypeVar("H", bound=Callable[..., object])
F = TypeVar("F", bound=TaskHook)
K = TypeVar("K", bound=ForkHook)
L = TypeVar("L", bound=CloneHook)
U = TypeVar("U", bound=UnshareHook)
N = TypeVar("N", bound=IntoHook)

boot: list[tuple[int, BootHook]] = []
clone: list[CloneHook] = []
"""Called after those for births with (transaction, parent, child, flags), if there are flags."""
own_memory: list[TaskHook] = []
unshare: list[UnshareHook] = []
"""Called with (transaction, caller, flags) of an unshare(2) that has done the rest."""
exec: list[TaskHook] = []
"""Called when a task has replaced its program."""
taken: list[TakenHook] = []
"""Called with a signal that leaves its queue for a thread; replies it, or what is told instead:
None, if it is delivered no more."""
heard: list[HeardHook] = []
"""Called with a process that ignores a signal no longer."""
access: list[AccessHook] = []
"""Called with who opens a file, its superblock and inode number, and the letters of what is wanted
(r, w): may refuse."""
signal: list[ForkHook] = []
"""Called with who sends a signal, and to whom: may refuse."""
made: list[MadeHook] = []
"""Called with who has made a file, and its superblock and inode number."""
stop: list[TaskHook] = []
"""Called with each thread of a process that is stopped."""
go_on: list[TaskHook] = []
"""Called with each thread of a stopped process that is let go on."""
into_cgroup: list[IntoHook] = []
"""Called with (transaction, parent, child, descriptor, flags) of a clone(2) into a cgroup, before
the hooks for births."""
close: list[CloseHook] = []
"""Called with a task that closes one of its descriptors, and the open file behind it."""
table: list[TableHook] = []
installed: list[CloseHook] = []
"""Called with a task that has given a descriptor of its own to an open file, maybe its first: may
refuse."""
release: list[ReleaseHook] = []
"""Called with an open file that no descriptor is left of, once its record is gone."""
echo: list[EchoHook] = []
"""Called with a terminal that may have echoed what somebody has typed."""
expiry: list[TimeHook] = []
"""Called with the key of a timer that goes off."""
due: list[TaskHook] = []
"""Called with the caller of a call that is done, and has left something due to others."""

allowed: list[AllowedHook] = []
"""Replies the processors and memory nodes that a task may use, as ``status`` tells of them."""
changed: list[TaskHook] = []
"""Called with a task that has got other credentials, or has come to another container."""
called: list[TaskHook] = []
"""Called with who has made a call, however it went."""
space: list[SpaceHook] = []
"""Called with a pid space that was just made (True), or has just ended (False)."""
panic: list[PanicHook] = []
"""Called with the last words of a kernel that stops for good."""
consoles_end: list[ConsolesHook] = []
"""Called with a tty namespace whose record is gone."""


def _name(hook: Callable[..., object]) -> tuple[str, str]:
    return hook.__module__, hook.__qualname__


class _Life(Generic[H]):
    """The hooks for one event in the life of a task, with the kinds of record they look for."""

    __slots__ = ("_all", "near")

    near: tuple[tuple[type[Record] | None, H], ...]
    """Without those whose kind of record nobody has ever written.  A hook is not the first to write
    what another one looks for."""

    def __init__(self) -> None:
        self._all: list[tuple[type[Record] | None, H]] = []
        self._look()
        on_place(self._look)

    def _look(self) -> None:
        self.near = tuple(
            (only, hook) for only, hook in self._all if only is None or only.table_index
        )

    def among(self, only: type[Record] | None) -> Callable[[H], H]:
        """Register a hook that looks for records of type *only*; None: for any task."""

        def register(hook: H) -> H:
            self._all.append((only, hook))
            self._all.sort(key=lambda entry: _name(entry[1]))
            self._look()
            return hook

        return register


_fork: Final = _Life[ForkHook]()
_exit: Final = _Life[ReapHook]()
_reap: Final = _Life[ReapHook]()


def on_boot(order: int) -> Callable[[B], B]:
    """Register a builder of the first machine."""

    def register(hook: B) -> B:
        boot.append((order, hook))
        boot.sort(key=lambda entry: (entry[0], _name(entry[1])))
        return hook

    return register


def on_fork(only: type[Record] | None = None) -> Callable[[ForkHook], ForkHook]:
    """Register a hook for births: called with (transaction, parent, child) once the child exists.

    With *only*, where there are such records.
    """
    return _fork.among(only)


def born(tx: Transaction, parent: TaskId, child: TaskId) -> None:
    """Tell the hooks of a birth."""
    for only, hook in _fork.near:
        if only is None or tx.has(only):
            hook(tx, parent, child)


def on_own_memory(hook: F) -> F:
    """Register a hook for children that have a memory of their own, called with one once it is
    born: threads have none, nor has a child of CLONE_VM until its execve."""
    own_memory.append(hook)
    own_memory.sort(key=_name)
    return hook


def on_clone(hook: L) -> L:
    """Register a hook for births with flags."""
    clone.append(hook)
    clone.sort(key=_name)
    return hook


def on_unshare(hook: U) -> U:
    """Register a hook for unshare(2)."""
    unshare.append(hook)
    unshare.sort(key=_name)
    return hook


def on_exec(hook: F) -> F:
    """Register a hook for execve."""
    exec.append(hook)
    exec.sort(key=_name)
    return hook


def on_exit(only: type[Record] | None = None) -> Callable[[ReapHook], ReapHook]:
    """Register a hook for dying tasks: called with one and its record, while it still has its
    files and relations.  With *only*, where there are such records."""
    return _exit.among(only)


def dying(tx: Transaction, tid: TaskId, task: Task) -> None:
    """Tell the hooks of a death."""
    for only, hook in _exit.near:
        if only is None or tx.has(only):
            hook(tx, tid, task)


def on_due(hook: F) -> F:
    """Register a hook for what is due when a call is done."""
    due.append(hook)
    due.sort(key=_name)
    return hook


def on_changed(hook: F) -> F:
    """Register a hook for tasks that have become somebody else."""
    changed.append(hook)
    changed.sort(key=_name)
    return hook


def on_called(hook: F) -> F:
    """Register a hook for calls."""
    called.append(hook)
    called.sort(key=_name)
    return hook


def on_taken(hook: TakenHook) -> TakenHook:
    """Register a hook for signals that leave their queue."""
    taken.append(hook)
    taken.sort(key=_name)
    return hook


def on_heard(hook: HeardHook) -> HeardHook:
    """Register a hook for signals that are ignored no longer."""
    heard.append(hook)
    heard.sort(key=_name)
    return hook


def on_access(hook: AccessHook) -> AccessHook:
    """Register a hook that may refuse to open files."""
    access.append(hook)
    access.sort(key=_name)
    return hook


def on_signal(hook: K) -> K:
    """Register a hook that may refuse signals."""
    signal.append(hook)
    signal.sort(key=_name)
    return hook


def on_made(hook: MadeHook) -> MadeHook:
    """Register a hook for new files."""
    made.append(hook)
    made.sort(key=_name)
    return hook


def on_stop(hook: F) -> F:
    """Register a hook for threads that are stopped."""
    stop.append(hook)
    stop.sort(key=_name)
    return hook


def on_go_on(hook: F) -> F:
    """Register a hook for stopped threads that are let go on."""
    go_on.append(hook)
    go_on.sort(key=_name)
    return hook


def on_into_cgroup(hook: N) -> N:
    """Register who puts a child of clone(2) into the cgroup that was asked for."""
    into_cgroup.append(hook)
    return hook


def on_close(hook: CloseHook) -> CloseHook:
    """Register a hook for descriptors that are closed."""
    close.append(hook)
    close.sort(key=_name)
    return hook


def on_table(hook: TableHook) -> TableHook:
    """Register a hook for descriptor tables for which something else stands from now on: called
    with what did and what does (:func:`nsh.kernel.contexts.table_of`)."""
    table.append(hook)
    table.sort(key=_name)
    return hook


def on_installed(hook: CloseHook) -> CloseHook:
    """Register a hook for descriptors that are given out for an open file."""
    installed.append(hook)
    installed.sort(key=_name)
    return hook


def on_release(hook: ReleaseHook) -> ReleaseHook:
    """Register a hook for open files that are closed for good."""
    release.append(hook)
    release.sort(key=_name)
    return hook


def on_echo(hook: EchoHook) -> EchoHook:
    """Register a hook for terminals at which somebody has typed."""
    echo.append(hook)
    echo.sort(key=_name)
    return hook


def on_expiry(hook: TimeHook) -> TimeHook:
    """Register a hook for timers that go off."""
    expiry.append(hook)
    expiry.sort(key=_name)
    return hook


def on_reap(only: type[Record] | None = None) -> Callable[[ReapHook], ReapHook]:
    """Register a hook for tasks that are gone: called with one and the record that it had.

    With *only*, where there are such records.
    """
    return _reap.among(only)


def gone(tx: Transaction, tid: TaskId, task: Task) -> None:
    """Tell the hooks of a task that has just been removed."""
    for only, hook in _reap.near:
        if only is None or tx.has(only):
            hook(tx, tid, task)


def on_space(hook: SpaceHook) -> SpaceHook:
    """Register a hook for containers and pid namespaces that begin or end."""
    space.append(hook)
    return hook


def on_panic(hook: PanicHook) -> PanicHook:
    """Register a hook for the end of the machine."""
    panic.append(hook)
    return hook


def on_consoles_end(hook: ConsolesHook) -> ConsolesHook:
    """Register a hook for tty namespaces that have ended."""
    consoles_end.append(hook)
    consoles_end.sort(key=_name)
    return hook
