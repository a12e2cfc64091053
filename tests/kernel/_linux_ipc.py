"""What a puppet of the stage can do with SysV ipc and mqueues; see `tests.kernel._linux_puppet`.

Segments are attached at addresses that the program asks for, and a queue's descriptor has the
number that it asks for, so that both kernels call them the same.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Callable
from typing import Any

IPC_RMID, IPC_SET, IPC_STAT = 0, 1, 2
GETALL, SETVAL, SETALL = 13, 16, 17
PERM = "iIIIII4xQQ"
LAYOUTS = {"shm": PERM + "QqqqiiQ16x", "sem": PERM + "qQqQQ16x", "msg": PERM + "qqqQQQii16x"}
TIMES = {"atime", "dtime", "ctime", "stime", "rtime", "otime"}
libc = ctypes.CDLL(None, use_errno=True)
libc.shmat.restype = ctypes.c_void_p
libc.msgrcv.restype = ctypes.c_long
libc.mq_timedreceive.restype = ctypes.c_long
libc.shmget.argtypes = [ctypes.c_int, ctypes.c_size_t, ctypes.c_int]
libc.msgrcv.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_long, ctypes.c_int]


def _tried(function: Callable[..., Any], *arguments: Any) -> Any:
    got = function(*arguments)
    return errno.errorcode[ctypes.get_errno()] if got == -1 else got


def rows(text: str) -> list[list[int]]:
    """The lines of a file of /proc/sysvipc without what is a matter of time."""
    head, *lines = text.splitlines()
    told = [n for n, name in enumerate(head.split()) if name not in TIMES]
    return [[int(line.split()[n]) for n in told] for line in lines]


class Ipc:
    """The calls, by their names in `tests.kernel._model_ipc`."""

    def look(self, kind: str) -> Any:
        with open(f"/proc/sysvipc/{kind}", encoding="ascii") as file:
            return rows(file.read())

    def setting(self, path: str, text: str) -> Any:
        try:
            fd = os.open(f"/proc/sys/{path}", os.O_WRONLY)
        except OSError as problem:
            return errno.errorcode[problem.errno or 0]
        try:
            return os.write(fd, text.encode())
        except OSError as problem:
            return errno.errorcode[problem.errno or 0]
        finally:
            os.close(fd)

    def shmget(self, key: int, size: int, flags: int) -> Any:
        return _tried(libc.shmget, key, size, flags)

    def shmat(self, number: int, address: int, flags: int) -> Any:
        got = libc.shmat(number, ctypes.c_void_p(address), flags)
        failed = got is None or got == ctypes.c_void_p(-1).value
        return errno.errorcode[ctypes.get_errno()] if failed else got

    def shmdt(self, address: int) -> Any:
        return _tried(libc.shmdt, ctypes.c_void_p(address))

    def load(self, address: int, size: int) -> Any:
        return ctypes.string_at(address, size).decode("latin-1")

    def store(self, address: int, text: str) -> Any:
        ctypes.memmove(address, text.encode("latin-1"), len(text))
        return 0

    def semget(self, key: int, count: int, flags: int) -> Any:
        return _tried(libc.semget, key, count, flags)

    def semop(self, number: int, ops: list[list[int]], timeout: int | None) -> Any:
        array = b"".join(struct.pack("Hhh", *each) for each in ops)
        limit = None if timeout is None else struct.pack("qq", 0, timeout)
        return _tried(libc.semtimedop, number, array, ctypes.c_size_t(len(ops)), limit)

    def semctl(self, number: int, semnum: int, command: int, values: list[int]) -> Any:
        if command == GETALL:
            array = (ctypes.c_uint16 * 256)()
            got = _tried(libc.semctl, number, 0, command, array)
            if isinstance(got, str):
                return got
            data = ctypes.create_string_buffer(struct.calcsize(LAYOUTS["sem"]))
            libc.semctl(number, 0, IPC_STAT, data)
            return list(array[: struct.unpack(LAYOUTS["sem"], data.raw)[-1]])
        if command == SETALL:
            array = (ctypes.c_uint16 * 256)(*values)
            return _tried(libc.semctl, number, 0, command, array)
        return _tried(libc.semctl, number, semnum, command, values[0] if values else 0)

    def msgget(self, key: int, flags: int) -> Any:
        return _tried(libc.msgget, key, flags)

    def msgsnd(self, number: int, mtype: int, text: str, flags: int) -> Any:
        data = struct.pack("q", mtype) + text.encode("latin-1")
        return _tried(libc.msgsnd, number, data, ctypes.c_size_t(len(text)), flags)

    def msgrcv(self, number: int, size: int, mtype: int, flags: int) -> Any:
        buffer = ctypes.create_string_buffer(8 + max(size, 0) + 1)
        size &= (1 << 64) - 1
        got = _tried(libc.msgrcv, number, buffer, size, mtype, flags)
        if isinstance(got, str):
            return got
        return [struct.unpack_from("q", buffer.raw)[0], buffer.raw[8 : 8 + got].decode("latin-1")]

    def control(self, kind: str, number: int, command: int, mode: int, qbytes: int) -> Any:
        """IPC_RMID; IPC_SET, which leaves the owner alone; IPC_STAT, but for times."""
        layout = LAYOUTS[kind]
        data = ctypes.create_string_buffer(struct.calcsize(layout))
        function = getattr(libc, f"{kind}ctl")

        def ask(which: int) -> Any:
            arguments = (number, 0, which, data) if kind == "sem" else (number, which, data)
            return _tried(function, *arguments)

        if command == IPC_SET:
            struct.pack_into(PERM, data, 0, 0, 0, 0, 0, 0, mode, 0, 0)
            if kind == "msg":
                struct.pack_into("Q", data, struct.calcsize(PERM + "qqqQQ"), qbytes)
        got = ask(command)
        if command != IPC_STAT or isinstance(got, str):
            return got
        key, uid, gid, cuid, cgid, perms, _one, _two, *rest = struct.unpack(layout, data.raw)
        told = {"shm": (0, 4, 5, 6), "sem": (4,), "msg": (3, 4, 5, 6, 7)}[kind]
        return [key, uid, gid, cuid, cgid, perms, *(rest[n] for n in told)]

    # ---- POSIX queues

    def mq_open(self, fd: int, name: str, flags: int, mode: int, maxmsg: int, msgsize: int) -> Any:
        attributes = struct.pack("8q", 0, maxmsg, msgsize, 0, 0, 0, 0, 0) if maxmsg else None
        got = _tried(libc.mq_open, f"/{name}".encode(), flags, mode, attributes)
        if isinstance(got, str):
            return got
        libc.dup2(got, fd)
        libc.close(got)
        return 0

    def mq_unlink(self, name: str) -> Any:
        return _tried(libc.mq_unlink, f"/{name}".encode())

    def mq_send(self, fd: int, text: str, priority: int) -> Any:
        data = text.encode("latin-1")
        return _tried(libc.mq_timedsend, fd, data, ctypes.c_size_t(len(data)), priority, None)

    def mq_receive(self, fd: int, size: int) -> Any:
        buffer = ctypes.create_string_buffer(size + 1)
        priority = ctypes.c_uint()
        length = ctypes.c_size_t(size)
        got = _tried(libc.mq_timedreceive, fd, buffer, length, ctypes.byref(priority), None)
        if isinstance(got, str):
            return got
        return [priority.value, buffer.raw[:got].decode("latin-1")]

    def mq_notify(self, fd: int, how: int, signo: int) -> Any:
        if how < 0:
            return _tried(libc.mq_notify, fd, None)
        event = struct.pack("qii", 7, signo, how).ljust(64, b"\0")
        return _tried(libc.mq_notify, fd, event)

    def mq_attr(self, fd: int, flags: int) -> Any:
        old = ctypes.create_string_buffer(64)
        new = struct.pack("8q", flags, 0, 0, 0, 0, 0, 0, 0) if flags >= 0 else None
        got = _tried(libc.mq_setattr, fd, new, old) if new else _tried(libc.mq_getattr, fd, old)
        return got if isinstance(got, str) else list(struct.unpack_from("4q", old.raw))

    def mq_text(self, fd: int) -> Any:
        try:
            os.lseek(fd, 0, 0)
            return os.read(fd, 200).decode()
        except OSError as problem:
            return errno.errorcode[problem.errno or 0]
