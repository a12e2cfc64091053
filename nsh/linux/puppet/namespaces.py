"""Namespaces (namespaces(7)), and the names in the uts one."""

from __future__ import annotations

import ctypes
import os

from nsh.linux.puppet import numbers as nr
from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.table import performs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

    from nsh.linux.puppet.actor import Actor

_QUESTIONS: Final = {
    "parent": nr.NS_GET_PARENT,
    "userns": nr.NS_GET_USERNS,
    "nstype": nr.NS_GET_NSTYPE,
    "pid_from": nr.NS_GET_PID_FROM_PIDNS,
    "tgid_from": nr.NS_GET_TGID_FROM_PIDNS,
    "pid_in": nr.NS_GET_PID_IN_PIDNS,
    "tgid_in": nr.NS_GET_TGID_IN_PIDNS,
}
_UTS_FIELD: Final = 65


@performs("Unshare")
def unshare(actor: Actor, flags: int) -> int:
    """unshare(2)."""
    del actor
    return call("unshare", flags)


@performs("Setns")
def setns(actor: Actor, fd: int, nstype: int) -> int:
    """setns(2)."""
    del actor
    return call("setns", fd, nstype)


@performs("NsGet")
def ns_get(actor: Actor, fd: int, what: str, pid: int) -> int:
    """ioctl_nsfs(2)."""
    del actor
    if what == "owner_uid":
        uid = ctypes.c_uint32()
        call("ioctl", fd, nr.NS_GET_OWNER_UID, uid)
        return uid.value
    if what not in _QUESTIONS:
        raise OSError(22, "EINVAL")
    return call("ioctl", fd, _QUESTIONS[what], pid)


@performs("Uname")
def uname(actor: Actor) -> tuple[str, ...]:
    """uname(2): sysname, nodename, release, version, machine, domainname."""
    del actor
    buffer = ctypes.create_string_buffer(6 * _UTS_FIELD)
    call("uname", buffer)
    starts = range(0, len(buffer), _UTS_FIELD)
    fields = [buffer.raw[start : start + _UTS_FIELD] for start in starts]
    return tuple(os.fsdecode(field.split(b"\0", 1)[0]) for field in fields)


@performs("Sethostname")
def sethostname(actor: Actor, name: str) -> int:
    """sethostname(2)."""
    del actor
    data = text(name)
    return call("sethostname", data, len(data))


@performs("Setdomainname")
def setdomainname(actor: Actor, name: str) -> int:
    """setdomainname(2)."""
    del actor
    data = text(name)
    return call("setdomainname", data, len(data))
