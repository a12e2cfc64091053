"""``/proc/sys/net/ipv4``: what each network namespace has of its own (ip(7), ip-sysctl.rst);
and ``/proc/net_filter``, the addresses that the filter allots (S2)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, ipv4
from nsh.kernel.fs.proc import sysctl
from nsh.kernel.fs.proc.registry import system_file
from nsh.kernel.netns import FIRST, filtered, of
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.net import Net, NetFilter
from nsh.machine.pids import Containers, PidSpace
from nsh.machine.value import Transaction

_INT_MAX: Final = (1 << 31) - 1


def _forwarding(tx: Transaction, caller: TaskId) -> int:
    return of(tx, caller)[1].forwarding


def _set_forwarding(tx: Transaction, caller: TaskId, value: int) -> None:
    from nsh.kernel.net import tcp_connecting

    key, net = of(tx, caller)
    tx.put(key, replace(net, forwarding=value))
    tcp_connecting.retry(tx)


def _first_port(tx: Transaction, caller: TaskId) -> int:
    return of(tx, caller)[1].unprivileged_port


def _set_first_port(tx: Transaction, caller: TaskId, value: int) -> None:
    key, net = of(tx, caller)
    tx.put(key, replace(net, unprivileged_port=value))


def _administered(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    """EPERM without CAP_NET_ADMIN, whoever has opened it (devinet_sysctl_forward)."""
    owner = of(tx, caller)[1].owner
    capabilities.need(tx, caller, owner, Cap.CAP_NET_ADMIN, "forwarding")
    return -_INT_MAX - 1, _INT_MAX


def _ports(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    """Those that nobody chooses by chance, and the first of these (ipv4_privileged_ports)."""
    return 0, of(tx, caller)[1].local_ports[0]


class _Number(sysctl.Number):
    """Of each network namespace, and its administrator's as if that were root."""

    def space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """The owner of the caller's network namespace (net_ctl_set_ownership)."""
        return of(tx, caller)[1].owner

    def permits(self, tx: Transaction, caller: TaskId, wanted: int) -> bool:
        """As the owner, for who has CAP_NET_ADMIN there; for others it is the machine's root's,
        whoever is said to own it (net_ctl_permissions)."""
        if capabilities.capable(tx, caller, self.space(tx, caller), Cap.CAP_NET_ADMIN):
            return not wanted & ~(self.mode >> 6)
        return self._permits(tx, caller, wanted, (0, 0))


sysctl.register(_Number("net/ipv4/ip_forward", 0o644, _forwarding, _set_forwarding, _administered))
sysctl.register(
    _Number("net/ipv4/ip_unprivileged_port_start", 0o644, _first_port, _set_first_port, _ports)
)


def _allot(tx: Transaction, caller: TaskId, data: bytes) -> None:
    """``NAME ADDRESS`` gives a container its address, ``NAME -`` takes it away.

    EINVAL, ENOENT; EPERM without CAP_NET_ADMIN over the first network namespace.
    """
    from nsh.kernel.net import filtering

    owner = tx.get(Net, FIRST).owner
    capabilities.need(tx, caller, owner, Cap.CAP_NET_ADMIN, "allotting an address")
    words = data.decode("utf-8", "replace").split()
    if len(words) != 2:
        raise Errno.EINVAL("a line is a container's name or number, and an address or -")
    name, host = words
    known = tx.get(Containers, 0)
    space = known.by_name.get(name)
    if space is None and name.isdecimal():
        space = known.by_number.get(int(name))
    if space is None:
        raise Errno.ENOENT(f"there is no container {name}")
    filtering.allot(tx, space, "" if host == "-" else ipv4.text(ipv4.number(host)))


@system_file("net_filter", 0o644, store=_allot, present=filtered)
def net_filter(tx: Transaction, caller: TaskId) -> str:
    """The containers that have addresses, by number."""
    del caller
    table = (tx.find(NetFilter, 0) or NetFilter()).addresses
    lines = []
    for space, host in sorted(table.items()):
        found = tx.find(PidSpace, space)
        if found is not None:
            lines.append(f"{found.name or found.number} {host}\n")
    return "".join(lines)
