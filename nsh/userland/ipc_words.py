"""What the commands about SysV ipc have in common: keys, modes, and /proc/sysvipc."""

from typing import Final

from nsh.abi.ipc import IPC_CREAT, IPC_EXCL
from nsh.userland.calendar import moment
from nsh.userland.options import Given, Option, UsageError, option
from nsh.userland.sleep import nanoseconds
from nsh.userland.streams import Asking, decode, read_file

NOT_SET: Final = "Not set"

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


def number(text: str, what: str) -> int:
    """A number as strtoul(3) takes it: decimal, 0x… or 0…; UsageError naming *what* it is."""
    digits = text.removeprefix("+").removeprefix("-")
    base = 16 if digits[:2].lower() == "0x" else 8 if digits[:1] == "0" else 10
    try:
        found = int(digits[2:] if base == 16 else digits, base)
    except ValueError:
        raise UsageError(f"invalid {what}: '{text}'") from None
    return -found if text.startswith("-") else found


def key(text: str) -> int:
    """An IPC key, as the kernel has it: signed, of 32 bits; ``private`` is 0."""
    if text in ("private", "IPC_PRIVATE"):
        return 0
    found = number(text, "key") & 0xFFFFFFFF
    return found - ((found & 0x80000000) << 1)


def octal(text: str) -> int:
    """Permission bits."""
    try:
        return int(text, 8)
    except ValueError:
        raise UsageError(f"invalid mode: '{text}'") from None


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
