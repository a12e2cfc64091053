"""IPv4 addresses as numbers, and back."""

from typing import Final

from nsh.abi.errno import Errno

ANY: Final = "0.0.0.0"
LOOPBACK: Final = "127.0.0.1"
BROADCAST: Final = "255.255.255.255"
BITS: Final = 32


def number(host: str) -> int:
    """``10.0.0.1`` as a number.  EINVAL."""
    parts = host.split(".")
    if len(parts) == 4 and all(_is_byte(part) for part in parts):
        return int.from_bytes(bytes(map(int, parts)), "big")
    raise Errno.EINVAL(f"{host} is no IPv4 address")


def _is_byte(part: str) -> bool:
    return part.isascii() and part.isdigit() and len(part) <= 3 and int(part) < 256


def text(value: int) -> str:
    """A number as ``10.0.0.1``."""
    return ".".join(map(str, value.to_bytes(4, "big")))


def network(host: str, prefix: int) -> str:
    """The network of *prefix* bits that *host* is in."""
    return text(number(host) & mask(prefix))


def mask(prefix: int) -> int:
    """As many ones at the front."""
    return (1 << BITS) - (1 << (BITS - prefix))


def inside(host: str, net: str, prefix: int) -> bool:
    """Whether *host* is in the network."""
    return number(host) & mask(prefix) == number(net)


def last(host: str, prefix: int) -> str:
    """The last address of the network of *prefix* bits that *host* is in."""
    return text(number(host) | ~mask(prefix) & 0xFFFFFFFF)


def is_zero(host: str) -> bool:
    """Whether it is in 0.0.0.0/8, which is this host's until it knows better."""
    return host.startswith("0.")


def is_multicast(host: str) -> bool:
    """Whether it is in 224.0.0.0/4."""
    return inside(host, "224.0.0.0", 4)


def is_loopback(host: str) -> bool:
    """Whether it is in 127.0.0.0/8."""
    return host.startswith("127.")
