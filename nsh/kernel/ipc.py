"""The ipc namespace: made, entered, ended (ipc_namespaces(7); N1, N2).

A new one is empty and has the default limits.  It ends with its objects once nobody is in it and
nothing of it is attached anywhere.
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, contexts, hooks, kinds, policies
from nsh.kernel.kinds import New
from nsh.machine.ids import NOBODY, NamespaceId, TaskId
from nsh.machine.ipc import Ipc
from nsh.machine.value import Transaction

FIRST: Final = NamespaceId(31)
INUM: Final = 4026531839

IDS: Final = policies.policy(
    "ipc.ids",
    ("sequence", "cyclic"),
    "whether the ids of new SysV objects leap (2008) or go round in turn (mainline; S4)",
    profiles={"mainline": "cyclic"},
)

End = Callable[[Transaction, Ipc], None]
Leave = Callable[[Transaction, TaskId], None]
_ends: Final[list[End]] = []
_leaves: Final[list[Leave]] = []
_unshares: Final[list[Leave]] = []


def at_end(hook: End) -> End:
    """Register what drops objects of a namespace that has ended; it is told its last record."""
    _ends.append(hook)
    _ends.sort(key=lambda each: each.__module__)
    return hook


def on_leaving(hook: Leave) -> Leave:
    """Register what a task gives up when it goes over to another ipc namespace."""
    _leaves.append(hook)
    _leaves.sort(key=lambda each: each.__module__)
    return hook


def on_unsharing(hook: Leave) -> Leave:
    """Register what a task gives up when it makes itself a namespace, and not by setns(2)."""
    _unshares.append(hook)
    _unshares.sort(key=lambda each: each.__module__)
    return hook


def _check_enter(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    owner = tx.get(Ipc, space).owner
    capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, "setns into an ipc namespace")


def _entered(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    del space
    for hook in _leaves:
        hook(tx, caller)


def _end(tx: Transaction, space: NamespaceId, record: Ipc) -> None:
    del space
    for hook in _ends:
        hook(tx, record)


@kinds.namespace(
    "ipc",
    CloneFlag.CLONE_NEWIPC,
    Ipc,
    INUM,
    check_enter=_check_enter,
    entered=_entered,
    end=_end,
)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> Ipc:
    del old
    if new.leaves != NOBODY:
        for hook in (*_leaves, *_unshares):
            hook(tx, new.leaves)
    maker = new.creds.fsuid, new.creds.fsgid
    return Ipc(1, new.inum, new.owner, creator=new.creator, maker=maker)


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, Ipc(1, INUM, NamespaceId(0)))


def key_of(tx: Transaction, task: TaskId) -> NamespaceId:
    """The ipc namespace of *task*; ``KeyError`` for a zombie."""
    return contexts.namespace(tx, task, "ipc")


def of(tx: Transaction, task: TaskId) -> Ipc:
    """Its record."""
    return tx.get(Ipc, key_of(tx, task))


def first_owner(tx: Transaction) -> NamespaceId:
    """The first user namespace, over which capable() in the kernel asks."""
    first = tx.find(Ipc, FIRST)
    return NamespaceId(0) if first is None else first.owner


def change(tx: Transaction, key: NamespaceId, **fields: object) -> None:
    """Set fields of a namespace."""
    tx.put(key, replace(tx.get(Ipc, key), **fields))
