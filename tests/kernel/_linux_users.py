"""The calls about users that puppets make: ids, capabilities, maps, files, namespaces."""

from __future__ import annotations

import ctypes
import errno
import os
import stat
import struct
from typing import Any

from tests.probes import _calls
from tests.probes._calls import call, clone, err

DIRECTORY = "/mnt"
"""Where the files of a program are: a tmpfs of its own."""
BY_PROC = frozenset(("setns", "write_map", "read_map", "look_into", "list_fds", "whose"))
"""Their first argument is a process, by whose directory in the stage's /proc they go."""
SOMETIMES = 1 << 24
"""CAP_SYS_RESOURCE, which containers often lack; it makes no difference here but to /proc/sys/user,
which is left alone."""
STATUS = ("Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs")
_LOW = 0xFFFFFFFF
_WALL = 0x40000000
_PR_CAPBSET_DROP = 24
CAPABILITY = "security.capability"
_CODE = bytes.fromhex("31c0 31ff 4889e6 ba01000000 0f05 b8e7000000 31ff 0f05")
"""read(0, rsp, 1); exit_group(0)"""
_BASE, _HEADERS = 0x400000, 120
PROGRAM = (
    b"\x7fELF\x02\x01\x01".ljust(16, b"\0")
    + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, _BASE + _HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    + struct.pack("<IIQQQQQQ", 1, 5, 0, _BASE, _BASE, *[_HEADERS + len(_CODE)] * 2, 4096)
    + _CODE
)
"""What files hold, so that they can be executed: an ELF program for x86-64, which waits for what
it reads from to end."""


def told(status: dict[str, str]) -> list[Any]:
    """What /proc/PID/status says of a thread's credentials."""
    ids = [[int(word) for word in status[name].split()] for name in STATUS[:3]]
    sets = [int(status[name], 16) & ~SOMETIMES for name in STATUS[3:8]]
    return [*ids, *sets, int(status["NoNewPrivs"])]


def writes(path: str, text: str) -> Any:
    """One write(2) to the file *path*."""
    fd = err(os.open, path, os.O_WRONLY)
    if isinstance(fd, str):
        return [fd]
    try:
        return err(os.write, fd, text.encode())
    finally:
        os.close(fd)


def _done(got: Any) -> Any:
    return 0 if got is None else got


def _at(name: str) -> str:
    return f"{DIRECTORY}/{name}"


class Users:
    """Calls of a puppet, by the names that `tests.kernel._model_users` has for them."""

    def set_ids(self, name: str, *ids: int) -> Any:
        return call(name, *(number & _LOW for number in ids))

    def set_groups(self, groups: list[int]) -> Any:
        return call("setgroups", len(groups), struct.pack(f"{len(groups)}I", *groups))

    def get_ids(self) -> Any:
        return [*os.getresuid(), *os.getresgid(), sorted(os.getgroups())]

    def cap_set(self, effective: int, permitted: int, inheritable: int) -> Any:
        sets = (effective, permitted, inheritable)
        halves = [each & _LOW for each in sets] + [each >> 32 for each in sets]
        return call("capset", struct.pack("Ii", 0x20080522, 0), struct.pack("6I", *halves))

    def cap_get(self, pid: int) -> Any:
        sets = (ctypes.c_uint32 * 6)()
        got = call("capget", struct.pack("Ii", 0x20080522, pid), ctypes.byref(sets))
        if isinstance(got, str):
            return got
        return [(sets[n] | sets[n + 3] << 32) & ~SOMETIMES for n in range(3)]

    def ambient(self, what: int, cap: int) -> Any:
        return call("prctl", 47, what, cap, 0, 0)

    def write_map(self, stage_pid: int, name: str, text: str) -> Any:
        return writes(f"/proc/{stage_pid}/{name}", text)

    def read_map(self, stage_pid: int, name: str) -> Any:
        fd = err(os.open, f"/proc/{stage_pid}/{name}", os.O_RDONLY)
        if isinstance(fd, str):
            return fd
        try:
            return err(lambda: os.read(fd, 8192).decode())
        finally:
            os.close(fd)

    def look_into(self, stage_pid: int, entry: str) -> Any:
        got = err(os.readlink, f"/proc/{stage_pid}/ns/{entry}")
        return got if got in errno.errorcode.values() else "seen"

    def list_fds(self, stage_pid: int) -> Any:
        got = err(os.listdir, f"/proc/{stage_pid}/fd")
        return got if isinstance(got, str) else "seen"

    def whose(self, stage_pid: int, name: str) -> Any:
        got = err(os.stat, f"/proc/{stage_pid}{name}")
        return got if isinstance(got, str) else [got.st_uid, got.st_gid]

    def host_name(self, name: str) -> Any:
        data = name.encode()
        return call("sethostname", data, len(data))

    def change_root(self) -> Any:
        return _done(err(os.chroot, "/"))

    # ---- files

    def create(self, name: str, mode: int) -> Any:
        return self._opened(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode, PROGRAM)

    def open_file(self, name: str, flags: int) -> Any:
        return self._opened(name, flags, 0)

    def _opened(self, name: str, flags: int, mode: int, content: bytes = b"") -> Any:
        fd = err(os.open, _at(name), flags, mode)
        if isinstance(fd, str):
            return fd
        if content:
            os.write(fd, content)
        os.close(fd)
        return 0

    def execute(self, name: str) -> Any:
        """Have a child execute the file; what it is then allowed, and whose its files in /proc are.

        It waits till it has been looked at: what it reads from ends then."""
        hears, tells = os.pipe()
        waits, ends = os.pipe()
        child = err(clone, 0)
        if child == 0:
            os.dup2(waits, 0)
            os.write(tells, os.readlink("/proc/self").encode() + b" ")
            os.write(tells, err(os.execv, _at(name), [name]).encode())
            os._exit(1)
        os.close(tells)
        os.close(waits)
        if isinstance(child, str):
            os.close(hears)
            os.close(ends)
            return child
        said = b""
        got: list[Any] = []
        while more := os.read(hears, 64):
            said += more
        number, problem = said.decode().split(" ")
        if not problem:
            with open(f"/proc/{number}/status", "rb") as file:
                lines = file.read().decode().splitlines()
            status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
            found = os.stat(f"/proc/{number}/fd")
            got = [*told(status), found.st_uid, found.st_gid]
        os.close(hears)
        os.close(ends)
        os.waitpid(child, _WALL)
        return problem or got

    def set_attribute(self, name: str, value: str, flags: int) -> Any:
        return _done(err(os.setxattr, _at(name), CAPABILITY, bytes.fromhex(value), flags))

    def get_attribute(self, name: str) -> Any:
        got = err(os.getxattr, _at(name), CAPABILITY)
        return got if isinstance(got, str) else got.hex()

    def list_attributes(self, name: str) -> Any:
        return err(os.listxattr, _at(name))

    def remove_attribute(self, name: str) -> Any:
        return _done(err(os.removexattr, _at(name), CAPABILITY))

    def make_directory(self, name: str, mode: int) -> Any:
        return _done(err(os.mkdir, _at(name), mode))

    def make_node(self, name: str, mode: int, rdev: int) -> Any:
        return _done(err(os.mknod, _at(name), mode, rdev))

    def remove(self, name: str) -> Any:
        return _done(err(os.unlink, _at(name)))

    def remove_directory(self, name: str) -> Any:
        return _done(err(os.rmdir, _at(name)))

    def rename_file(self, old: str, new: str) -> Any:
        return _done(err(os.rename, _at(old), _at(new)))

    def link_file(self, old: str, new: str) -> Any:
        return _done(err(lambda: os.link(_at(old), _at(new))))

    def change_mode(self, name: str, mode: int) -> Any:
        return _done(err(os.chmod, _at(name), mode))

    def change_owner(self, name: str, uid: int, gid: int) -> Any:
        return call("chown", _at(name).encode(), uid & _LOW, gid & _LOW)

    def touch_file(self, name: str) -> Any:
        return _done(err(os.utime, _at(name)))

    # ---- mounts

    def mount_fs(self, kind: str, name: str, options: str) -> Any:
        return self._mounted(kind, name, kind, 0, options)

    def bind(self, source: str, name: str, flags: int) -> Any:
        return self._mounted(_at(source), name, "", flags, "")

    def remount(self, name: str, flags: int) -> Any:
        return self._mounted("none", name, "", flags, "")

    def _mounted(self, source: str, name: str, kind: str, flags: int, options: str) -> Any:
        words = (source.encode(), _at(name).encode(), kind.encode())
        return call("mount", *words, flags, options.encode() if options else 0)

    def unmount(self, name: str) -> Any:
        return call("umount2", _at(name).encode(), 0)

    def stat_file(self, name: str) -> Any:
        got = err(os.stat, _at(name))
        if isinstance(got, str):
            return got
        return [stat.S_IFMT(got.st_mode), stat.S_IMODE(got.st_mode), got.st_uid, got.st_gid]


def stage(directory: str = DIRECTORY) -> None:
    """An empty file system for the files of a program; and no execve gives that one capability."""
    _calls.mount("none", directory, "tmpfs", 0, "mode=1777")
    _calls.prctl(_PR_CAPBSET_DROP, SOMETIMES.bit_length() - 1)


def able() -> bool:
    """Whether root has all capabilities here, as it has in the model, but for that one."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as file:
        found = next(line for line in file if line.startswith("CapEff:"))
    return int(found.split()[1], 16) | SOMETIMES == (1 << 41) - 1
