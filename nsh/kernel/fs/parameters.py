"""Values of mount options, and what the kernel's log says of bad ones (fs/fs_parser.c).

mount(2) tells EINVAL alone; which option it was stands in the log.
"""

import re
from typing import Final, NoReturn

from nsh.abi.errno import Errno
from nsh.kernel import printk
from nsh.kernel.dispatch import LeavesTrace
from nsh.machine.value import Transaction

_OCTAL: Final = r"\+?([0-7]+)"
_ANY: Final = (
    r"(?P<sign>[+-]?)(0[xX](?P<hex>[0-9a-fA-F]+)|(?P<octal>0[0-7]*)|(?P<decimal>[1-9][0-9]*))"
)
_UINT_MAX: Final = (1 << 32) - 1
_INT_MIN, _INT_MAX = -(1 << 31), (1 << 31) - 1
_NOBODY_AT_ALL: Final = _UINT_MAX
"""(uid_t)-1, which is no user."""


def refuse(said: str, reason: str, times: int = 1) -> NoReturn:
    """EINVAL with *reason*, and *said* in the kernel's log."""

    def trace(tx: Transaction) -> None:
        for _ in range(times):
            printk.printk(tx, printk.KERN_ERR, said)

    raise LeavesTrace(Errno.EINVAL, reason, trace)


def unknown(kind: str, name: str) -> NoReturn:
    """The file system *kind* has no option *name*."""
    refuse(f"{kind}: Unknown parameter '{name}'", f"{kind} has no option {name!r}")


def unexpected(kind: str, name: str) -> NoReturn:
    """Option *name* takes no value."""
    refuse(f"{kind}: Unexpected value for '{name}'", f"option {name} takes no value")


def bad(kind: str, name: str, value: str, times: int = 1) -> NoReturn:
    """*value* is none that option *name* could have."""
    reason = f"{value!r} is no value for {name}"
    refuse(f"{kind}: Bad value for '{name}'", reason, times)


def octal(kind: str, name: str, value: str) -> int:
    """A mode (fs_param_is_u32 in base 8)."""
    found = re.fullmatch(_OCTAL, value)
    if found is None or int(found[1], 8) > _UINT_MAX:
        bad(kind, name, value)
    return int(found[1], 8) & 0o7777


def amount(value: str, most: int, what: str) -> int:
    """How many of *what*, at most *most*.  EINVAL."""
    found = number(value)
    if found is None or not 0 <= found <= most:
        raise Errno.EINVAL(f"a number of {what}, 0 to {most}, not {value!r}")
    return found


def number(value: str) -> int | None:
    """In C's notation (kstrtoint with base 0)."""
    if value.isascii() and value.isdecimal() and value[0] != "0":
        return int(value)  # as at each boot, which compiles no pattern for it
    found = re.fullmatch(_ANY, value)
    if found is None:
        return None
    base = 16 if found["hex"] else 8 if found["octal"] else 10
    magnitude = int(found["hex"] or found["octal"] or found["decimal"], base)
    return -magnitude if found["sign"] == "-" else magnitude


def integer(kind: str, name: str, value: str) -> int:
    """fs_param_is_s32."""
    found = number(value)
    if found is None or not _INT_MIN <= found <= _INT_MAX:
        bad(kind, name, value)
    return found


def unsigned(kind: str, name: str, value: str) -> int:
    """fs_param_is_u32."""
    found = None if value.startswith("-") else number(value)
    if found is None or found > _UINT_MAX:
        bad(kind, name, value)
    return found


def identity(kind: str, name: str, value: str) -> int:
    """A user's or a group's number; of a bad one the kernel complains twice (fs_param_is_uid)."""
    found = None if value.startswith("-") else number(value)
    if found is None or found > _UINT_MAX:
        bad(kind, name, value, times=2)
    if found == _NOBODY_AT_ALL:
        refuse(f"{kind}: Invalid {name} '{value}'", f"{value} is nobody's {name}")
    return found
