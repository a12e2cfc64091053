"""The mount table as text: /proc/PID/mounts, /proc/PID/mountinfo (proc_pid_mountinfo(5))."""

from collections.abc import Iterator
from typing import Final

from nsh.abi.files import MountFlag
from nsh.kernel.fs import mount_flags
from nsh.kernel.fs.paths import path_in, path_to
from nsh.kernel.fs.types import type_of
from nsh.machine.context import Place
from nsh.machine.files import MountsFile, Superblock, dev_major, dev_minor, makedev
from nsh.machine.ids import MountId, TaskId
from nsh.machine.mounts import Mount, MountSpace
from nsh.machine.propagation import PeerGroup
from nsh.machine.value import Transaction

_ESCAPES: Final = {ord(char): f"\\{ord(char):03o}" for char in " \t\n\\"}
_SOURCE_ESCAPES: Final = _ESCAPES | {ord("#"): "\\043"}


def mounts(tx: Transaction, view: MountsFile) -> str:
    """/proc/PID/mounts: the mounts of the namespace that are below the root."""
    lines = []
    for _key, mount, point in _visible(tx, view):
        kind = type_of(tx, mount.superblock)
        fs = tx.get(Superblock, mount.superblock).flags
        options = (
            _access(mount.flags | fs)
            + mount_flags.told_of_file_system(fs)
            + mount_flags.told(mount.flags, times=not kind.internal)
            + kind.show_options(tx, mount.superblock)
        )
        source = mount.source.translate(_SOURCE_ESCAPES)
        lines.append(f"{source} {point} {kind.name} {options} 0 0\n")
    return "".join(lines)


def mountstats(tx: Transaction, view: MountsFile) -> str:
    """/proc/PID/mountstats: the same mounts, in sentences."""
    return "".join(
        f"device {mount.source.translate(_SOURCE_ESCAPES)} mounted on {point} "
        f"with fstype {type_of(tx, mount.superblock).name}\n"
        for _key, mount, point in _visible(tx, view)
    )


def mountinfo(tx: Transaction, view: MountsFile, reader: TaskId) -> str:
    """/proc/PID/mountinfo, as *reader* finds it."""
    lines = []
    for key, mount, point in _visible(tx, view):
        sb = mount.superblock
        kind = type_of(tx, sb)
        dev = makedev(0, sb)
        parent = key if mount.point is None else mount.point.mount
        root = kind.show_root(tx, reader, sb, mount.root) or path_in(tx, sb, mount.root)
        root = root.translate(_ESCAPES)
        marks = _marks(tx, view, mount)
        fs = tx.get(Superblock, sb).flags
        own = _access(mount.flags) + mount_flags.told(mount.flags, times=not kind.internal)
        options = _access(fs) + mount_flags.told_of_file_system(fs) + kind.show_options(tx, sb)
        lines.append(
            f"{key} {parent} {dev_major(dev)}:{dev_minor(dev)} {root} {point} {own}{marks} - "
            f"{kind.name} {mount.source.translate(_SOURCE_ESCAPES)} {options}\n"
        )
    return "".join(lines)


def _visible(tx: Transaction, view: MountsFile) -> Iterator[tuple[MountId, Mount, str]]:
    """The mounts that can be reached, by age, with their mount points."""
    for key in sorted(tx.get(MountSpace, view.namespace).mounts):
        mount = tx.get(Mount, key)
        path = path_to(tx, Place(key, mount.root), view.root)
        if path.reachable:
            yield key, mount, path.text.translate(_ESCAPES)


def _marks(tx: Transaction, view: MountsFile, mount: Mount) -> str:
    """The optional fields: `` shared:1 master:2 propagate_from:3``, or `` unbindable``."""
    marks = f" shared:{mount.group}" if mount.group else ""
    if mount.master:
        group = tx.get(Mount, mount.master).group
        marks += f" master:{group}"
        nearest = _dominating(tx, view.root, mount)
        if nearest not in (0, group):
            marks += f" propagate_from:{nearest}"
    return f"{marks} unbindable" if mount.flags & MountFlag.MS_UNBINDABLE else marks


def _dominating(tx: Transaction, root: Place, mount: Mount) -> int:
    """The nearest peer group it is told by that has a member below *root*; 0: none."""
    master = mount.master
    while master:
        record = tx.get(Mount, master)
        for member in tx.get(PeerGroup, record.group).members:
            other = tx.get(Mount, member)
            if (
                other.space == mount.space
                and path_to(tx, Place(member, other.root), root).reachable
            ):
                return record.group
        master = record.master
    return 0


def _access(flags: int) -> str:
    return "ro" if flags & MountFlag.MS_RDONLY else "rw"
