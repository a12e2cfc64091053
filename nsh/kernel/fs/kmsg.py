"""/dev/kmsg: the kernel's log as a device, record by record (Documentation/ABI/testing/dev-kmsg).

gap: writers are not limited to ten messages in five seconds, as with ``printk.devkmsg=on``.
"""

import re
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.abi.files import OpenFlag
from nsh.abi.poll import PollEvent
from nsh.abi.printk import SyslogAction
from nsh.abi.request import Failure
from nsh.kernel import printk, waiting
from nsh.kernel.fs.drivers import Device, device
from nsh.kernel.fs.operations import Ready
from nsh.kernel.waiting import WouldBlock
from nsh.machine.context import Place
from nsh.machine.files import File, Opened
from nsh.machine.ids import FileId, NamespaceId, TaskId
from nsh.machine.printk import RECORD_MAX, Log, LogRecord
from nsh.machine.value import Transaction
from nsh.machine.waiting import On, channel

_ACCMODE: Final = 3
_PREFIX: Final = rb"<(\d*)>"
_DATA: Final = 3
"""SEEK_DATA: where the log was last cleared."""


class Reader(Opened):
    """How far somebody has read."""

    ring: NamespaceId
    following: int
    """The record it reads next."""


@device(1, 11, "kmsg", 0o644, machines=True)
class Kmsg(Device):
    """``/dev/kmsg``: one record for each read(2) and write(2)."""

    def open(self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int) -> Opened:
        """The log that the opener reads.  EPERM, but not for writing."""
        del place, rdev
        if flags & _ACCMODE != OpenFlag.O_WRONLY:
            printk.check_syslog(tx, caller, SyslogAction.READ_ALL)
        key = printk.ring_of(tx, caller)
        return Reader(key, printk.ring(tx, key).first)

    def read(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, size: int
    ) -> bytes | Failure:
        """The next record.

        EAGAIN, EINTR; EINVAL where it does not fit, and is passed over; EPIPE where it has been
        overwritten, and the oldest comes next.
        """
        reader = _reader(file)
        log = tx.find(Log, reader.ring) or Log()
        if reader.following < log.first:
            _go_to(tx, key, file, log.first)
            return Failure(Errno.EPIPE, "records were overwritten before they were read")
        record = log.records.get(reader.following)
        if record is None:
            if file.flags & OpenFlag.O_NONBLOCK:
                raise Errno.EAGAIN("there is no message yet")
            if waiting.interrupted(tx, caller):
                raise Errno.EINTR("a signal was handled")
            raise WouldBlock((channel(On.FILE, reader.ring),), reason="reading from kmsg")
        _go_to(tx, key, file, reader.following + 1)
        text = shown(reader.following, record)
        if len(text) > size:
            return Failure(Errno.EINVAL, f"the record has {len(text)} bytes")
        return text

    def write(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, data: bytes
    ) -> int | Failure:
        """One message, ``<LEVEL>`` in front or not.  EINVAL for more than 1024 bytes."""
        del key, file
        if len(data) > RECORD_MAX:
            raise Errno.EINVAL(f"a record has at most {RECORD_MAX} bytes, not {len(data)}")
        default = printk.ring(tx, printk.ring_of(tx, caller)).message_level
        level, facility, text = default & 7, printk.LOG_USER, data
        prefix = re.match(_PREFIX, data)
        if prefix is not None:
            number = int(prefix.group(1) or b"0") & 0xFFFFFFFF
            level, facility = number & 7, number >> 3 & 0xFF or printk.LOG_USER
            text = data[prefix.end() :]
        printk.say(tx, caller, level, facility, text.partition(b"\0")[0].removesuffix(b"\n"))
        return len(data)

    def poll(self, tx: Transaction, caller: TaskId, key: FileId, file: File) -> Ready:
        """Readable where there is a record to be read (devkmsg_poll)."""
        reader = _reader(file)
        log = tx.find(Log, reader.ring) or Log()
        events = 0
        if reader.following < log.first:
            events = PollEvent.POLLIN | PollEvent.POLLERR | PollEvent.POLLPRI
        elif reader.following < log.following:
            events = PollEvent.POLLIN
        return Ready(events, (channel(On.FILE, reader.ring),))

    def seek(
        self, tx: Transaction, caller: TaskId, key: FileId, file: File, offset: int, whence: int
    ) -> int:
        """To the oldest record (SEEK_SET), behind the newest one (SEEK_END), or to where the log
        was cleared (SEEK_DATA).  ESPIPE for any offset but 0, EINVAL."""
        del caller
        if offset:
            raise Errno.ESPIPE("one goes to the first or the last record only")
        log = tx.find(Log, _reader(file).ring) or Log()
        places = {0: log.first, 2: log.following, _DATA: max(log.cleared, log.first)}
        if whence not in places:
            raise Errno.EINVAL("there is no position within a record")
        _go_to(tx, key, file, places[whence])
        return 0


def shown(number: int, record: LogRecord) -> bytes:
    """``PRIORITY,SEQUENCE,MICROSECONDS,-;TEXT``, what is not printable in hexadecimal."""
    priority = record.facility << 3 | record.level
    text = "".join(
        chr(byte) if 32 <= byte < 127 and byte != ord("\\") else f"\\x{byte:02x}"
        for byte in record.text
    )
    return f"{priority},{number},{record.time // 1000},-;{text}\n".encode()


def _reader(file: File) -> Reader:
    assert isinstance(file.opened, Reader)
    return file.opened


def _go_to(tx: Transaction, key: FileId, file: File, number: int) -> None:
    tx.put(key, replace(file, opened=Reader(_reader(file).ring, number)))
