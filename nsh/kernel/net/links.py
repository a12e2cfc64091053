"""rtnetlink(7) about links: made, changed, moved, removed (net/core/rtnetlink.c)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno, KernelError
from nsh.abi.net import Dellink, Getlink, LinkFlag, LinkInfo, Newlink, Setlink
from nsh.kernel import contexts, interfaces, ipv4, pids
from nsh.kernel.dispatch import LeavesTrace, handles
from nsh.kernel.fs import nsfs
from nsh.kernel.interfaces import LEAST_MTU
from nsh.kernel.net import tcp_connecting
from nsh.kernel.net.rtnetlink import admin, link_at
from nsh.kernel.netns import of
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import LOOPBACK, VETH, Link, LinkId, Net
from nsh.machine.tasks import Task
from nsh.machine.value import Transaction

Step = Callable[[Transaction], None]

_LARGEST: Final = 65535


def _flags(tx: Transaction, link: Link) -> int:
    """``ifi_flags``."""
    loop = link.kind == LOOPBACK
    base = LinkFlag.IFF_LOOPBACK if loop else LinkFlag.IFF_BROADCAST | LinkFlag.IFF_MULTICAST
    if link.up:
        base |= LinkFlag.IFF_UP
    if interfaces.carrier(tx, link):
        base |= LinkFlag.IFF_LOWER_UP | LinkFlag.IFF_RUNNING
    return int(base)


def _state(tx: Transaction, link: Link) -> str:
    """``operstate`` (Documentation/networking/operstates.rst)."""
    if link.kind == LOOPBACK:
        return "UNKNOWN" if link.up else "DOWN"
    if not link.up:
        return "DOWN"
    return "UP" if interfaces.carrier(tx, link) else "LOWERLAYERDOWN"


def _named_namespace(
    tx: Transaction, caller: TaskId, pid: int, fd: int, doing: str
) -> NamespaceId | None:
    """The namespace of a process, or of an open file; None where neither is given.

    ESRCH, EINVAL, EBADF, EPERM.
    """
    if fd >= 0:
        kind, found = nsfs.namespace_of(tx, caller, fd)
        if kind != "net":
            raise Errno.EINVAL(f"descriptor {fd} is of a {kind} namespace")
    elif pid:
        task = pids.enter(tx, caller, pid)
        if task is None or tx.find(Task, task) is None or contexts.proxy(tx, task) is None:
            raise Errno.ESRCH(f"there is no process {pid} here")
        found = contexts.namespace(tx, task, "net")
    else:
        return None
    admin(tx, caller, found, doing)
    return found


@handles(Getlink)
def getlink(tx: Transaction, caller: TaskId, request: Getlink) -> tuple[LinkInfo, ...]:
    """Of all links, by index."""
    del request
    _key, net = of(tx, caller)
    return tuple(_told(tx, key) for _index, key in sorted(net.links.items()))


def _told(tx: Transaction, key: LinkId) -> LinkInfo:
    link = tx.get(Link, key)
    other = tx.find(Link, link.peer)
    return LinkInfo(
        link.index,
        link.name,
        _flags(tx, link),
        link.mtu,
        link.mac,
        _state(tx, link),
        "" if link.kind == LOOPBACK else link.kind,
        0 if other is None else other.index,
        interfaces.tell(tx, key),
    )


@handles(Newlink)
def newlink(tx: Transaction, caller: TaskId, request: Newlink) -> int:
    """A pair of veth; the other end is made first, and its index used up even if the pair then
    comes to nothing (veth_newlink)."""
    here, _net = of(tx, caller)
    admin(tx, caller, here, "making a link")
    if request.kind != VETH:
        interfaces.check_length(request.name)
        interfaces.check_free(tx, here, request.name)
        raise Errno.ENOTSUP(f"this machine makes links of type veth only, not {request.kind}")
    doing = "putting a link into another network namespace"
    given = _named_namespace(tx, caller, request.peer_pid, request.peer_fd, doing)
    there = here if given is None else given
    interfaces.check_length(request.name)
    interfaces.check_free(tx, here, request.name)
    peer = interfaces.make(tx, there, interfaces.valid_name(tx, there, request.peer or "veth%d"))
    try:
        name = interfaces.valid_name(tx, here, request.name)
    except KernelError as error:
        index = tx.get(Link, peer).index

        def trace(tx: Transaction) -> None:
            tx.put(there, replace(tx.get(Net, there), last_index=index))

        raise LeavesTrace(error.errno, error.reason, trace) from None
    link = interfaces.make(tx, here, name, peer)
    tx.put(peer, replace(tx.get(Link, peer), peer=link))
    interfaces.tell(tx, link)
    return 0


@handles(Setlink)
def setlink(tx: Transaction, caller: TaskId, request: Setlink) -> int:
    """Where it is, its size, its name, up or down, in this order; what was changed before one of
    them fails stays changed (do_setlink)."""
    here, net = of(tx, caller)
    admin(tx, caller, here, "changing a link")
    key = link_at(tx, net, request.index)
    doing = "putting a link into another network namespace"
    target = _named_namespace(tx, caller, request.pid, request.fd, doing)
    interfaces.check_length(request.name)

    steps: list[Step] = []
    if target is not None:
        steps.append(partial(interfaces.move, key=key, target=target, name=request.name))
    if request.mtu:
        steps.append(partial(_resize, key=key, mtu=request.mtu))
    if request.name:
        steps.append(partial(interfaces.rename, key=key, name=request.name))
    if request.up >= 0:
        steps.append(partial(_set_up, key=key, up=bool(request.up)))
    steps += [partial(_told_of, key=key), tcp_connecting.retry]
    for number, step in enumerate(steps):
        try:
            step(tx)
        except KernelError as error:
            trace = partial(_take, [*steps[:number], tcp_connecting.retry])
            raise LeavesTrace(error.errno, error.reason, trace) from None
    return 0


def _told_of(tx: Transaction, key: LinkId) -> None:
    """Whoever listens is told of the change (netdev_state_change)."""
    interfaces.tell(tx, key)


def _take(steps: Sequence[Step], tx: Transaction) -> None:
    for step in steps:
        step(tx)


def _resize(tx: Transaction, key: LinkId, mtu: int) -> None:
    link = tx.get(Link, key)
    if link.kind == VETH and not LEAST_MTU <= mtu <= _LARGEST:
        raise Errno.EINVAL(f"the mtu of a veth is between {LEAST_MTU} and {_LARGEST}")
    link = replace(link, mtu=mtu)
    if not interfaces.has_ip(link):
        _unroute(tx, key)
        link = replace(link, addresses=())
    tx.put(key, link)


def _set_up(tx: Transaction, key: LinkId, up: bool) -> None:
    """With lo comes 127.0.0.1/8; what goes down loses what was routed over it."""
    link = tx.get(Link, key)
    if up == link.up:
        return
    addresses = link.addresses
    if up and link.kind == LOOPBACK and interfaces.has_ip(link):
        addresses = interfaces.with_address(tx, link, ipv4.LOOPBACK, 8)
        interfaces.need_tables(tx, link.net, addressed=True)
    if up or link.kind != LOOPBACK:
        turn = interfaces.next_turn(tx, link.net)
        addresses = tuple(
            replace(address, routed=up, since=number)
            for number, address in enumerate(addresses, turn)
        )
    tx.put(key, replace(link, up=up, addresses=addresses))
    if not up:
        _unroute(tx, key)


def _unroute(tx: Transaction, key: LinkId) -> None:
    """Drop the routes over a link (fib_disable_ip)."""
    here = tx.get(Link, key).net
    net = tx.get(Net, here)
    tx.put(here, replace(net, routes=tuple(each for each in net.routes if each.link != key)))


@handles(Dellink)
def dellink(tx: Transaction, caller: TaskId, request: Dellink) -> int:
    """Only what was made can be removed."""
    here, net = of(tx, caller)
    admin(tx, caller, here, "removing a link")
    key = link_at(tx, net, request.index)
    if tx.get(Link, key).kind == LOOPBACK:
        raise Errno.ENOTSUP("a loopback stays as long as its network namespace")
    interfaces.destroy(tx, key)
    return 0
