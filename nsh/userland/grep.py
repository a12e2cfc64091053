"""grep: lines that match."""

import re
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import plain
from nsh.userland.regex import alternatives
from nsh.userland.registry import Topic, command
from nsh.userland.streams import STDIN, Asking, Inputs, decode, encode, say, write

_FOUND, _NOT_FOUND, _TROUBLE = 0, 1, 2
_UNDECODABLE: Final = re.compile("[\udc80-\udcff]")


@command(
    "grep",
    "print the lines that match a pattern",
    Topic.TEXT,
    options=(
        option("-E, --extended-regexp", "extended regular expressions; -G: basic; -F: text"),
        option("-F, --fixed-strings", ""),
        option("-G, --basic-regexp", ""),
        option("-e, --regexp=PATTERN", "the pattern, or one of several"),
        option("-i, --ignore-case", "capitals are the same as small letters"),
        option("-v, --invert-match", "the lines that do not match"),
        option("-w, --word-regexp", "only whole words match; -x: only whole lines"),
        option("-x, --line-regexp", ""),
        option("-c, --count", "print how many lines"),
        option("-l, --files-with-matches", "print names of files with such lines; -L: without"),
        option("-L, --files-without-match", ""),
        option("-m, --max-count=NUM", "stop after NUM lines of each file", Kind.NUMBER),
        option("-o, --only-matching", "print only what matches"),
        option("-n, --line-number", "with line numbers"),
        option("-H, --with-filename", "with file names; -h: without"),
        option("-h, --no-filename", ""),
        option("-q, --quiet, --silent", "print nothing; -s: complain of no file"),
        option("-s, --no-messages", ""),
        option("-a, --text", "take binary files for text"),
    ),
    operands=(optional("PATTERN"), optional("FILE", Kind.PATH, many=True)),
    man="grep(1)",
    gap="inside parentheses the first alternative counts, not the longest; no directories (-r)",
    examples=("grep -E '^(Pid|PPid)' /proc/self/status", "ps -e | grep -c init"),
    see=("wc", "pgrep"),
    trouble=_TROUBLE,
)
def grep(call: Invocation, given: Given) -> Running:
    """Status 0 if a line was selected, 1 if none, 2 if a file could not be read."""
    operands = list(given.operands)
    patterns = given.all("regexp")
    if not patterns:
        if not operands:
            raise UsageError("missing operand")
        patterns = [operands.pop(0)]
    limit = _limit(given)
    inputs = Inputs(call, operands, _TROUBLE, quiet=given.has("no-messages"))
    search = _Search(call, given, _compiled(given, patterns), limit, named=len(operands) > 1)
    found = False
    while limit != 0 and (yield from inputs.next()):
        selected = yield from search.file(inputs)
        found = found or selected
        if found and given.has("quiet"):
            return _FOUND
    return inputs.status or (_FOUND if found else _NOT_FOUND)


def _limit(given: Given) -> int:
    """How many lines to select of each file; -1 is no limit."""
    text = given.get("max-count", "-1")
    if not text.removeprefix("-").isdecimal() or len(text) > 18:
        raise UsageError("invalid max count")
    return max(-1, int(text))


def _compiled(given: Given, patterns: list[str]) -> list[re.Pattern[str]]:
    """The patterns; each line of one is one."""
    kind = given.last("extended-regexp", "fixed-strings", "basic-regexp")
    flags = re.IGNORECASE if given.has("ignore-case") else 0
    extended = kind == "extended-regexp"
    found = []
    for line in [line for pattern in patterns for line in pattern.split("\n")]:
        fixed = kind == "fixed-strings"
        for text in [re.escape(line)] if fixed else alternatives(line, extended=extended):
            try:
                found.append(re.compile(_bounded(given, text), flags))
            except (re.error, OverflowError, RecursionError) as error:
                raise UsageError(f"this pattern is beyond us: {error}") from None
    return found


def _bounded(given: Given, text: str) -> str:
    if given.has("line-regexp"):
        return rf"\A(?:{text})\Z"
    return rf"(?<!\w)(?:{text})(?!\w)" if given.has("word-regexp") else text


class _Search:
    """Searches one file after the other."""

    __slots__ = (
        "_binary",
        "_call",
        "_given",
        "_limit",
        "_lines_are_told",
        "_named",
        "_patterns",
        "_wanted",
    )

    def __init__(
        self,
        call: Invocation,
        given: Given,
        patterns: list[re.Pattern[str]],
        limit: int,
        *,
        named: bool,
    ) -> None:
        self._call = call
        self._given = given
        self._patterns = patterns
        self._limit = limit
        choice = given.last("with-filename", "no-filename")
        self._named = choice == "with-filename" or (named and not choice)
        silent = ("count", "files-with-matches", "files-without-match", "quiet")
        self._lines_are_told = not any(map(given.has, silent))
        self._wanted = not given.has("invert-match")
        self._binary = False

    def file(self, inputs: Inputs) -> Asking[bool]:
        """Search the current file; whether a line was selected."""
        name = "(standard input)" if inputs.name == STDIN else inputs.name
        self._binary = False
        number = selected = 0
        enough = False
        while not enough and (lines := (yield from inputs.lines())):
            lines = self._looked_at(lines, first=number == 0)
            out: list[str] = []
            for line in lines:
                number += 1
                text = decode(line.removesuffix(b"\n"))
                if (self._search(text) is not None) is not self._wanted:
                    continue
                selected += 1
                if self._lines_are_told and not self._binary:
                    out += self._shown(text, name, number)
                enough = selected == self._limit or not self._counts
                if enough:
                    break
            yield from write(1, encode("".join(out)))
        yield from self._conclude(inputs.name, name, selected)
        return selected > 0

    @property
    def _counts(self) -> bool:
        """Whether more than the first selected line matters."""
        if self._lines_are_told:
            return not self._binary
        return self._given.has("count") and not self._given.has("quiet")

    def _looked_at(self, lines: list[bytes], *, first: bool) -> list[bytes]:
        """The lines; if the file is found to be no text, those between NULs in it."""
        if self._given.has("text"):
            return lines
        data = b"".join(lines)
        if b"\0" in data:
            self._binary = True
            return data.replace(b"\0", b"\n").removesuffix(b"\n").split(b"\n")
        if first and _UNDECODABLE.search(decode(data)) is not None:
            self._binary = True
        return lines

    def _search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first match from *start* on; of those that begin there, the longest."""
        found = [match for each in self._patterns if (match := each.search(text, start))]
        return min(found, key=lambda match: (match.start(), -match.end()), default=None)

    def _shown(self, text: str, name: str, number: int) -> list[str]:
        head = f"{name}:" if self._named else ""
        if self._given.has("line-number"):
            head += f"{number}:"
        if not self._given.has("only-matching"):
            return [f"{head}{text}\n"]
        return [f"{head}{part}\n" for part in self._parts(text)] if self._wanted else []

    def _parts(self, text: str) -> list[str]:
        found = []
        at = 0
        while at <= len(text) and (match := self._search(text, at)) is not None:
            if match[0]:
                found.append(match[0])
            at = max(match.end(), match.start() + (not match[0]))
        return found

    def _conclude(self, path: str, name: str, selected: int) -> Asking[None]:
        """What is said of a file as a whole."""
        given = self._given
        if given.has("quiet"):
            return
        listing = given.last("files-with-matches", "files-without-match")
        if given.has("count") and not listing:
            head = f"{name}:" if self._named else ""
            yield from write(1, f"{head}{selected}\n")
        if listing and (selected > 0) == (listing == "files-with-matches"):
            yield from write(1, name + "\n")
        if self._binary and selected and self._lines_are_told:
            said = name if path == STDIN else plain(path)
            yield from say(self._call, f"{said}: binary file matches")
