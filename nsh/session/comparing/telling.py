"""Differences for people, side by side, and for machines, one JSON object a line."""

from collections.abc import Iterable, Iterator
from itertools import groupby, zip_longest
from typing import Final

import msgspec

from nsh.session.comparing.differences import Difference, Pair
from nsh.session.comparing.relations import shown
from nsh.session.comparing.seen import Seen

_NARROW: Final = 12
"""Columns for the word that says what differs."""
_MOST: Final = 40
"""Rows about one statement, more or less."""
_MOST_OF_ONE: Final = 16
"""Rows about one difference."""


class Line(msgspec.Struct):
    """One difference, as ``--json`` tells it.  The fields are stable."""

    step: int
    """Number of the step in the run of ``names[0]``, else in the other; the boot is 0."""
    line: int
    """Of the script, from 1."""
    task: int
    """Whose step it is, by its outermost pid."""
    command: str
    call: str
    what: str
    about: str
    values: dict[str, str]
    """By the name of the run."""


def json_lines(pairs: Iterable[Pair], names: tuple[str, str]) -> Iterator[str]:
    """Every difference, in order."""
    encoder = msgspec.json.Encoder()
    for pair in pairs:
        step = _either(pair)
        for item in pair.differences:
            yield encoder.encode(
                Line(
                    step.number,
                    step.place.line,
                    step.who,
                    step.place.text,
                    shown(step.call),
                    item.what,
                    item.about,
                    dict(zip(names, (item.one, item.other), strict=True)),
                )
            ).decode()


def text_lines(pairs: Iterable[Pair], names: tuple[str, str], width: int) -> Iterator[str]:
    """Every statement with a difference, and under it, side by side, what differs.

    The first difference of all is marked with ``>``: what comes after it may come of it.
    """
    side = max((width - _NARROW - 7) // 2, 16)
    mark = ">"
    every = (list(group) for _cursor, group in groupby(pairs, lambda pair: _either(pair).cursor))
    differing = (each for each in every if any(pair.differences for pair in each))
    for alone, run in groupby(differing, _alone):
        if any(alone):
            yield from _only(names[alone.index(True)], list(run), width)
            continue
        for statement in run:
            yield from _head(statement, width)
            yield _row("", names[0], names[1], side)
            for row in _statement(statement, side, width):
                yield mark + row[1:] if mark else row
                mark = ""


def _head(statement: list[Pair], width: int) -> Iterator[str]:
    place = _either(statement[0]).place
    yield ""
    yield f"{place.name}:{place.line}: {_short(place.text, width)}"


def _only(name: str, run: list[list[Pair]], width: int) -> Iterator[str]:
    """One run has ended: the first of the statements that the other goes on with."""
    typed = [each for each in run if _either(each[0]).place.text] or run  # the rest is narration
    yield from _head(typed[0], width)
    last = _either(typed[-1][0]).place.line
    more = len(typed) - 1
    after = f", and {more} more, to line {last}" if more else ""
    yield f"    only {name} performs it{after}"


def _alone(statement: list[Pair]) -> tuple[bool, bool]:
    """Whether only the one run, or only the other, has come as far as this."""
    return (
        all(pair.other is None for pair in statement),
        all(pair.one is None for pair in statement),
    )


def _statement(statement: list[Pair], side: int, width: int) -> Iterator[str]:
    rows = 0
    left = 0
    for pair in statement:
        if not pair.differences:
            continue
        if rows >= _MOST:
            left += len(pair.differences)
            continue
        step = _either(pair)
        found = [row for item in pair.differences for row in _rows(item, side)]
        if pair.one is not None and pair.other is not None:
            call = _short(shown(step.call), width - 20)
            found.insert(0, f"  step {step.number}, by {step.who}: {call}")
        rows += len(found)
        yield from found
    if left:
        yield f"    and {left} more in this statement (--json tells all)"


def _rows(item: Difference, side: int) -> Iterator[str]:
    head = item.what if not item.about.startswith("pid ") else f"{item.about} {item.what}"
    left = _lines(item.one, side)
    right = _lines(item.other, side)
    rows = list(zip_longest(left, right, fillvalue=""))
    if len(left) > 1 and len(right) > 1:  # of long texts, the lines that differ
        rows = [(mine, theirs) for mine, theirs in rows if mine != theirs]
    for mine, theirs in rows[:_MOST_OF_ONE]:
        yield _row(head, mine, theirs, side)
        head = ""
    if len(rows) > _MOST_OF_ONE:
        yield f"    and {len(rows) - _MOST_OF_ONE} more rows of it (--json tells all)"


def _lines(text: str, side: int) -> list[str]:
    """*text* in lines no longer than *side*, blanks at their ends made visible."""
    found = []
    for line in text.splitlines() or [""]:
        shown = (
            line
            if line == line.rstrip()
            else line.rstrip() + "·" * (len(line) - len(line.rstrip()))
        )
        found += [shown[i : i + side] for i in range(0, len(shown), side)] or [""]
    return found


def _row(head: str, one: str, other: str, side: int) -> str:
    start = (
        f"    {head:<{_NARROW}}" if len(head) <= _NARROW else f"    {head}\n" + " " * (_NARROW + 4)
    )
    return f"{start}{one:<{side}} | {other}".rstrip()


def _short(text: str, width: int) -> str:
    line = text.partition("\n")[0]
    return line if len(line) <= width else line[: max(width - 1, 1)] + "…"


def _either(pair: Pair) -> Seen:
    step = pair.one or pair.other
    assert step is not None
    return step
