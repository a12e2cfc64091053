"""Open files whose operations are not their file system's: devices and fifos.

A device registers with :func:`device`, which also names it in /dev; other drivers with
:func:`driver`.  An open file remembers its driver by name.
"""

from collections.abc import Callable
from typing import ClassVar, TypeVar

from nsh.abi.files import S_IFCHR
from nsh.kernel import loading
from nsh.kernel.fs.operations import FileOperations
from nsh.kernel.fs.types import type_of
from nsh.machine.context import Place
from nsh.machine.files import File, Opened, dev_major, dev_minor, makedev
from nsh.machine.ids import TaskId
from nsh.machine.mounts import Mount
from nsh.machine.record import Record
from nsh.machine.value import Transaction


class Device(FileOperations):
    """A character device; a stream unless it says otherwise."""

    positioned: ClassVar[bool] = False

    def open(
        self, tx: Transaction, caller: TaskId, place: Place, rdev: int, flags: int
    ) -> Opened | None:
        """The device node *rdev* at *place* is being opened; replies what to keep in
        ``File.opened``.  ENXIO: there is no such device behind it."""
        return None


class DeviceName(Record):
    """What devtmpfs shows of a device."""

    name: str
    rdev: int
    mode: int
    machines: bool = False
    """It is the machine's own: on a real one, what has that number is the host's."""


D = TypeVar("D", bound=Device)
P = TypeVar("P", bound=FileOperations)

_drivers: dict[str, FileOperations] = {}
_devices: dict[int, Device] = {}
_majors: dict[int, Device] = {}
_names: dict[str, DeviceName] = {
    known.name: known
    for known in (
        DeviceName("full", makedev(1, 7), S_IFCHR | 0o666),
        DeviceName("kmsg", makedev(1, 11), S_IFCHR | 0o644, True),
        DeviceName("null", makedev(1, 3), S_IFCHR | 0o666),
        DeviceName("ptmx", makedev(5, 2), S_IFCHR | 0o666),
        DeviceName("random", makedev(1, 8), S_IFCHR | 0o666),
        DeviceName("urandom", makedev(1, 9), S_IFCHR | 0o666),
        DeviceName("zero", makedev(1, 5), S_IFCHR | 0o666),
    )
}
"""What belongs in /dev; at first that of devices whose modules come late."""


def driver(name: str) -> Callable[[type[P]], type[P]]:
    """Register the decorated class as the driver *name*; ``ValueError`` if there is one."""

    def register(cls: type[P]) -> type[P]:
        _add(name, cls())
        return cls

    return register


def device(
    major: int, minor: int, name: str = "", mode: int = 0o600, *, machines: bool = False
) -> Callable[[type[D]], type[D]]:
    """Register the decorated class as the character device *major*:*minor*.

    With a *name* it appears as ``/dev/NAME`` with the permission bits *mode*; with *machines* not
    where real processes play, for there it would be the host's.  One class may drive several.
    ``ValueError`` if the number is taken.
    """

    def register(cls: type[D]) -> type[D]:
        rdev = makedev(major, minor)
        operations = cls()
        _add(driver_name(rdev), operations)
        _devices[rdev] = operations
        if name:
            _names[name] = DeviceName(name, rdev, S_IFCHR | mode, machines)
        return cls

    return register


def whole_major(major: int) -> Callable[[type[D]], type[D]]:
    """Register the decorated class as every character device of the number *major*.

    ``ValueError`` if there is one.
    """

    def register(cls: type[D]) -> type[D]:
        operations = cls()
        _add(f"char {major}", operations)
        _majors[major] = operations
        return cls

    return register


def _add(name: str, operations: FileOperations) -> None:
    if name in _drivers:
        raise ValueError(f"two drivers are called {name}")
    _drivers[name] = operations


def driver_name(rdev: int) -> str:
    """The driver of the character device *rdev*."""
    if dev_major(rdev) in _majors:
        return f"char {dev_major(rdev)}"
    return f"char {dev_major(rdev)}:{dev_minor(rdev)}"


def find_device(rdev: int) -> Device | None:
    """The device *rdev*, or None."""
    if rdev not in _devices and dev_major(rdev) not in _majors:
        loading.load_devices()
    return _devices.get(rdev) or _majors.get(dev_major(rdev))


def device_names() -> list[DeviceName]:
    """What belongs in /dev, by name."""
    return [_names[name] for name in sorted(_names)]


def operations_of(tx: Transaction, file: File) -> FileOperations:
    """The operations of an open file."""
    if file.driver:
        return _drivers[file.driver]
    return type_of(tx, tx.get(Mount, file.place.mount).superblock)
