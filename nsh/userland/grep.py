"""grep: lines that match."""

import re
from collections import deque
from collections.abc import Sequence
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import plain
from nsh.userland.regex import alternatives
from nsh.userland.registry import Topic, command
from nsh.userland.streams import STDIN, Asking, Inputs, decode, encode, say, write

_MOST = 2**63 - 1
"""The largest count; a larger one means the same."""

_FOUND, _NOT_FOUND, _TROUBLE = 0, 1, 2
_MATCHERS: Final = ("extended-regexp", "fixed-strings", "basic-regexp")
_UNDECODABLE: Final = re.compile("[\udc80-\udcff]")


def _older(argv: Sequence[str]) -> Sequence[str]:
    """``grep -2 x``, as the first word: -C 2."""
    if argv and re.fullmatch("-[0-9]+", argv[0], re.ASCII):
        return ["-C", argv[0][1:], *argv[1:]]
    return argv


@command(
    "grep",
    "print the lines that match a pattern",
    Topic.TEXT,
    options=(
        option("-E, --extended-regexp", "+ ? | ( ) { } are special; -G: not; -F: nothing is"),
        option("-e, --regexp=PATTERN", "the pattern, or one of several"),
        option("-i, --ignore-case", "capitals are the same as small letters"),
        option("-v, --invert-match", "the lines that do not match"),
        option("-w, --word-regexp", "only whole words match; -x: only whole lines"),
        option("-c, --count", "print how many lines"),
        option("-l, --files-with-matches", "print the names of files with such lines; -L: without"),
        option("-m, --max-count=NUM", "stop after NUM lines of each file", Kind.NUMBER),
        option("-o, --only-matching", "print only what matches"),
        option("-n, --line-number", "with line numbers; -H: with file names; -h: without"),
        option("-A, --after-context=NUM", "and NUM lines after; -B: before; -C: both", Kind.NUMBER),
        option("-q, --quiet, --silent", "print nothing, and stop at the first match"),
        option("-s, --no-messages", "no complaints; -a, --text: binary files are text"),
        option("-F, --fixed-strings", ""),
        option("-G, --basic-regexp", ""),
        option("-x, --line-regexp", ""),
        option("-L, --files-without-match", ""),
        option("-H, --with-filename", ""),
        option("-h, --no-filename", ""),
        option("-B, --before-context=NUM", "", Kind.NUMBER),
        option("-C, --context=NUM", "", Kind.NUMBER),
        option("-a, --text", ""),
    ),
    operands=(optional("PATTERN"), optional("FILE", Kind.PATH, many=True)),
    man="grep(1)",
    gap="no -r; in parentheses the first alternative counts, not the longest",
    examples=("grep -E '^(Pid|PPid)' /proc/self/status",),
    see=("wc", "pgrep"),
    answers=True,
    trouble=_TROUBLE,
    prepare=_older,
)
def grep(call: Invocation, given: Given) -> Running:
    """Status 0 if a line was selected, 1 if none, 2 if a file could not be read."""
    if len({key for key, _ in given.options if key in _MATCHERS}) > 1:
        raise UsageError("conflicting matchers specified")
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
    kind = given.last(*_MATCHERS)
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


def _context(given: Given, key: str) -> int:
    """How many lines of context to print on one side."""
    text = given.get(key) or given.get("context", "0")
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"{text}: invalid context length argument")
    return min(int(text), _MOST)


class _Lines:
    """How selected lines are printed, and those around them."""

    __slots__ = (
        "_after",
        "_around",
        "_before",
        "_begun",
        "_held",
        "_last",
        "_numbered",
        "due",
    )

    due: int
    """How many lines after the last selected one are still to be printed."""

    def __init__(self, given: Given) -> None:
        self._numbered = given.has("line-number")
        self._around = given.last("after-context", "before-context", "context") != ""
        self._after = _context(given, "after-context")
        self._before = _context(given, "before-context")
        self._begun = False
        self.start()

    def start(self) -> None:
        """Begin a file."""
        self._held: deque[tuple[int, list[str]]] = deque(maxlen=self._before)
        self._last = 0
        self.due = 0

    def selected(self, name: str, number: int, parts: list[str]) -> list[str]:
        """What is printed for a selected line of which *parts* are to be shown."""
        found: list[str] = []
        first = self._held[0][0] if self._held else number
        if self._around and self._begun and (self._last == 0 or first > self._last + 1):
            found.append("--\n")
        for held, texts in self._held:
            found += self._printed(name, held, texts, "-")
        self._held.clear()
        found += self._printed(name, number, parts, ":")
        self._begun, self._last, self.due = True, number, self._after
        return found

    def passed(self, name: str, number: int, parts: list[str]) -> list[str]:
        """The same for any other line."""
        if not self.due:
            self._held.append((number, parts))
            return []
        self.due -= 1
        self._last = number
        return self._printed(name, number, parts, "-")

    def _printed(self, name: str, number: int, parts: list[str], mark: str) -> list[str]:
        head = name + mark if name else ""
        if self._numbered:
            head += f"{number}{mark}"
        return [f"{head}{part}\n" for part in parts]


class _Search:
    """Searches one file after the other."""

    __slots__ = (
        "_binary",
        "_call",
        "_given",
        "_limit",
        "_lines",
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
        self._lines = _Lines(given)
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
        self._lines.start()
        while not self._done(selected) and (lines := (yield from inputs.lines())):
            out: list[str] = []
            for line in self._looked_at(lines, first=number == 0):
                number += 1
                text = decode(line.removesuffix(b"\n"))
                is_selected = selected != self._limit and self._selects(text)
                selected += is_selected
                if self._lines_are_told and not self._binary:
                    out += self._shown(text, name if self._named else "", number, is_selected)
                if self._done(selected):
                    break
            yield from write(1, encode("".join(out)))
        yield from self._conclude(inputs.name, name, selected)
        return selected > 0

    def _done(self, selected: int) -> bool:
        """Whether the rest of the file does not matter, once so many lines of it are selected."""
        if selected == self._limit:
            return not self._lines.due
        if self._lines_are_told:
            return self._binary and selected > 0
        return selected > 0 and (self._given.has("quiet") or not self._given.has("count"))

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

    def _selects(self, text: str) -> bool:
        return (self._search(text) is not None) is self._wanted

    def _search(self, text: str, start: int = 0) -> re.Match[str] | None:
        """The first match from *start* on; of those that begin there, the longest."""
        found = [match for each in self._patterns if (match := each.search(text, start))]
        return min(found, key=lambda match: (match.start(), -match.end()), default=None)

    def _shown(self, text: str, name: str, number: int, selected: bool) -> list[str]:
        parts = [text]
        if self._given.has("only-matching"):
            parts = self._parts(text) if selected is self._wanted else []
        lines = self._lines
        return (lines.selected if selected else lines.passed)(name, number, parts)

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
