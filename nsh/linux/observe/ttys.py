"""The names of terminals by their device numbers (admin-guide/devices.rst)."""

from typing import Final

_NAMES: Final = {(5, 0): "tty", (5, 1): "console", (5, 2): "ptmx"}
_SERIAL: Final = {204: "ttyAMA", 229: "hvc", 188: "ttyUSB", 166: "ttyACM"}


def slave(tty: int) -> int:
    """The index of the pseudo terminal that a ``tty_nr`` means; -1: it means another terminal."""
    major, minor = tty >> 8 & 0xFFF, tty & 0xFF | tty >> 12 & 0xFFF00
    if not 136 <= major <= 143:
        return -1
    return (major - 136 << 8) + minor if minor < 256 else minor


def name(tty: int) -> str:
    """Below /dev, of a ``tty_nr`` as stat has it; "" for none."""
    if tty == 0:
        return ""
    major, minor = tty >> 8 & 0xFFF, tty & 0xFF | tty >> 12 & 0xFFF00
    if (index := slave(tty)) >= 0:
        return f"pts/{index}"
    if major == 4:
        return f"tty{minor}" if minor < 64 else f"ttyS{minor - 64}"
    if (major, minor) in _NAMES:
        return _NAMES[major, minor]
    if major in _SERIAL:
        return f"{_SERIAL[major]}{minor - 64 if major == 204 and minor >= 64 else minor}"
    return f"{major}:{minor}"
