"""cut: parts of lines."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Inputs, encode, write

_LAST: Final = (1 << 64) - 1
_SEPARATORS: Final = ", \t"
_RANGE: Final = re.compile(r"([0-9]*)(-?)([0-9]*)", re.ASCII)
Span = tuple[int, int]
"""The first and the last of a run of positions, which count from 1."""


@command(
    "cut",
    "print parts of lines",
    Topic.TEXT,
    options=(
        option("-f, --fields=LIST", "these fields: 1,3-5,7-"),
        option("-d, --delimiter=CHAR", "what stands between fields, instead of a tab"),
        option("-s, --only-delimited", "no lines without a delimiter"),
        option("-b, --bytes=LIST", "these bytes"),
        option("-c, --characters=LIST", "these bytes too (-n is ignored)"),
        option("-n", ""),
        option("--complement", "all but these"),
        option("--output-delimiter=STRING", "print this between the parts"),
    ),
    operands=(optional("FILE", Kind.PATH, many=True),),
    man="cut(1)",
    examples=("cut -d: -f1,3 /etc/passwd", "cut -c 1-20 /proc/self/mounts"),
    see=("grep", "tr"),
)
def cut(call: Invocation, given: Given) -> Running:
    """Status 1 if a file could not be read."""
    cutter = _Cutter(given)
    inputs = Inputs(call, given.operands)
    while (yield from inputs.next()):
        while lines := (yield from inputs.lines()):
            yield from write(1, b"".join(map(cutter.line, lines)))
    return inputs.status


class _Cutter:
    """What of each line is printed."""

    __slots__ = ("_between", "_by_fields", "_delimiter", "_only_delimited", "_spans")

    def __init__(self, given: Given) -> None:
        kinds = [key for key, _ in given.options if key in ("fields", "bytes", "characters")]
        if not kinds:
            raise UsageError("you must specify a list of bytes, characters, or fields")
        if len(kinds) > 1:
            raise UsageError("only one list may be specified")
        self._by_fields = kinds[0] == "fields"
        delimiter = encode(given.get("delimiter", "\t"))
        if not self._by_fields:
            if given.has("delimiter"):
                raise UsageError(
                    "an input delimiter may be specified only when operating on fields"
                )
            if given.has("only-delimited"):
                raise UsageError(
                    "suppressing non-delimited lines makes sense\n\tonly when operating on fields"
                )
        if len(delimiter) > 1:
            raise UsageError("the delimiter must be a single character")
        self._delimiter = delimiter or b"\0"
        self._only_delimited = given.has("only-delimited")
        default = self._delimiter if self._by_fields else b""
        named = given.has("output-delimiter")
        self._between = encode(given.get("output-delimiter") or "\0") if named else default
        self._spans = _spans(given.get(kinds[0]), self._by_fields, given.has("complement"))

    def line(self, line: bytes) -> bytes:
        """What of *line* is printed, newline included."""
        line = line.removesuffix(b"\n")
        if not self._by_fields:
            parts = [line[first - 1 : last] for first, last in self._spans if first <= len(line)]
            return self._between.join(parts) + b"\n"
        fields = line.split(self._delimiter)
        if len(fields) == 1:
            return b"" if self._only_delimited else line + b"\n"
        chosen = [field for first, last in self._spans for field in fields[first - 1 : last]]
        return self._between.join(chosen) + b"\n"


def _spans(text: str, fields: bool, complement: bool) -> list[Span]:
    """The ranges that *text* lists, in order; those that overlap are one."""
    spans: list[Span] = []
    for first, last in sorted(_listed(text, fields)):
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(last, spans[-1][1]))
        else:
            spans.append((first, last))
    if not complement:
        return spans
    edges = [(0, 0), *spans, (_LAST, _LAST)]
    gaps = [(one[1] + 1, other[0] - 1) for one, other in pairwise(edges)]
    return [span for span in gaps if span[0] <= span[1]]


def _listed(text: str, fields: bool) -> Iterator[Span]:
    """The ranges as they stand there; :class:`UsageError` for the first thing that is wrong."""
    counted = "fields are" if fields else "byte/character positions are"
    at = 0
    while True:
        match = _RANGE.match(text, at)
        assert match is not None, "it may match nothing"
        first, dash, last = match.groups()
        at = match.end()
        for digits in (first, last):
            if digits and int(digits) >= _LAST:
                what = "field number" if fields else "byte/character offset"
                raise UsageError(f"{what} {quoted(digits)} is too large")
        if dash and first and not int(first):
            raise UsageError(f"{counted} numbered from 1")
        rest = text[at:]
        if rest.startswith("-"):
            raise UsageError(f"invalid {'field' if fields else 'byte or character'} range")
        if rest and rest[0] not in _SEPARATORS:
            what = "field value" if fields else "byte/character position"
            raise UsageError(f"invalid {what} {quoted(rest)}")
        if dash and not first and not last:
            raise UsageError("invalid range with no endpoint: -")
        start = int(first or 1)
        end = int(last) if last else _LAST if dash else start
        if not dash and not (first and start):
            raise UsageError(f"{counted} numbered from 1")
        if end < start:
            raise UsageError("invalid decreasing range")
        yield start, end
        if not rest:
            return
        at += 1
