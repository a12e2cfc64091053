"""``/proc/sys/kernel/{printk,dmesg_restrict}`` (proc_sys_kernel(5), kernel/printk/sysctl.c)."""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import KernelError
from nsh.kernel import capabilities, printk
from nsh.kernel.dispatch import LeavesTrace
from nsh.kernel.fs.proc import sysctl
from nsh.machine.ids import FIRST_USER, NamespaceId, TaskId
from nsh.machine.printk import DmesgRestrict
from nsh.machine.value import Transaction

_FIELDS: Final = ("console_level", "message_level", "least_level", "usual_level")
"""console_printk: where in the ring's record each number is."""


class _Levels(sysctl.Setting):
    """Four numbers (proc_dointvec): any at all.  Those before a mistake count, though it fails."""

    def read(self, tx: Transaction, caller: TaskId) -> str:
        """The numbers, and tabs between them."""
        ring = printk.ring(tx, printk.ring_of(tx, caller))
        return "\t".join(str(getattr(ring, name)) for name in _FIELDS) + "\n"

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int:
        """As many numbers as are given, from the first on."""
        if offset:
            return len(data)
        taken = 0
        found: dict[str, int] = {}
        key = printk.ring_of(tx, caller)
        for name in _FIELDS:
            if taken == len(data):
                break
            try:
                found[name], size = sysctl.parse_number(data[taken:])
            except KernelError as error:
                raise LeavesTrace(
                    error.errno, error.reason, lambda trace: _set(trace, key, found)
                ) from None
            taken += size
        _set(tx, key, found)
        return taken


def _set(tx: Transaction, key: NamespaceId, found: dict[str, int]) -> None:
    if found:
        tx.put(key, replace(printk.ring(tx, key), **found))


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
