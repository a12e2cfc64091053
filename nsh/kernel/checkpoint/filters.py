"""The address that the filter allots to a container (S2: N6): whoever restarts it may not make it
one that is free to send from any."""

from collections.abc import Iterator

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, ipv4, netns
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.kernel.net import filtering
from nsh.machine.net import Net, NetFilter


class Filter(Object, frozen=True):
    """Of the container."""

    host: str


@parts.saves(Filter, 40)
def _save(dump: Dump) -> Iterator[Filter]:
    found = (dump.tx.find(NetFilter, 0) or NetFilter()).addresses.get(dump.space)
    if found is not None and netns.filtered(dump.tx):
        yield Filter(found)


@parts.makes(Filter)
def _make(restart: Restart, saved: Filter) -> None:
    """EINVAL: this machine has no filter; EPERM."""
    tx = restart.tx
    if not netns.filtered(tx):
        raise Errno.EINVAL(f"host: there is no filter here that would allot {saved.host}")
    owner = tx.get(Net, netns.FIRST).owner
    capabilities.need(tx, restart.caller, owner, Cap.CAP_NET_ADMIN, "allotting an address")
    filtering.allot(tx, restart.space, ipv4.text(ipv4.number(saved.host)))
