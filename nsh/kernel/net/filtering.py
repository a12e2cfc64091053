"""Isolation by a filter instead of a namespace (S2: N6).

"ip isolation could be done with netfilter or security hooks", say the notes of 2007, "and has by
several people".  Under ``net.isolation filter`` all share one network namespace.  A container is
allotted an address in ``/proc/net_filter``; its tasks may bind to that one alone, and send from it.
Whoever is in no such container is free.  What the filter does not do is what a namespace does: hide
links, addresses and ports, and let two have the same.
"""

from immutables import Map

from nsh.abi.errno import Errno
from nsh.kernel import ipv4, netns
from nsh.machine.ids import TaskId
from nsh.machine.net import NetFilter
from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction


def allotted(tx: Transaction, caller: TaskId) -> str | None:
    """The address that the innermost container of *caller* with one has; None: it is free."""
    if not netns.filtered(tx):
        return None
    table = (tx.find(NetFilter, 0) or NetFilter()).addresses
    path = tx.get(PidSpace, tx.get(Task, caller).space).path
    return next((table[space] for space in reversed(path) if space in table), None)


def host_to_bind(tx: Transaction, caller: TaskId, host: str) -> str:
    """What binding to *host* means for *caller*: any is its own.  EADDRNOTAVAIL for another's."""
    own = allotted(tx, caller)
    if own is None or host == own:
        return host
    if host == ipv4.ANY:
        return own
    raise Errno.EADDRNOTAVAIL(f"the filter lets this container have {own}, not {host}")


def source(tx: Transaction, caller: TaskId, host: str) -> str:
    """Where *caller*'s packets come from, that would come from *host*."""
    return allotted(tx, caller) or host


def check_target(tx: Transaction, caller: TaskId, host: str) -> None:
    """Whether *caller* may send to *host*: not to another container's address, nor to the loopback,
    which is everybody's.  EPERM, as netfilter has it for what it drops on its way out."""
    own = allotted(tx, caller)
    if own is None or host == own:
        return
    others = (tx.find(NetFilter, 0) or NetFilter()).addresses
    if ipv4.is_loopback(host) or host in others.values():
        raise Errno.EPERM(f"the filter lets this container, {own}, not speak to {host}")


def allot(tx: Transaction, space: int, host: str) -> None:
    """Give a container an address; "" takes it away."""
    table: Map[int, str] = (tx.find(NetFilter, 0) or NetFilter()).addresses
    if host:
        table = table.set(space, host)
    elif space in table:
        table = table.delete(space)
    tx.put(0, NetFilter(table))
