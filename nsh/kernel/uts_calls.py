"""uname(2), sethostname(2), setdomainname(2) (kernel/sys.c)."""

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.namespaces import Setdomainname, Sethostname, Uname, Utsname
from nsh.kernel import (
    capabilities,
    personality,
    uts,
)
from nsh.kernel.dispatch import handles
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction


@handles(Uname)
def uname(tx: Transaction, caller: TaskId, request: Uname) -> Utsname:
    """uname(2)."""
    del request
    names = uts.of(tx, caller)
    release = personality.release(tx, caller, uts.release_of(tx, caller))
    return Utsname("Linux", names.nodename, release, uts.VERSION, "x86_64", names.domainname)


def _checked(tx: Transaction, caller: TaskId, name: str, doing: str) -> None:
    capabilities.need(tx, caller, uts.of(tx, caller).owner, Cap.CAP_SYS_ADMIN, doing)
    size = len(name.encode("utf-8", "surrogateescape"))
    if size > uts.NAME_LEN:
        raise Errno.EINVAL(f"the name has {size} bytes, {uts.NAME_LEN} is the most")


@handles(Sethostname)
def sethostname(tx: Transaction, caller: TaskId, request: Sethostname) -> int:
    """sethostname(2)."""
    _checked(tx, caller, request.name, "sethostname")
    uts.rename(tx, caller, "nodename", request.name)
    return 0


@handles(Setdomainname)
def setdomainname(tx: Transaction, caller: TaskId, request: Setdomainname) -> int:
    """setdomainname(2)."""
    _checked(tx, caller, request.name, "setdomainname")
    uts.rename(tx, caller, "domainname", request.name)
    return 0
