"""Where files, mounts and what is told of them are otherwise than Linux's: rows of
:class:`nsh.abi.gaps.Gap`, which that module makes of them."""

from typing import Final

Row = tuple[str, str, str, str, tuple[str, ...], str]

GAPS: Final[tuple[Row, ...]] = (
    (
        "`chown` of files in `/proc`, `chmod` of those that are no task's",
        "Is taken; of a task's files it is forgotten soon",
        "`EPERM`",
        "Nobody relies on it",
        ("chown", "chgrp", "chmod"),
        "files in /proc are nobody's to give away or to open",
    ),
    (
        "Extended attributes but for `security.capability`",
        "`user`, `trusted`, `system`, and more of `security`",
        "None of them: ENOTSUP; and on tmpfs alone, not on files of cgroups",
        "No other is anything to the kernel",
        ("setcap", "getcap", "cp"),
        "of extended attributes there is security.capability alone, on tmpfs",
    ),
    (
        "`execve` of a path",
        "Needs an executable file there",
        "Takes any name; if it leads to a file that may be executed, that one's set-id bits and "
        "capabilities count",
        "Programs here are nsh's own commands",
        ("nsh", "setcap"),
        "programs need no files; a file's set-id bits and capabilities count",
    ),
    (
        "File systems",
        "Some forty, `ramfs`, `overlay` and those of disks among them",
        "Those of `/proc/filesystems`; others are ENODEV",
        "No other tells anything about tasks",
        ("mountpoint",),
        "there are the file systems that /proc/filesystems lists, and no others",
    ),
    (
        "`/proc/sys/user` of the machine's own user namespace",
        "Goes by the machine's memory",
        "127000 of each kind",
        "The machine has no memory to go by",
        (),
        "",
    ),
    (
        "`lsns` of namespaces in which nobody is",
        "Are listed if those inside are",
        "Are not",
        "Nothing tells who they are but those inside",
        ("lsns",),
        "a namespace in which nobody is is not listed",
    ),
    (
        "What the root of a mount namespace hangs on",
        "`rootfs`, which nobody sees; what the machine boots with may be that itself, and is not "
        "pivoted from (EINVAL) then",
        "Nothing: in `mountinfo` it is its own parent, and `pivot_root` replaces it",
        "Nobody can see the difference but in that number, and by `umount -l /`: done on Linux, "
        "EINVAL here",
        ("pivot_root",),
        "the root of a mount namespace hangs on nothing",
    ),
    (
        "tmpfs: `huge`, `mpol`, `nr_blocks`, `nr_inodes`, `noswap`, `inode32`, `inode64`",
        "Are taken",
        "Are EINVAL, without a word in the kernel's log",
        "Only the size of files is counted",
        (),
        "",
    ),
)
