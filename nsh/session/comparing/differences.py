"""Steps of two runs in pairs, and where a pair differs."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from msgspec.structs import replace

from nsh.machine.record import Record
from nsh.session.comparing.facts import Facts
from nsh.session.comparing.relations import Match, outline, shown
from nsh.session.comparing.seen import Seen
from nsh.session.comparing.times import Dated, Timeline, agree
from nsh.session.history import Place

_BLOCKED: Final = "?"
"""An answer that begins so is none yet; why it is none, each kernel says in its own words."""


_MADE_UP: Final = frozenset({"thread-self", "cmdline", "pid_max"})
"""Whoever finds one of these in a directory is in /proc, of which the model has a part: of its
names, only the tasks' are held against Linux's."""
_GONE: Final = "gone"
_ZOMBIE: Final = "Z"
_WAITS: Final = ("wait4(", "waitid(")
_EXITS: Final = ("exit(", "exit_group(")
_FINISHED: Final = "finished"


class Difference(Record):
    """One thing that is otherwise in the two runs."""

    what: str
    """``step`` (only one run takes it), ``call`` (of a write, its data), ``answer``, ``stdout``,
    ``stderr``, ``verdict``, ``time``, or one of the :class:`~nsh.session.comparing.facts.Facts`."""
    about: str
    """Of a fact, ``pid N``; of a step, the call."""
    one: str
    other: str


class Pair(Record):
    """The same step of both runs; None where only one takes it."""

    one: Seen | None
    other: Seen | None
    differences: tuple[Difference, ...]


def compare(one: Sequence[Seen], other: Sequence[Seen]) -> Iterator[Pair]:
    """The steps in pairs.  Statements pair by their order, the steps in them by who asks what.

    What differs about a task is told when it begins to, and not again until it has been the same.
    """
    told: frozenset[Difference] = frozenset()
    match = Match()
    statements = [_paired(mine, theirs) for mine, theirs in _statements(one, other)]
    calendar = Calendar([pair for pairs in statements for pair in pairs])
    for pairs in statements:
        meanwhile, leaving = _Meanwhile(pairs), _leaving(pairs)
        for number, pair in enumerate(pairs):
            left, right = meanwhile.at_the_end(*pair) if number == meanwhile.last else pair
            found = [*_differences(left, right, match), *calendar.differences(left, right)]
            if _is_left(left or right, leaving) and None in (left, right):
                found = []
            if number < meanwhile.last and left is not None and right is not None:
                found = [item for item in found if not meanwhile.passes(item, number, left, right)]
            yield Pair(left, right, tuple(item for item in found if item not in told))
            if left is not None and right is not None:
                told = frozenset(filter(_lasts, found))


def _leaving(pairs: list[tuple[Seen | None, Seen | None]]) -> set[int]:
    """Who exits in a statement."""
    steps = (step for pair in pairs for step in pair if step is not None)
    return {step.who for step in steps if step.call.startswith(_EXITS)}


def _is_left(step: Seen | None, leaving: set[int]) -> bool:
    """Whether it is the end of a program that has exited: an init may wait in that call, and
    whether it is through then with what it was asked for, each run says in its own way."""
    return step is not None and step.who in leaving and step.call.startswith(_FINISHED)


class Stop(Record):
    """Where both runs end before the script does."""

    step: int
    cursor: int
    """How many statements had begun."""
    place: Place
    cause: str
    """What was said of it, by the task or by nsh; "" if nothing was."""


def stop(pairs: Sequence[Pair]) -> Stop | None:
    """Where both runs stopped for a failure; None if a run went on to its end."""
    found = next((pair for pair in pairs if pair.one is not None and pair.one.failed), None)
    if found is None or found.one is None or found.other is None or not found.other.failed:
        return None
    last = found.one
    said = last.verdict or "".join(
        pair.one.stderr for pair in pairs if pair.one is not None and pair.one.cursor == last.cursor
    )
    lines = said.strip().splitlines()
    return Stop(last.number, last.cursor, last.place, shown(lines[-1]) if lines else "")


class _Meanwhile:
    """What may be a matter of when, inside of a statement, for a step that it depends on is still
    to come in it: somebody who waits for the dead takes them away on Linux at once, and in the
    model in a step of its own; and a handler begins at once or with the program's next step.

    At the end of the statement all has to be the same.
    """

    def __init__(self, pairs: list[tuple[Seen | None, Seen | None]]) -> None:
        both = (n for n, pair in enumerate(pairs) if None not in pair)
        self.last = max(both, default=-1)
        """The place of the last step that both runs take; -1 if there is none."""
        self._ends: list[dict[int, Facts]] = [{}, {}]
        self._steps: list[dict[int, int]] = [{}, {}]
        self._waits: list[dict[int, int]] = [{}, {}]
        for number, pair in enumerate(pairs):
            for side, step in enumerate(pair):
                if step is None:
                    continue
                self._ends[side] = step.tasks
                self._steps[side][step.who] = number
                if step.call.startswith(_WAITS):
                    self._waits[side][step.who] = number

    def at_the_end(self, one: Seen | None, other: Seen | None) -> tuple[Seen, Seen]:
        """The last step of both, with what each run has come to, further steps included."""
        assert one is not None
        assert other is not None
        return replace(one, tasks=self._ends[0]), replace(other, tasks=self._ends[1])

    def passes(self, item: Difference, number: int, one: Seen, other: Seen) -> bool:
        """Whether *item*, found after step *number*, may be of that kind."""
        if not _lasts(item):
            return False
        pid = int(item.about.removeprefix("pid "))
        for side, facts in enumerate((one.tasks.get(pid), other.tasks.get(pid))):
            if facts is None:
                continue
            if {item.one, item.other} == {_GONE, _ZOMBIE}:
                return self._waited(side, facts.ppid, (one, other)[side].tasks) > number
            if item.what == "pending" and (int(item.one, 16) ^ int(item.other, 16)) & ~facts.caught:
                return False
            if item.what in ("pending", "blocked") and facts.caught:
                return facts.threads > 1 or self._steps[side].get(pid, -1) > number
        return False

    def _waited(self, side: int, parent: int, processes: Mapping[int, Facts]) -> int:
        """The place of the last wait by *parent*, or by a thread, which may be one of its; -1."""
        waits = self._waits[side]
        threads = (place for who, place in waits.items() if who not in processes)
        return max((waits.get(parent, -1), *threads))


def _lasts(item: Difference) -> bool:
    """Whether it is a fact about a task, which the next step may well find again."""
    return item.about.startswith("pid ")


def _statements(
    one: Sequence[Seen], other: Sequence[Seen]
) -> Iterator[tuple[list[Seen], list[Seen]]]:
    mine = {cursor: list(steps) for cursor, steps in groupby(one, lambda step: step.cursor)}
    theirs = {cursor: list(steps) for cursor, steps in groupby(other, lambda step: step.cursor)}
    for cursor in sorted(mine.keys() | theirs.keys()):
        yield mine.get(cursor, []), theirs.get(cursor, [])


def _paired(one: list[Seen], other: list[Seen]) -> list[tuple[Seen | None, Seen | None]]:
    """The steps of one statement.  What two tasks do at the same time may come in either order:
    a step that only seems to be missing is found elsewhere."""
    mine, theirs = ([_key(step) for step in steps] for steps in (one, other))
    blocks = SequenceMatcher(None, mine, theirs, False).get_opcodes()
    spare = [
        step for tag, _i, _i_end, j, j_end in blocks if tag != "equal" for step in other[j:j_end]
    ]
    elsewhere: dict[int, Seen] = {}
    for tag, i, i_end, _j, _j_end in blocks:
        for step in one[i:i_end] if tag != "equal" else ():
            found = next((there for there in spare if _key(there) == _key(step)), None)
            if found is not None:
                spare.remove(found)
                elsewhere[id(step)] = replace(found, tasks=step.tasks)  # theirs are of then
    left_over = {id(step) for step in spare}
    pairs: list[tuple[Seen | None, Seen | None]] = []
    for tag, i, i_end, j, j_end in blocks:
        if tag == "equal":
            pairs += zip(one[i:i_end], other[j:j_end], strict=True)
        else:
            pairs += ((step, elsewhere.get(id(step))) for step in one[i:i_end])
            pairs += ((None, step) for step in other[j:j_end] if id(step) in left_over)
    return pairs


def _key(step: Seen) -> str:
    call = step.call.partition(",")[0] if step.call.startswith("write(") else step.call
    return f"{step.who} {outline(call)}"  # what is written is held against what is


def _differences(one: Seen | None, other: Seen | None, match: Match) -> Iterator[Difference]:
    if one is None or other is None:
        alone = one or other
        assert alone is not None
        if other is None and alone.answer.startswith(_BLOCKED):
            return  # a call that was woken, and is asked again
        call = shown(alone.call)
        taken = f"{alone.who}: {call}" + (f" = {shown(alone.answer)}" if alone.answer else "")
        yield Difference(
            "step", call, taken if one is not None else "", taken if one is None else ""
        )
        return
    for what, mine, theirs in (
        ("call", one.call, other.call),
        ("answer", one.answer, other.answer),
        ("stdout", one.stdout, other.stdout),
        ("stderr", one.stderr, other.stderr),
        ("verdict", one.verdict, other.verdict),
    ):
        if what == "call" and (one.stdout, one.stderr) != (other.stdout, other.stderr):
            continue  # of text on a terminal it is told below
        if not match.same(mine, theirs) and not (what == "answer" and _alike(one, other, match)):
            yield Difference(what, shown(one.call), shown(mine), shown(theirs))
    for pid in sorted(one.tasks.keys() | other.tasks.keys()):
        yield from _of_task(pid, one.tasks.get(pid), other.tasks.get(pid))


class Calendar:
    """The steps of both runs, by which times are dated."""

    def __init__(self, pairs: list[tuple[Seen | None, Seen | None]]) -> None:
        taken = (one or other for one, other in pairs)
        self._numbers = [step.number for step in taken if step is not None]
        self._one = Timeline([None if one is None else one.span for one, _other in pairs])
        self._other = Timeline([None if other is None else other.span for _one, other in pairs])

    def differences(self, one: Seen | None, other: Seen | None) -> Iterator[Difference]:
        """The times in two answers to one call that cannot be of the same step."""
        if one is None or other is None:
            return
        for mine, theirs in zip(one.times, other.times, strict=False):
            dates = self._one.date(mine), self._other.date(theirs)
            if mine.what == theirs.what and not agree(*dates):
                told = (f"{mine.what} {self._told(date)}" for date in dates)
                yield Difference("time", shown(one.call), *told)

    def _told(self, date: Dated) -> str:
        first, last = (self._step(place) for place in date)
        if date.last < 0:
            return "before the first step"
        if date.first == date.last:
            return f"at step {last}"
        return f"by step {last}" if date.first < 0 else f"between steps {first} and {last}"

    def _step(self, place: int) -> str:
        return str(self._numbers[place]) if place < len(self._numbers) else "that is to come"


def _alike(step: Seen, there: Seen, match: Match) -> bool:
    """Whether two answers say the same in other words."""
    one, other = step.answer, there.answer
    if one.startswith(_BLOCKED) and other.startswith(_BLOCKED):
        return True
    if not there.answer or there.answer == "None":  # it was killed by asking
        return step.who not in step.tasks or step.tasks[step.who].state == _ZOMBIE
    call = step.call
    if not call.startswith("getdents("):
        return False
    mine, theirs = ({line.partition("\t")[0] for line in it.split("\n")} for it in (one, other))
    if not _MADE_UP & mine & theirs or any(name[:1].isdigit() for name in mine ^ theirs):
        return False
    match.lacks(mine ^ theirs)
    return True


def _of_task(pid: int, one: Facts | None, other: Facts | None) -> Iterator[Difference]:
    about = f"pid {pid}"
    if one is None or other is None:
        yield Difference(
            "state", about, *(_GONE if it is None else it.state for it in (one, other))
        )
        return
    for field in one.__struct_fields__:
        mine, theirs = getattr(one, field), getattr(other, field)
        if mine != theirs:
            yield Difference(field, about, _shown(field, mine), _shown(field, theirs))


def _shown(field: str, value: object) -> str:
    if field in ("blocked", "ignored", "caught", "pending") and isinstance(value, int):
        return f"{value:016x}"
    if isinstance(value, tuple):
        return " ".join(map(str, value))
    return str(value)
