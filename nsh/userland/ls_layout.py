"""How ls lays its lines out."""

from collections.abc import Sequence
from typing import Final

from nsh.abi.attributes import StatResult
from nsh.abi.files import S_IFBLK, S_IFCHR, S_IFIFO, S_IFMT, S_IFREG, S_IFSOCK
from nsh.machine.files import dev_major, dev_minor
from nsh.userland import modes
from nsh.userland.calendar import SECOND, moment
from nsh.userland.quoting import bare, masked, plain
from nsh.userland.users import Names

_HALF_A_YEAR: Final = 31556952 // 2
_PAGE: Final = 4096
_GAP: Final = 2
_WITHOUT: Final = StatResult(0, 0, 0, 0, 0, 0, 0, 0, 0)


class Entry:
    """One file to be listed."""

    __slots__ = ("_stat", "ino", "mode", "name", "target", "target_mode")

    def __init__(
        self, name: str, mode: int, ino: int, stat: StatResult | None = None, target: str = ""
    ) -> None:
        """*mode* may be no more than the type; *target* is where a symbolic link leads."""
        self.name = name
        self.mode = mode
        self.ino = ino
        self.target = target
        self.target_mode = 0
        self._stat = stat

    @property
    def stat(self) -> StatResult:
        """All about it, where somebody asked."""
        return self._stat or _WITHOUT

    @property
    def mtime(self) -> int:
        """When it was last changed, in nanoseconds."""
        return self.stat.mtime

    @property
    def size(self) -> int:
        """In bytes."""
        return self.stat.size


def blocks(found: StatResult) -> int:
    """``st_blocks``, as tmpfs counts: whole pages, in units of 512 bytes."""
    if found.mode & S_IFMT != S_IFREG:
        return 0
    return -(-found.size // _PAGE) * (_PAGE // 512)


def total(entries: Sequence[Entry]) -> int:
    """The kilobytes they take."""
    return sum(blocks(entry.stat) for entry in entries) // 2


class Layout:
    """What every line looks like."""

    __slots__ = ("inodes", "long", "marks", "names", "now", "quoting", "width")

    def __init__(self) -> None:
        self.quoting = "literal"
        """Or "shell-escape", or "hide-control-chars"."""
        self.inodes = False
        self.long = False
        self.marks = ""
        """Which files are marked: "all", "directories" or "" for none."""
        self.names = Names("", "")
        self.now = 0
        """In seconds: which times count as recent."""
        self.width = 0
        """Of the terminal, for columns; 0 for one name a line."""

    def quoted(self, name: str, *, heading: bool = False) -> str:
        """The name as it is printed."""
        if self.quoting == "shell-escape":
            return plain(name) if heading else bare(name)
        return masked(name) if self.quoting == "hide-control-chars" else name

    def text(self, wanted: Sequence[Entry], others: Sequence[Entry] = ()) -> str:
        """Their lines; those of *others* are only made room for."""
        entries = [*wanted, *others]
        shown = [self.quoted(entry.name) for entry in entries]
        if self.quoting == "shell-escape" and any(each[0] in "'\"" for each in shown):
            # A space stands where the others have a quote, so that names begin in one column.
            shown = [each if each[0] in "'\"" else " " + each for each in shown]
        names = [name + self._mark(entry) for name, entry in zip(shown, entries, strict=True)]
        if self.long:
            rows = self._long(entries, names)
        elif self.inodes:
            width = 0 if not entries else max(len(str(entry.ino)) for entry in entries)
            rows = [f"{e.ino:{width}} {name}" for e, name in zip(entries, names, strict=True)]
        else:
            rows = names
        del rows[len(wanted) :]
        if self.width and not self.long:
            rows = columns(rows, self.width)
        return "".join(f"{row}\n" for row in rows)

    def _mark(self, entry: Entry) -> str:
        if not self.marks or entry.target:
            return ""
        return mark(entry.mode, directories=self.marks == "directories")

    def _long(self, entries: Sequence[Entry], names: list[str]) -> list[str]:
        owners = [self.names.user(entry.stat.uid) for entry in entries]
        groups = [self.names.group(entry.stat.gid) for entry in entries]
        inodes = [f"{entry.ino} " if self.inodes else "" for entry in entries]
        devices = [_device(entry.stat) for entry in entries]
        majors = max((len(major) for major, _ in filter(None, devices)), default=0)
        minors = max((len(minor) for _, minor in filter(None, devices)), default=0)
        sizes = [
            str(entry.size) if device is None else f"{device[0]:>{majors}}, {device[1]:>{minors}}"
            for entry, device in zip(entries, devices, strict=True)
        ]
        links = [str(entry.stat.nlink) for entry in entries]
        cells = zip(
            _right(inodes),
            (modes.text(entry.mode) for entry in entries),
            _right(links),
            _left(owners),
            _left(groups),
            _right(sizes),
            (self._time(entry.mtime) for entry in entries),
            names,
            strict=True,
        )
        return [
            f"{inode}{mode} {nlink} {owner} {group} {size} {time} {name}{self._leads(entry)}"
            for entry, (inode, mode, nlink, owner, group, size, time, name) in zip(
                entries, cells, strict=True
            )
        ]

    def _leads(self, entry: Entry) -> str:
        if not entry.target:
            return ""
        behind = mark(entry.target_mode, directories=False) if self.marks == "all" else ""
        return f" -> {self.quoted(entry.target)}{behind}"

    def _time(self, mtime: int) -> str:
        seconds = mtime // SECOND
        at = moment(seconds)
        recent = self.now - _HALF_A_YEAR < seconds <= self.now
        tail = f"{at.hour:02}:{at.minute:02}" if recent else f"{at.year:5}"
        return f"{at.month_name[:3]} {at.day:2} {tail}"


def mark(mode: int, *, directories: bool) -> str:
    """What -F puts behind the name of a file with that mode."""
    if modes.is_dir(mode):
        return "/"
    if directories or not mode:
        return ""
    if mode & S_IFMT == S_IFREG:
        return "*" if mode & 0o111 else ""
    return "@" if modes.is_link(mode) else {S_IFIFO: "|", S_IFSOCK: "="}.get(mode & S_IFMT, "")


def columns(names: Sequence[str], width: int) -> list[str]:
    """Names in as few rows as fit *width*, running down each column first."""
    if not names:
        return []
    sizes = [len(name) + _GAP for name in names]
    for rows in range(1, len(names) + 1):
        widths = [max(sizes[start : start + rows]) for start in range(0, len(names), rows)]
        if sum(widths) - _GAP < width or rows == len(names):
            break
    lines = []
    for row in range(rows):
        cells = [f"{name:<{size}}" for name, size in zip(names[row::rows], widths, strict=False)]
        lines.append("".join(cells).rstrip(" ") if len(cells) > 1 else names[row])
    return lines


def _device(found: StatResult) -> tuple[str, str] | None:
    if found.mode & S_IFMT not in (S_IFCHR, S_IFBLK):
        return None
    return str(dev_major(found.rdev)), str(dev_minor(found.rdev))


def _right(cells: list[str]) -> list[str]:
    width = max(map(len, cells), default=0)
    return [cell.rjust(width) for cell in cells]


def _left(cells: list[str]) -> list[str]:
    width = max(map(len, cells), default=0)
    return [cell.ljust(width) for cell in cells]
