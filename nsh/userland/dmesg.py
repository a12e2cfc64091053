"""dmesg: the kernel's log (dmesg(1), syslog(2), /dev/kmsg; N11)."""

from collections.abc import Sequence
from typing import Final

from nsh.abi import Errno, KernelError
from nsh.abi.files import Close, Lseek, Open, OpenFlag, Read
from nsh.abi.invocation import Invocation, Running
from nsh.abi.printk import Syslog, SyslogAction
from nsh.abi.process import CLOCK_BOOTTIME, CLOCK_REALTIME, ClockGettime
from nsh.userland.dmesg_layout import (
    FACILITIES,
    FORMATS,
    LEVELS,
    Layout,
    Message,
    json,
    of_kmsg,
    of_syslog,
)
from nsh.userland.options import Given, Kind, UsageError, option
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, joined, read_file, write

KMSG: Final = "/dev/kmsg"
_SEEK_END, _SEEK_DATA = 2, 3
_LONGEST: Final = 8192
"""Bytes of a record in /dev/kmsg, escaped (CONSOLE_EXT_LOG_MAX)."""
_ACTIONS: Final = ("clear", "read-clear", "console-off", "console-on", "console-level")
_FORMS: Final = {"notime": "notime", "ctime": "ctime", "reltime": "reltime", "human": "reltime"}


@command(
    "dmesg",
    "print the kernel's messages, or set what becomes of them",
    Topic.SYSTEM,
    options=(
        option("-C, --clear", "clear the log; -c, --read-clear: print it first"),
        option("-c, --read-clear", ""),
        option(
            "-n, --console-level=LEVEL",
            "what is below shows on the console; -D: nothing",
            choices=LEVELS,
        ),
        option("-D, --console-off", ""),
        option("-E, --console-on", "messages show on the console as before -D"),
        option("-l, --level=LIST", "only these levels (emerg to debug)", choices=LEVELS),
        option("-f, --facility=LIST", "only these; -k: kern; -u: others", choices=FACILITIES),
        option("-k, --kernel", ""),
        option("-u, --userspace", ""),
        option("-x, --decode", "facility and level in words; -r: as it is"),
        option("-r, --raw", ""),
        option("-J, --json", "print JSON; -F FILE: read FILE; -S: syslog(2)"),
        option("-F, --file=FILE", "", Kind.PATH),
        option("-S, --syslog", ""),
        option("-t, --notime", "no times; -T, --ctime: dates; -e, -H: elapsed"),
        option("-T, --ctime", ""),
        option("-e, --reltime", ""),
        option("-H, --human", ""),
        option("-d, --show-delta", "the time between messages as well"),
        option("--time-format=FORMAT", "delta, reltime, ctime, notime or iso", choices=FORMATS),
        option("-p, --force-prefix", "on every line of a message; --noescape: as it is"),
        option("--noescape", ""),
        option("-w, --follow", "wait for new messages; -W: only those"),
        option("-W, --follow-new", ""),
    ),
    man="dmesg(1)",
    gap="no colours, no pager; -r and -J tell the whole priority, unlike 2.38",
    examples=("dmesg", "echo '<3>no such luck' > /dev/kmsg; dmesg -x -l err"),
    see=("consoles",),
    rows=("N11",),
)
def dmesg(call: Invocation, given: Given) -> Running:
    """Whose log it is says the policy ``printk``."""
    actions = [key for key in _ACTIONS if given.has(key)]
    if len(actions) > 1 or (actions and given.has("raw")):
        raise UsageError(f"mutually exclusive arguments: {' '.join('--' + key for key in actions)}")
    layout = _layout(given)
    chosen = _choice(given)
    match actions:
        case ["clear"]:
            yield Syslog(SyslogAction.CLEAR)
            return 0
        case ["console-off"]:
            yield Syslog(SyslogAction.CONSOLE_OFF)
            return 0
        case ["console-on"]:
            yield Syslog(SyslogAction.CONSOLE_ON)
            return 0
        case ["console-level"]:
            yield Syslog(SyslogAction.CONSOLE_LEVEL, _console_level(given.get("console-level")))
            return 0
        case _:
            pass
    realtime: int = yield ClockGettime(CLOCK_REALTIME)
    since_boot: int = yield ClockGettime(CLOCK_BOOTTIME)
    layout.boot = (realtime - since_boot) // 1000
    if given.has("follow") or given.has("follow-new"):
        return (yield from _follow(given, layout, chosen))
    messages = [message for message in (yield from _all(given)) if _chosen(message, chosen)]
    if given.has("json"):
        yield from write(1, joined(json(messages, decoded=given.has("decode"))))
    else:
        yield from write(1, "".join(map(layout.text, messages)))
    if given.has("read-clear"):
        yield Syslog(SyslogAction.CLEAR)
    return 0


Choice = tuple[frozenset[str], frozenset[str], bool]
"""Levels and facilities (none: all), and whether it is all facilities but the kernel's."""


def _layout(given: Given) -> Layout:
    form = _FORMS.get(given.last(*_FORMS), "")
    if given.has("time-format"):
        form = given.get("time-format")
        if form not in FORMATS:
            raise UsageError(f"unknown time format: {form}")
    if given.has("raw"):
        for other in ("notime", "decode", "ctime", "reltime", "show-delta", "json"):
            if given.has(other):
                raise UsageError(f"mutually exclusive arguments: --raw --{other}")
    return Layout(
        decoded=given.has("decode"),
        raw=given.has("raw"),
        form=form,
        delta=given.has("show-delta"),
        prefix=given.has("force-prefix"),
        escape=not given.has("noescape"),
    )


def _choice(given: Given) -> Choice:
    levels = {_named(each, LEVELS, "level") for each in _words(given, "level")}
    facilities = {_named(each, FACILITIES, "facility") for each in _words(given, "facility")}
    if given.has("kernel"):
        facilities.add("kern")
    others = given.has("userspace")
    if others and facilities:
        raise UsageError("mutually exclusive arguments: --userspace and facilities")
    return frozenset(levels), frozenset(facilities), others


def _words(given: Given, key: str) -> list[str]:
    return [word for value in given.all(key) for word in value.split(",") if word]


def _named(word: str, names: Sequence[str], what: str) -> str:
    if word in names:
        return word
    if word.isascii() and word.isdigit() and int(word) < len(names):
        return names[int(word)]
    raise UsageError(f"unknown {what} '{word}'")


def _console_level(word: str) -> int:
    """A name stands for what shows messages of that level too."""
    if word in LEVELS:
        return LEVELS.index(word) + 1
    if word.isascii() and word.isdigit() and 1 <= int(word) <= len(LEVELS):
        return int(word)
    raise UsageError(f"unknown level '{word}'")


def _chosen(message: Message, choice: Choice) -> bool:
    levels, facilities, others = choice
    if levels and message.level not in levels:
        return False
    if others:
        return message.facility not in ("", "kern")
    return not facilities or message.facility in facilities


def _all(given: Given) -> Asking[list[Message]]:
    """Every message since the log was cleared."""
    if given.has("file"):
        return of_syslog((yield from read_file(given.get("file"))))
    if given.has("syslog"):
        size: int = yield Syslog(SyslogAction.SIZE_BUFFER)
        data: bytes = yield Syslog(SyslogAction.READ_ALL, size)
        return of_syslog(data)
    fd = yield Open(KMSG, OpenFlag.O_RDONLY | OpenFlag.O_NONBLOCK | OpenFlag.O_CLOEXEC)
    yield Lseek(fd, 0, _SEEK_DATA)
    found = []
    while True:
        try:
            found.append(of_kmsg((yield Read(fd, _LONGEST))))
        except KernelError as error:
            if error.errno is Errno.EPIPE:
                continue
            if error.errno is not Errno.EAGAIN:
                raise
            break
    yield Close(fd)
    return found


def _follow(given: Given, layout: Layout, choice: Choice) -> Running:
    """Message by message, until somebody ends it."""
    fd = yield Open(KMSG, OpenFlag.O_RDONLY | OpenFlag.O_CLOEXEC)
    yield Lseek(fd, 0, _SEEK_END if given.has("follow-new") else _SEEK_DATA)
    while True:
        try:
            record: bytes = yield Read(fd, _LONGEST)
        except KernelError as error:
            if error.errno in (Errno.EPIPE, Errno.EINTR):
                continue
            raise
        if not record:  # the namespace whose log it was has ended
            return 0
        message = of_kmsg(record)
        if _chosen(message, choice):
            yield from write(1, layout.text(message))
