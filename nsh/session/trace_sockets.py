"""What calls about sockets are told with, as strace(1) prints them."""

from nsh.abi.sockets import SOCK_CLOEXEC, SOCK_NONBLOCK, Family, SocketType
from nsh.machine.sockets import Inet, UnixName
from nsh.session.trace import quoted

_TYPE = 15
_ADDED = ((SOCK_CLOEXEC, "SOCK_CLOEXEC"), (SOCK_NONBLOCK, "SOCK_NONBLOCK"))


def value(field: str, given: object) -> str:
    """``AF_INET``, ``SOCK_STREAM|SOCK_CLOEXEC``, an address; "" for what is like any argument."""
    if isinstance(given, int) and field == "family" and given in list(Family):
        return Family(given).name
    if isinstance(given, int) and field == "type" and given & _TYPE in list(SocketType):
        added = [name for flag, name in _ADDED if given & flag]
        return "|".join([SocketType(given & _TYPE).name, *added])
    if isinstance(given, Inet):
        host = f'sin_port=htons({given.port}), sin_addr=inet_addr("{given.host}")'
        return f"{{sa_family=AF_INET, {host}}}"
    if isinstance(given, UnixName):
        at = "@" if given.path.startswith("\0") else ""
        return f"{{sa_family=AF_UNIX, sun_path={at}{quoted(given.path.removeprefix(chr(0)))}}}"
    return ""
