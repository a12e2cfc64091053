"""date: the machine's time."""

import re
from collections.abc import Callable
from typing import Final

from nsh.abi.attributes import Stat, StatResult
from nsh.abi.invocation import Invocation, Running
from nsh.abi.process import CLOCK_REALTIME, ClockGettime
from nsh.userland.calendar import DAY, SECOND, Moment, days_of, moment
from nsh.userland.date_words import parse
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, write

_DEFAULT: Final = "%a %b %e %H:%M:%S %Z %Y"
_RFC_EMAIL: Final = "%a, %d %b %Y %H:%M:%S %z"
_ISO: Final = {
    "date": "%Y-%m-%d",
    "hours": "%Y-%m-%dT%H%:z",
    "minutes": "%Y-%m-%dT%H:%M%:z",
    "seconds": "%Y-%m-%dT%H:%M:%S%:z",
    "ns": "%Y-%m-%dT%H:%M:%S,%N%:z",
}
_WIDEST: Final = 4096


@command(
    "date",
    "print the machine's time, by +FORMAT",
    Topic.SYSTEM,
    options=(
        option("-u, --utc, --universal", "in UTC, which it is anyway"),
        option("-d, --date=WHEN", "not now, but @SECONDS, 'next fri 10:00', '2 days ago', ..."),
        option("-r, --reference=FILE", "not now, but when FILE was last changed", Kind.PATH),
        option(
            "-I[WHAT], --iso-8601[=WHAT]",
            "ISO 8601, to the date, hours, minutes, seconds, ns",
            choices=_ISO.keys(),
        ),
        option("-R, --rfc-email", "as in mail: Mon, 14 Aug 2006 02:34:56 +0000"),
    ),
    operands=(optional("+FORMAT", Kind.TEXT),),
    man="date(1)",
    gap="the machine has a clock of its own, which nobody can set, and no time zones",
    examples=("date", "date '+%H:%M:%S.%3N'", "date -d 'tomorrow 10:00' +%c"),
    see=("sleep",),
)
def date(call: Invocation, given: Given) -> Running:
    """strftime(3), in the C locale, with GNU's flags and widths."""
    operand = given.operand(0)
    form = operand[1:]
    if operand and operand[0] != "+":
        raise UsageError(f"invalid date {quoted(operand)}")
    chosen = given.last("iso-8601", "rfc-email")
    if chosen and operand:
        raise UsageError("multiple output formats specified")
    if chosen == "rfc-email":
        form = _RFC_EMAIL
    elif chosen:
        form = _iso(given.get("iso-8601", "date"))
    elif not operand:
        form = _DEFAULT
    now = yield from _when(given)
    yield from write(1, format_time(form, now) + "\n")
    return 0


def _when(given: Given) -> Asking[int]:
    """Nanoseconds since 1970."""
    if given.has("reference"):
        found: StatResult = yield Stat(given.get("reference"))
        return found.mtime
    now: int = yield ClockGettime(CLOCK_REALTIME)
    return parse(given.get("date"), now) if given.has("date") else now


def _iso(what: str) -> str:
    found = sorted(name for name in _ISO if name.startswith(what))
    if len(found) != 1:
        raise UsageError(f"invalid argument {quoted(what)} for '--iso-8601'")
    return _ISO[found[0]]


_DIRECTIVE: Final = re.compile(r"%([-_0^#+]*)([0-9]{1,9})?([EO]?)(:{0,3}z|[A-Za-z%])")


def format_time(form: str, nanoseconds: int) -> str:
    """*nanoseconds* since 1970 as *form* has it; what is no directive stays."""
    seconds, rest = divmod(nanoseconds, SECOND)
    broken = moment(seconds)

    def directive(match: re.Match[str]) -> str:
        flags, width, _, kind = match.groups()
        return _shown(
            kind, flags, min(int(width), _WIDEST) if width else None, broken, seconds, rest
        )

    def shown(match: re.Match[str]) -> str:
        if match[4] == "%":
            return "%" if match[0] == "%%" else match[0]
        found = directive(match)
        return found if found is not _UNKNOWN else match[0]

    return _DIRECTIVE.sub(shown, form)


_UNKNOWN: Final = "%?"
_COMPOUND: Final = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "r": "%I:%M:%S %p",
    "R": "%H:%M",
    "T": "%H:%M:%S",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
}
_WORDS: Final[dict[str, Callable[[Moment], str]]] = {
    "a": lambda at: at.weekday_name[:3],
    "A": lambda at: at.weekday_name,
    "b": lambda at: at.month_name[:3],
    "B": lambda at: at.month_name,
    "h": lambda at: at.month_name[:3],
    "p": lambda at: "AM" if at.hour < 12 else "PM",
    "P": lambda at: "am" if at.hour < 12 else "pm",
    "Z": lambda at: "UTC",
    "n": lambda at: "\n",
    "t": lambda at: "\t",
}
_NUMBERS: Final[dict[str, tuple[Callable[[Moment], int], int, str]]] = {
    "C": (lambda at: at.year // 100, 2, "0"),
    "d": (lambda at: at.day, 2, "0"),
    "e": (lambda at: at.day, 2, " "),
    "g": (lambda at: _iso_week(at)[0] % 100, 2, "0"),
    "G": (lambda at: _iso_week(at)[0], 4, "0"),
    "H": (lambda at: at.hour, 2, "0"),
    "I": (lambda at: at.hour % 12 or 12, 2, "0"),
    "j": (lambda at: at.yearday + 1, 3, "0"),
    "k": (lambda at: at.hour, 2, " "),
    "l": (lambda at: at.hour % 12 or 12, 2, " "),
    "m": (lambda at: at.month, 2, "0"),
    "M": (lambda at: at.minute, 2, "0"),
    "q": (lambda at: (at.month + 2) // 3, 1, "0"),
    "S": (lambda at: at.second, 2, "0"),
    "u": (lambda at: at.weekday or 7, 1, "0"),
    "U": (lambda at: (at.yearday + 7 - at.weekday) // 7, 2, "0"),
    "V": (lambda at: _iso_week(at)[1], 2, "0"),
    "w": (lambda at: at.weekday, 1, "0"),
    "W": (lambda at: (at.yearday + 7 - (at.weekday - 1) % 7) // 7, 2, "0"),
    "y": (lambda at: at.year % 100, 2, "0"),
    "Y": (lambda at: at.year, 4, "0"),
}
_ZONES: Final = {"z": "+0000", ":z": "+00:00", "::z": "+00:00:00", ":::z": "+00"}


def _shown(kind: str, flags: str, width: int | None, at: Moment, seconds: int, rest: int) -> str:
    padding = next((flag for flag in reversed(flags) if flag in "-_0+"), "")
    if kind == "N":
        return _fraction(f"{rest:09}", padding, width)
    if kind == "s":
        return _number(seconds, 1, "0", padding, width)
    if kind == "F":  # its flags and width are the year's
        year = f"%{padding or '' if width else padding or '+'}{max((width or 10) - 6, 1)}Y"
        return format_time(year + "-%m-%d", seconds * SECOND)
    if kind in _NUMBERS:
        value, digits, filler = _NUMBERS[kind]
        if padding == "+" and kind not in "CGY":
            padding = "0"
        return _number(value(at), digits, filler, padding, width)
    if kind in _WORDS:
        text = _WORDS[kind](at)
    elif kind in _COMPOUND:
        text = format_time(_COMPOUND[kind], seconds * SECOND + rest)
    elif kind in _ZONES:
        return _zone(_ZONES[kind], padding, width or 0)
    else:
        return _UNKNOWN
    if "^" in flags and kind != "P":
        text = text.upper()
    if "#" in flags and kind != "P":
        text = text.lower() if kind in "pZ" else text.upper() if kind in _WORDS else text
    return text.rjust(0 if padding == "-" else width or 0, "0" if padding in ("0", "+") else " ")


def _fraction(digits: str, padding: str, width: int | None) -> str:
    size = width or len(digits)
    if padding == "_" or (padding == "-" and width):
        short = digits[:size].rstrip("0") or "0"
        return short if padding == "-" else short.ljust(size)
    return digits[:size].ljust(size, "0")


def _zone(text: str, padding: str, width: int) -> str:
    sign, digits = text[0], text[1:]
    if padding not in ("-", "_"):
        return sign + digits.rjust(width - 1, "0")
    hours, colon, rest = digits.partition(":")
    short = sign + str(int(hours)) + colon + rest
    return short if padding == "-" else short.rjust(width or len(text))


def _number(value: int, digits: int, filler: str, padding: str, width: int | None) -> str:
    if padding == "-":
        return str(value)
    if padding:
        filler = " " if padding == "_" else "0"
    sign, body = ("-", str(-value)) if value < 0 else ("", str(value))
    if padding == "+" and max(len(body), width or 0) > digits > 1:
        sign = sign or "+"
    size = max(digits, width or 0)
    if filler == "0":
        return sign + body.rjust(size - len(sign), "0")
    return (sign + body).rjust(size)


def _iso_week(at: Moment) -> tuple[int, int]:
    """The year and the week, both as ISO 8601 counts: week 1 has the year's first Thursday."""
    thursday = days_of(at.year, at.month, at.day) + 3 - (at.weekday - 1) % 7
    then = moment(thursday * DAY)
    return then.year, then.yearday // 7 + 1
