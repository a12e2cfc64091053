"""xargs: perform a command with what is read as arguments."""

import re
from collections.abc import Iterator
from typing import Final

from nsh.abi.files import Close, Dup2, Open
from nsh.abi.invocation import Invocation, Running
from nsh.userland.children import apart, execute
from nsh.userland.options import Given, Kind, UsageError, option, optional, whole_number
from nsh.userland.registry import Topic, command
from nsh.userland.streams import READING, decode, read, write

_FAILED: Final = 123
_SPECIAL: Final = {126: 126, 127: 127, 255: 124}
_MOST: Final = 5000
_WORD: Final = re.compile(r"""(?:"([^"\n]*)"|'([^'\n]*)'|\\(.)|([^\s"'\\]+))""", re.DOTALL)


@command(
    "xargs",
    "perform COMMAND with the words of descriptor 0 as arguments",
    Topic.SCRIPTS,
    options=(
        option("-n, --max-args=N", "at most N words at a time", Kind.NUMBER),
        option("-I, --replace=WORD", "once for each line, in the place of WORD"),
        option("-d, --delimiter=CHAR", "what stands between words; quotes mean nothing then"),
        option("-0, --null", "NULs stand between words"),
        option("-r, --no-run-if-empty", "not at all if there are no words"),
        option("-t, --verbose", "print each command on descriptor 2 first"),
    ),
    operands=(optional("COMMAND", Kind.COMMAND, many=True),),
    man="xargs(1)",
    gap="one at a time",
    examples=("seq 5 | xargs -n 2 echo", "ls /proc/self/ns | xargs -I X readlink /proc/self/ns/X"),
    see=("for",),
    stops=True,
)
def xargs(call: Invocation, given: Given) -> Running:
    """Status 123 if COMMAND failed, 124 if it ended with 255, 127 if there is none such."""
    chunks = []
    while data := (yield from read(0)):
        chunks.append(data)
    text = decode(b"".join(chunks))
    argv = list(given.operands or ["echo"])
    status = 0
    for words in _batches(given, _words(given, text), argv):
        if given.has("verbose"):
            yield from write(2, " ".join(words) + "\n")
        ended = yield from _perform(call, words)
        status = _FAILED if ended else status
        if ended in _SPECIAL:
            return _SPECIAL[ended]
    return status


def _perform(call: Invocation, argv: list[str]) -> Running:
    """In a child, which does not read on where we left off."""

    def work() -> Running:
        fd = yield Open("/dev/null", READING)
        yield Dup2(fd, 0)
        yield Close(fd)
        return (yield from execute(call, argv))

    return (yield from apart(call, work))


def _batches(given: Given, words: list[str], argv: list[str]) -> Iterator[list[str]]:
    """The command lines to perform."""
    if given.has("replace"):
        mark = given.get("replace")
        for word in words:
            yield [part.replace(mark, word) for part in argv]
        return
    size = _MOST
    if given.has("max-args"):
        size = whole_number(given.get("max-args"), "number for -n option")
        if size < 1:
            raise UsageError(f"value {size} for -n option should be >= 1")
    if not words and not given.has("no-run-if-empty"):
        yield argv
    for start in range(0, len(words), size):
        yield argv + words[start : start + size]


def _words(given: Given, text: str) -> list[str]:
    separator = "\0" if given.has("null") else given.get("delimiter")
    if separator:
        return text.removesuffix(separator).split(separator) if text else []
    if given.has("replace"):
        lines = [line.lstrip(" \t") for line in text.split("\n")]
        return [" ".join(_unquoted(line)) for line in lines if line]
    return _unquoted(text)


def _unquoted(text: str) -> list[str]:
    """The words of *text*, with quotes and backslashes taken away as a shell does."""
    words: list[str] = []
    at, open_word = 0, False
    while at < len(text):
        match = _WORD.match(text, at)
        if match is None:
            if text[at] in "\"'":
                kind = "double" if text[at] == '"' else "single"
                raise UsageError(
                    f"unmatched {kind} quote; by default quotes are special to xargs unless you "
                    "use the -0 option"
                )
            open_word = False
            at += 1
            continue
        part = next((group for group in match.groups() if group is not None), "")
        if open_word:
            words[-1] += part
        else:
            words.append(part)
        at, open_word = match.end(), True
    return words
