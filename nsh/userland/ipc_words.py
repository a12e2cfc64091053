"""What the commands about SysV ipc have in common: keys, modes, and /proc/sysvipc."""

import re
from typing import Final

from nsh.abi.ipc import IPC_CREAT, IPC_EXCL
from nsh.userland.calendar import moment
from nsh.userland.options import Given, Option, UsageError, option
from nsh.userland.sleep import nanoseconds
from nsh.userland.streams import Asking, decode, read_file

NOT_SET: Final = "Not set"
LONG: Final = (1 << 63) - 1
"""The highest number of C's type long."""
_LEAST: Final = -LONG - 1
_NUMBER: Final = re.compile(r"[+-]?(0[xX][0-9a-fA-F]{1,40}|0[0-7]{0,40}|[1-9][0-9]{0,40})", re.A)
_OCTAL: Final = re.compile(r"[0-7]{1,10}", re.A)

CREATION: Final[tuple[Option, ...]] = (
    option("-c, --create", "make one if none has the key"),
    option("-x, --exclusive", "with -c: only if none has it"),
    option("-m, --mode=MODE", "permissions of a new one (600)"),
)


Row = dict[str, int]
"""A line of a file of /proc/sysvipc, by the names of the columns."""


def table(kind: str) -> Asking[list[Row]]:
    """The lines of ``/proc/sysvipc/KIND`` by their columns' names; modes and keys as numbers."""
    text = decode((yield from read_file(f"/proc/sysvipc/{kind}")))
    head, *lines = text.splitlines()
    names = head.split()
    rows = []
    for line in lines:
        fields = {
            name: int(word, 8) if name == "perms" else int(word)
            for name, word in zip(names, line.split(), strict=True)
        }
        fields["key"] &= 0xFFFFFFFF
        rows.append(fields)
    return rows


def number(text: str, what: str, most: int = (1 << 64) - 1) -> int:
    """A number as strtoul(3) takes it: decimal, 0x… or 0…; UsageError naming *what* it is."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise UsageError(f"invalid {what}: '{text}'")
    digits = found[1]
    base = 16 if digits[:2].lower() == "0x" else 8 if digits[:1] == "0" else 10
    value = int(digits[2:] if base == 16 else digits, base)
    value = -value if text.startswith("-") else value
    if not _LEAST <= value <= most:
        raise UsageError(f"{what} out of range: '{text}'")
    return value


def key(text: str) -> int:
    """An IPC key, as the kernel has it: signed, of 32 bits; ``private`` is 0."""
    if text in ("private", "IPC_PRIVATE"):
        return 0
    found = number(text, "key") & 0xFFFFFFFF
    return found - ((found & 0x80000000) << 1)


def octal(text: str) -> int:
    """Permission bits."""
    if _OCTAL.fullmatch(text) is None:
        raise UsageError(f"invalid mode: '{text}'")
    return int(text, 8)


def creation(given: Given) -> int:
    """The flags of a *get call that the options :data:`CREATION` ask for."""
    flags = octal(given.get("mode", "600"))
    flags |= IPC_CREAT if given.has("create") else 0
    return flags | (IPC_EXCL if given.has("exclusive") else 0)


def time_limit(given: Given) -> int | None:
    """What the option --timeout says, in nanoseconds; None: there is no limit."""
    if not given.has("timeout"):
        return None
    found = nanoseconds(given.get("timeout"))
    return None if found is None else -int(-found // 1)


def full_time(seconds: int) -> str:
    """``Thu Nov 26 01:33:11 2026``, or that there is none."""
    if not seconds:
        return NOT_SET
    return f"{moment(seconds).weekday_name[:3]} {short_time(seconds)} {moment(seconds).year}"


def short_time(seconds: int) -> str:
    """``Nov 26 01:33:11``, or that there is none."""
    if not seconds:
        return NOT_SET
    when = moment(seconds)
    clock = f"{when.hour:02}:{when.minute:02}:{when.second:02}"
    return f"{when.month_name[:3]} {when.day:2} {clock}"
