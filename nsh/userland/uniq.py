"""uniq: lines that repeat."""

import re
from typing import Final

from nsh.abi import KernelError
from nsh.abi.files import Close, Open, OpenFlag
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import plain, quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import STDIN, Inputs, complain, write

_METHODS: Final = ("none", "prepend", "separate")
_FIELD: Final = re.compile(rb"[ \t]*[^ \t]*")
_CREATE: Final = int(OpenFlag.O_WRONLY | OpenFlag.O_CREAT | OpenFlag.O_TRUNC | OpenFlag.O_CLOEXEC)


@command(
    "uniq",
    "print one of the lines that are equal and follow one another",
    Topic.TEXT,
    options=(
        option("-c, --count", "with their number in front"),
        option("-d, --repeated", "only of those that repeat"),
        option("-D", "all of those that repeat"),
        option(
            "--all-repeated[=HOW]",
            "the same; HOW groups are apart: none, prepend, separate",
            Kind.NAME,
        ),
        option("-f, --skip-fields=N", "without their first N fields", Kind.NUMBER),
        option("-s, --skip-chars=N", "without N bytes then", Kind.NUMBER),
        option("-w, --check-chars=N", "by no more than N bytes then", Kind.NUMBER),
        option("-u, --unique", "only those that do not repeat"),
        option("-i, --ignore-case", "capitals are the same as small letters"),
    ),
    operands=(optional("INPUT", Kind.PATH), optional("OUTPUT", Kind.PATH)),
    man="uniq(1)",
    examples=("ps -e -o comm | sort | uniq -c",),
    see=("sort",),
)
def uniq(call: Invocation, given: Given) -> Running:
    """Status 1 if the file could not be read."""
    filter_ = _Filter(given)
    inputs = Inputs(call, given.operands[:1])
    if not (yield from inputs.next()):
        return inputs.status
    out = 1
    target = given.operand(1, STDIN)
    if target != STDIN:
        try:
            out = yield Open(target, _CREATE)
        except KernelError as error:
            yield from complain(call, plain(target), error)
            return 1
    while lines := (yield from inputs.lines()):
        yield from write(out, b"".join(filter_.take(line) for line in lines))
    yield from inputs.close()
    yield from write(out, filter_.end())
    if out != 1:
        yield Close(out)
    return inputs.status


class _Filter:
    """Remembers one line, and how often it came."""

    __slots__ = (
        "_apart",
        "_counted",
        "_fields",
        "_first",
        "_fold",
        "_groups",
        "_later",
        "_length",
        "_line",
        "_matches",
        "_single",
        "_skipped",
    )

    def __init__(self, given: Given) -> None:
        self._line: bytes | None = None
        self._matches = 0
        """How many lines before it in its group."""
        self._groups = 0
        """Groups that have been printed."""
        self._fold = given.has("ignore-case")
        self._counted = given.has("count")
        self._later = given.has("D") or given.has("all-repeated")
        self._single = not (given.has("repeated") or self._later)
        self._first = not given.has("unique")
        self._apart = _method(given.get("all-repeated", "none"))
        self._fields = _number(given, "skip-fields", "fields to skip")
        self._skipped = _number(given, "skip-chars", "bytes to skip")
        limited = given.has("check-chars")
        self._length = _number(given, "check-chars", "bytes to compare") if limited else None
        if self._counted and self._later:
            raise UsageError("printing all duplicated lines and repeat counts is meaningless")

    def take(self, line: bytes) -> bytes:
        """What is to be printed before this line is remembered."""
        line = line.removesuffix(b"\n")
        if self._line is None:
            self._line = line
            return b""
        same = self._compared(line) == self._compared(self._line)
        self._matches += same
        if same and not self._later:
            return b""
        done = self._gap(same) + self._printed(same)
        self._line = line
        if not same:
            self._matches = 0
        return done

    def end(self) -> bytes:
        """What is to be printed of the line that is remembered."""
        return b"" if self._line is None else self._printed(False)

    def _printed(self, same: bool) -> bytes:
        """The line that is remembered, behind which one that is the *same* comes, or another."""
        wanted = self._later if same else self._first
        if not (wanted if self._matches else self._single):
            return b""
        line = self._line or b""
        return (b"%7d %b\n" % (self._matches + 1, line)) if self._counted else line + b"\n"

    def _gap(self, same: bool) -> bytes:
        """What stands in front of a group that begins here."""
        if not same or self._matches > 1:
            return b""
        self._groups += 1
        return b"\n" if self._apart == "prepend" or (self._apart and self._groups > 1) else b""

    def _compared(self, line: bytes) -> bytes:
        """What of a line counts."""
        at = 0
        for _ in range(self._fields):
            match = _FIELD.match(line, at)
            if match is None or match.end() == at:
                break
            at = match.end()
        part = line[at + self._skipped :][: self._length]
        return part.upper() if self._fold else part


def _method(text: str) -> str:
    found = [each for each in _METHODS if text and each.startswith(text)]
    if not found:
        valid = "".join(f"\n  - '{each}'" for each in _METHODS)
        what = f"invalid argument {quoted(text)} for '--all-repeated'"
        raise UsageError(f"{what}\nValid arguments are:{valid}")
    return "" if found[0] == "none" else found[0]


def _number(given: Given, key: str, what: str) -> int:
    text = given.get(key, "0")
    if not (text.isascii() and text.isdecimal()):
        raise UsageError(f"{plain(text)}: invalid number of {what}")
    return min(int(text[:20]), 1 << 40)
