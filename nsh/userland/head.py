"""head and tail: the beginning and the end of files."""

import re
from collections import deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from nsh.abi import KernelError
from nsh.abi.files import Lseek
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import STDIN, Asking, Inputs, write

_MOST = 2**63 - 1
"""The largest count; a larger one means the same."""

_DEFAULT: Final = "10"
_AMOUNT: Final = re.compile(r"([-+]?)([0-9]*)(b|[kKmMGTPEZY](?:i?B)?)?", re.ASCII)
_UNITS: Final = "KMGTPEZY"
_LARGEST: Final = (1 << 64) - 1
_OLDER_HEAD: Final = re.compile(r"-([0-9]+)([bcklmqv]*)", re.ASCII)
_OLDER_TAIL: Final = re.compile(r"-([0-9]+)([bcl]?)", re.ASCII)


class Amount(NamedTuple):
    """How much: ``sign`` is "-", "+" or ""."""

    sign: str
    number: int
    by_bytes: bool

    @classmethod
    def wanted(cls, given: Given) -> "Amount":
        """What the options say; :class:`UsageError`."""
        by_bytes = given.last("lines", "bytes") == "bytes"
        text = given.get("bytes" if by_bytes else "lines", _DEFAULT)
        problem = f"invalid number of {'bytes' if by_bytes else 'lines'}: {quoted(_unsigned(text))}"
        match = _AMOUNT.fullmatch(text)
        if match is None or not (match[2] or match[3]):
            raise UsageError(problem)
        sign, digits, unit = match.groups(default="")
        number = int(digits or "1") * _size(unit)
        if number > _LARGEST:
            raise UsageError(f"{problem}: Value too large for defined data type")
        return cls(sign, min(number, _MOST), by_bytes)


def _unsigned(text: str) -> str:
    return text.removeprefix("-")


def _size(unit: str) -> int:
    """What a suffix stands for: ``b`` 512, ``k`` and ``KiB`` 1024, ``kB`` 1000, …"""
    if not unit:
        return 1
    if unit == "b":
        return 512
    thousand = 1000 if unit[1:] == "B" else 1024
    return int(thousand ** (_UNITS.index(unit[0].upper()) + 1))


def _older_head(argv: Sequence[str]) -> Sequence[str]:
    """``head -5``, ``head -5c``, ``head -5q``: as the first word."""
    match = _OLDER_HEAD.fullmatch(argv[0]) if argv else None
    if match is None:
        return argv
    digits, letters = match.groups()
    how = [f"-{letter}" for letter in letters if letter in "qv"]
    unit = next((letter for letter in reversed(letters) if letter in "bckml"), "l")
    if unit == "l":
        return [*how, "-n", digits, *argv[1:]]
    return [*how, "-c", digits + unit.removeprefix("c"), *argv[1:]]


def _older_tail(argv: Sequence[str]) -> Sequence[str]:
    """``tail -5``, ``tail -5c``: as the only word but for one file's name."""
    match = _OLDER_TAIL.fullmatch(argv[0]) if argv else None
    if match is None:
        return argv
    digits, unit = match.groups()
    marked = len(argv) in (2, 3) and argv[1] == "--"
    if not marked and (
        len(argv) > 2 or (len(argv) == 2 and len(argv[1]) > 1 and argv[1][0] == "-")
    ):
        raise UsageError(f"option used in invalid context -- {digits[0]}")
    if unit in ("", "l"):
        return ["-n", digits, *argv[1:]]
    return ["-c", digits + unit.removeprefix("c"), *argv[1:]]


class _Headings:
    """The names before the contents, where there are several files."""

    __slots__ = ("_started", "_wanted")

    def __init__(self, given: Given) -> None:
        choice = given.last("quiet", "verbose")
        self._wanted = choice == "verbose" or (not choice and len(given.operands) > 1)
        self._started = False

    def print(self, name: str) -> Asking[None]:
        """Announce the file *name*."""
        if self._wanted:
            shown = "standard input" if name == STDIN else name
            yield from write(1, f"{chr(10) if self._started else ''}==> {shown} <==\n")
            self._started = True


@command(
    "head",
    "print the first ten lines of files, or as many as -n says",
    Topic.TEXT,
    options=(
        option("-n, --lines=N", "the first N lines; -N: all but the last N", Kind.NUMBER),
        option("-c, --bytes=N", "the first N bytes; -N: all but the last N", Kind.NUMBER),
        option("-q, --quiet, --silent", "without the files' names"),
        option("-v, --verbose", "with the name even of one file"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="head(1)",
    examples=("head -n 3 /proc/self/status", "ls /proc | head -1"),
    see=("tail", "cat"),
    prepare=_older_head,
)
def head(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be read.  Reads no more than it prints needs."""
    wanted = Amount.wanted(given)
    inputs = Inputs(call, given.operands, wordy=True)
    headings = _Headings(given)
    while (yield from inputs.next()):
        yield from headings.print(inputs.name)
        if wanted.sign != "-":
            yield from _first(inputs, wanted)
        elif wanted.by_bytes:
            yield from _all_but_bytes(inputs, wanted.number)
        else:
            yield from _all_but_lines(inputs, wanted.number)
    return inputs.status


def _first(inputs: Inputs, wanted: Amount) -> Asking[None]:
    left = wanted.number
    while left and (data := (yield from inputs.chunk())):
        if wanted.by_bytes:
            part = data[:left]
            left -= len(part)
        else:
            lines = data.split(b"\n", left)
            whole = len(lines) > left
            left = 0 if whole else left - len(lines) + 1
            part = data[: len(data) - len(lines[-1])] if whole else data
        yield from write(1, part)
        if len(part) < len(data):
            yield from _give_back(inputs, len(data) - len(part))


def _give_back(inputs: Inputs, count: int) -> Asking[None]:
    """Leave what was read too much for whoever reads the file next, where that can be."""
    try:
        yield Lseek(inputs.fd, -count, 1)
    except KernelError:  # ESPIPE: what came through a pipe is gone
        return


def _all_but_bytes(inputs: Inputs, count: int) -> Asking[None]:
    kept = b""
    while data := (yield from inputs.chunk()):
        kept += data
        cut = max(0, len(kept) - count)
        yield from write(1, kept[:cut])
        kept = kept[cut:]


def _all_but_lines(inputs: Inputs, count: int) -> Asking[None]:
    kept: deque[bytes] = deque()
    while lines := (yield from inputs.lines()):
        kept += lines
        ready = [kept.popleft() for _ in range(max(0, len(kept) - count))]
        yield from write(1, b"".join(ready))


@command(
    "tail",
    "print the last ten lines of files, or as many as -n says",
    Topic.TEXT,
    options=(
        option("-n, --lines=N", "the last N lines; +N: all from line N on", Kind.NUMBER),
        option("-c, --bytes=N", "the last N bytes; +N: all from byte N on", Kind.NUMBER),
        option("-q, --quiet, --silent", "without the files' names"),
        option("-v, --verbose", "with the name even of one file"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="tail(1)",
    gap="does not follow files (-f)",
    examples=("ls /proc | tail -n 3", "tail -n +2 /proc/self/mounts"),
    see=("head",),
    prepare=_older_tail,
)
def tail(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be read."""
    wanted = Amount.wanted(given)
    inputs = Inputs(call, given.operands, wordy=True)
    headings = _Headings(given)
    if wanted.sign != "+" and not wanted.number:
        return 0  # and does not even look at the files
    while (yield from inputs.next()):
        yield from headings.print(inputs.name)
        if wanted.sign == "+":
            yield from _from(inputs, wanted)
        elif wanted.by_bytes:
            yield from _last_bytes(inputs, wanted.number)
        else:
            yield from _last_lines(inputs, wanted.number)
    return inputs.status


def _from(inputs: Inputs, wanted: Amount) -> Asking[None]:
    skip = max(0, wanted.number - 1)
    while data := (yield from inputs.chunk()):
        if wanted.by_bytes:
            data, skip = data[skip:], max(0, skip - len(data))
        elif skip:
            lines = data.split(b"\n", skip)
            data, skip = (lines[-1], 0) if len(lines) > skip else (b"", skip - len(lines) + 1)
        yield from write(1, data)


def _last_bytes(inputs: Inputs, count: int) -> Asking[None]:
    kept = b""
    while data := (yield from inputs.chunk()):
        kept += data
        kept = kept[max(0, len(kept) - count) :]
    yield from write(1, kept)


def _last_lines(inputs: Inputs, count: int) -> Asking[None]:
    kept: deque[bytes] = deque(maxlen=min(count, 1 << 40))
    while lines := (yield from inputs.lines()):
        kept += lines
    yield from write(1, b"".join(kept))
