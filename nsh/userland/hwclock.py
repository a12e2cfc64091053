"""hwclock: read and set the hardware clock."""

import re

from nsh.abi import KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CLOCK_REALTIME, ClockGettime
from nsh.abi.rtc import RtcReadTime, RtcSetTime
from nsh.userland.calendar import SECOND, moment
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.registry import Topic, command
from nsh.userland.streams import write

_DATE = re.compile(r"@([0-9]{1,12})", re.ASCII)


@command(
    "hwclock",
    "print the hardware clock's time, or set it",
    Topic.SYSTEM,
    options=(
        option("-r, --show", "print it (what it does anyway)"),
        option("--set", "set it to what --date says"),
        option("-w, --systohc", "set it to the system's time"),
        option("--date=@SECONDS", "that time, in seconds since 1970"),
        option("-f, --rtc=FILE", "the clock's device (/dev/rtc)", Kind.PATH),
    ),
    man="hwclock(8)",
    gap="in UTC; without --hctosys, for nobody can set the system's clock",
    examples=("hwclock", "hwclock --set --date @86400; hwclock; hwclock -w"),
    see=("date", "clock", "devlist"),
    rows=("N12",),
)
def hwclock(call: Invocation, given: Given) -> Running:
    """By /dev/rtc, which one process at a time may have open."""
    new: int | None = None
    if given.has("set"):
        match = _DATE.fullmatch(given.get("date"))
        if match is None:
            raise UsageError("--set needs --date=@SECONDS")
        new = int(match[1])
    elif given.has("systohc"):
        new = (yield ClockGettime(CLOCK_REALTIME)) // SECOND
    fd = yield Open(given.get("rtc", "/dev/rtc"), OpenFlag.O_RDONLY | OpenFlag.O_CLOEXEC)
    try:
        if new is None:
            when = moment((yield RtcReadTime(fd)))
        else:
            yield RtcSetTime(fd, new)
    except KernelError:
        yield Close(fd)
        raise
    yield Close(fd)
    if new is None:
        day = f"{when.year:04}-{when.month:02}-{when.day:02}"
        yield from write(1, f"{day} {when.hour:02}:{when.minute:02}:{when.second:02}+00:00\n")
    return 0
