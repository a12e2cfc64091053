"""What the messages of rtnetlink(7) have in common: who may send them, and which link they mean."""

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import LinkId, Net
from nsh.machine.value import Transaction


def admin(tx: Transaction, caller: TaskId, net: NamespaceId, doing: str) -> None:
    """EPERM without CAP_NET_ADMIN over the network namespace."""
    capabilities.need(tx, caller, tx.get(Net, net).owner, Cap.CAP_NET_ADMIN, doing)


def link_at(tx: Transaction, net: Net, index: int) -> LinkId:
    """The link of an index.  ENODEV."""
    del tx
    key = net.links.get(index)
    if key is None:
        raise Errno.ENODEV(f"this network namespace has no link {index}")
    return key
