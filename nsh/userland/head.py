"""head: the beginning of files."""

import re
from collections import deque
from collections.abc import Sequence
from typing import Final

from nsh.abi import KernelError
from nsh.abi.files import Lseek
from nsh.abi.invocation import Invocation, Running
from nsh.userland.amounts import Amount, Headings
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, Inputs, write

_OLDER: Final = re.compile(r"-([0-9]+)([bcklmqv]*)", re.ASCII)


def _older(argv: Sequence[str]) -> Sequence[str]:
    """``head -5``, ``head -5c``, ``head -5q``: as the first word."""
    match = _OLDER.fullmatch(argv[0]) if argv else None
    if match is None:
        return argv
    digits, letters = match.groups()
    how = [f"-{letter}" for letter in letters if letter in "qv"]
    unit = next((letter for letter in reversed(letters) if letter in "bckml"), "l")
    if unit == "l":
        return [*how, "-n", digits, *argv[1:]]
    return [*how, "-c", digits + unit.removeprefix("c"), *argv[1:]]


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
    prepare=_older,
)
def head(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be read.  Reads no more than it prints needs."""
    wanted = Amount.wanted(given)
    inputs = Inputs(call, given.operands, wordy=True)
    headings = Headings(given)
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
