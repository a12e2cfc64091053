"""``/proc/PID/timens_offsets``, the clocks of a process's children (time_namespaces(7))."""

import re
from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.process import CLOCK_BOOTTIME, CLOCK_MONOTONIC
from nsh.kernel import contexts, timens
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import task_file
from nsh.kernel.fs.proc.view import has_context, seen
from nsh.machine.ids import NamespaceId, TaskId
from nsh.machine.timens import TimeSpace
from nsh.machine.value import Transaction

_LONGEST: Final = 4096
_SECOND: Final = 10**9
_LINE: Final = r"[ \t\v\f\r]*(?>([^ \t\v\f\r]{1,9}))[ \t\v\f\r]*(-?[0-9]+)[ \t\v\f\r]+([0-9]+)"
"""``%9s %lld %lu``, and whatever follows; the name gives nothing back to the numbers."""
_LONG: Final = 1 << 64
"""Numbers are told apart from this on no more: they wrap (simple_strtoull)."""
_CLOCKS: Final = {
    "monotonic": CLOCK_MONOTONIC,
    str(CLOCK_MONOTONIC): CLOCK_MONOTONIC,
    "boottime": CLOCK_BOOTTIME,
    str(CLOCK_BOOTTIME): CLOCK_BOOTTIME,
}
_AT_ONCE: Final = 2


def _space(tx: Transaction, node: TaskNode) -> NamespaceId:
    """ESRCH for the dead, who have let go of theirs."""
    seen(tx, node)
    if not has_context(tx, node.task):
        raise Errno.ESRCH(f"pid {node.number} is dead and has let go of its namespaces")
    return contexts.namespace(tx, node.task, timens.ENTRY)


def _store(tx: Transaction, caller: TaskId, node: TaskNode, data: bytes) -> int:
    """``CLOCK SECONDS NANOSECONDS`` a line; of more than two, two are taken, and programs write
    again what is left."""
    if len(data) >= _LONGEST:
        raise Errno.EINVAL(f"offsets are written less than {_LONGEST} bytes at a time")
    lines = data.removesuffix(b"\n").split(b"\n")
    wanted = [_parsed(line.decode("utf-8", "replace")) for line in lines[:_AT_ONCE]]
    timens.set_offsets(tx, caller, _space(tx, node), wanted)
    if len(lines) <= _AT_ONCE:
        return len(data)
    return sum(len(line) + 1 for line in lines[:_AT_ONCE])


def _parsed(line: str) -> tuple[int, int, int]:
    match = re.match(_LINE, line)
    if match is None or match[1] not in _CLOCKS or int(match[3]) % _LONG >= _SECOND:
        raise Errno.EINVAL(f"{line!r} is not of the form monotonic|boottime SECONDS NANOSECONDS")
    seconds = (int(match[2]) + _LONG // 2) % _LONG - _LONG // 2
    return _CLOCKS[match[1]], seconds, int(match[3]) % _LONG


@task_file("timens_offsets", 0o644, thread=False, store=_store)
def offsets(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
    """A clock a line: name, seconds, nanoseconds; nothing of the dead."""
    del caller
    seen(tx, node)
    if not has_context(tx, node.task):
        return ""
    space = tx.get(TimeSpace, _space(tx, node))
    found = (("monotonic", space.monotonic), ("boottime", space.boottime))
    return "".join(
        f"{name:<10} {offset // _SECOND:>10} {offset % _SECOND:>9}\n" for name, offset in found
    )
