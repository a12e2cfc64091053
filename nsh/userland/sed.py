"""sed: edit lines as they pass (sed(1))."""

import re
from typing import Final

from nsh.abi import KernelError
from nsh.abi.files import Close, Open
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.registry import Topic, command
from nsh.userland.sed_script import Address, Pattern, Step, parsed
from nsh.userland.streams import READING, STDIN, Asking, complain, decode, read, write

_UNREADABLE: Final = 2
_TROUBLE: Final = 4


@command(
    "sed",
    "edit lines by SCRIPT: s/REGEX/TEXT/, p, d, q, =, y, n",
    Topic.TEXT,
    options=(
        option("-n, --quiet, --silent", "print only what p and s///p print"),
        option("-e, --expression=SCRIPT", "commands; may be given several times"),
        option("-E, -r, --regexp-extended", "extended regular expressions"),
        option("-u, --unbuffered", ""),
    ),
    operands=(optional("SCRIPT] [FILE", Kind.PATH, many=True),),
    man="sed(1)",
    gap="edits no files in place (-i), has no hold space, labels, blocks and texts (a, i, c); "
    "-u is how it is",
    examples=(
        "sed 's/ - .*//' /proc/self/mountinfo",
        "ps -e | sed -n -e 1p -e /init/p",
    ),
    see=("grep", "cut", "tr"),
)
def sed(call: Invocation, given: Given) -> Running:
    """Status 1 for a script that is none, 2 for a file that cannot be opened, or q's."""
    files = list(given.operands)
    scripts = given.all("expression")
    if not scripts:
        if not files:
            raise UsageError("no script: sed 's/REGEX/TEXT/' [FILE]...", 1)
        scripts = [files.pop(0)]
    steps = parsed("\n".join(scripts), extended=given.has("regexp-extended"))
    source = _Source(call, files or [STDIN])
    editor = _Editor(steps, source, quiet=given.has("quiet"))
    status = yield from editor.edit()
    return status or source.status


class _Source:
    """The lines of all files, one after the other, and whether one is the last."""

    def __init__(self, call: Invocation, names: list[str]) -> None:
        self._call = call
        self._names = names
        self._fd = -1
        self._rest = b""
        self._lines: list[bytes] = []
        self.status = 0

    def line(self) -> Asking[bytes]:
        """The next one with its newline, which the last may lack; empty at the end."""
        while not self._lines:
            if self._fd < 0 and not (yield from self._open()):
                return b""
            yield from self._more()
        return self._lines.pop(0)

    def is_last(self) -> Asking[bool]:
        """Whether there is none behind the one that was taken last."""
        found = yield from self.line()
        if found:
            self._lines.insert(0, found)
        return not found

    def close(self) -> Asking[None]:
        """Leave the rest unread."""
        if self._fd > 0:
            yield Close(self._fd)
        self._fd = -1

    def _open(self) -> Asking[bool]:
        while self._names:
            name = self._names[0]
            if name == STDIN:
                self._fd = 0
                return True
            try:
                self._fd = yield Open(name, READING)
            except KernelError as error:
                yield from complain(self._call, f"can't read {name}", error)
                self.status = self.status or _UNREADABLE
                self._names.pop(0)
            else:
                return True
        return False

    def _more(self) -> Asking[None]:
        """Read on; at a file's end what has no newline is a line."""
        try:
            data = yield from read(self._fd)
        except KernelError as error:
            yield from complain(self._call, f"read error on {self._names[0]}", error)
            self.status = _TROUBLE
            data = b""
        pieces = (self._rest + data).split(b"\n")
        self._rest = pieces.pop()
        self._lines = [piece + b"\n" for piece in pieces]
        if not data:
            if self._rest:
                self._lines.append(self._rest)
                self._rest = b""
            yield from self.close()
            self._names.pop(0)


class _Editor:
    """Performs the script on each line."""

    def __init__(self, steps: list[Step], source: _Source, *, quiet: bool) -> None:
        self._steps = steps
        self._source = source
        self._quiet = quiet
        self._number = 0
        self._text = ""
        self._end = ""
        self._missing = ""
        """The newline that the last line printed lacked: it comes before the next one."""
        self._within: set[int] = set()
        """Commands whose range of lines has begun, by their place."""
        self._used: Pattern = ()

    def edit(self) -> Running:
        """All lines; the status that q gives."""
        while (yield from self._next()):
            status = yield from self._line()
            if status >= 0:
                yield from self._source.close()
                return status
        return 0

    def _next(self) -> Asking[bool]:
        line = decode((yield from self._source.line()))
        if not line:
            return False
        self._number += 1
        self._text = line.removesuffix("\n")
        self._end = line[len(self._text) :]
        return True

    def _line(self) -> Running:
        """Perform all commands; the status to quit with, -1 to go on."""
        for place, step in enumerate(self._steps):
            if (yield from self._addressed(place, step)) is step.negated:
                continue
            match step.name:
                case "s":
                    if self._substitute(step) and step.prints:
                        yield from self._print(self._text)
                case "y":
                    self._text = self._text.translate(step.table)
                case "p":
                    yield from self._print(self._text)
                case "=":
                    yield from write(1, f"{self._number}\n")
                case "d":
                    return -1
                case "n":
                    if not self._quiet:
                        yield from self._print(self._text)
                    if not (yield from self._next()):
                        return 0
                case _:
                    if not self._quiet:
                        yield from self._print(self._text)
                    return step.status
        if not self._quiet:
            yield from self._print(self._text)
        return -1

    def _print(self, text: str) -> Asking[None]:
        yield from write(1, self._missing + text + self._end)
        self._missing = "" if self._end else "\n"

    def _addressed(self, place: int, step: Step) -> Asking[bool]:
        if step.first is None:
            return True
        if step.last is None:
            return (yield from self._at(step.first))
        if place in self._within:
            if 0 <= step.last.number < self._number:
                self._within.discard(place)
                return (yield from self._at(step.first))
            if (yield from self._at(step.last)):
                self._within.discard(place)
            return True
        if not (yield from self._at(step.first)):
            return False
        if not 0 <= step.last.number <= self._number:
            self._within.add(place)
        return True

    def _at(self, address: Address) -> Asking[bool]:
        if address.pattern is not None:
            return self._find(address.pattern, 0) is not None
        if address.number >= 0:
            return address.number == self._number
        return (yield from self._source.is_last())

    def _find(self, pattern: Pattern, start: int) -> re.Match[str] | None:
        """The first match, and of those that begin there the longest."""
        pattern = self._used = pattern or self._used
        if not pattern:
            raise UsageError("-e expression #1, char 0: no previous regular expression", 1)
        matches = [found for each in pattern if (found := each.search(self._text, start))]
        return min(matches, key=lambda found: (found.start(), -found.end()), default=None)

    def _substitute(self, step: Step) -> bool:
        made, start, count, changed = "", 0, 0, False
        ended = -1
        while start <= len(self._text):
            found = self._find(step.pattern, start)
            if found is None:
                break
            made += self._text[start : found.start()]
            if found.start() == found.end() == ended:  # nothing, right behind the last match
                made += self._text[found.end() : found.end() + 1]
                start = found.end() + 1
                continue
            count += 1
            ended = found.end()
            if count >= step.which:
                made += "".join(
                    piece if isinstance(piece, str) else found[piece] or "" for piece in step.pieces
                )
                changed = True
            else:
                made += found[0]
            start = ended
            if found.start() == found.end():
                made += self._text[start : start + 1]
                start += 1
            if changed and not step.every:
                break
        if changed:
            self._text = made + self._text[start:]
        return changed
