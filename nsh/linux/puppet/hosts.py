"""What a puppet could reach as root of the machine itself, and does not: devices and settings.

A stage has no way to the host's files. But root may make any device's node, and what is below
``/proc/sys`` is the whole machine's unless a namespace has its own of it.
"""

from __future__ import annotations

import ctypes
import os
import stat as modes

from nsh.linux.puppet.gate import call, text
from nsh.linux.puppet.table import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

_DEVICES: Final = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 2)}
"""null, zero, full, random, urandom, tty, ptmx; and by their majors:"""
_PTYS: Final = range(128, 144)
_PROC_SUPER_MAGIC: Final = 0x9FA0
_STATFS: Final = 120
"""Bytes of ``struct statfs``, which begins with the type."""
_OWN_SETTINGS: Final = (
    "sys/fs/mqueue/",
    "sys/kernel/domainname",
    "sys/kernel/hostname",
    "sys/kernel/msg",
    "sys/kernel/ns_last_pid",
    "sys/kernel/pid_max",
    "sys/kernel/sem",
    "sys/kernel/shm",
    "sys/net/",
)
"""How the paths in proc begin that a namespace of the stage has its own of."""
_USERS: Final = "sys/user/"
_FIRST_USER: Final = 4026531837
"""PROC_USER_INIT_INO: the limits of the machine's own user namespace are the machine's."""
_SHARED: Final = {
    *("bpf", "cgroup", "cgroup2", "configfs", "cpuset", "debugfs", "devtmpfs", "efivarfs"),
    *("binfmt_misc", "hugetlbfs", "pstore", "resctrl", "securityfs", "selinuxfs", "sysfs"),
    *("fusectl", "tracefs", "xenfs"),
}
"""Types of which there is one instance for all, or whose files are the machine's own."""
_WRITING: Final = os.O_WRONLY | os.O_RDWR
_EPERM, _ENXIO = 1, 6
_NO_SUCH_IOCTL: Final = (22, 25, 95)
_SIOCGSKNS: Final = 0x894C
"""A descriptor of the network namespace that a socket is in (socket(7))."""


def guard(path: str, flags: int) -> None:
    """Whether *path* may be opened.  Refusal: ENXIO for a device that the stage has not, EPERM for
    the machine's own settings and log."""
    try:
        found = os.stat(text(path))
    except OSError:
        return  # the kernel will say why
    kind = modes.S_IFMT(found.st_mode)
    if kind == modes.S_IFBLK or (kind == modes.S_IFCHR and not _on_stage(found.st_rdev)):
        if os.statvfs(text(path)).f_flag & os.ST_NODEV:
            return
        raise Refusal(_ENXIO, "the device is the machine's own, and not on the stage")
    if kind == modes.S_IFREG and _is_proc(path):
        inside = _inside(path, found.st_dev)
        if inside == "kmsg" or (flags & _WRITING and not _own(inside)):
            raise Refusal(_EPERM, "it is the whole machine's, and not the stage's")


def guard_attributes(path: str) -> None:
    """Whether a file's mode and owner may be changed.  Refusal (EPERM): of what is the whole
    machine's below proc they would change in every proc there is (proc_notify_change)."""
    try:
        found = os.stat(text(path))
    except OSError:
        return  # the kernel will say why
    if _is_proc(path) and not _own(_inside(path, found.st_dev)):
        raise Refusal(_EPERM, "it is the whole machine's, and not the stage's")


def guard_mount(source: str, fstype: str) -> None:
    """Whether a file system may be mounted.  Refusal (EPERM): it would show what the whole machine
    has one of (sysfs, devtmpfs, cgroup2, a disk)."""
    shared = fstype in _SHARED
    if not shared:
        try:
            shared = modes.S_ISBLK(os.stat(text(source)).st_mode)
        except OSError:
            pass
    if fstype == "cgroup2":
        raise Refusal(_EPERM, "this machine lets the stage have no cgroup of its own")
    if shared:
        raise Refusal(_EPERM, "it would show the whole machine's, and not the stage's")


def guard_network(fd: int) -> None:
    """Whether the network that the socket *fd* is in may be used.  Refusal (EPERM): this kernel has
    no network namespaces, so that the stage has none of its own and it is the machine's."""
    try:
        os.close(call("ioctl", fd, _SIOCGSKNS, 0))
    except OSError as error:
        if error.errno in _NO_SUCH_IOCTL:
            raise Refusal(_EPERM, "the network is the machine's own") from None


def _on_stage(rdev: int) -> bool:
    major = os.major(rdev)
    return major in _PTYS or (major, os.minor(rdev)) in _DEVICES


def _is_proc(path: str) -> bool:
    found = ctypes.create_string_buffer(_STATFS)
    call("statfs", text(path), found)
    return int.from_bytes(found.raw[:8], "little") == _PROC_SUPER_MAGIC


def _inside(path: str, dev: int) -> str:
    """The path from the top of its mount on; "" if the file itself is mounted there."""
    parts = os.path.realpath(text(path)).split(b"/")
    for end in range(1, len(parts)):
        above = b"/".join(parts[:end]) or b"/"
        if os.stat(above).st_dev == dev:
            return os.fsdecode(b"/".join(parts[end:]))
    return ""


def _own(inside: str) -> bool:
    """Whether it is a task's, or one of a namespace's own settings."""
    first = inside.split("/", 1)[0]
    if inside.startswith(_USERS):
        try:
            return os.stat("/proc/thread-self/ns/user").st_ino != _FIRST_USER
        except OSError:
            return False
    return first.isdigit() or inside.startswith(_OWN_SETTINGS)
