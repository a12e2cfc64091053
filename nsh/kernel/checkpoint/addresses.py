"""The names of sockets, as an image has them."""

import msgspec

from nsh.abi.errno import Errno
from nsh.kernel import ipv4
from nsh.machine.sockets import Inet, UnixName


class Internet(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """``struct sockaddr_in``."""

    host: str
    port: int = 0


Name = Internet | str | None
"""That, or the path or abstract name of a Unix socket; None: it has none."""


def name(found: Inet | UnixName | None) -> Name:
    """How the image tells a name."""
    if isinstance(found, Inet):
        return Internet(found.host, found.port)
    return None if found is None else found.path


def address(told: Name) -> Inet | UnixName | None:
    """The same for the kernel.  EINVAL."""
    if isinstance(told, Internet):
        if not 0 <= told.port < 1 << 16:
            raise Errno.EINVAL(f"port: there is no port {told.port}")
        return Inet(ipv4.text(ipv4.number(told.host)), told.port)
    return None if told is None else UnixName(told)
