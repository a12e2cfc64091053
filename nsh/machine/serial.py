"""Serial lines to the world outside a tty namespace (S2; N10).

The line is the namespace's terminal ``/dev/ttyS0``; at its other end is a virtual tty outside which
keeps what the terminal was given to show (:mod:`nsh.machine.printed`): the last
:data:`~nsh.machine.printed.KEPT` bytes, eight pages, whether or not anybody watches.
"""

from collections import Counter
from collections.abc import Iterator

from nsh.machine.files import File, InodeId, Opened
from nsh.machine.ids import TerminalId
from nsh.machine.invariants import invariant
from nsh.machine.record import Record, table
from nsh.machine.value import Machine


class SerialEnd(Opened):
    """An open file of the outer end."""

    line: TerminalId
    seen: int = 0
    """Bytes of what was ever shown that this one has read, or missed."""


@table
class SerialLine(Record):
    """How many watch a serial line from outside; without any there is no row."""

    attached: int


class SerialNode(Record):
    """The node of an outer end."""

    ino: InodeId


@invariant
def _serial_lines(machine: Machine) -> Iterator[str]:
    """Who is attached is counted."""
    attached: Counter[int] = Counter()
    for _key, file in machine.items(File):
        if isinstance(file.opened, SerialEnd):
            attached[file.opened.line] += 1
    for key, line in machine.items(SerialLine):
        if line.attached != attached.pop(key, 0):
            yield f"serial line {key} counts {line.attached} who watch it"
    for key in sorted(attached):
        yield f"serial line {key} is watched and does not know it"
