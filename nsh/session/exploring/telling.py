"""What a search has found, in words and as JSON; and an order as a story, each task in its lane."""

from collections.abc import Iterator, Sequence
from itertools import takewhile, zip_longest
from typing import Final

import msgspec

from nsh.abi.attributes import Fstat
from nsh.abi.files import Close, Dup, Dup2, Lseek, MemfdCreate
from nsh.machine.context import Context
from nsh.machine.files import File, Superblock
from nsh.machine.mounts import Mount
from nsh.machine.program import Puppet
from nsh.machine.tmpfs import Dentry, Inode
from nsh.machine.waiting import RunQueue
from nsh.session import trace
from nsh.session.exploring.moves import ALL, called
from nsh.session.exploring.orders import Ordered
from nsh.session.exploring.refereeing import Verdict
from nsh.session.exploring.search import Found, Outcome
from nsh.session.history import Step

MOST: Final = 8
"""Lines that are shown of what a program has printed."""
_NAME: Final = 12
_LANE: Final = 3
_LANES: Final = 9
"""The tenth task is in the lane of the first, which has most often ended by then."""
_MOVING: Final = frozenset((Dup, Dup2, Close, Lseek, Fstat, MemfdCreate))
_OWN: Final = frozenset((Puppet, RunQueue, Context, File, Mount, Dentry, Inode, Superblock))
"""Rows of which nobody else hears: of files, and what holds them."""
_ENCODER: Final = msgspec.json.Encoder()


class OutcomeLine(msgspec.Struct):
    """An outcome, as ``--json`` tells it.  The fields are stable."""

    outcome: int
    """Its number, from 1."""
    failed: bool
    message: str
    line: int
    """Of the statement that was under way where it failed; 0: it did not."""
    asleep: tuple[str, ...]
    told: dict[str, str]
    orders: int
    """0: there is no number."""
    steps: int
    switches: int
    order: tuple[int, ...]
    linux: bool | None
    """Whether an order of it is the same on Linux in every step; null: none was performed there."""


class SummaryLine(msgspec.Struct):
    """The last line of ``--json``.  The fields are stable."""

    outcomes: int
    complete: bool
    stopped: str
    """At which limit, if it is not complete."""
    states: int
    steps: int
    depth: int


def json_lines(found: Found, verdicts: Sequence[Verdict | None] | None = None) -> Iterator[str]:
    """A line for each outcome, with what Linux says of it if there are *verdicts*, and one for
    all."""
    for number, one in enumerate(found.outcomes, 1):
        end, verdict = one.end, verdicts[number - 1] if verdicts else None
        line = OutcomeLine(
            number,
            end.failed,
            end.message,
            end.place.line,
            end.asleep,
            dict(one.told),
            one.ways,
            one.steps,
            one.switches,
            one.order,
            None if verdict is None else verdict.same,
        )
        yield _ENCODER.encode(line).decode()
    many, whole = len(found.outcomes), not found.stopped
    last = SummaryLine(many, whole, found.stopped, found.states, found.steps, found.depth)
    yield _ENCODER.encode(last).decode()


def summary(found: Found, name: str) -> str:
    """How many outcomes there are, and whether all orders were gone through."""
    many = f"{len(found.outcomes)} outcome{'s' * (len(found.outcomes) != 1)}"
    whole = f"not complete: stopped after {found.stopped}" if found.stopped else "complete"
    return (
        f"{name}: {many}; {whole} ({found.states:,} states, {found.steps:,} steps, "
        f"{found.depth:,} deep)"
    )


def outcomes(found: Found, verdicts: Sequence[Verdict | None] | None = None) -> Iterator[str]:
    """The outcomes in lines: of what was printed that which differs, and, where there are
    *verdicts*, what Linux says of each."""
    told = [dict(one.told) for one in found.outcomes]
    names = sorted({name for each in told for name in each})
    same = {name: _common([each.get(name, "") for each in told]) for name in names}
    for number, one in enumerate(found.outcomes, 1):
        yield _heading(number, one, partial=bool(found.stopped))
        end, printed = one.end, told[number - 1]
        if end.message:
            place = f"{end.place.name}:{end.place.line}: " if end.place.line else ""
            yield from _indented(f"{place}{end.message}", 2)
        for each in end.asleep:
            yield f"  in the end {each}"
        for name in names:
            if same[name] is not None:
                yield from _printed(name, printed.get(name, ""), same[name] or 0)
        if verdicts is not None:
            yield f"  on Linux {_said(verdicts[number - 1])}"


def _common(texts: Sequence[str]) -> int | None:
    """How many lines all of *texts* begin with; None: they are the same."""
    if len(set(texts)) < 2:
        return None
    lines = [text.splitlines(keepends=True) for text in texts]
    alike = takewhile(lambda row: len(set(row)) == 1, zip_longest(*lines))
    return sum(1 for _ in alike)


def _said(verdict: Verdict | None) -> str:
    if verdict is None:
        return "it cannot be had at will: somebody who is woken would have to come late"
    if verdict.diverged:
        return f"it goes otherwise: {verdict.diverged}"
    many = f"{len(verdict.pairs)} steps"
    if verdict.same:
        return f"the same, in all {many}"
    return f"{verdict.differences} differences in {many}"


def _heading(number: int, one: Outcome, *, partial: bool) -> str:
    verdict = "fails" if one.end.failed else "ok"
    if partial:
        return f"{number} {verdict}"
    if not one.ways:
        return f"{number} {verdict}, in orders without number, for programs may go round"
    return f"{number} {verdict}, in {one.ways:,} order{'s' * (one.ways != 1)}"


def _printed(name: str, text: str, alike: int) -> Iterator[str]:
    """What *name* has printed, of which so many lines are *alike* in all outcomes."""
    label = f"{name} prints" if name != ALL else "it prints"
    lines = text.splitlines()
    unended = bool(text) and not text.endswith("\n")
    if len(lines) < 2:
        said = f"{lines[0]!r}{' and ends no line' * unended}" if lines else "nothing"
        yield f"  {label} {said}"
        return
    yield f"  {label}"
    skipped = alike if alike > 1 else 0
    if skipped:
        yield f"    … {skipped} lines as always"
    shown = lines[skipped:]
    yield from _indented("\n".join(shown[:MOST]), 4)
    if len(shown) > MOST:
        yield f"    … {len(shown) - MOST} more lines"
    elif unended:
        yield "    (and ends no line)"


def _indented(text: str, by: int) -> Iterator[str]:
    return (" " * by + line for line in text.splitlines())


def no_outcome(found: Found, number: int) -> str:
    """What to say to who wants that of outcomes which there are not so many of."""
    many = len(found.outcomes)
    return f"there is no outcome {number}; there {'is' if many == 1 else 'are'} {many}"


def heading(number: int, one: Outcome) -> str:
    """What stands above the story of outcome *number*."""
    many = f"{one.switches} time{'s' * (one.switches != 1)}"
    return (
        f"how {number} comes about: {one.steps:,} steps, in which another task goes on {many}\n"
        "(from the first choice on, without what moves a task's own descriptors about)"
    )


def story(session: Ordered) -> Iterator[str]:
    """What happens in an order that has been performed, from the first choice on: a line for each
    call, the calls of a task below each other."""
    lanes: dict[str, int] = {}
    after = session.history[0].machine
    begun, last = not session.choices, ""
    for step in session.history[1:]:
        before, after = after, step.machine
        begun = begun or step.number in session.choices
        if not begun:
            continue
        if step.request is None:
            yield from _indented(step.message, _NAME + 2)
        elif not _aside(step):
            name = called(before, after, step.task)
            lane = lanes.setdefault(name, len(lanes) % _LANES)
            call = trace.line(before, step.request, step.reply, ())
            yield f"{'' if name == last else name:>{_NAME}}  {' ' * _LANE * lane}{call}"
            last = name
    if session.step.failed and not session.step.message:
        yield from _indented(
            "the script ends here, for nothing tests whether this fails", _NAME + 2
        )


def _aside(step: Step) -> bool:
    """Whether it only moves the caller's own descriptors about, as a redirection does."""
    if type(step.request) not in _MOVING or step.failure is not None:
        return False
    alone = isinstance(step.request, MemfdCreate)  # its file is nobody else's, nor has a name
    return alone or {change.kind for change in step.changes()} <= _OWN
