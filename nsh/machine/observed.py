"""What a machine that was observed rather than modelled has besides: evidence, and what the
model's kernel has no mechanism for (proc(5), namespaces(7)).

A machine that was never observed has none of these rows.  Each value of an observed one is a
*fact* the kernel told, *derived* from facts by us, or *hidden* from the observer; the records
below list those that are no facts, by the name of the field.
"""

from enum import IntEnum

from immutables import Map

from nsh.machine.ids import NamespaceId, SpaceId, TaskId, TerminalId
from nsh.machine.kthreads import Parentless
from nsh.machine.namespaces import Namespace
from nsh.machine.record import Record, table
from nsh.machine.tasks import Task
from nsh.machine.value import Machine


class Evidence(IntEnum):
    """How a value is known."""

    FACT = 0
    """The kernel told it."""
    DERIVED = 1
    """Concluded from facts: likely, not told."""
    HIDDEN = 2
    """The kernel would not tell this observer; what stands there is a stand-in."""


ALL_FACTS: Map[str, Evidence] = Map()


@table
class Sighting(Record):
    """A task as it was seen, keyed by TaskId."""

    started: int
    """Clock ticks since boot: with its pid, who it is."""
    state: str
    """The kernel's own letter (proc_pid_status(5)), finer than ``Task.state``."""
    namespaces: Map[str, NamespaceId] = Map()
    """The namespace it is in, by kind; what is hidden or absent is not here."""
    cgroups: tuple[str, ...] = ()
    """``hierarchy:controllers:path`` (cgroups(7)); empty if nobody asked."""
    kernel: bool = False
    """A kernel thread."""
    evidence: Map[str, Evidence] = ALL_FACTS
    """Of ``pids``, ``space``, ``parent``, ``group``, ``session``, ``tty``, ``creds``, ``state``,
    ``started``, and of namespaces as ``ns.KIND``."""


@table
class NamespaceSighting(Record):
    """What keeps a namespace, keyed by NamespaceId."""

    kind: str
    parent: NamespaceId = NamespaceId(0)
    """Of user and pid namespaces."""
    uid: int = -1
    """Who made a user namespace; -1: unknown, or another kind."""
    processes: int = 0
    """That were seen in it."""
    proc: str = ""
    """Of a mount namespace: the device of what is mounted on its /proc; "" if nothing is."""
    held: tuple[str, ...] = ()
    """What else was seen to keep it: ``fd 7 of 812``, ``mount /run/netns/a (seen by 1)``."""
    evidence: Map[str, Evidence] = ALL_FACTS
    """Of ``inum``, ``parent``, ``owner`` and ``uid``."""


@table
class ForeignNamespace(Namespace):
    """A namespace of a kind that the model's kernel does not know; its id is its key."""

    kind: str


class Opener(Record):
    """Who has an end of a pseudo terminal open."""

    task: TaskId
    fd: int
    master: bool


class SlaveSighting(Record):
    """A pseudo terminal of an instance."""

    index: int
    uid: int
    """Of the file's owner; -1: not told."""
    terminal: TerminalId
    """NO_TERMINAL: it controls no session."""
    openers: tuple[Opener, ...] = ()
    """Those whose files could be listed."""
    evidence: Map[str, Evidence] = ALL_FACTS
    """Of ``terminal`` and ``openers``: a number alone does not say which instance is meant."""


class PortSighting(Record):
    """A socket that listens."""

    kind: str
    """``tcp``, ``tcp6``, ``udp`` or ``udp6``."""
    host: str
    number: int
    uid: int
    holders: tuple[TaskId, ...] = ()
    """The tasks that have it open, of those whose files could be listed."""


@table
class NetSighting(Record):
    """A network namespace as it is seen from within, keyed by its NamespaceId."""

    links: tuple[tuple[str, tuple[str, ...]], ...]
    """Each with its addresses of IPv6; those of IPv4 are told without their links."""
    addresses: tuple[str, ...] = ()
    ports: tuple[PortSighting, ...] = ()


@table
class SysvSighting(Record):
    """A SysV ipc object of the observer's own namespace, keyed by a number of its own."""

    namespace: NamespaceId
    kind: str
    """``shm``, ``sem`` or ``msg``."""
    id: int
    key: int
    uid: int
    mode: int
    amount: int
    """Attachments, semaphores, messages."""
    first: int = 0
    """The pid, as the observer has it, of who made a segment or sent last; 0: nobody."""
    last: int = 0
    """Of who attached or detached it last, or received."""
    doomed: bool = False


@table
class DevptsSighting(Record):
    """One instance of devpts, keyed by its device number as ``makedev`` packs it."""

    device: str
    """``major:minor``."""
    ptys: tuple[int, ...] = ()
    """The indices in use."""
    mounts: tuple[tuple[int, str], ...] = ()
    """Where it is mounted: inode number of the mount namespace (0: hidden), and path there."""
    evidence: Map[str, Evidence] = ALL_FACTS
    """Of ``ptys``."""
    slaves: tuple[SlaveSighting, ...] = ()
    """The same, with what is known of each."""


@table
class Vantage(Record):
    """Who looked, and how much they could see (one row, key 0)."""

    pid: int
    uid: int
    root: SpaceId
    """The observer's pid space, outermost of those that can be seen."""
    parentless: tuple[TaskId, ...] = ()
    """Tasks whose parent is outside of it, or nobody (the kernel's own)."""
    vanished: int = 0
    """Processes that ended while they were read."""
    gaps: tuple[str, ...] = ()
    """What could not be seen, in words; empty: everything was."""


def parentless(machine: Machine) -> tuple[TaskId, ...]:
    """The tasks that need no parent: those of an observed machine; of a modelled one, beside its
    init, what its kernel has started."""
    seen = machine.find(Vantage, 0)
    if seen is not None:
        return seen.parentless
    made = machine.find(Parentless, 0)
    return () if made is None else tuple(one for one in made.tasks if machine.find(Task, one))


def evidence(sighting: Sighting | None, field: str) -> Evidence:
    """How *field* of a task is known; of a modelled one all are facts."""
    return Evidence.FACT if sighting is None else sighting.evidence.get(field, Evidence.FACT)
