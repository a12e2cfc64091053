"""Cgroup namespaces: made, entered, ended (cgroup_namespaces(7), kernel/cgroup/namespace.c)."""

from typing import Final

from nsh.abi.process import CloneFlag
from nsh.kernel import hooks, kinds
from nsh.kernel.kinds import New
from nsh.machine.cgroups import CgroupSpace
from nsh.machine.ids import NamespaceId
from nsh.machine.value import Transaction

FIRST: Final = NamespaceId(34)
INUM: Final = 4026531835


@kinds.namespace("cgroup", CloneFlag.CLONE_NEWCGROUP, CgroupSpace, INUM)
def _copy(tx: Transaction, old: NamespaceId, new: New) -> CgroupSpace:
    return new.like(tx.get(CgroupSpace, old))


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, CgroupSpace(1, INUM, NamespaceId(0)))
