"""What the parts know of the checkpoint, or restart, that they take part in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, NoReturn, TypeVar

from immutables import Map
from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.process import CloneFlag, Wait4, Waitid
from nsh.kernel import contexts, pids, refs, spaces, waiting
from nsh.kernel.checkpoint import freezer
from nsh.kernel.checkpoint.image import Object
from nsh.machine.context import Descriptor, Place
from nsh.machine.files import File, InodeId, SuperblockId
from nsh.machine.ids import (
    NOBODY,
    FileId,
    MountId,
    NamespaceId,
    PtyId,
    SpaceId,
    TaskId,
    TerminalId,
)
from nsh.machine.namespaces import Proxy
from nsh.machine.net import SocketId
from nsh.machine.pids import PidSpace
from nsh.machine.program import Puppet
from nsh.machine.tasks import Group, Session, State, Task
from nsh.machine.tmpfs import DentryId
from nsh.machine.value import Transaction

O = TypeVar("O", bound=Object)  # noqa: E741  # an object


class Numbers:
    """What objects of one sort are called in an image: 1, 2, … in the order in which they come."""

    def __init__(self) -> None:
        self._of: dict[int, int] = {}

    def of(self, key: int) -> int:
        """The number of what has that key in the machine."""
        return self._of.setdefault(key, len(self._of) + 1)

    def __contains__(self, key: int) -> bool:
        return key in self._of

    def __iter__(self) -> Iterator[int]:
        """The keys of those that have numbers, by these."""
        return iter(list(self._of))


class Seen(NamedTuple):
    """An open file, as a checkpoint comes upon it."""

    number: int
    """What it is called in the image."""
    task: TaskId
    """Who has it, and is to open it again."""
    key: FileId
    file: File
    has: str
    """How to speak of it: ``descriptor 3 of web:7 httpd is``."""


class Dump:
    """A checkpoint that is being taken of *space*."""

    def __init__(
        self,
        tx: Transaction,
        caller: TaskId,
        space: SpaceId,
        obstacles: list[KernelError] | None = None,
    ) -> None:
        self.tx: Final = tx
        self.caller: Final = caller
        """Who takes it; it may be inside."""
        self._obstacles: Final = obstacles
        self.space: Final = space
        self.record: Final = tx.get(PidSpace, space)
        self.tasks: Final = freezer.inside(tx, space)
        """Whom it takes, by their pids inside."""
        self._inside: Final = frozenset(self.tasks)
        self.launcher: Final = self._launcher()
        """Who has made it, and does nothing but wait for its end, in its namespaces (unshare
        --fork); nobody, if there is none such.  Of a restarted one it is who asks for that."""
        self.outsider: Final = self._outsider()
        """Somebody who is not in it."""
        self.outside: Final = self._around()
        """The namespaces around the container: what of these its tasks use is not its own."""
        self.namespaces: Final = Numbers()
        self.proxies: Final = Numbers()
        self.files: Final = Numbers()
        self.openers: Final[dict[int, TaskId]] = {}
        """Who has each of these, by a descriptor or over a socket, and is to open it again."""
        self.pipes: Final = Numbers()
        self.terminals: Final = Numbers()
        """Those of the container's own."""
        self.removed: Final = Numbers()
        """Files without a name, by their dentries."""
        self.gone: Final = Numbers()
        """Processes that have been reaped, of which something inside still tells."""
        self.sockets: Final = Numbers()
        self.having: Final[dict[int, TaskId]] = {}
        """Who has each socket, or could accept or receive it."""
        self.unseen: Final[list[tuple[TaskId, FileId, str]]] = []
        """Open files that are yet to be described; who finds some that no descriptor refers to
        adds them: whose they are, and how to speak of them."""
        self.mqueues: Final = Numbers()
        self._outside: dict[FileId, TaskId] | None = None
        """Who else has an open file; None: nobody has looked yet."""

    def _launcher(self) -> TaskId:
        if self.record.init not in self._inside:
            return NOBODY
        above = self.tx.get(Task, self.record.init).parent
        proxy = None if above == NOBODY else contexts.proxy(self.tx, above)
        if proxy is None or spaces.for_children(self.tx, above) != self.space:
            return NOBODY
        waiter = waiting.waiter(self.tx, above)
        waits = waiter is not None and isinstance(waiter.request, Wait4 | Waitid)
        return above if waits else NOBODY

    def _outsider(self) -> TaskId:
        if self.caller not in self._inside:
            return self.caller
        above = [self.tx.get(Task, task).parent for task in self.tasks]
        found = next((task for task in above if task not in self._inside), NOBODY)
        return self.tx.get(Task, found).parent if found == self.launcher != NOBODY else found

    def _around(self) -> Proxy:
        whom = self.outsider
        found = None if whom == NOBODY else contexts.proxy(self.tx, whom)
        if found is None:
            self.refuse("nobody outside is left whose namespaces could be told from its own")
        return found

    def __contains__(self, task: int) -> bool:
        return task in self._inside

    def living(self) -> list[tuple[TaskId, Task]]:
        """Its tasks but for zombies, with their records."""
        found = [(task, self.tx.get(Task, task)) for task in self.tasks]
        return [(task, record) for task, record in found if record.state is not State.ZOMBIE]

    def sharing(self, of: Callable[[Transaction, TaskId], int]) -> list[tuple[TaskId, TaskId]]:
        """Whose *of* is to be saved: its descriptor table, or its places; with whom each has it in
        common, who comes before; or else with itself.  What threads have in common with their
        process goes without saying.  EBUSY: with somebody outside."""
        tx = self.tx
        first: dict[int, TaskId] = {}
        found = []
        for task, record in sorted(self.living(), key=lambda each: each[1].leader != each[0]):
            key = of(tx, task)
            before = first.setdefault(key, task)
            if record.leader == task or key != of(tx, record.leader):
                found.append((task, before))
        for key in sorted(tx.rows(Task)):
            task = TaskId(key)
            if task not in self and tx.get(Task, task).context and of(tx, task) in first:
                both = f"{self.name(first[of(tx, task)])} and {self.name(task)}, which is outside"
                self.refuse(f"{both}, share descriptors or places (CLONE_FILES, CLONE_FS)")
        return found

    def table(self, task: TaskId) -> Map[int, Descriptor]:
        """The descriptors of a task, without what is lent to it while it performs for another."""
        table = contexts.files(self.tx, task)
        puppet = self.tx.find(Puppet, task)
        for fd, kept in reversed(() if puppet is None else puppet.loan):
            own = table.get(kept)
            table = table.delete(fd)
            if own is not None:
                table = table.delete(kept).set(fd, replace(own, cloexec=False))
        return table

    def holder(self, key: FileId) -> str:
        """Who outside has an open file too, for people; "" if nobody has."""
        if self._outside is None:
            self._outside = {}
            for task in sorted(self.tx.rows(Task)):
                if task not in self._inside and task != self.launcher:
                    for entry in contexts.files(self.tx, TaskId(task)).values():
                        self._outside.setdefault(entry.file, TaskId(task))
        found = self._outside.get(key)
        return "" if found is None else f"{self.name(found)}, which is outside"

    def number(self, whom: TaskId) -> int:
        """What a task, group or session is called inside; 0: it is outside, or nobody."""
        tx = self.tx
        record = tx.find(Task, whom) or tx.find(Group, whom) or tx.find(Session, whom)
        return 0 if record is None else pids.number(tx, record, self.space)

    def name(self, whom: TaskId) -> str:
        """What people call a task: ``web:7 httpd``, ``0:12 sshd``."""
        return name(self.tx, whom)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """What is refused meanwhile is noted, if all that stands in the way is asked for: then the
        rest is looked at too."""
        try:
            yield
        except KernelError as refused:
            if self._obstacles is None:
                raise
            self._obstacles.append(refused)

    def refuse(self, reason: str, errno: Errno = Errno.EBUSY) -> NoReturn:
        """Nothing comes of it.  EBUSY: it shares something with others; ENOTSUP: there is something
        that no part answers for."""
        raise errno(reason)


class Restart:
    """A restart that is under way."""

    def __init__(self, tx: Transaction, caller: TaskId, name: str) -> None:
        self.tx: Final = tx
        self.caller: Final = caller
        self.name = name
        """What the container is to be called."""
        self.saved = 0, 0
        """The container's last pid, and the most that one can be."""
        self.owner = 0
        """The user namespace that the container is of, as in :attr:`owners`."""
        self.clock = 0
        """When the image was taken."""
        self.space = SpaceId(0)
        """The new container, once its first task is there."""
        self.flat = False
        """Whether that is a container of S0's sort, and no namespace."""
        self.tasks: Final[dict[int, TaskId]] = {}
        """By their pids inside."""
        self.dead: Final[dict[int, int]] = {}
        """How those of them have ended that are dead, and not waited for."""
        self.helpers: Final[dict[int, TaskId]] = {}
        """Who has a number for the moment."""
        self._kept: Final[dict[type[Object], list[Any]]] = {}
        self._met: Final[set[tuple[type[Object], tuple[tuple[str, Any], ...]]]] = set()
        self.kinds: Final[dict[int, str]] = {}
        """Of which kind each namespace is that is to be made, by number."""
        self.owners: Final[dict[int, int]] = {}
        """Whose each is: the number of a user namespace (of one itself: of that around it), or 0
        for that of who restarts them."""
        self.namespaces: Final[dict[int, NamespaceId]] = {}
        """Those that have been made."""
        self.around: Map[str, NamespaceId] = Map()
        """Those around the container, by entry of the proxy."""
        self.proxies: Final[dict[int, dict[str, int]]] = {}
        self.files: Final[dict[int, FileId]] = {}
        """Open files, each held once by the restart itself, until it is done."""
        self.pipes: Final[dict[int, InodeId]] = {}
        self.terminals: Final[dict[int, TerminalId]] = {}
        self.masters: Final[set[PtyId]] = set()
        """Pseudo terminals whose master is there by now."""
        self.removed: Final[dict[int, Place]] = {}
        self.sockets: Final[dict[int, SocketId]] = {}
        self.holders: Final[dict[int, TaskId]] = {}
        """Who has each socket, by its number."""
        self.gone: Final[dict[int, TaskId]] = {}
        self.outside: Final[dict[int, MountId]] = {}
        """Mounts of whose namespace the caller is in, that the container's have to do with."""
        self.filesystems: Final[dict[int, SuperblockId]] = {}
        self.inodes: Final[dict[int, dict[int, DentryId]]] = {}
        """The files of those that are tmpfs, by what an image calls file system and file."""
        self.mounts: Final[dict[int, MountId]] = {}
        self.mqueues: Final[dict[int, int]] = {}
        self.asleep: Final[set[int]] = set()
        """Whose call is not made anew: it is on the list of what it sleeps on."""

    def meet(self, kind: type[Object], about: tuple[tuple[str, Any], ...]) -> None:
        """There comes an object of *kind*, *about* what these fields say.  EINVAL: one has come."""
        if (kind, about) in self._met:
            told = ", ".join(f"{field} {value}" for field, value in about)
            raise Errno.EINVAL(f"{about[0][0]}: another line is about {told}")
        self._met.add((kind, about))

    def keep(self, saved: Object) -> None:
        """Keep an object till all is there that it may be about."""
        self._kept.setdefault(type(saved), []).append(saved)

    def kept(self, kind: type[O]) -> list[O]:
        """What was kept of that sort."""
        return self._kept.get(kind, [])

    def opens(self, number: int, key: FileId) -> None:
        """The open file *number* is there; whoever has made it has it held once.  EINVAL: there
        are two of that number."""
        if number in self.files:
            raise Errno.EINVAL(f"number: there are two files {number}")
        self.files[number] = key

    @property
    def init(self) -> TaskId:
        """The container's first task."""
        return self.task(1)

    def task(self, pid: int) -> TaskId:
        """Who is *pid* inside.  EINVAL: nobody has been made that is called so."""
        found = self.tasks.get(pid)
        if found is None:
            raise Errno.EINVAL(f"pid {pid}: the image has no such task before this line")
        return found

    def namespace(self, number: int, kind: str = "") -> NamespaceId:
        """A namespace that has been made; *kind*: of that.  EINVAL."""
        found = self.namespaces.get(number)
        if found is None:
            raise Errno.EINVAL(f"namespace {number}: no task before this line is in it")
        if kind not in ("", self.kinds[number]):
            raise Errno.EINVAL(f"namespace {number} is of the kind {self.kinds[number]}")
        return found

    def shares(self, pid: int, other: int, what: CloneFlag) -> bool:
        """Whether *pid* has *what* in common with *other*, 0 for nobody: so it has from now on; if
        not, a thread has its own.  EINVAL."""
        task = self.task(pid)
        if other == pid:
            raise Errno.EINVAL(f"shares: {pid} does with itself")
        if other:
            contexts.share(self.tx, task, self.task(other), what)
        elif self.tx.get(Task, task).leader != task:
            contexts.unshare(self.tx, task, what)
        return bool(other)

    def terminal(self, number: int) -> TerminalId:
        """A terminal that has been made.  EINVAL."""
        found = self.terminals.get(number)
        if found is None:
            raise Errno.EINVAL(f"terminal {number}: the image has none such before this line")
        return found

    def socket(self, number: int) -> SocketId:
        """A socket that has been made.  EINVAL."""
        found = self.sockets.get(number)
        if found is None:
            raise Errno.EINVAL(f"socket {number}: the image has no such socket before this line")
        return found

    def file(self, number: int) -> FileId:
        """An open file that has been made.  EINVAL."""
        found = self.files.get(number)
        if found is None:
            raise Errno.EINVAL(f"file {number}: the image has no such file before this line")
        return found


def name(tx: Transaction, whom: TaskId) -> str:
    """What people call a task: ``web:7 httpd``."""
    record = tx.get(Task, whom)
    return f"{refs.cid_of(tx, record.space)}:{record.pids[-1]} {record.comm}"
