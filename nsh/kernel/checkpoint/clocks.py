"""Time namespaces: the clocks in them go on from what they showed, whatever the time of the machine
is that they come to (S2, N12).

Who is in no time namespace of the container's own reads the clocks of the machine, before as after.
"""

from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from nsh.abi.errno import Errno
from nsh.kernel.checkpoint import parts
from nsh.kernel.checkpoint.image import Object
from nsh.kernel.checkpoint.state import Dump, Restart
from nsh.machine.rtc import Rtc
from nsh.machine.timens import TimeSpace

parts.saves_namespaces("time")

_LATEST: Final = ((1 << 63) - 1) // 2


class Clocks(Object, frozen=True):
    """Of one time namespace."""

    namespace: int
    monotonic: int
    """Nanoseconds that CLOCK_MONOTONIC showed in it."""
    boottime: int
    settled: bool = False
    """A task has been in it: its offsets stay as they are."""
    ahead: int | None = None
    """By how many seconds its hardware clock is ahead of the time of day, if that has been set."""


@parts.saves(Clocks, 40)
def _save(dump: Dump) -> Iterator[Clocks]:
    for key in dump.namespaces:
        found = dump.tx.find(TimeSpace, key)
        if found is not None:
            row = dump.tx.find(Rtc, key)
            yield Clocks(
                dump.namespaces.of(key),
                dump.tx.clock + found.monotonic,
                dump.tx.clock + found.boottime,
                found.frozen,
                None if row is None else row.ahead,
            )


@parts.makes(Clocks, "namespace")
def _make(restart: Restart, saved: Clocks) -> None:
    """EINVAL: no clock shows that."""
    tx = restart.tx
    key = restart.namespace(saved.namespace, "time")
    record = tx.get(TimeSpace, key)
    for field in ("monotonic", "boottime"):
        if not 0 <= getattr(saved, field) <= _LATEST:
            raise Errno.EINVAL(f"{field}: no clock shows {getattr(saved, field)}")
    offsets = saved.monotonic - tx.clock, saved.boottime - tx.clock
    tx.put(
        key,
        replace(record, monotonic=offsets[0], boottime=offsets[1], frozen=saved.settled),
    )
    if saved.ahead is not None:
        tx.put(key, Rtc(saved.ahead))
