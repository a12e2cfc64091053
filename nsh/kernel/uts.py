"""Host and domain name, and what uname(2) tells (uts_namespaces(7); N3)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.namespaces import Setdomainname, Sethostname, Uname, Utsname
from nsh.abi.process import CloneFlag
from nsh.kernel import capabilities, contexts, hooks, kinds, namespaces
from nsh.kernel.dispatch import handles
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.uts import Uts
from nsh.machine.value import Transaction

FIRST: Final = NamespaceId(2)
INUM: Final = 4026531838
NAME_LEN: Final = 64
"""__NEW_UTS_LEN."""
RELEASE: Final = "6.18.0-nsh"
VERSION: Final = "#1 SMP PREEMPT_DYNAMIC Thu Jan  1 00:00:00 UTC 1970"


@kinds.namespace("uts", CloneFlag.CLONE_NEWUTS, Uts, INUM)
def _copy(tx: Transaction, caller: TaskId, old: NamespaceId) -> NamespaceId:
    del caller
    key = NamespaceId(tx.fresh())
    tx.put(key, replace(tx.get(Uts, old), users=1, inum=namespaces.fresh_inum(tx)))
    return key


@hooks.on_boot(10)
def _boot(tx: Transaction) -> None:
    tx.put(FIRST, Uts(1, INUM, NamespaceId(0), "nsh"))


def of(tx: Transaction, task: TaskId) -> Uts:
    """The uts namespace of *task*."""
    return tx.get(Uts, contexts.namespace(tx, task, "uts"))


@handles(Uname)
def uname(tx: Transaction, caller: TaskId, request: Uname) -> Utsname:
    """uname(2)."""
    del request
    names = of(tx, caller)
    return Utsname("Linux", names.nodename, RELEASE, VERSION, "x86_64", names.domainname)


def _checked(tx: Transaction, caller: TaskId, name: str, doing: str) -> None:
    capabilities.need(tx, caller, of(tx, caller).owner, Cap.CAP_SYS_ADMIN, doing)
    size = len(name.encode("utf-8", "surrogateescape"))
    if size > NAME_LEN:
        raise Errno.EINVAL(f"the name has {size} bytes, {NAME_LEN} is the most")


@handles(Sethostname)
def sethostname(tx: Transaction, caller: TaskId, request: Sethostname) -> int:
    """sethostname(2)."""
    _checked(tx, caller, request.name, "sethostname")
    key = contexts.namespace(tx, caller, "uts")
    tx.put(key, replace(tx.get(Uts, key), nodename=request.name))
    return 0


@handles(Setdomainname)
def setdomainname(tx: Transaction, caller: TaskId, request: Setdomainname) -> int:
    """setdomainname(2)."""
    _checked(tx, caller, request.name, "setdomainname")
    key = contexts.namespace(tx, caller, "uts")
    tx.put(key, replace(tx.get(Uts, key), domainname=request.name))
    return 0
