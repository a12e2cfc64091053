"""wc: count lines, words, characters and bytes."""

import codecs
import re
import unicodedata
from typing import Final

from nsh.abi.attributes import Fstat, StatResult
from nsh.abi.files import S_IFMT, S_IFREG
from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, option, optional
from nsh.userland.quoting import plain
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, Inputs, write

_COUNTS: Final = ("lines", "words", "chars", "bytes", "max-line-length")
_DEFAULT: Final = ("lines", "words", "bytes")
_WIDTH_OF_THE_UNKNOWN: Final = 7
_BLANKS: Final = " \t\n\v\f\r\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u2060\u3000"
_WORD: Final = re.compile(f"[^{_BLANKS}]+")
_NO_CHARACTER: Final = re.compile("[\udc80-\udcff]")


@command(
    "wc",
    "count lines, words and bytes of files, or of descriptor 0",
    Topic.TEXT,
    options=(
        option("-l, --lines", "lines: newlines, to be exact"),
        option("-w, --words", "words: what stands between blanks"),
        option("-m, --chars", "characters"),
        option("-c, --bytes", "bytes"),
        option("-L, --max-line-length", "how wide the widest line is shown"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="wc(1)",
    examples=("ls /proc | wc -l", "wc -c /proc/self/status /proc/self/stat"),
    see=("grep", "ls"),
)
def wc(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be read."""
    wanted = [key for key in _COUNTS if given.has(key)] or list(_DEFAULT)
    inputs = Inputs(call, given.operands)
    rows: list[tuple[_Counts, str]] = []
    sizes: list[int | None] = []
    while (yield from inputs.next()):
        found: StatResult = yield Fstat(inputs.fd)
        sizes.append(found.size if found.mode & S_IFMT == S_IFREG else None)
        counts = _Counts(measures="max-line-length" in wanted)
        while data := (yield from inputs.chunk()):
            counts.take(data)
        rows.append((counts, inputs.name if given.operands else ""))
    width = _width(wanted, len(given.operands), sizes)
    if len(given.operands) > 1:
        total = _Counts()
        for counts, _name in rows:
            total.add(counts)
        rows.append((total, "total"))
    for counts, name in rows:
        yield from _print(counts, wanted, width, name)
    return inputs.status


def _print(counts: "_Counts", wanted: list[str], width: int, name: str) -> Asking[None]:
    cells = [f"{counts.of(key):>{width}}" for key in wanted]
    shown = [plain(name) if "\n" in name else name] if name else []
    yield from write(1, " ".join(cells + shown) + "\n")


def _width(wanted: list[str], files: int, sizes: list[int | None]) -> int:
    """As wide as the files are long; what that is cannot be known of pipes."""
    if files <= 1 and len(wanted) == 1:
        return 1
    least = _WIDTH_OF_THE_UNKNOWN if None in sizes else 1
    return max(least, len(str(sum(size or 0 for size in sizes))))


class _Counts:
    """The counts of one input, taken in pieces."""

    __slots__ = (
        "_column",
        "_decoder",
        "_in_word",
        "_measures",
        "bytes",
        "chars",
        "lines",
        "widest",
        "words",
    )

    def __init__(self, *, measures: bool = False) -> None:
        self._measures = measures
        self.lines = self.words = self.chars = self.bytes = self.widest = 0
        self._column = 0
        """Where the next character is shown."""
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
        self._in_word = False
        """A word that has been counted goes on in the next piece."""

    def of(self, key: str) -> int:
        """The count that an option asks for."""
        counts = {"lines": self.lines, "words": self.words, "chars": self.chars}
        return self.widest if key == "max-line-length" else counts.get(key, self.bytes)

    def add(self, other: "_Counts") -> None:
        """Count what *other* has counted too."""
        self.lines += other.lines
        self.words += other.words
        self.chars += other.chars
        self.bytes += other.bytes
        self.widest = max(self.widest, other.widest)

    def take(self, data: bytes) -> None:
        """Count *data* too.  A word has something printable in it; no bytes that are no text."""
        self.bytes += len(data)
        self.lines += data.count(b"\n")
        text = self._decoder.decode(data)
        self.chars += len(text) - len(_NO_CHARACTER.findall(text))
        for word in _WORD.finditer(text):
            counted = self._in_word and word.start() == 0
            if not counted and (word[0].isprintable() or any(map(str.isprintable, word[0]))):
                self.words += 1
                counted = True
            self._in_word = counted and word.end() == len(text)
        if text and _WORD.fullmatch(text[-1]) is None:
            self._in_word = False
        if self._measures:
            self._measure(text)

    def _measure(self, text: str) -> None:
        column = self._column
        for character in text:
            if character in "\n\r\f":
                column = 0
            elif character == "\t":
                column += 8 - column % 8
            elif character.isprintable():
                column += width_of(character)
            self.widest = max(self.widest, column)
        self._column = column


def width_of(character: str) -> int:
    """How many cells a printable character takes on a terminal (wcwidth(3))."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
