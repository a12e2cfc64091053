"""Histories that have parted, as a tree: what is common to two of them is there once."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from nsh.session.entries import entries
from nsh.session.history import Step, Timeline

LONGEST: Final = 40
"""Characters of a command that are shown."""


class Branch(NamedTuple):
    """One history."""

    name: str
    parent: str
    """What it has parted from; "" for the first."""
    fork: int
    """The last position that they have in common."""
    steps: int
    position: int
    """Where it is looked at."""
    here: bool
    """It is the one that is gone on with."""
    last: str
    """What was typed last."""


def parted(timelines: Mapping[str, Timeline], here: str) -> list[Branch]:
    """The branches, the oldest first: each is from the one before it that it shares most with."""
    found: list[Branch] = []
    for name, one in timelines.items():
        shared = [(_common(timelines[each.name].history, one.history), each) for each in found]
        fork, parent = max(shared, key=lambda pair: pair[0], default=(0, None))
        done = entries(one.history)
        last = done[-1].text.partition("\n")[0] if done else "the boot"
        above = "" if parent is None else parent.name
        steps = len(one.history) - 1
        found.append(Branch(name, above, fork, steps, one.position, name == here, last))
    return found


def _common(one: Sequence[Step], other: Sequence[Step]) -> int:
    """The last position where both are the same; they never meet again behind it."""
    parts = bisect_left(
        range(min(len(one), len(other))), True, key=lambda place: one[place] is not other[place]
    )
    return parts - 1


def ordered(branches: Sequence[Branch]) -> list[Branch]:
    """As the lines of the tree have them."""
    return [branch for _, branch in _below("", "", branches)]


def drawn(branches: Sequence[Branch]) -> list[str]:
    """The tree in lines; ``*`` is where we are."""
    lines = list(_below("", "", branches))
    width = max((len(line) for line, _ in lines), default=0)
    return [f"{line:<{width}}  {_about(branch)}".rstrip() for line, branch in lines]


def _below(parent: str, indent: str, branches: Sequence[Branch]) -> Iterator[tuple[str, Branch]]:
    children = sorted(
        (one for one in branches if one.parent == parent), key=lambda one: (one.fork, one.name)
    )
    for number, one in enumerate(children):
        last = number == len(children) - 1
        rail = ("└─ " if last else "├─ ") if one.parent else ""
        yield f"{'*' if one.here else ' '} {indent}{rail}{one.name}", one
        deeper = indent + (("   " if last else "│  ") if one.parent else "")
        yield from _below(one.name, deeper, branches)


def _about(one: Branch) -> str:
    if one.parent and one.fork == one.steps:
        return "no step of its own yet"
    text = one.last if len(one.last) <= LONGEST else one.last[: LONGEST - 1] + "…"
    since = f"from step {one.fork}, " if one.parent else ""
    return f"{since}{one.steps} steps, last: {text}"
