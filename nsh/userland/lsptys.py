"""lsptys: pseudo terminals by their instances, and whose they are.

As other tools that look, it asks what anybody may read: the mounts of devpts, the slaves in them,
and of each process /proc/PID/stat.  A process's terminal is told there as a number, which every
instance has; of which one it is, is asked of the process's descriptors, or of its own /dev/pts.
"""

from typing import NamedTuple

from nsh.abi import KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import S_IFCHR, S_IFMT
from nsh.abi.invocation import Invocation, Running
from nsh.machine.files import dev_major, dev_minor
from nsh.userland import modes, table
from nsh.userland.mount_table import MountPoint, mount_points
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.proc import Process, names_in, numbers_in, printable, processes
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, write
from nsh.userland.table import Heading, Line
from nsh.userland.users import names

COLUMNS = {
    "instance": Heading("INSTANCE"),
    "index": Heading("INDEX", right=True),
    "name": Heading("NAME"),
    "dev": Heading("DEV", right=True),
    "user": Heading("USER"),
    "group": Heading("GROUP"),
    "mode": Heading("MODE"),
    "sid": Heading("SID", right=True),
    "pgrp": Heading("PGRP", right=True),
    "leader": Heading("LEADER"),
    "nprocs": Heading("NPROCS", right=True),
}
_DEFAULT = ("instance", "index", "user", "mode", "sid", "pgrp", "leader")
_SLAVES = 136


class Slave(NamedTuple):
    """One slave as it was found."""

    instance: str
    path: str
    found: StatResult

    @property
    def number(self) -> int:
        """Its number in the instance."""
        return dev_minor(self.found.rdev)


@command(
    "lsptys",
    "list pseudo terminals by instance, with owner and session",
    Topic.SYSTEM,
    options=(
        option("-a, --all", "also instances that only other tasks have mounted"),
        option("-t, --task=PID", "only instances that task PID has mounted", Kind.PID),
        option(
            "-o, --output=LIST",
            "columns (+name adds one): instance index name dev user group mode sid pgrp leader "
            "nprocs",
            Kind.COLUMNS,
            choices=table.names(COLUMNS),
        ),
        option("-J, --json", "print JSON"),
        option("-r, --raw", "print for programs"),
        option("-n, --noheadings", "no header line"),
    ),
    gap="real systems have no such command; SID and PGRP are 0 where they are out of sight",
    examples=("openpty; lsptys", "spawn --mount web; lsptys -t web -o name,user,mode"),
    see=("openpty", "ls", "ps", "lsns"),
    rows=("N8", "P2"),
)
def lsptys(call: Invocation, given: Given) -> Running:
    """An instance that is mounted several times is listed by its first mount."""
    del call
    wanted, unknown = table.columns(given.get("output"), COLUMNS, _DEFAULT)
    if unknown:
        raise UsageError(f"unknown column: {unknown}")
    if given.has("task"):
        pid = yield from pid_of(given.get("task"))
        slaves = yield from _of_task(f"/proc/{pid}", f"/proc/{pid}/root")
    else:
        slaves = yield from _of_task("/proc/self", "")
    if given.has("all"):
        slaves = yield from _of_all(slaves)
    known = yield from names()
    on_terminals = yield from _on_terminals()
    heads = [COLUMNS[name] for name in wanted]
    lines = []
    for slave in slaves:
        members = on_terminals.get((slave.found.dev, slave.found.ino), [])
        first = members[0] if members else None
        leader = next((each for each in members if each.pid == each.session), first)
        cells: dict[str, str | int] = {
            "instance": slave.instance,
            "index": slave.number,
            "name": slave.path,
            "dev": f"{dev_major(slave.found.rdev)}:{slave.number}",
            "user": known.user(slave.found.uid),
            "group": known.group(slave.found.gid),
            "mode": modes.text(slave.found.mode),
            "sid": "-" if first is None else first.session,
            "pgrp": "-" if first is None else first.tpgid,
            "leader": "-" if leader is None else printable(leader.comm),
            "nprocs": len(members),
        }
        lines.append(Line([cells[name] for name in wanted]))
    yield from write(1, joined(table.chosen(given, "ptys", heads, lines)))
    return 0


def _of_task(directory: str, root: str) -> Asking[list[Slave]]:
    """The slaves of the instances mounted for the process of *directory*, each instance once."""
    try:
        points = yield from mount_points(f"{directory}/mountinfo")
    except KernelError:
        return []
    found: list[Slave] = []
    devices: set[int] = set()
    for point in points:
        slaves, device = yield from _of_mount(point, root)
        if device not in devices:
            devices.add(device)
            found += slaves
    return found


def _of_mount(point: MountPoint, root: str) -> Asking[tuple[list[Slave], int]]:
    """The slaves in a mount by rising index, and the number of its file system (0: none)."""
    if point.fstype != "devpts" or point.root != "/":  # the latter: a single file, bound
        return [], 0
    top = root + point.target
    found = []
    try:
        about: StatResult = yield Stat(top)
        numbers = yield from numbers_in(top)
    except KernelError:
        return [], 0
    for number in numbers:
        path = f"{top.rstrip('/')}/{number}"
        try:
            slave: StatResult = yield Stat(path)
        except KernelError:
            continue
        found.append(Slave(top, path, slave))
    return found, about.dev


def _of_all(known: list[Slave]) -> Asking[list[Slave]]:
    """*known*, and what the mounts of all processes show beyond that."""
    found = list(known)
    seen = {slave.found.dev for slave in known}
    spaces: set[int] = set()
    for process in (yield from processes(frozenset(("mnt",)))):
        space = process.inode("mnt")
        if space in spaces:
            continue
        spaces.add(space)
        extra = yield from _of_task(process.directory, f"{process.directory}/root")
        found += [slave for slave in extra if slave.found.dev not in seen]
        seen.update(slave.found.dev for slave in extra)
    return found


def _on_terminals() -> Asking[dict[tuple[int, int], list[Process]]]:
    """Processes by the file of the slave that is their controlling terminal, by rising pid."""
    found: dict[tuple[int, int], list[Process]] = {}
    for process in (yield from processes()):
        if dev_major(process.tty) == _SLAVES:
            key = yield from _terminal_of(process)
            if key is not None:
                found.setdefault(key, []).append(process)
    return found


def _terminal_of(process: Process) -> Asking[tuple[int, int] | None]:
    """File system and inode of a process's terminal, as far as it can be told.

    It is one that the process has open; between two of one number its own /dev/pts decides.
    """
    directory = f"{process.directory}/fd"
    open_: list[tuple[int, int]] = []
    try:
        for fd in (yield from names_in(directory)):
            open_ += yield from _slave(f"{directory}/{fd}", process.tty)
    except KernelError:
        pass  # it is another's, and keeps them to itself
    number = dev_minor(process.tty)
    own: list[tuple[int, int]] = []
    for way in ("pts", "root/dev/pts"):
        own += yield from _slave(f"{process.directory}/{way}/{number}", process.tty)
    likely = [key for key in own if key in open_ or not open_] or open_
    return likely[0] if likely else None


def _slave(path: str, device: int) -> Asking[list[tuple[int, int]]]:
    """File system and inode of *path*, if it is a slave of the number *device*."""
    try:
        about: StatResult = yield Stat(path)
    except KernelError:
        return []
    is_it = about.rdev == device and about.mode & S_IFMT == S_IFCHR
    return [(about.dev, about.ino)] if is_it else []
