"""``/proc/tty/{drivers,ldiscs}`` and ``/proc/devices``: which drivers there are (proc_tty.c); and
what ``fdinfo`` says of a master.

The same in every namespace: a number is the machine's, whatever it means to whoever opens it.
"""

from typing import Final

from nsh.kernel.fs.devpts_indices import SLAVE_MAJOR
from nsh.kernel.fs.proc.descriptors import detail
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import system_directory, system_file
from nsh.machine.consoles import LAST, SERIAL
from nsh.machine.devpts import PTY_LIMIT
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.ptys import OpenMaster, Pty
from nsh.machine.record import Record
from nsh.machine.value import Transaction


class _Driver(Record):
    driver: str
    name: str
    """Below /dev, and a number behind it where there are several."""
    major: int
    first: int
    minors: int
    kind: str


_MASTER_MAJOR: Final = 128
_DRIVERS: Final = (
    _Driver("/dev/tty", "tty", 5, 0, 1, "system:/dev/tty"),
    _Driver("/dev/console", "console", 5, 1, 1, "system:console"),
    _Driver("/dev/ptmx", "ptmx", 5, 2, 1, "system"),
    _Driver("/dev/vc/0", "vc/0", 4, 0, 1, "system:vtmaster"),
    _Driver("serial", "ttyS", 4, SERIAL, 1, "serial"),
    _Driver("pty_slave", "pts", SLAVE_MAJOR, 0, PTY_LIMIT, "pty:slave"),
    _Driver("pty_master", "ptm", _MASTER_MAJOR, 0, PTY_LIMIT, "pty:master"),
    _Driver("unknown", "tty", 4, 1, LAST, "console"),
)
_REGIONS: Final = (
    (1, "mem"),
    (4, "/dev/vc/0"),
    (4, "tty"),
    (4, "ttyS"),
    (5, "/dev/tty"),
    (5, "/dev/console"),
    (5, "/dev/ptmx"),
    (_MASTER_MAJOR, "ptm"),
    (SLAVE_MAJOR, "pts"),
)
"""Who has registered which major number (register_chrdev_region)."""

system_directory("tty", 0o555)


@system_file("tty/drivers")
def drivers(tx: Transaction, caller: TaskId) -> str:
    """A line for each: driver, name, major number, minor numbers, kind."""
    del tx, caller
    return "".join(
        f"{each.driver:<20} /dev/{each.name:<8} {each.major:3} {_minors(each)} {each.kind}\n"
        for each in _DRIVERS
    )


def _minors(each: _Driver) -> str:
    if each.minors == 1:
        return f"{each.first:7}"
    return f"{each.first}-{each.first + each.minors - 1}"


@system_file("tty/ldiscs")
def ldiscs(tx: Transaction, caller: TaskId) -> str:
    """The line disciplines, and their numbers for TIOCSETD."""
    del tx, caller
    return f"{'n_tty':<10} {0:2}\n"


@system_file("devices")
def devices(tx: Transaction, caller: TaskId) -> str:
    """Major numbers and who has them; there are no block devices."""
    del tx, caller
    lines = [f"{major:3} {name}\n" for major, name in _REGIONS]
    return f"Character devices:\n{''.join(lines)}\nBlock devices:\n"


@detail
def _of_master(tx: Transaction, node: TaskNode, key: FileId) -> str:
    """The number of its slave (pty_show_fdinfo)."""
    del node
    opened = tx.get(File, key).opened
    if not isinstance(opened, OpenMaster):
        return ""
    return f"tty-index:\t{tx.get(Pty, opened.pty).index}\n"
