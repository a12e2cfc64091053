"""``/proc/sys/kernel/{printk,dmesg_restrict}`` (proc_sys_kernel(5), kernel/printk/sysctl.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.kernel import capabilities, printk
from nsh.kernel.fs.proc import sysctl
from nsh.machine.ids import FIRST_USER, TaskId
from nsh.machine.printk import DmesgRestrict
from nsh.machine.value import Transaction

_OTHERS: Final = (4, 1, 7)
"""Level of messages without one, least level of a console, and what it is by default."""


class _Levels(sysctl.Setting):
    """Four numbers, of which the first is the console's level.

    gap: the three others cannot be changed.
    """

    def read(self, tx: Transaction, caller: TaskId) -> str:
        """The numbers, and tabs between them."""
        level = printk.ring(tx, printk.ring_of(tx, caller)).console_level
        return "\t".join(map(str, (level, *_OTHERS))) + "\n"

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int:
        """As many numbers as are given, from the first on (proc_dointvec): any at all."""
        taken = len(data) if offset else 0
        found: list[int] = []
        while taken < len(data) and len(found) <= len(_OTHERS):
            number, size = sysctl.parse_number(data[taken:])
            found.append(number)
            taken += size
        if found[1:] != list(_OTHERS[: len(found) - 1]) and found:
            raise Errno.EINVAL("only the console's level, the first number, can be changed here")
        if found:
            key = printk.ring_of(tx, caller)
            tx.put(key, replace(printk.ring(tx, key), console_level=found[0]))
        return taken


def _restricted(tx: Transaction, caller: TaskId) -> int:
    del caller
    return int((tx.find(DmesgRestrict, 0) or DmesgRestrict()).on)


def _restrict(tx: Transaction, caller: TaskId, value: int) -> None:
    del caller
    tx.put(0, DmesgRestrict(bool(value)))


def _bounds(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    capabilities.need(tx, caller, FIRST_USER, Cap.CAP_SYS_ADMIN, "dmesg_restrict")
    return 0, 1


sysctl.register(_Levels("kernel/printk", 0o644))
sysctl.register(sysctl.Number("kernel/dmesg_restrict", 0o644, _restricted, _restrict, _bounds))
