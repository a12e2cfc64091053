"""tail: the end of files, and what comes behind it."""

import re
from collections import deque
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland.amounts import Amount, Headings
from nsh.userland.calendar import SECOND
from nsh.userland.following import Followed, Follower, Way
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import always, quoted
from nsh.userland.refs import pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import STDIN, Asking, Inputs, is_terminal, say, write

_OLDER: Final = re.compile(r"-([0-9]+)([bcl]?)(f?)", re.ASCII)
_SECONDS: Final = re.compile(r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+", re.ASCII)
_NAME: Final = "name"
_DESCRIPTOR: Final = "descriptor"


def _older(argv: Sequence[str]) -> Sequence[str]:
    """``tail -5``, ``tail -5c``, ``tail -5f``: as the only word but for one file's name."""
    match = _OLDER.fullmatch(argv[0]) if argv else None
    if match is None:
        return argv
    digits, unit, follows = match.groups()
    marked = len(argv) in (2, 3) and argv[1] == "--"
    if not marked and (
        len(argv) > 2 or (len(argv) == 2 and len(argv[1]) > 1 and argv[1][0] == "-")
    ):
        raise UsageError(f"option used in invalid context -- {digits[0]}")
    rest = [*(["-f"] if follows else []), *argv[1:]]
    if unit in ("", "l"):
        return ["-n", digits, *rest]
    return ["-c", digits + unit.removeprefix("c"), *rest]


@command(
    "tail",
    "print the last ten lines of files, or as many as -n says",
    Topic.TEXT,
    options=(
        option("-n, --lines=N", "the last N lines; +N: all from line N on", Kind.NUMBER),
        option("-c, --bytes=N", "the last N bytes; +N: all from byte N on", Kind.NUMBER),
        option(
            "-f, --follow[=HOW]",
            "and what comes behind, by descriptor or by name",
            choices=(_DESCRIPTOR, _NAME),
        ),
        option("-F", "the same as --follow=name --retry"),
        option("--retry", "go on trying to open what cannot be opened"),
        option("-s, --sleep-interval=N", "look every N seconds (1)", Kind.NUMBER),
        option("--pid=PID", "follow until that process is gone", Kind.PID),
        option("-q, --quiet, --silent", "without the files' names"),
        option("-v, --verbose", "with the name even of one file"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="tail(1)",
    gap="-f looks once a second of the machine's time, which passes while everybody waits; no -z",
    examples=(
        "ls /proc | tail -n 3",
        "tail -n +2 /proc/self/mounts",
        "echo a > log; timeout 3 tail -f log & sleep 1; echo b >> log; sleep 2",
    ),
    see=("head", "timeout"),
    prepare=_older,
)
def tail(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be read; following ends with the last file, or with PID."""
    wanted = Amount.wanted(given)
    way = yield from _way(call, given)
    inputs = Inputs(call, given.operands, wordy=True)
    headings = Headings(given)
    if way is None and wanted.sign != "+" and not wanted.number:
        return 0  # and does not even look at the files
    followed: list[Followed] = []
    for name in given.operands or [STDIN]:
        if (yield from inputs.open(name)):
            yield from headings.print(name)
            yield from _end_of(inputs, wanted)
        if way is not None:
            file = yield from Followed.begin(call, name, inputs.release(), way)
            followed.append(file)
    if way is None:
        yield from inputs.close()
        return inputs.status
    failed = inputs.status or any(file.strange for file in followed)
    return (yield from Follower(call, headings, followed, way).run(int(failed)))


def _way(call: Invocation, given: Given) -> Asking[Way | None]:
    """How to follow; None: not at all.  :class:`UsageError`."""
    choice = given.last("follow", "F")
    retries = given.has("retry") or given.has("F")
    how = given.get("follow", _DESCRIPTOR)
    found = [known for known in (_DESCRIPTOR, _NAME) if known.startswith(how)]
    if not found:
        valid = "".join(f"\n  - {quoted(known)}" for known in (_DESCRIPTOR, _NAME))
        what = f"invalid argument {quoted(how)} for '--follow'"
        raise UsageError(f"{what}\nValid arguments are:{valid}")
    by_name = choice == "F" or found == [_NAME]
    interval = given.get("sleep-interval", "1")
    if not _SECONDS.fullmatch(interval):
        raise UsageError(f"invalid number of seconds: {quoted(interval)}")
    pid = (yield from pid_of(given.get("pid"))) if given.has("pid") else 0
    if pid < 0:
        raise UsageError(f"invalid PID: {quoted(given.get('pid'))}")
    if not choice:
        for name, what in (("retry", "--retry"), ("pid", "PID")):
            if given.has(name):
                use = f"{'--pid=PID' if name == 'pid' else what} is useful only when following"
                yield from say(call, f"warning: {what} ignored; {use}")
        return None
    if retries and not by_name:
        yield from say(call, "warning: --retry only effective for the initial open")
    if STDIN in given.operands and by_name:
        raise UsageError(f"cannot follow {always(STDIN)} by name")
    alone = len(given.operands) <= 1 and not pid
    if STDIN in (given.operands or [STDIN]) and not alone and (yield from is_terminal(0)):
        yield from say(call, "warning: following standard input indefinitely is ineffective")
    return Way(by_name, retries, int(Fraction(interval) * SECOND), pid, alone)


def _end_of(inputs: Inputs, wanted: Amount) -> Asking[None]:
    if wanted.sign == "+":
        yield from _from(inputs, wanted)
    elif wanted.by_bytes:
        yield from _last_bytes(inputs, wanted.number)
    else:
        yield from _last_lines(inputs, wanted.number)


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
