"""The names of terminals by their device numbers (admin-guide/devices.rst)."""

from typing import Final

_NAMES: Final = {(5, 0): "tty", (5, 1): "console", (5, 2): "ptmx"}
_SERIAL: Final = {204: "ttyAMA", 229: "hvc", 188: "ttyUSB", 166: "ttyACM"}


def name(tty: int) -> str:
    """Below /dev, of a ``tty_nr`` as stat has it; "" for none."""
    if tty == 0:
        return ""
    major, minor = tty >> 8 & 0xFFF, tty & 0xFF | tty >> 12 & 0xFFF00
    if 136 <= major <= 143:
        return f"pts/{(major - 136 << 8) + minor if minor < 256 else minor}"
    if major == 4:
        return f"tty{minor}" if minor < 64 else f"ttyS{minor - 64}"
    if (major, minor) in _NAMES:
        return _NAMES[major, minor]
    if major in _SERIAL:
        return f"{_SERIAL[major]}{minor - 64 if major == 204 and minor >= 64 else minor}"
    return f"{major}:{minor}"
