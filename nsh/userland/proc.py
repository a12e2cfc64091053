"""What /proc tells about processes: the one source of ps, pstree, pgrep and lsns (proc(5)).

Everything is read through the reader's own mount, so a reader in a container is told of its
container.  A process may end between two reads; it is left out then.
"""

from nsh.abi import KernelError
from nsh.abi.files import Close, Open, OpenFlag, Read, Readlink
from nsh.userland.paths import read_and_close
from nsh.userland.streams import READING, Asking, decode

LISTING = int(OpenFlag.O_RDONLY | OpenFlag.O_DIRECTORY | OpenFlag.O_CLOEXEC)
_SMALL = 65536
HIDDEN = "-"
"""Stands for what the reader's /proc does not tell."""


def names_in(path: str) -> Asking[list[str]]:
    """The entries of a directory but . and .., in the kernel's order.  Errors of open(2)."""
    fd = yield Open(path, LISTING)
    entries = yield from read_and_close(fd)
    return [entry.name for entry in entries if entry.name not in (".", "..")]


def numbers_in(path: str) -> Asking[list[int]]:
    """The entries of a directory that are numbers, rising.  Errors of open(2)."""
    names = yield from names_in(path)
    return sorted(int(name) for name in names if name.isascii() and name.isdigit())


def small_file(path: str) -> Asking[str]:
    """A file of /proc, which one read(2) has whole, as text.  Errors of open(2) and read(2)."""
    fd = yield Open(path, READING)
    try:
        data = yield Read(fd, _SMALL)
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)
    return decode(data)


def small_file_or(path: str, default: str) -> Asking[str]:
    """The same, or *default* if it cannot be read."""
    try:
        return (yield from small_file(path))
    except KernelError:
        return default


class Process:
    """One process or thread, with as much about it as somebody asked for."""

    __slots__ = (
        "argv",
        "cgroups",
        "comm",
        "container",
        "directory",
        "exe",
        "fields",
        "links",
        "pid",
        "state",
        "status",
        "tgid",
        "wchan",
    )

    def __init__(self, directory: str, tgid: int, stat: str) -> None:
        """*stat* is the text of its ``stat`` file; ``ValueError`` if that is not one."""
        self.directory = directory
        head, _, tail = stat.rpartition(")")
        number, _, self.comm = head.partition(" (")
        words = tail.split()
        self.pid = int(number)
        """Its own number: the tid of a thread."""
        self.tgid = tgid
        self.state = words[0]
        self.fields = [int(word) for word in words[1:]]
        """The fields of stat from the parent's pid (field 4) on."""
        self.status: dict[str, str] = {}
        self.argv: tuple[str, ...] = ()
        self.links: dict[str, str] = {}
        """``pid`` -> ``pid:[4026531836]``"""
        self.cgroups: tuple[str, ...] = ()
        """``1:name=x:/a`` for each hierarchy."""
        self.container = HIDDEN
        self.exe = HIDDEN
        self.wchan = HIDDEN

    @property
    def ppid(self) -> int:
        """The parent's pid, 0 if that is out of sight."""
        return self.fields[0]

    @property
    def pgrp(self) -> int:
        """The process group."""
        return self.fields[1]

    @property
    def session(self) -> int:
        """The session."""
        return self.fields[2]

    @property
    def tty(self) -> int:
        """The device number of the controlling terminal, 0 for none."""
        return self.fields[3]

    @property
    def tpgid(self) -> int:
        """The foreground group of its terminal, -1 without one."""
        return self.fields[4]

    @property
    def ticks(self) -> int:
        """Processor time used, in hundredths of a second."""
        return self.fields[10] + self.fields[11]

    @property
    def nice(self) -> int:
        """Niceness."""
        return self.fields[15]

    @property
    def threads(self) -> int:
        """How many threads the process has."""
        return self.fields[16]

    @property
    def start(self) -> int:
        """When it started, in hundredths of a second after boot."""
        return self.fields[18]

    @property
    def flags(self) -> int:
        """The kernel's PF flags."""
        return self.fields[5]

    @property
    def priority(self) -> int:
        """Scheduling priority, 20 for niceness 0."""
        return self.fields[14]

    @property
    def vsize(self) -> int:
        """Virtual memory in KiB."""
        return self.fields[19] >> 10

    @property
    def rss(self) -> int:
        """Memory in use in KiB."""
        return self.fields[20] << 2

    @property
    def processor(self) -> int:
        """The processor it last ran on."""
        return self.fields[35]

    def ids(self, name: str) -> list[int]:
        """The numbers of a line of ``status``: ``Uid`` and ``Gid``, ``NSpid``, …"""
        return [int(word) for word in self.status.get(name, "").split()]

    def uid(self, which: int = 1) -> int:
        """Its user: 0 real, 1 effective, 2 saved."""
        found = self.ids("Uid")
        return found[which] if found else 0

    def gid(self, which: int = 1) -> int:
        """Its group: 0 real, 1 effective, 2 saved."""
        found = self.ids("Gid")
        return found[which] if found else 0

    def inode(self, kind: str) -> int:
        """The number of its namespace of that kind, 0 if not told."""
        digits = self.links.get(kind, "").rpartition("[")[2].rstrip("]")
        return int(digits) if digits.isdecimal() else 0

    @property
    def command_line(self) -> str:
        """Its arguments; ``[comm]`` where there are none, ``… <defunct>`` for a zombie."""
        if self.state == "Z":
            return f"[{printable(self.comm)}] <defunct>"
        if not self.argv:
            return f"[{printable(self.comm)}]"
        return printable(" ".join(self.argv))


NAMESPACES = ("cgroup", "dev", "ipc", "mnt", "net", "pid", "pts", "time", "tty", "user", "uts")
STATUS, CMDLINE, CONTAINER, EXE, WCHAN = "status", "cmdline", "container", "exe", "wchan"
CGROUPS = "cgroups"


def processes(needs: frozenset[str] = frozenset()) -> Asking[list[Process]]:
    """Every visible process, by pid.  *needs* names further files of it to read (:func:`fill`)."""
    found = []
    for pid in (yield from numbers_in("/proc")):
        process = yield from one(f"/proc/{pid}", pid, needs)
        if process is not None:
            found.append(process)
    return found


def threads(process: Process, needs: frozenset[str] = frozenset()) -> Asking[list[Process]]:
    """The threads of a process, by tid, itself among them."""
    found = []
    try:
        tids = yield from numbers_in(f"{process.directory}/task")
    except KernelError:
        return [process]
    for tid in tids:
        thread = yield from one(f"{process.directory}/task/{tid}", process.pid, needs)
        if thread is not None:
            found.append(thread)
    return found


def one(directory: str, tgid: int, needs: frozenset[str]) -> Asking[Process | None]:
    """The process that *directory* tells of; None if it has gone."""
    stat = yield from small_file_or(f"{directory}/stat", "")
    try:
        process = Process(directory, tgid, stat)
    except (ValueError, IndexError):
        return None
    yield from fill(process, needs)
    return process


def fill(process: Process, needs: frozenset[str]) -> Asking[None]:
    """Read more of it: any of STATUS, CMDLINE, CGROUPS, CONTAINER, EXE, WCHAN and NAMESPACES."""
    directory = process.directory
    if STATUS in needs:
        text = yield from small_file_or(f"{directory}/status", "")
        for line in text.splitlines():
            name, _, value = line.partition(":")
            process.status[name] = value.strip()
    if CMDLINE in needs:
        text = yield from small_file_or(f"{directory}/cmdline", "")
        process.argv = tuple(text.removesuffix("\0").split("\0")) if text else ()
    if CGROUPS in needs:
        process.cgroups = tuple((yield from small_file_or(f"{directory}/cgroup", "")).splitlines())
    if CONTAINER in needs:
        text = yield from small_file_or(f"{directory}/container", HIDDEN)
        process.container = text.strip() or HIDDEN
    if EXE in needs:
        process.exe = yield from _link(f"{directory}/exe", HIDDEN)
    if WCHAN in needs:
        text = yield from small_file_or(f"{directory}/wchan", "")
        process.wchan = text if text not in ("", "0") else HIDDEN
    for kind in NAMESPACES:
        if kind in needs:
            process.links[kind] = yield from _link(f"{directory}/ns/{kind}", "")


def _link(path: str, default: str) -> Asking[str]:
    try:
        target: str = yield Readlink(path)
    except KernelError:
        return default
    return target


def printable(text: str) -> str:
    """*text* with a ``?`` for all that could move a terminal's cursor, and for bytes of no text."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(each if each.isprintable() else "?" for each in text)


def terminal_name(device: int) -> str:
    """``pts/0``, ``tty1``, ``console`` for a terminal's device number; ``?`` for none."""
    if device == 0:
        return "?"
    major = device >> 8 & 0xFFF
    minor = device & 0xFF | device >> 12 & 0xFFF00
    if 136 <= major <= 143:
        return f"pts/{minor + (major - 136) * 256}"
    if major == 4:
        return f"tty{minor}" if minor < 64 else f"ttyS{minor - 64}"
    if (major, minor) == (5, 1):
        return "console"
    return f"{major},{minor}"
