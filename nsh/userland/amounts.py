"""How much of a file head and tail print, and the names of files before it."""

import re
from typing import Final, NamedTuple

from nsh.userland.options import Given, UsageError
from nsh.userland.quoting import quoted
from nsh.userland.streams import STDIN, Asking, write

_MOST = 2**63 - 1
"""The largest count; a larger one means the same."""

_DEFAULT: Final = "10"
_AMOUNT: Final = re.compile(r"([-+]?)([0-9]*)(b|[kKmMGTPEZY](?:i?B)?)?", re.ASCII)
_UNITS: Final = "KMGTPEZY"
_LARGEST: Final = (1 << 64) - 1


class Amount(NamedTuple):
    """How much: ``sign`` is "-", "+" or ""."""

    sign: str
    number: int
    by_bytes: bool

    @classmethod
    def wanted(cls, given: Given) -> "Amount":
        """What the options say; :class:`UsageError`."""
        by_bytes = given.last("lines", "bytes") == "bytes"
        text = given.get("bytes" if by_bytes else "lines", _DEFAULT)
        problem = f"invalid number of {'bytes' if by_bytes else 'lines'}: {quoted(_unsigned(text))}"
        match = _AMOUNT.fullmatch(text)
        if match is None or not (match[2] or match[3]):
            raise UsageError(problem)
        sign, digits, unit = match.groups(default="")
        number = int(digits or "1") * _size(unit)
        if number > _LARGEST:
            raise UsageError(f"{problem}: Value too large for defined data type")
        return cls(sign, min(number, _MOST), by_bytes)


def _unsigned(text: str) -> str:
    return text.removeprefix("-")


def _size(unit: str) -> int:
    """What a suffix stands for: ``b`` 512, ``k`` and ``KiB`` 1024, ``kB`` 1000, …"""
    if not unit:
        return 1
    if unit == "b":
        return 512
    thousand = 1000 if unit[1:] == "B" else 1024
    return int(thousand ** (_UNITS.index(unit[0].upper()) + 1))


class Headings:
    """The names before the contents, where there are several files."""

    __slots__ = ("_started", "_wanted")

    def __init__(self, given: Given) -> None:
        choice = given.last("quiet", "verbose")
        self._wanted = choice == "verbose" or (not choice and len(given.operands) > 1)
        self._started = False

    def print(self, name: str) -> Asking[None]:
        """Announce the file *name*."""
        if self._wanted:
            shown = "standard input" if name == STDIN else name
            yield from write(1, f"{chr(10) if self._started else ''}==> {shown} <==\n")
            self._started = True
