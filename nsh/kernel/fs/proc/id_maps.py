"""``/proc/PID/uid_map``, ``gid_map``, ``projid_map`` and ``setgroups`` (user_namespaces(7);
kernel/user_namespace.c).

An open file is of the namespace that the task was in when it was opened, and remembers who opened
it: both they and who writes have to be allowed to.
"""

from typing import Final

from msgspec.structs import replace

from nsh.abi.capabilities import Cap
from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.kernel import capabilities, idmaps, namespaces
from nsh.kernel.fs.proc.nodes import TaskNode
from nsh.kernel.fs.proc.registry import TaskFileOperations, task_file
from nsh.kernel.fs.proc.view import seen
from nsh.kernel.idmaps import INVALID
from nsh.machine.files import File
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.tasks import Task
from nsh.machine.users import Extent, MapFile, UserSpace, up
from nsh.machine.value import Transaction

MAX_EXTENTS: Final = 340
"""UID_GID_MAP_MAX_EXTENTS."""
UNSORTED: Final = 5
"""UID_GID_MAP_MAX_BASE_EXTENTS: so many lines stay in the order in which they were written."""
PAGE_SIZE: Final = 4096
_SPACES: Final = b" \t\n\v\f\r\xa0"
_DIGITS: Final = b"0123456789"
_U32: Final = 0xFFFFFFFF
_SETGROUPS_SIZE: Final = 8


def _held(file: File) -> MapFile:
    assert isinstance(file.opened, MapFile)
    return file.opened


class _Held(TaskFileOperations):
    """What the four files have in common: they keep the namespace, and the opener's."""

    gone: Errno
    """What is said to who opens it anew when the task is gone."""

    def open(self, tx: Transaction, caller: TaskId, node: TaskNode, flags: int) -> MapFile:
        """Of the namespace of the task.  ESRCH, EINVAL."""
        if tx.find(Task, node.task) is None:
            raise self.gone("the task is gone")
        space = seen(tx, node).creds.userns
        self.check_open(tx, caller, space, flags)
        opener = tx.get(Task, caller).creds
        namespaces.hold(tx, "user", space)
        namespaces.hold(tx, "user", opener.userns)
        return MapFile(space, opener)

    def check_open(self, tx: Transaction, caller: TaskId, space: NamespaceId, flags: int) -> None:
        """Raises what opening the file fails with."""

    def close(self, tx: Transaction, file: File) -> None:
        """Let go of the namespace, and of the opener's."""
        held = _held(file)
        namespaces.put(tx, "user", held.namespace)
        namespaces.put(tx, "user", held.opener.userns)

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """As of now."""
        text = self.text(tx, _held(file)).encode()
        return text[file.offset : file.offset + size]

    def text(self, tx: Transaction, held: MapFile) -> str:
        """The whole content."""
        raise NotImplementedError


_CAPS: Final = {"uid_map": Cap.CAP_SETUID, "gid_map": Cap.CAP_SETGID, "projid_map": None}
"""What it takes over the parent to write a map that is not merely about oneself."""


class _Map(_Held):
    gone = Errno.EINVAL

    def __init__(self, field: str) -> None:
        self._field = field

    def text(self, tx: Transaction, held: MapFile) -> str:
        """A line for each extent: the number inside, and outside, as the opener knows it."""
        space = tx.get(UserSpace, held.namespace)
        seer = held.opener.userns
        if seer == held.namespace and len(space.path) > 1:
            seer = space.path[-2]
        around: tuple[Extent, ...] = getattr(tx.get(UserSpace, seer), self._field)
        lines = []
        for extent in getattr(space, self._field):
            lower = up(around, extent.lower)
            lower = INVALID if lower is None else lower
            lines.append(f"{extent.first:>10} {lower:>10} {extent.count:>10}\n")
        return "".join(lines)

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """The whole map, in one write, once (map_write).  EINVAL, EPERM."""
        held = _held(file)
        space = tx.get(UserSpace, held.namespace)
        field, cap = self._field, _CAPS[self._field]
        if len(space.path) == 1:
            raise Errno.EPERM("the first user namespace has its map already")
        parent = space.path[-2]
        if held.opener.userns not in (held.namespace, parent):
            raise Errno.EPERM("only those inside, or in the namespace around it, write its maps")
        if file.offset or len(data) >= PAGE_SIZE:
            raise Errno.EINVAL("a map is written at once, in less than 4096 bytes")
        if getattr(space, field):
            raise Errno.EPERM(f"{field} has been written, and can be only once")
        own = held.namespace
        if cap is not None and not capabilities.has(tx, held.opener, own, Cap.CAP_SYS_ADMIN):
            raise Errno.EPERM("who opened the file has no CAP_SYS_ADMIN in the namespace")
        extents = mapped(tx, caller, held, field, data)
        tx.put(own, replace(space, **{field: extents}))
        return len(data)


def mapped(
    tx: Transaction, caller: TaskId | None, held: MapFile, field: str, data: bytes
) -> tuple[Extent, ...]:
    """The map *field* of the held namespace that *data* makes, which *caller* writes, or who has
    every right to (None).  EINVAL, EPERM."""
    extents = parse(data.partition(b"\0")[0])
    space = tx.get(UserSpace, held.namespace)
    if caller is not None:
        _check(tx, caller, held, _CAPS[field], extents)
    around: tuple[Extent, ...] = getattr(tx.get(UserSpace, space.path[-2]), field)
    found = []
    for extent in extents:
        lower = idmaps.down(around, extent.lower, extent.count)
        if lower is None:
            raise Errno.EPERM(f"{_range(extent)} are not mapped in the namespace around it")
        found.append(replace(extent, lower=lower))
    if len(found) > UNSORTED:
        found.sort(key=lambda extent: extent.first)
    return tuple(found)


def _check(
    tx: Transaction,
    caller: TaskId,
    held: MapFile,
    cap: Cap | None,
    extents: tuple[Extent, ...],
) -> None:
    """Whether writer and opener may map these numbers (new_idmap_permitted).  EPERM."""
    space, opener = tx.get(UserSpace, held.namespace), held.opener
    parent = space.path[-2]
    if cap is None:
        return
    if cap is Cap.CAP_SETUID and any(not extent.lower for extent in extents):
        _check_root(tx, held, space)
    alone = len(extents) == 1 and extents[0].count == 1 and space.creator == opener.euid
    lower = extents[0].lower
    if alone and cap is Cap.CAP_SETUID and idmaps.find_uid(tx, parent, lower) == opener.euid:
        return
    denied = alone and cap is Cap.CAP_SETGID and not space.setgroups
    if denied and idmaps.find_gid(tx, parent, lower) == opener.egid:
        return
    able = capabilities.capable(tx, caller, parent, cap)
    if not (able and capabilities.has(tx, opener, parent, cap)):
        raise Errno.EPERM(_unprivileged(cap, space))


def _unprivileged(cap: Cap, space: UserSpace) -> str:
    what = "uid" if cap is Cap.CAP_SETUID else "gid"
    text = f"without {cap.name} over the namespace around it only one's own {what} can be mapped"
    if what == "gid" and space.setgroups:
        text += ", after deny was written to setgroups"
    return text


def _check_root(tx: Transaction, held: MapFile, space: UserSpace) -> None:
    """The parent's uid 0 is mapped by who has CAP_SETFCAP there only, since 5.12 (verify_root_map).

    Else files' capabilities could be made for a namespace in which one is not root.
    """
    if held.opener.userns == held.namespace:
        allowed = space.setfcap
    else:
        allowed = capabilities.has(tx, held.opener, space.path[-2], Cap.CAP_SETFCAP)
    if not allowed:
        raise Errno.EPERM("uid 0 of the namespace around it is mapped by who has CAP_SETFCAP there")


def _range(extent: Extent) -> str:
    return f"{extent.lower} to {extent.lower + extent.count - 1}"


def parse(data: bytes) -> tuple[Extent, ...]:
    """The lines of a map, with *lower* as they have it.  EINVAL."""
    lines = data.split(b"\n")
    if len(lines) > 1 and not lines[-1]:
        del lines[-1]
    extents: list[Extent] = []
    for number, line in enumerate(lines):
        extent = _line(line)
        for other in extents:
            if _overlap(extent.first, other.first, extent, other):
                raise Errno.EINVAL(f"line {number + 1}: {extent.first} is mapped already")
            if _overlap(extent.lower, other.lower, extent, other):
                raise Errno.EINVAL(f"line {number + 1}: {extent.lower} is mapped to already")
        if len(extents) + 1 == MAX_EXTENTS and number + 1 < len(lines):
            raise Errno.EINVAL(f"a map has at most {MAX_EXTENTS} lines")
        extents.append(extent)
    return tuple(extents)


def _overlap(first: int, second: int, one: Extent, other: Extent) -> bool:
    return first < second + other.count and second < first + one.count


def _line(line: bytes) -> Extent:
    """Three decimal numbers with blanks between them."""
    found = []
    rest = line
    for last in (False, False, True):
        rest = rest.lstrip(_SPACES)
        digits = rest[: len(rest) - len(rest.lstrip(_DIGITS))]
        rest = rest[len(digits) :]
        found.append(int(digits or b"0") & _U32)
        if (rest or not last) and rest[:1] not in [_SPACES[i : i + 1] for i in range(7)]:
            raise Errno.EINVAL(f"{line[:40]!r} is not: first inside, first outside, count")
    if rest.strip(_SPACES):
        raise Errno.EINVAL(f"{rest[:40]!r} is too much on a line")
    first, lower, count = found
    if INVALID in (first, lower):
        raise Errno.EINVAL("4294967295 is nobody")
    if (first + count) & _U32 <= first or (lower + count) & _U32 <= lower:
        raise Errno.EINVAL(f"{count} numbers from {first} and {lower} on are none, or too many")
    return Extent(first, lower, count)


class _Setgroups(_Held):
    gone = Errno.ESRCH

    def check_open(self, tx: Transaction, caller: TaskId, space: NamespaceId, flags: int) -> None:
        """EACCES: for writing it takes CAP_SYS_ADMIN in the namespace."""
        writing = flags & (OpenFlag.O_WRONLY | OpenFlag.O_RDWR)
        if writing and not capabilities.capable(tx, caller, space, Cap.CAP_SYS_ADMIN):
            raise Errno.EACCES("writing setgroups takes CAP_SYS_ADMIN in the namespace")

    def text(self, tx: Transaction, held: MapFile) -> str:
        """``allow`` or ``deny``."""
        return "allow\n" if tx.get(UserSpace, held.namespace).setgroups else "deny\n"

    def write(self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes) -> int:
        """``allow``, or, before there is a gid_map, ``deny`` for ever (proc_setgroups_write)."""
        if file.offset or len(data) >= _SETGROUPS_SIZE:
            raise Errno.EINVAL("setgroups is allow or deny, in one write")
        word = data.partition(b"\0")[0]
        allow = word.startswith(b"allow")
        if not allow and not word.startswith(b"deny"):
            raise Errno.EINVAL("setgroups is allow or deny")
        if word[5 if allow else 4 :].strip(_SPACES):
            raise Errno.EINVAL("setgroups is allow or deny, and nothing behind it")
        key_ = _held(file).namespace
        space = tx.get(UserSpace, key_)
        if allow and not space.setgroups:
            raise Errno.EPERM("setgroups(2) was denied, and is for ever")
        if not allow:
            if space.gid_map:
                raise Errno.EPERM("gid_map has been written: it is too late to deny setgroups(2)")
            tx.put(key_, replace(space, setgroups=False))
        return len(data)


def _register(name: str, operations: TaskFileOperations) -> None:
    @task_file(name, 0o644, operations=operations)
    def content(tx: Transaction, caller: TaskId, node: TaskNode) -> str:
        """Read through the open file, which knows its namespace."""
        raise NotImplementedError


_register("uid_map", _Map("uid_map"))
_register("gid_map", _Map("gid_map"))
_register("projid_map", _Map("projid_map"))
_register("setgroups", _Setgroups())
