"""uptime: how long the machine has been up, as the reader's time namespace has it."""

from nsh.abi import KernelError
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CLOCK_REALTIME, ClockGettime
from nsh.userland.calendar import DAY, SECOND, moment
from nsh.userland.options import Given, option
from nsh.userland.registry import Topic, command
from nsh.userland.streams import decode, read_file, write

_UNITS = (("week", 7 * DAY), ("day", DAY), ("hour", 3600), ("minute", 60))


@command(
    "uptime",
    "print how long the machine has been up",
    Topic.SYSTEM,
    options=(
        option("-p, --pretty", "in words"),
        option("-s, --since", "since when"),
    ),
    man="uptime(1)",
    gap="it counts no users, of which nobody logs in",
    examples=("uptime", "unshare --time --boottime 86400 uptime -p"),
    see=("date", "unshare", "ps"),
    rows=("N12",),
)
def uptime(call: Invocation, given: Given) -> Running:
    """From /proc/uptime, which shows the boottime clock of the reader's time namespace."""
    seconds = int(decode((yield from read_file("/proc/uptime"))).partition(".")[0])
    now: int = (yield ClockGettime(CLOCK_REALTIME)) // SECOND
    if given.has("since"):
        began = moment(now - seconds)
        day = f"{began.year:04}-{began.month:02}-{began.day:02}"
        text = f"{day} {began.hour:02}:{began.minute:02}:{began.second:02}"
    elif given.has("pretty"):
        text = f"up {_words(seconds)}"
    else:
        current = moment(now)
        days, rest = divmod(seconds, DAY)
        up = f"{days} day{'s' * (days != 1)}, " if days else ""
        hours, minutes = divmod(rest // 60, 60)
        up += f"{hours:2}:{minutes:02}" if hours else f"{minutes} min"
        try:
            load = decode((yield from read_file("/proc/loadavg"))).split()[:3]
        except KernelError:
            load = ["?"]
        clock = f"{current.hour:02}:{current.minute:02}:{current.second:02}"
        text = f" {clock} up {up},  0 users,  load average: {', '.join(load)}"
    yield from write(1, text + "\n")
    return 0


def _words(seconds: int) -> str:
    parts = []
    for name, size in _UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {name}{'s' * (count != 1)}")
    return ", ".join(parts) or "0 minutes"
