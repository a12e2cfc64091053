"""Pid namespaces as namespaces: nesting, unshare, setns, end (pid_namespaces(7); P10).

The pid namespace is the odd one out: a task is in one for life (``Task.space``), and unshare
and setns only choose where its *children* will be born (``pid_for_children``).
"""

from typing import Final

from immutables import Map

from nsh.abi.errno import Errno
from nsh.abi.process import CloneFlag
from nsh.kernel import contexts, hooks, kinds, namespaces, policies
from nsh.kernel.kinds import New
from nsh.machine.ids import NOBODY, NamespaceId, SpaceId, TaskId
from nsh.machine.pids import Containers, PidSpace, SpaceKind
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

_NAMESPACE: Final = SpaceKind.NAMESPACE
MAX_LEVEL: Final = 32
"""MAX_PID_NS_LEVEL."""
PID_MAX_LIMIT: Final = 4194304
"""Where a new pid namespace starts, whatever is above it (since Linux 6.14)."""
ROOT: Final = SpaceId(1)
"""The first pid space: every machine's boot makes it first."""
ROOT_INUM: Final = 4026531836
ENTRY: Final = "pid_for_children"
_BEFORE: Final = int(
    CloneFlag.CLONE_NEWUSER
    | CloneFlag.CLONE_NEWNS
    | CloneFlag.CLONE_NEWUTS
    | CloneFlag.CLONE_NEWIPC
)
"""Those that are made before one of pids (create_new_namespaces)."""


def for_children(tx: Transaction, task: TaskId) -> SpaceId:
    """The pid space in which *task*'s next child will be born."""
    return SpaceId(contexts.namespace(tx, task, ENTRY))


def own_namespace(tx: Transaction, space: SpaceId) -> SpaceId:
    """The pid namespace that *space* is or, as a flat container, stands in."""
    record = tx.get(PidSpace, space)
    if record.kind is SpaceKind.NAMESPACE:
        return space
    outwards = reversed(record.path)
    return next(key for key in outwards if tx.get(PidSpace, key).kind is SpaceKind.NAMESPACE)


def container(tx: Transaction, parent: SpaceId, name: str) -> SpaceId:
    """A new, empty container below *parent*, which nobody uses yet.  EPERM, ENOSPC."""
    above = _room_below(tx, parent)
    key = tx.new(SpaceId)
    namespaces.hold(tx, "user", above.owner)
    number, name = _enlist(tx, key, name)
    namespaces.hold(tx, "pid", parent)
    path = (*above.path, key)
    made = PidSpace(
        *(0, namespaces.fresh_inums(tx), above.owner, path, SpaceKind.CONTAINER, number, name),
        pid_max=above.pid_max,
    )
    tx.put(key, made)
    _tell(tx, made)
    return key


def make(tx: Transaction, old: SpaceId, new: New, name: str = "") -> PidSpace:
    """The record of a new pid namespace for the children of the caller, which are born in *old* so
    far.  EINVAL where that is not the caller's own: a first unshare or setns has yet to be used;
    ENOSPC, EPERM."""
    if new.caller.space != old:
        before = kinds.asked(new.wanted.flags & _BEFORE)
        namespaces.count(tx, new, before)  # they may have none left
        raise Errno.EINVAL("the caller's children already go to another pid namespace")
    above = _room_below(tx, old)
    key: SpaceId = new.key  # type: ignore[assignment]  # one of these
    number, name = _enlist(tx, key, name)
    namespaces.hold(tx, "pid", old)
    made = PidSpace(
        1,
        new.inum,
        new.owner,
        (*above.path, key),
        _NAMESPACE,
        number,
        name,
        pid_max=PID_MAX_LIMIT,
        creator=new.creator,
    )
    _tell(tx, made)
    return made


def _room_below(tx: Transaction, parent: SpaceId) -> PidSpace:
    """The record of *parent*.  EPERM where the policy wants spaces flat; ENOSPC when it is already
    32 levels deep."""
    above = tx.get(PidSpace, parent)
    if len(above.path) > 1:
        match policies.value(tx, policies.PID_LEVELS):
            case "flat":
                inside = above.name or above.number
                raise Errno.EPERM(f"the caller is in {inside} already (policy pid.levels flat)")
            case _:
                pass
    if len(above.path) > MAX_LEVEL:
        raise Errno.ENOSPC(f"pid namespaces nest {MAX_LEVEL} deep and no deeper")
    return above


def _enlist(tx: Transaction, key: SpaceId, name: str) -> tuple[int, str]:
    """Enter the new space *key*; its number, and its name if that is free."""
    names = tx.get(Containers, 0)
    number = names.last + 1
    by_name = names.by_name
    if name in by_name:
        name = ""
    if name:
        by_name = by_name.set(name, key)
    tx.put(0, Containers(names.by_number.set(number, key), by_name, number))
    return number, name


def _tell(tx: Transaction, made: PidSpace) -> None:
    for hook in hooks.space:
        hook(tx, made, True)


def _check_enter(tx: Transaction, caller: TaskId, target: NamespaceId) -> None:
    """Only one's own space and those below it can be entered (pidns_install)."""
    own = tx.get(Task, caller).space
    there = tx.get(PidSpace, target)
    if there.kind is SpaceKind.CONTAINER and SpaceId(target) != own:
        raise Errno.EPERM("a container is entered by inheritance only")
    if own not in there.path:
        raise Errno.EINVAL("that pid namespace is not the caller's own, nor below it")


def _end(tx: Transaction, key: NamespaceId, record: PidSpace) -> None:
    names = tx.get(Containers, 0)
    by_name = names.by_name
    if record.name:
        by_name = by_name.delete(record.name)
    by_number = names.by_number.delete(record.number)
    tx.put(0, Containers(by_number, by_name, names.last))
    namespaces.put_above(tx, "pid", record.path)
    for hook in hooks.space:
        hook(tx, record, False)
    del key


@kinds.namespace(
    "pid",
    CloneFlag.CLONE_NEWPID,
    PidSpace,
    ROOT_INUM,
    entry=ENTRY,
    check_enter=_check_enter,
    end=_end,
)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> PidSpace:
    return make(tx, SpaceId(old), new)


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    """The root space; numbered 0 among the containers, and not named."""
    tx.put(ROOT, PidSpace(1, ROOT_INUM, NamespaceId(0), (ROOT,), SpaceKind.NAMESPACE, 0, ""))
    tx.put(0, Containers(Map({0: ROOT})))


def reaper_for(tx: Transaction, space: SpaceId, besides: TaskId = NOBODY) -> TaskId:
    """Who takes in orphans of *space*: its init, or the nearest one further out."""
    for key in reversed(tx.get(PidSpace, space).path):
        record = tx.get(PidSpace, key)
        if record.init not in (NOBODY, besides) and record.kind is SpaceKind.NAMESPACE:
            return record.init
    return NOBODY
