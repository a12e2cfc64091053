"""ls: list directories."""

from collections.abc import Sequence
from typing import Final

from nsh.abi import KernelError
from nsh.abi.attributes import Stat, StatResult
from nsh.abi.files import Close, Dirent, Open, Readlink
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CLOCK_REALTIME, ClockGettime
from nsh.userland import modes
from nsh.userland.calendar import SECOND
from nsh.userland.ls_layout import Entry, Layout, total
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.paths import LISTING, joined, read_directory
from nsh.userland.quoting import always
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, complain, encode, is_terminal, write
from nsh.userland.users import Names, names

_MINOR, _SERIOUS = 1, 2


_WHEN: Final = ("always", "auto", "never")


@command(
    "ls",
    "list files, and what is in directories",
    Topic.FILES,
    options=(
        option("-L, --dereference", ""),
        option("-l", "mode, links, owner, group, size, time; -n: in numbers"),
        option("-a, --all", "with those that begin with a dot; -A: but . and .."),
        option("-A, --almost-all", ""),
        option("-d, --directory", "directories themselves; -L: what links lead to"),
        option("-i, --inode", "with inode numbers"),
        option("-n, --numeric-uid-gid", ""),
        option("-F, --classify", "mark directories /, links @, and so on; -p: only /"),
        option("-p", ""),
        option("-R, --recursive", "and what is in those, to the bottom"),
        option("-t", "newest first; -S: largest first; -U: as they come"),
        option("-S", ""),
        option("-U", ""),
        option("-r, --reverse", "the other way round"),
        option("-1", "one a line; -C: in columns, as on a terminal"),
        option("-C", ""),
        option("-q, --hide-control-chars", "? for what cannot be printed; -N: just that"),
        option("-N, --literal", ""),
        option("--color[=WHEN]", "", choices=_WHEN),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="ls(1)",
    gap="no colours, whatever --color says; sorted by bytes",
    examples=("ls -l /proc/self/ns", "ls /dev", "ls -aF /"),
    see=("stat", "readlink", "lsns"),
    trouble=_SERIOUS,
)
def ls(call: Invocation, given: Given) -> Running:
    """Status 2 if an operand cannot be looked at, 1 if something below it."""
    if given.has("color") and given.get("color", _WHEN[0]) not in _WHEN:
        raise UsageError(f"invalid argument '{given.get('color')}' for '--color'", 1)
    listing = _Listing(call, given)
    yield from listing.prepare()
    return (yield from listing.run())


class _Listing:
    """One call of ls."""

    __slots__ = ("_call", "_given", "_headed", "_layout", "_long", "_started", "_stats", "_status")

    def __init__(self, call: Invocation, given: Given) -> None:
        self._call = call
        self._given = given
        self._long = given.last("l", "numeric-uid-gid", "1", "C") in ("l", "numeric-uid-gid")
        self._stats = self._long or any(map(given.has, ("classify", "t", "S")))
        if given.has("dereference"):
            self._stats = self._stats or given.has("inode") or given.has("recursive")
        self._headed = len(given.operands) > 1 or given.has("recursive")
        self._started = False
        self._status = 0
        self._layout = Layout()

    def prepare(self) -> Asking[None]:
        """Find out how to print: on what, whose names."""
        given, layout = self._given, self._layout
        terminal = yield from is_terminal(1)
        style = given.last("hide-control-chars", "literal")
        layout.quoting = style or ("shell-escape" if terminal else "literal")
        layout.inodes = given.has("inode")
        layout.marks = "all" if given.has("classify") else "directories" if given.has("p") else ""
        if self._long:
            numeric = given.has("numeric-uid-gid")
            layout.names = Names("", "") if numeric else (yield from names())
            layout.long = True
        elif given.last("1", "C") == "C" or (terminal and not given.has("1")):
            columns = self._call.variables.get("COLUMNS", "")
            usable = columns.isascii() and columns.isdigit() and 0 < len(columns) < 5
            layout.width = int(columns) if usable and int(columns) else 80

    def run(self) -> Running:
        """List the operands that are no directories, then the directories."""
        given = self._given
        plain: list[Entry] = []
        places: list[Entry] = []
        for operand in given.operands or ["."]:
            entry = yield from self._operand(operand)
            if entry is not None:
                contents = modes.is_dir(entry.mode) and not given.has("directory")
                (places if contents else plain).append(entry)
        if plain:
            yield from self._write("", self._sorted(plain), places)
            self._started = True
        queue = self._sorted(places)[::-1]
        severity = _SERIOUS
        commanded = len(queue)
        while queue:
            severity = _SERIOUS if len(queue) <= commanded else _MINOR
            commanded = min(commanded, len(queue) - 1)
            queue += reversed((yield from self._directory(queue.pop().name, severity)))
        return self._status

    def _write(
        self, head: str, entries: Sequence[Entry], others: Sequence[Entry] = ()
    ) -> Asking[None]:
        """Print them; the time is asked for behind theirs, for no file is of the future then."""
        if self._long and not self._layout.now:
            now = yield ClockGettime(CLOCK_REALTIME)
            self._layout.now = now // SECOND
        yield from write(1, head + self._layout.text(entries, others))

    def _operand(self, path: str) -> Asking[Entry | None]:
        """A link to a directory stands for that, where nothing asks about the link itself."""
        about_itself = self._long or self._given.last("classify", "directory")
        try:
            follow = self._given.has("dereference")
            if not (follow or about_itself):
                follow = yield from _leads_to_directory(path)
            return (yield from self._look(path, path, follow))
        except KernelError as error:
            yield from self._failed(f"cannot access {always(path)}", error, _SERIOUS)
            return None

    def _look(self, name: str, path: str, follow: bool) -> Asking[Entry]:
        """The file at *path*, listed as *name*; errors of stat(2)."""
        found: StatResult = yield Stat(path, follow)
        target = ""
        if self._long and modes.is_link(found.mode):
            try:
                target = yield Readlink(path)
            except KernelError as error:
                yield from self._failed(f"cannot read symbolic link {always(path)}", error)
        entry = Entry(name, found.mode, found.ino, found, target)
        if target and self._layout.marks:
            try:
                entry.target_mode = (yield Stat(path)).mode
            except KernelError:
                entry.target_mode = 0
        return entry

    def _directory(self, path: str, severity: int) -> Asking[list[Entry]]:
        """List one directory; those in it that are to be listed too."""
        try:
            fd = yield Open(path, LISTING)
        except KernelError as error:
            yield from self._failed(f"cannot open directory {always(path)}", error, severity)
            return []
        found: tuple[Dirent, ...] = ()
        try:
            found = yield from read_directory(fd)
        except KernelError as error:
            yield from self._failed(f"reading directory {always(path)}", error, severity)
        entries: list[Entry] = []
        for each in found:
            if self._shown(each.name):
                entry = yield from self._entry(path, each)
                if entry is not None:
                    entries.append(entry)
        yield Close(fd)  # now: in /proc/self/fd it is itself one of them
        entries = self._sorted(entries)
        head = ""
        if self._headed:
            blank = "\n" if self._started else ""
            head = f"{blank}{self._layout.quoted(path, heading=True)}:\n"
        self._started = True
        if self._long:
            head += f"total {total(entries)}\n"
        yield from self._write(head, entries)
        if not self._given.has("recursive"):
            return []
        return [
            Entry(joined(path, entry.name), entry.mode, entry.ino)
            for entry in entries
            if modes.is_dir(entry.mode) and entry.name not in (".", "..")
        ]

    def _entry(self, path: str, entry: Dirent) -> Asking[Entry | None]:
        if not self._stats:
            return Entry(entry.name, entry.kind, entry.ino)
        full = joined(path, entry.name)
        try:
            follow = self._given.has("dereference")
            return (yield from self._look(entry.name, full, follow))
        except KernelError as error:
            name = entry.name if path == "." else full
            yield from self._failed(f"cannot access {always(name)}", error)
            listed = self._given.has("dereference") and not (self._long or self._layout.inodes)
            return Entry(entry.name, entry.kind, entry.ino) if listed else None

    def _shown(self, name: str) -> bool:
        if name in (".", ".."):
            return self._given.last("all", "almost-all") == "all"
        return not name.startswith(".") or bool(self._given.last("all", "almost-all"))

    def _sorted(self, entries: list[Entry]) -> list[Entry]:
        order = self._given.last("t", "S", "U")
        backwards = self._given.has("reverse")
        if order == "U":
            return entries
        entries = sorted(entries, key=lambda entry: encode(entry.name), reverse=backwards)
        if order == "t":
            entries.sort(key=lambda entry: -entry.mtime, reverse=backwards)
        elif order == "S":
            entries.sort(key=lambda entry: -entry.size, reverse=backwards)
        return entries

    def _failed(self, text: str, error: KernelError, severity: int = _MINOR) -> Asking[None]:
        self._status = max(self._status, severity)
        yield from complain(self._call, text, error)


def _leads_to_directory(path: str) -> Asking[bool]:
    """Whether to follow *path*: a link that leads nowhere, or to a file, is listed as itself."""
    try:
        found: StatResult = yield Stat(path)
    except KernelError:
        return False
    return modes.is_dir(found.mode)
