"""What grep does with a file: which lines it selects, and what it prints of them."""

import re
from collections import deque
from typing import Final

from nsh.abi.invocation import Invocation
from nsh.userland.options import Given, UsageError
from nsh.userland.pcre import RESET
from nsh.userland.quoting import plain
from nsh.userland.streams import STDIN, Asking, Inputs, decode, encode, say, write

_MOST: Final = 2**63 - 1
"""The largest count; a larger one means the same."""
_UNDECODABLE: Final = re.compile("[\udc80-\udcff]")
Part = tuple[int, str]
"""What is printed of a line, and at which byte of the file it begins."""


def _context(given: Given, key: str) -> int:
    """How many lines of context to print on one side."""
    text = given.get(key) or given.get("context", "0")
    if not (text.isascii() and text.isdigit()):
        raise UsageError(f"{text}: invalid context length argument")
    return min(int(text), _MOST)


def _start(match: re.Match[str]) -> int:
    """Where what matched begins: what stands before a reset of its start is no part of it."""
    if RESET not in match.re.groupindex:
        return match.start()
    return match.start(RESET) if match.start(RESET) >= 0 else match.start()


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
        "_placed",
        "due",
    )

    due: int
    """How many lines after the last selected one are still to be printed."""

    def __init__(self, given: Given) -> None:
        self._numbered = given.has("line-number")
        self._placed = given.has("byte-offset")
        self._around = given.last("after-context", "before-context", "context") != ""
        self._after = _context(given, "after-context")
        self._before = _context(given, "before-context")
        self._begun = False
        self.start()

    def start(self) -> None:
        """Begin a file."""
        self._held: deque[tuple[int, list[Part]]] = deque(maxlen=self._before)
        self._last = 0
        self.due = 0

    def selected(self, name: str, number: int, parts: list[Part]) -> list[str]:
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

    def passed(self, name: str, number: int, parts: list[Part]) -> list[str]:
        """The same for any other line."""
        if not self.due:
            self._held.append((number, parts))
            return []
        self.due -= 1
        self._last = number
        return self._printed(name, number, parts, "-")

    def _printed(self, name: str, number: int, parts: list[Part], mark: str) -> list[str]:
        head = name + mark if name else ""
        if self._numbered:
            head += f"{number}{mark}"
        if self._placed:
            return [f"{head}{place}{mark}{part}\n" for place, part in parts]
        return [f"{head}{part}\n" for _place, part in parts]


class Search:
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
        """*limit*: of selected lines of a file, -1 for none; *named*: files are, unless asked
        otherwise."""
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
        number = selected = place = 0
        self._lines.start()
        while not self._done(selected) and (lines := (yield from inputs.lines())):
            out: list[str] = []
            for line in self._looked_at(lines, first=number == 0):
                number += 1
                text = decode(line.removesuffix(b"\n"))
                is_selected = selected != self._limit and self._selects(text)
                selected += is_selected
                if self._lines_are_told and not self._binary:
                    shown = name if self._named else ""
                    out += self._shown(text, place, shown, number, is_selected)
                place += len(line)
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
        if len(self._patterns) == 1:
            return self._patterns[0].search(text, start)
        found = [match for each in self._patterns if (match := each.search(text, start))]
        return min(found, key=lambda match: (match.start(), -match.end()), default=None)

    def _shown(self, text: str, place: int, name: str, number: int, selected: bool) -> list[str]:
        parts = [(place, text)]
        if self._given.has("only-matching"):
            parts = self._parts(text, place) if selected is self._wanted else []
        lines = self._lines
        return (lines.selected if selected else lines.passed)(name, number, parts)

    def _parts(self, text: str, place: int) -> list[Part]:
        found = []
        at = 0
        while at <= len(text) and (match := self._search(text, at)) is not None:
            start = _start(match)
            if start < match.end():
                part = text[start : match.end()]
                found.append((place + len(encode(text[:start])), part))
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
