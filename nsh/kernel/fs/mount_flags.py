"""The flags of a mount, and of the file system behind it (mount(2); fs/namespace.c,
vfs_parse_sb_flag in fs/fs_context.c).

Of the times of files there is but one, so what a mount says about them is shown and changes
nothing, as ``sync`` does where nothing is written to a disk.
"""

from typing import Final

from nsh.abi.errno import Errno
from nsh.abi.files import MountFlag
from nsh.machine.files import Superblock
from nsh.machine.mounts import Mount
from nsh.machine.record import Record

_RDONLY: Final = int(MountFlag.MS_RDONLY)
_STRICTATIME: Final = int(MountFlag.MS_STRICTATIME)
RESTRICTING: Final = int(
    MountFlag.MS_RDONLY | MountFlag.MS_NOSUID | MountFlag.MS_NODEV | MountFlag.MS_NOEXEC
)
"""Flags that somebody else cannot take off a mount that is locked."""
TIMES_LOCKED: Final = int(MountFlag.MS_RELATIME)
"""In ``Mount.locks``: nor can they change which times are kept (MNT_LOCK_ATIME)."""
_TIMES: Final = int(MountFlag.MS_NOATIME | MountFlag.MS_NODIRATIME | MountFlag.MS_STRICTATIME)
_SAYS_TIMES: Final = _TIMES | int(MountFlag.MS_RELATIME)
KEPT: Final = RESTRICTING | _TIMES | int(MountFlag.MS_NOSYMFOLLOW)
"""Flags that each mount has of its own."""
_OF_FILE_SYSTEM: Final = int(
    MountFlag.MS_RDONLY
    | MountFlag.MS_SYNCHRONOUS
    | MountFlag.MS_MANDLOCK
    | MountFlag.MS_DIRSYNC
    | MountFlag.MS_LAZYTIME
)
_CHANGEABLE: Final = _OF_FILE_SYSTEM & ~int(MountFlag.MS_DIRSYNC)
"""Those that a remount sets or takes off by flag (MS_RMT_MASK)."""
_SET: Final = {
    "dirsync": int(MountFlag.MS_DIRSYNC),
    "lazytime": int(MountFlag.MS_LAZYTIME),
    "mand": int(MountFlag.MS_MANDLOCK),
    "ro": int(MountFlag.MS_RDONLY),
    "sync": int(MountFlag.MS_SYNCHRONOUS),
}
_CLEARED: Final = {
    "async": int(MountFlag.MS_SYNCHRONOUS),
    "nolazytime": int(MountFlag.MS_LAZYTIME),
    "nomand": int(MountFlag.MS_MANDLOCK),
    "rw": int(MountFlag.MS_RDONLY),
}
_SHOWN: Final = (
    (MountFlag.MS_NOSUID, ",nosuid"),
    (MountFlag.MS_NODEV, ",nodev"),
    (MountFlag.MS_NOEXEC, ",noexec"),
    (MountFlag.MS_NOATIME, ",noatime"),
    (MountFlag.MS_NODIRATIME, ",nodiratime"),
)
_SHOWN_OF_FILE_SYSTEM: Final = (
    (MountFlag.MS_SYNCHRONOUS, ",sync"),
    (MountFlag.MS_DIRSYNC, ",dirsync"),
    (MountFlag.MS_MANDLOCK, ",mand"),
    (MountFlag.MS_LAZYTIME, ",lazytime"),
)


class Asked(Record):
    """What a call asks of a file system."""

    options: str
    """Those that are the type's own."""
    flags: int
    mask: int
    """Which flags a remount changes."""

    def applied(self, old: int) -> int:
        """The flags *old*, remounted."""
        return old & ~self.mask | self.flags & self.mask


def asked(data: str, flags: int) -> Asked:
    """What *data* and *flags* of mount(2) ask: of options that say the opposite the last holds."""
    found, mask = flags & _OF_FILE_SYSTEM, _CHANGEABLE
    if not data:
        return Asked("", found, mask)
    others = []
    for option in data.split(","):
        if option in _SET:
            found |= _SET[option]
        elif option in _CLEARED:
            found &= ~_CLEARED[option]
        else:
            others.append(option)
        mask |= _SET.get(option, 0) | _CLEARED.get(option, 0)
    return Asked(",".join(others), found, mask)


def of_mount(flags: int, old: int | None = None) -> int:
    """What *flags* of mount(2) make the flags of a mount; of one that had *old* what is said about
    times stays unless it is said again."""
    kept = flags & KEPT
    if kept & _STRICTATIME:
        kept &= ~int(MountFlag.MS_NOATIME)
    if old is not None and not flags & _SAYS_TIMES:
        kept = kept & ~_TIMES | old & _TIMES
    return kept


def locks_of(mount: Mount) -> int:
    """What is locked of a mount that is copied for another user namespace (lock_mnt_tree)."""
    return mount.locks | mount.flags & RESTRICTING | TIMES_LOCKED


def check_locks(mount: Mount, flags: int) -> None:
    """EPERM: with *flags* a mount would lose what came from another user namespace
    (can_change_locked_flags)."""
    if mount.locks & RESTRICTING & ~flags:
        raise Errno.EPERM("a restricting flag of the mount is locked by another user namespace")
    if mount.locks & TIMES_LOCKED and (mount.flags ^ flags) & _TIMES:
        raise Errno.EPERM("which times are kept is locked by another user namespace")


def locks_kept(mount: Mount, fs: Superblock, flags: int) -> int | None:
    """Which locks of *mount*, of the file system *fs*, a new one with *flags* has to have so as not
    to reveal more; None: it would (mnt_already_visible)."""
    locks = mount.locks | fs.flags & _RDONLY
    if locks & ~flags & _RDONLY:
        return None
    if locks & TIMES_LOCKED and (mount.flags ^ flags) & _TIMES:
        return None
    return locks & (_RDONLY | TIMES_LOCKED)


def told(flags: int, *, times: bool = True) -> str:
    """The flags of a mount as /proc has them, behind ``rw`` (show_mnt_opts); *times*: whether the
    default is told, which mount(2) asks for and the kernel itself does not."""
    shown = "".join(text for flag, text in _SHOWN if flags & flag)
    if times and not flags & (MountFlag.MS_NOATIME | MountFlag.MS_STRICTATIME):
        shown += ",relatime"
    return shown + (",nosymfollow" if flags & MountFlag.MS_NOSYMFOLLOW else "")


def told_of_file_system(flags: int) -> str:
    """Those of a file system, behind ``rw`` (show_sb_opts)."""
    return "".join(text for flag, text in _SHOWN_OF_FILE_SYSTEM if flags & flag)
