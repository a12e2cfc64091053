"""What dmesg makes of the kernel's messages: reading them, choosing, and showing (dmesg(1))."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from nsh.userland.calendar import moment
from nsh.userland.streams import decode

LEVELS: Final = ("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug")
FACILITIES: Final = ("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news")
FORMATS: Final = ("delta", "reltime", "ctime", "notime", "iso")
_SYSLOG: Final = re.compile(rb"(?:<(\d+)>)?(?:\[ *(\d+)\.(\d{6})\] )?(.*)", re.DOTALL)
_HEXADECIMAL: Final = re.compile(rb"\\x([0-9a-f]{2})")
_MICRO: Final = 1_000_000


class Message(NamedTuple):
    """One message."""

    priority: int
    """Facility and level; negative: not told."""
    time: int
    """Microseconds since boot; negative: not told."""
    text: bytes

    @property
    def facility(self) -> str:
        """By name; "" for one that has none."""
        number = self.priority >> 3
        return FACILITIES[number] if 0 <= number < len(FACILITIES) else ""

    @property
    def level(self) -> str:
        """By name; "" if it is not told."""
        return "" if self.priority < 0 else LEVELS[self.priority & 7]


def of_kmsg(record: bytes) -> Message:
    """A record of /dev/kmsg; what is behind its first line is left out."""
    head, _, rest = record.partition(b";")
    priority, _sequence, time = head.split(b",")[:3]
    line = rest.partition(b"\n")[0]
    text = _HEXADECIMAL.sub(lambda match: bytes((int(match.group(1), 16),)), line)
    return Message(int(priority), int(time), text)


def of_syslog(data: bytes) -> list[Message]:
    """The lines of syslog(2), or of a file that was made of them."""
    found = []
    for line in data.splitlines():
        match = _SYSLOG.fullmatch(line)
        assert match is not None, "anything is a line"
        priority, seconds, micro, text = match.groups()
        time = -1 if seconds is None else int(seconds) * _MICRO + int(micro)
        found.append(Message(-1 if priority is None else int(priority), time, text))
    return found


class Layout:
    """How messages are shown: the options, and what the last line was."""

    def __init__(
        self, *, decoded: bool, raw: bool, form: str, delta: bool, prefix: bool, escape: bool
    ) -> None:
        self._decoded = decoded
        self._raw = raw
        self._form = form
        """"" for seconds since boot, or one of FORMATS."""
        self._delta = delta
        self._prefix = prefix
        self._escape = escape
        self._last = -1
        self.boot = 0
        """When the machine was booted, in microseconds since 1970."""

    def text(self, message: Message) -> str:
        """The message as it is printed, with its newlines."""
        if self._raw:
            lines = message.text.split(b"\n")
            head = f"<{message.priority}>[{_seconds(message.time)}] "
            return "".join(f"{head}{decode(line)}\n" for line in lines)
        first = self._head(message)
        lines = message.text.split(b"\n")
        heads = [first if self._prefix or not index else "" for index in range(len(lines))]
        return "".join(
            f"{head}{self._plain(line)}\n" for head, line in zip(heads, lines, strict=True)
        )

    def _head(self, message: Message) -> str:
        head = ""
        if self._decoded and message.facility:
            head = f"{message.facility:<6}:{message.level:<6}: "
        if message.time < 0:
            return head
        elapsed = message.time - self._last if self._last > 0 else 0
        head += self._stamp(message.time, elapsed)
        self._last = message.time
        return head

    def _stamp(self, time: int, elapsed: int) -> str:
        delta = f"<{elapsed / _MICRO:12.6f}>"
        now = moment((self.boot + time) // _MICRO)
        match self._form:
            case "notime" if self._delta:
                return f"[{delta}] "
            case "notime":
                return ""
            case "delta":
                return f"[{delta}] "
            case "ctime":
                date = f"{now.weekday_name[:3]} {now.month_name[:3]} {now.day:2d}"
                clock = f"{now.hour:02d}:{now.minute:02d}:{now.second:02d}"
                between = f" {delta}" if self._delta else ""
                return f"[{date} {clock} {now.year}{between}] "
            case "reltime":
                before = (self.boot + self._last) // _MICRO // 60
                if self._last > 0 and before == (self.boot + time) // _MICRO // 60:
                    return f"[{elapsed / _MICRO:+11.6f}] "
                date = f"{now.month_name[:3]}{now.day:2d}"
                return f"[{date} {now.hour:02d}:{now.minute:02d}] "
            case "iso":
                date = f"{now.year}-{now.month:02d}-{now.day:02d}"
                clock = f"{now.hour:02d}:{now.minute:02d}:{now.second:02d}"
                return f"{date}T{clock},{(self.boot + time) % _MICRO:06d}+00:00 "
            case _:
                return f"[{_seconds(time)}{f' {delta}' if self._delta else ''}] "

    def _plain(self, line: bytes) -> str:
        """A line that cannot do anything to a terminal, unless that is wanted."""
        text = decode(line)
        if not self._escape or text.isprintable():
            return text
        return "".join(
            each if each.isprintable() or each == "\t" else _escaped(each) for each in text
        )


def json(messages: Iterable[Message], *, decoded: bool) -> Iterator[str]:
    """The lines of ``dmesg --json``, without newlines."""
    yield "{"
    yield '   "dmesg": ['
    between = "      {"
    for message in messages:
        yield between
        pairs = []
        if message.priority >= 0 and decoded:
            pairs = [f'"fac": "{message.facility}"', f'"pri": "{message.level}"']
        elif message.priority >= 0:
            pairs = [f'"pri": {message.priority}']
        if message.time >= 0:
            pairs.append(f'"time": {_seconds(message.time)}')
        text = message.text.decode("utf-8", "replace")
        pairs.append(f'"msg": {msgspec.json.encode(text).decode()}')
        yield from ("         " + pair + "," for pair in pairs[:-1])
        yield "         " + pairs[-1]
        between = "      },{"
    if between == "      },{":
        yield "      }"
    yield "   ]"
    yield "}"


def _seconds(time: int) -> str:
    return f"{time // _MICRO:5d}.{time % _MICRO:06d}"


def _escaped(each: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in each.encode("utf-8", "surrogateescape"))
