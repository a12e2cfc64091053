"""Two machines side by side: the tree of tasks of each, and all else in which they differ.

They are two moments of a history, the ends of two branches, or what the same lines lead to under
two policies.  A task is the same on both sides if it was born as the same one.
"""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from nsh.machine.record import Record
from nsh.machine.value import Machine
from nsh.session.difference import differences
from nsh.session.history import Step
from nsh.views.pairs import Pairs, paired
from nsh.views.tree import TreeRow, process_tree

TASKS: Final = 400
"""Tasks of each side that are shown."""
WAY: Final = 2_000
"""Steps between two moments that are looked through for what they wrote."""
LINES: Final = 40
"""Other differences that are."""


Row = tuple[type[Record], int]
"""A table, and a key in it."""


class Side(NamedTuple):
    """One of the two: a moment of a history."""

    name: str
    """As it was asked for."""
    of: str
    """What the history is called: a branch, ``profile mainline``."""
    history: Sequence[Step]
    position: int

    @property
    def machine(self) -> Machine:
        """The machine at that moment."""
        return self.history[self.position].machine

    def parted_from(self, history: Sequence[Step]) -> int | None:
        """After how many steps it parts from *history*, of which it is a moment, or a branch; None
        of a run of its own, which shares no more than the boot."""
        pairs = zip(self.history, history, strict=False)
        shared = next((at for at, (one, other) in enumerate(pairs) if one is not other), None)
        if shared is None:
            shared = min(len(self.history), len(history))
        return None if shared < min(2, len(self.history), len(history)) else shared

    def parted(self, other: "Side") -> int | None:
        """The last key of a record that means the same in both moments; None: each does, for one
        of them was on the way to the other."""
        shared = self.parted_from(other.history)
        if shared is None:
            return self.history[0].machine.serial
        if min(self.position, other.position) < shared:
            return None
        return self.history[shared - 1].machine.serial


def touched(
    one: Sequence[Step], other: Sequence[Step], shared: int, positions: tuple[int, int]
) -> set[Row] | None:
    """The rows that were written on the way from one moment to another, by what both histories
    have in common; None where that is longer than WAY steps."""
    common = min(shared - 1, *positions)
    way = [*one[common + 1 : positions[0] + 1], *other[common + 1 : positions[1] + 1]]
    if len(way) > WAY:
        return None
    return {(change.kind, change.key) for step in way for change in step.changes()}


class Pair(NamedTuple):
    """A task, as it is on either side; "" where it is not there."""

    mark: str
    """``-`` on the left only, ``+`` on the right only, ``~`` otherwise on the right, else ""."""
    left: str
    right: str


def pairs(found: Pairs) -> list[Pair]:
    """The tasks of both in the order of their trees."""
    left, right = (process_tree(each, count=TASKS) for each in (found.left, found.right))
    return list(_aligned(left, right, [found.name(found.right, row.task) for row in right]))


def _aligned(
    left: Sequence[TreeRow], right: Sequence[TreeRow], names: Sequence[int]
) -> Iterator[Pair]:
    """*names*: what those on the right are called on the left."""
    ids = [row.task for row in left], names
    there = set(ids[0]) & set(ids[1])
    matcher = SequenceMatcher(None, ids[0], ids[1], autojunk=False)
    for _, start, end, begin, stop in matcher.get_opcodes():
        if end - start == stop - begin and ids[0][start:end] == ids[1][begin:stop]:
            for old, new in zip(left[start:end], right[begin:stop], strict=True):
                one, other = _line(old), _line(new)
                yield Pair("" if one == other else "~", one, other)
        else:
            moved = [(old, "~" if old.task in there else "-") for old in left[start:end]]
            yield from (Pair(mark, _line(old), "") for old, mark in moved)
            came = zip(right[begin:stop], names[begin:stop], strict=True)
            yield from (Pair("~" if name in there else "+", "", _line(new)) for new, name in came)


def _line(row: TreeRow) -> str:
    name = f"{{{row.comm}}}" if row.thread else row.comm
    return f"{row.number:>5} {row.state} {'  ' * row.depth}{name}  {row.cid}"


def beside(one: Side, other: Side, width: int = 80) -> list[str]:
    """Both in lines of *width* columns, differences marked; then the rest that differs."""
    room, names = max(10, (width - 5) // 2), (one.name, other.name)
    found = paired(one.machine, other.machine, one.parted(other))
    lines = [_row("", *names, room)]
    lines += [_row(pair.mark, pair.left, pair.right, room) for pair in pairs(found)]
    rest = [line for line in differences(found) if not line[2:].startswith("task ")]
    if rest:
        lines += ["", f"and from {names[0]} to {names[1]}:", *rest[:LINES]]
    if len(rest) > LINES:
        lines.append(f"({len(rest) - LINES} more)")
    return lines


def _row(mark: str, left: str, right: str, room: int) -> str:
    return f"{mark or ' '} {_cut(left, room)} │ {_cut(right, room)}".rstrip()


def _cut(text: str, room: int) -> str:
    return f"{text:<{room}}" if len(text) <= room else text[: room - 1] + "…"
