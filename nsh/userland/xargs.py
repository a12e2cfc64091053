"""xargs: perform a command with what is read as arguments."""

from collections.abc import Iterator
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland.children import apart
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, decode, read, say
from nsh.userland.xargs_jobs import Jobs
from nsh.userland.xargs_words import Word, command_lines, divided, lines, unquoted

_ROOM: Final = 131072
"""Bytes of a command line, where nothing else is asked for."""
_MOST_ROOM: Final = 2093828
_N: Final = "max-args"
_L: Final = "max-lines"
_I: Final = "replace"
_WINNER: Final = {_N: "--max-args/-n", _L: "-L", _I: "--replace/-I/-i"}


@command(
    "xargs",
    "perform COMMAND with the words of descriptor 0 as arguments",
    Topic.SCRIPTS,
    options=(
        option("-n, --max-args=N", "at most N words at a time", Kind.NUMBER),
        option("-L, --max-lines=N", "the words of N lines at a time", Kind.NUMBER),
        option("-I, --replace=WORD", "once for each line, in the place of WORD"),
        option("-s, --max-chars=N", "at most N bytes a command line", Kind.NUMBER),
        option("-x, --exit", "stop where N words or lines are longer than that"),
        option("-P, --max-procs=N", "N jobs at a time; 0: as many as there are", Kind.NUMBER),
        option("-d, --delimiter=CHAR", "what stands between words; quotes mean nothing then"),
        option("-0, --null", "NULs stand between words"),
        option("-r, --no-run-if-empty", "not at all if there are no words"),
        option("-t, --verbose", "print each command on descriptor 2 first"),
    ),
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="xargs(1)",
    gap="reads everything before it begins; one job at a time is a child of the caller itself",
    examples=(
        "seq 5 | xargs -n 2 echo",
        "seq 3 | xargs -P 3 -I X sleep X",
        "ls /proc/self/ns | xargs -I X readlink /proc/self/ns/X",
    ),
    see=("for",),
    stops=True,
)
def xargs(call: Invocation, given: Given) -> Running:
    """Status 123 if COMMAND failed, 124 if it ended with 255, 125 if a signal ended it, 126 or 127
    if it could not be executed."""
    kind = yield from _kind(call, given)
    at_a_time = _number(given, "P", "max-procs", 1, least=0)
    size = _number(given, "n", _N, 0) if kind == _N else 0
    count = _number(given, "L", _L, 0) if kind == _L else 0
    room = yield from _room(call, given)
    chunks = []
    while data := (yield from read(0)):
        chunks.append(data)
    text = decode(b"".join(chunks))
    argv = list(given.operands or ["echo"])
    if kind == _I:
        made = _replaced(given, argv, text)
    else:
        words = _words(given, text)
        strict = given.has("exit") or count > 0
        made = command_lines(
            argv, words, room=room, strict=strict, words_each=size, lines_each=count
        )
        if not words and not given.has("no-run-if-empty"):
            made = iter([argv])
    jobs = Jobs(call, at_a_time, verbose=given.has("verbose"))
    if at_a_time == 1:
        return (yield from jobs.perform(made))
    return (yield from apart(call, lambda: jobs.perform(made)))


def _kind(call: Invocation, given: Given) -> Asking[str]:
    """Which of -n, -L and -I counts: the last, but that -I stays with -n 1."""
    kind = ""
    for key, value in given.options:
        if key not in _WINNER or key == kind:
            continue
        if (kind, key, value) == (_I, _N, "1"):
            continue
        if kind:
            yield from say(
                call,
                f"warning: options --{kind} and {_WINNER[key]} are mutually exclusive, "
                f"ignoring previous --{kind} value",
            )
        kind = key
    return kind


def _number(given: Given, letter: str, key: str, default: int, *, least: int = 1) -> int:
    if not given.has(key):
        return default
    text = given.get(key)
    try:
        found = whole_number(text)
    except UsageError:
        raise UsageError(f'invalid number "{text}" for -{letter} option') from None
    if found < least:
        raise UsageError(f"value {text} for -{letter} option should be >= {least}")
    return found


def _room(call: Invocation, given: Given) -> Asking[int]:
    wanted = _number(given, "s", "max-chars", _ROOM, least=-_MOST_ROOM)
    for wrong, bound in ((wanted < 1, ">= 1"), (wanted > _MOST_ROOM, f"<= {_MOST_ROOM}")):
        if wrong:
            yield from say(call, f"value {wanted} for -s option should be {bound}")
    return min(max(wanted, 1), _MOST_ROOM)


def _words(given: Given, text: str) -> list[Word]:
    separator = _separator(given)
    return divided(text, separator) if separator else unquoted(text)


def _separator(given: Given) -> str:
    return "\0" if given.has("null") else given.get("delimiter")


def _replaced(given: Given, argv: list[str], text: str) -> Iterator[list[str]]:
    """*argv* once for each line, which stands in the place of the mark."""
    separator, mark = _separator(given), given.get(_I)
    found = [word for word, _ in divided(text, separator)] if separator else lines(text)
    for line in found:
        yield [part.replace(mark, line) for part in argv]
