"""Network namespaces: each begins with a loopback that is down, and ends with its last user."""

from typing import Any, Final

from nsh.abi.capabilities import Cap
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, contexts, hooks, interfaces, kinds, policies
from nsh.kernel.kinds import New
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import Link, Net
from nsh.machine.value import Machine, Transaction

FIRST: Final = NamespaceId(32)
INUM: Final = 4026531833
"""NET_NS_INIT_INO (include/uapi/linux/nsfs.h)."""

ISOLATION: Final = policies.policy(
    "net.isolation",
    ("namespace", "filter"),
    "whether containers have networks of their own or addresses of a shared one (S2: N6)",
)


def filtered(tx: Machine | Transaction) -> bool:
    """Whether there is a filter, and no namespaces are made."""
    return policies.value(tx, ISOLATION) == "filter"


def check_enter(tx: Transaction, caller: TaskId, space: NamespaceId) -> None:
    """setns(2) into one takes CAP_SYS_ADMIN over it (netns_install)."""
    owner = tx.get(Net, space).owner
    capabilities.need(tx, caller, owner, Cap.CAP_SYS_ADMIN, "entering a network namespace")


def _end(tx: Transaction, key: NamespaceId, record: Any) -> None:
    """The last user is gone: its links end, and with a veth its other end (default_device_exit)."""
    for _index, link in sorted(record.links.items()):
        if tx.find(Link, link) is not None:  # it may have gone with its other end
            interfaces.destroy(tx, link)
    for _slot, holders in sorted(record.ports.items()):
        from nsh.kernel.net import tcp_states

        for number in holders:  # what connections leave behind for a while
            tcp_states.forsake(tx, number)
    for other in sorted(record.ids):
        interfaces.forget_namespace(tx, other, key)


def _offered(tx: Transaction) -> bool:
    """Not where a filter does the isolation instead."""
    return not filtered(tx)


@kinds.namespace(
    "net",
    CloneFlag.CLONE_NEWNET,
    Net,
    INUM,
    check_enter=check_enter,
    end=_end,
    present=_offered,
)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> Net:
    """A new one has nothing of the old."""
    del old
    return interfaces.with_loopback(tx, new.key, new.inum, new.owner, new.creator)


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, interfaces.with_loopback(tx, FIRST, INUM, NamespaceId(0)))


def of(tx: Transaction, task: TaskId) -> tuple[NamespaceId, Net]:
    """The network namespace of *task*."""
    key = contexts.namespace(tx, task, "net")
    return key, tx.get(Net, key)
