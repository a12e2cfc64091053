"""Addresses of sockets and networks as people write them."""

from typing import Final

from nsh.machine.sockets import Inet, SocketAddress, UnixName
from nsh.userland.options import UsageError

_PORTS: Final = 65536


def socket_address(text: str) -> SocketAddress:
    """``/path``, ``@abstract``, ``HOST:PORT`` or ``:PORT`` (any host); "" asks for a name to be
    chosen."""
    host, colon, port = text.rpartition(":")
    if colon and port.isdecimal() and (not host or is_host(host)):
        return Inet(host or "0.0.0.0", port_number(port))
    return UnixName("\0" + text[1:] if text.startswith("@") else text)


def told(address: SocketAddress | None) -> str:
    """The same, to be read; ``-`` for none."""
    if isinstance(address, Inet):
        return f"{address.host}:{address.port}"
    return "-" if address is None or not address.path else address.path.replace("\0", "@")


def is_host(text: str) -> bool:
    """Whether it is an IPv4 address."""
    parts = text.split(".")
    return len(parts) == 4 and all(
        part.isascii() and part.isdecimal() and len(part) <= 3 and int(part) < 256 for part in parts
    )


def host(text: str) -> str:
    """An IPv4 address, or ``localhost``; :class:`UsageError` for anything else: there are no
    names to look up."""
    if text == "localhost":
        return "127.0.0.1"
    if not is_host(text):
        raise UsageError(f"{text}: Name or service not known (hosts are IPv4 addresses here)")
    return ".".join(str(int(part)) for part in text.split("."))


def port_number(text: str) -> int:
    """A port; :class:`UsageError`."""
    if not (text.isascii() and text.isdecimal() and int(text) < _PORTS):
        raise UsageError(f"invalid port: {text}")
    return int(text)


def network(text: str) -> tuple[str, int]:
    """``10.0.0.0/8``, ``default``, or a host alone (/32); :class:`UsageError`."""
    if text in ("default", "all", "any"):
        return "0.0.0.0", 0
    name, slash, length = text.partition("/")
    if not is_host(name) or (slash and not (length.isdecimal() and int(length) <= 32)):
        raise UsageError(f'any valid prefix is expected rather than "{text}".')
    return host(name), int(length) if slash else 32
