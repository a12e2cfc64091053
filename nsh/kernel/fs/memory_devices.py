"""Devices without hardware: null(4), zero, full(4), random(4)."""

from nsh.abi.errno import Errno
from nsh.abi.request import Failure
from nsh.kernel.fs.drivers import Device, device
from nsh.machine.files import File
from nsh.machine.ids import FileId, TaskId
from nsh.machine.memory_devices import RandomPool
from nsh.machine.value import Transaction


class _Endless(Device):
    """A device that takes everything and has no offset."""

    def seek(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, offset: int, whence: int
    ) -> int:
        """Wherever one seeks to, it is the beginning (null_lseek)."""
        return 0

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """Everything disappears."""
        return len(data)


@device(1, 3, "null", 0o666)
class Null(_Endless):
    """/dev/null: always at the end."""

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """Nothing."""
        return b""


@device(1, 5, "zero", 0o666)
class Zero(_Endless):
    """/dev/zero."""

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """As many zeros as are asked for."""
        return bytes(size)


@device(1, 7, "full", 0o666)
class Full(Zero):
    """/dev/full: reads as zeros and takes nothing."""

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """There is never room."""
        if not data:
            return 0
        raise Errno.ENOSPC("/dev/full is always full")


@device(1, 8, "random", 0o666)
@device(1, 9, "urandom", 0o666)
class Random(_Endless):
    """/dev/random.  The same on every run, as all of this machine is: SHA-256 of a counter."""

    def read(self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int) -> bytes:
        """The next *size* bytes of the machine's one stream."""
        pool = tx.find(RandomPool, 0) or RandomPool()
        from hashlib import sha256  # noqa: PLC0415  # few read it, and it is slow to load

        block = sha256().digest_size
        blocks = -(-size // block)
        start = pool.blocks
        tx.put(0, RandomPool(start + blocks))
        stream = b"".join(
            sha256(b"nsh /dev/random" + number.to_bytes(8, "big")).digest()
            for number in range(start, start + blocks)
        )
        return stream[:size]
