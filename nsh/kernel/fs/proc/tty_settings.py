"""``/proc/sys/dev/tty``: whether anybody may type into a terminal (TIOCSTI; tty_io.c)."""

from nsh.kernel.fs.proc import sysctl
from nsh.machine.ids import TaskId
from nsh.machine.terminals import TtySettings
from nsh.machine.value import Transaction


def _legacy_tiocsti(tx: Transaction, caller: TaskId) -> int:
    del caller
    return int((tx.find(TtySettings, 0) or TtySettings()).legacy_tiocsti)


def _set_legacy_tiocsti(tx: Transaction, caller: TaskId, value: int) -> None:
    del caller
    tx.put(0, TtySettings(bool(value)))


def _bounds(tx: Transaction, caller: TaskId) -> tuple[int, int]:
    del tx, caller
    return 0, 1


sysctl.register(
    sysctl.Number("dev/tty/legacy_tiocsti", 0o644, _legacy_tiocsti, _set_legacy_tiocsti, _bounds)
)
