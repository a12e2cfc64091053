"""What an instance of devpts keeps (Documentation/filesystems/devpts.rst; N8).

The slaves of an instance are files of their own table, for a descriptor, a working directory or a
bind mount may keep one beyond the life of its name, and of its terminal.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from immutables import Map

from nsh.machine.files import Attributes, Superblock, SuperblockId
from nsh.machine.ids import MountId, NamespaceId, TerminalId
from nsh.machine.indices import Indices
from nsh.machine.invariants import invariant
from nsh.machine.mounts import Mount, nodes
from nsh.machine.namespaces import Nested
from nsh.machine.ptys import Pty
from nsh.machine.record import Record, table
from nsh.machine.terminals import Terminal
from nsh.machine.value import Machine

ROOT_INO: Final = 1
PTMX_INO: Final = 2
FIRST_INO: Final = 3
"""The inode number of slave 0; the others follow."""
PTY_LIMIT: Final = 1 << 20
"""NR_UNIX98_PTY_MAX: no instance has more, whatever its option ``max``."""


class DevPts(Record):
    """The data of a devpts superblock: its options, and its pseudo terminals."""

    root: Attributes = Attributes(ROOT_INO, 0o040755, 2)
    ptmx: Attributes = Attributes(PTMX_INO, 0o020000, rdev=5 << 8 | 2)
    mode: int = 0o600
    """Of new slaves."""
    ptmxmode: int = 0
    """Of ``ptmx``."""
    uid: int | None = None
    """Owner of new slaves; None: who opens the master."""
    gid: int | None = None
    most: int | None = None
    """Option ``max``: pseudo terminals at most (0: no limit of its own); None: it was not given."""
    reserve: bool = False
    """It may use those that ``kernel.pty.reserve`` keeps from others."""
    used: Indices = Indices()
    """Indices that are taken: from the opening of the master to the last close of either side."""
    shown: Map[int, TerminalId] = Map()
    """The slaves that have a name here, by index."""


@table
class PtsFile(Attributes):
    """The file of a slave, keyed by its terminal; it lives while it has a name or users."""

    superblock: SuperblockId = SuperblockId(0)
    index: int = 0
    users: int = 0
    """Places and mounts on it."""
    seen_from: tuple[NamespaceId, ...] = ()
    """The device namespaces, outermost first, whose white list has it by ``pts/*``: its opener's,
    and those above."""


class DevPtsNode(Record):
    """The node of the root directory (0), of ``ptmx`` (-1), or of the slave of a terminal."""

    slave: int


ROOT: Final = DevPtsNode(0)
PTMX: Final = DevPtsNode(-1)


@table
class Ptys(Record):
    """The pseudo terminals of the whole machine (one row, key 0): ``/proc/sys/kernel/pty``."""

    count: int = 0
    limit: int = 4096
    """NR_UNIX98_PTY_DEFAULT."""
    reserve: int = 1024
    """NR_UNIX98_PTY_RESERVE: left to the instances of the first mount namespace."""


@table
class PtsSpace(Nested):
    """A pts namespace (CLONE_NEWPTS) and the instance that those in it find in /dev/pts."""

    superblock: SuperblockId
    mount: MountId
    """The kernel's own mount of it, by which those above get there."""


@invariant
def _devpts(machine: Machine) -> Iterator[str]:
    """Indices are counted, each slave with a name has its file and its terminal."""
    count = 0
    shown: set[int] = set()
    pairs: dict[int, set[int]] = {}
    for _key, pty in machine.items(Pty):
        pairs.setdefault(pty.sb, set()).add(pty.index)
    for key, record in machine.items(Superblock):
        data = record.data
        if not isinstance(data, DevPts):
            continue
        count += len(data.used)
        if set(data.used) != pairs.pop(key, set()):
            yield f"instance {key} has other indices in use than pseudo terminals"
        if record.pins != len(data.used):
            yield f"instance {key} is kept {record.pins} times by {len(data.used)} terminals"
        for index, terminal in sorted(data.shown.items()):
            shown.add(terminal)
            file = machine.find(PtsFile, terminal)
            if index not in data.used:
                yield f"instance {key} shows {index}, which is free"
            if machine.find(Terminal, terminal) is None:
                yield f"slave {index} of instance {key} is no terminal"
            if file is None or (file.superblock, file.index, file.nlink) != (key, index, 1):
                yield f"slave {index} of instance {key} has the file of another"
    total = (machine.find(Ptys, 0) or Ptys()).count
    for key in sorted(pairs):
        yield f"pseudo terminals are of instance {key}, which is none"
    if count != total:
        yield f"{count} pseudo terminals exist, {total} are counted"
    users = _users(machine)
    for key, file in machine.items(PtsFile):
        if file.users != users.pop(key, 0):
            yield f"the file of slave {file.index} miscounts its {file.users} users"
        if file.nlink != (key in shown) or not (file.nlink or file.users):
            yield f"the file of slave {file.index} has {file.nlink} names"
    for key in sorted(users):
        yield f"the file of terminal {key} is gone, and has users"


def _users(machine: Machine) -> Counter[int]:
    points = (mount.point for _key, mount in machine.items(Mount))
    referred = (*nodes(machine), *(point.node for point in points if point is not None))
    return Counter(
        node.slave for node in referred if isinstance(node, DevPtsNode) and node.slave > 0
    )


@invariant
def _pts_spaces(machine: Machine) -> Iterator[str]:
    """A pts namespace has its instance, by a mount of the kernel's own."""
    for key, space in machine.items(PtsSpace):
        mount = machine.find(Mount, space.mount)
        if mount is None or mount.superblock != space.superblock or not mount.internal:
            yield f"pts namespace {key} has no instance"
