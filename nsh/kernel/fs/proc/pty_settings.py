"""``/proc/sys/kernel/pty``: how many pseudo terminals the machine may have (pty(7))."""

from typing import Final

from msgspec.structs import replace

from nsh.kernel.fs.devpts_indices import machine_wide
from nsh.kernel.fs.proc import sysctl
from nsh.machine.ids import TaskId
from nsh.machine.value import Transaction

_INT_MAX: Final = (1 << 31) - 1


def _limit(tx: Transaction, caller: TaskId) -> int:
    del caller
    return machine_wide(tx).limit


def _set_limit(tx: Transaction, caller: TaskId, value: int) -> None:
    """Less than there are: no more can be opened (ENOSPC), and none is closed."""
    del caller
    tx.put(0, replace(machine_wide(tx), limit=value))


def _reserve(tx: Transaction, caller: TaskId) -> int:
    del caller
    return machine_wide(tx).reserve


def _set_reserve(tx: Transaction, caller: TaskId, value: int) -> None:
    del caller
    tx.put(0, replace(machine_wide(tx), reserve=value))


def _bounds(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    del tx, caller
    return 0, _INT_MAX


sysctl.register(sysctl.Number("kernel/pty/max", 0o644, _limit, _set_limit, _bounds))
sysctl.register(sysctl.Number("kernel/pty/reserve", 0o644, _reserve, _set_reserve, _bounds))
sysctl.register(sysctl.Count("kernel/pty/nr", lambda tx, _caller: str(machine_wide(tx).count)))
