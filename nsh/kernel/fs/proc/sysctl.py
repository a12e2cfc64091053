"""``/proc/sys``: a tree of settings (proc_sys(5), sysctl(2); kernel/sysctl.c).

A setting acts on the *reader's* namespaces whichever proc it is reached through, as those of
Linux do. It is an object of :class:`Setting` given to :func:`register`; directories follow from
the paths.
"""

from collections.abc import Callable
from typing import ClassVar, Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.poll import PollEvent
from nsh.abi.request import Failure
from nsh.kernel import idmaps, loading
from nsh.kernel.fs.operations import Ready
from nsh.kernel.fs.permission import in_group, is_owner
from nsh.machine.files import Attributes, File, Opened
from nsh.machine.ids import FIRST_USER, FileId, NamespaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.users import UserSpace
from nsh.machine.value import Transaction

Get = Callable[[Transaction, TaskId], int]
Set = Callable[[Transaction, TaskId, int], None]
Bounds = Callable[[Transaction, TaskId], tuple[int, int]]
GetText = Callable[[Transaction, TaskId], str]
SetText = Callable[[Transaction, TaskId, str], None]

_SPACES: Final = b" \t\n\v\f\r\xa0"
"""What the kernel's isspace() takes for blank: Latin-1's hard space too."""
_SEPARATORS: Final = b" \t\n"
_LONGEST: Final = 20
"""Characters of a number, sign and prefix included (TMPBUFLEN less two)."""
_INDICES: Final = 999983
"""A prime: among so many no two files have the same."""
_HEX: Final = b"0123456789abcdefABCDEF"


class Setting:
    """One file below ``/proc/sys``."""

    def __init__(self, path: str, mode: int) -> None:
        self.path = path
        """Below ``/proc/sys``: ``kernel/pid_max``."""
        self.mode = mode

    def mode_on(self, tx: Transaction) -> int:
        """The permission bits on this machine."""
        del tx
        return self.mode

    def space(self, tx: Transaction, caller: TaskId) -> NamespaceId:
        """The user namespace whose root's file it is for *caller*: the first."""
        del tx, caller
        return FIRST_USER

    def owner(self, tx: Transaction, caller: TaskId) -> tuple[int, int]:
        """User and group 0 of that namespace; the machine's where they are mapped to nobody."""
        space = self.space(tx, caller)
        return idmaps.find_uid(tx, space, 0) or 0, idmaps.find_gid(tx, space, 0) or 0

    def permits(self, tx: Transaction, caller: TaskId, wanted: int) -> bool:
        """Whether *caller* may do *wanted* (``MAY_…``): by mode and owner, and by no capability
        (test_perm)."""
        return self._permits(tx, caller, wanted, self.owner(tx, caller))

    def _permits(
        self, tx: Transaction, caller: TaskId, wanted: int, owner: tuple[int, int]
    ) -> bool:
        creds = tx.get(Task, caller).creds
        bits = self.mode_on(tx)
        uid, gid = owner
        if is_owner(tx, replace(creds, fsuid=creds.euid), Attributes(0, bits, uid=uid)):
            mode = bits >> 6
        elif in_group(tx, replace(creds, fsgid=creds.egid), gid):
            mode = bits >> 3
        else:
            mode = bits
        return not wanted & ~mode

    def read(self, tx: Transaction, caller: TaskId) -> str:
        """The whole content."""
        raise NotImplementedError

    def read_at(self, tx: Transaction, caller: TaskId, offset: int, size: int) -> bytes:
        """One read(2): all in one piece, as numbers are, or nothing (proc_dointvec)."""
        said = "" if offset else self.read(tx, caller)
        return said.encode("utf-8", "surrogateescape")[:size]

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int | Failure:
        """One write(2) at *offset*; replies how many bytes it took.  EINVAL, EPERM; a failure is
        replied where what was done before it has to stand."""
        raise NotImplementedError

    def open(self, tx: Transaction) -> Opened | None:
        """What to keep with the open file."""
        del tx
        return None

    def poll(self, tx: Transaction, key: FileId, file: File) -> Ready:
        """It can be read and written at any time."""
        del tx, key, file
        return Ready(PollEvent.POLLIN | PollEvent.POLLOUT)

    def may_write(self, tx: Transaction, caller: TaskId) -> bool:
        """Whether *caller* may open it for writing, its mode aside."""
        del caller
        return bool(self.mode_on(tx) & 0o222)


class Number(Setting):
    """An integer within bounds (proc_dointvec_minmax)."""

    signed: ClassVar[bool] = True
    """Whether a number may have a sign, be it only 0 (not so for proc_doulongvec_minmax)."""

    def __init__(self, path: str, mode: int, get: Get, set_: Set, bounds: Bounds) -> None:
        super().__init__(path, mode)
        self._get = get
        self._set = set_
        self._bounds = bounds

    def read(self, tx: Transaction, caller: TaskId) -> str:
        """The number and a newline."""
        return f"{self._get(tx, caller)}\n"

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int:
        """Take the first number of *data*; anywhere but at offset 0 nothing happens."""
        low, high = self._bounds(tx, caller)  # asked first, for it may say EPERM
        if not data or offset:
            return len(data)
        number, taken = parse_number(data, signed=self.signed)
        if not low <= number <= high:
            raise Errno.EINVAL(f"{self.path} is between {low} and {high}, not {number}")
        self._set(tx, caller, number)
        return taken


class Text(Setting):
    """A line that can be read in pieces (proc_dostring)."""

    def __init__(self, path: str, mode: int, get: GetText) -> None:
        super().__init__(path, mode)
        self._get = get

    def read(self, tx: Transaction, caller: TaskId) -> str:
        """The line and a newline."""
        return self._get(tx, caller) + "\n"

    def read_at(self, tx: Transaction, caller: TaskId, offset: int, size: int) -> bytes:
        """From *offset* on what it is by now."""
        return self.read(tx, caller).encode("utf-8", "surrogateescape")[offset:][:size]


class Line(Text):
    """A line of at most *size* bytes that can be set."""

    def __init__(self, path: str, mode: int, get: GetText, set_: SetText, size: int) -> None:
        super().__init__(path, mode, get)
        self._set = set_
        self._size = size

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int:
        """Replace the text from *offset* on by *data* up to a newline or NUL.

        What does not fit is dropped silently, and so is a write that starts beyond the text.
        """
        old = self._get(tx, caller).encode("utf-8", "surrogateescape")
        if data and offset <= len(old):
            line = data.partition(b"\n")[0].partition(b"\0")[0]
            new = (old[:offset] + line)[: self._size]
            self._set(tx, caller, new.decode("utf-8", "surrogateescape"))
        return len(data)


class Fact(Text):
    """A line that nobody can change."""

    def __init__(self, path: str, get: GetText) -> None:
        super().__init__(path, 0o444, get)

    def write(self, tx: Transaction, caller: TaskId, data: bytes, offset: int) -> int:
        """Never asked: it cannot be opened for writing."""
        raise Errno.EACCES(f"{self.path} cannot be set")


class Count(Fact):
    """The same of a number, which is read in one piece (proc_dointvec)."""

    read_at = Setting.read_at


def parse_number(
    data: bytes, low: int = -(1 << 31), high: int = (1 << 31) - 1, *, signed: bool = True
) -> tuple[int, int]:
    """The first number of *data* in C's notation, and how many bytes it took with the blanks
    around it.  EINVAL for anything else, and for what does not fit an int.

    (proc_get_long and strtoul_lenient in kernel/sysctl.c.)
    """
    start = len(data) - len(data.lstrip(_SPACES))
    word = data[start : start + _LONGEST + 1]
    negative = word[:1] == b"-" and len(word) > 1
    digits = word[1:] if negative else word
    base, allowed, prefix = 10, b"0123456789", 0
    if digits[:2].lower() == b"0x" and len(digits) > 2 and digits[2] in _HEX:
        base, allowed, prefix = 16, _HEX, 2
    elif digits[:1] == b"0":
        base, allowed = 8, b"01234567"
    body = digits[prefix:]
    length = len(body) - len(body.lstrip(allowed))
    end = start + negative + prefix + length
    follows = data[end : end + 1]
    if not length or end - start > _LONGEST or (follows and follows not in _SEPARATORS):
        raise Errno.EINVAL(f"{_quoted(data)} is no number")
    number = int(body[:length], base) * (-1 if negative else 1)
    if negative and not signed:
        raise Errno.EINVAL(f"{_quoted(data)} has a sign")
    if not low <= number <= high:
        raise Errno.EINVAL(f"{number} does not fit between {low} and {high}")
    return number, len(data) - len(data[end:].lstrip(_SPACES))


_SHOWN: Final = 24


def _quoted(data: bytes) -> str:
    """*data* for a message: printable and short."""
    text = data[:_SHOWN].decode("utf-8", "backslashreplace")
    return repr(text) + ("…" if len(data) > _SHOWN else "")


_settings: dict[str, Setting] = {}
_directories: dict[str, set[str]] = {"": set()}


def register(setting: Setting) -> None:
    """Make *setting* a file below ``/proc/sys``; ``ValueError`` if its path is taken."""
    path = setting.path
    if path in _settings or path in _directories:
        raise ValueError(f"two settings are called {path}")
    _settings[path] = setting
    while path:
        above, _slash, name = path.rpartition("/")
        _directories.setdefault(above, set()).add(name)
        path = above


def find(path: str) -> Setting | None:
    """The setting at *path* below ``/proc/sys``, or None."""
    if path not in _settings and path not in _directories:
        loading.load_files()
    return _settings.get(path)


def is_directory(path: str) -> bool:
    """Whether there is a directory at *path* below ``/proc/sys``."""
    return find(path) is None and path in _directories


def listing(path: str) -> list[str]:
    """The names in the directory *path* below ``/proc/sys``, sorted."""
    loading.load_files()
    return sorted(_directories[path])


def directory_owner(tx: Transaction, caller: TaskId, path: str) -> tuple[int, int]:
    """Whose the directory *path* is: if what is in it is all of one namespace's root, his."""
    if tx.count(UserSpace) < 2:  # then it is root's, and what is in it need not be loaded
        return 0, 0
    inside = (find(f"{path}/{name}") for name in listing(path))
    owners = {setting.owner(tx, caller) for setting in inside if setting is not None}
    return owners.pop() if len(owners) == 1 else (0, 0)


def index(path: str) -> int:
    """A number for the file or directory *path*, for inode numbers: made of the name alone, so
    that it is the same whatever else there is."""
    number = 0
    for character in path.encode():
        number = (number * 31 + character) % _INDICES
    return number
