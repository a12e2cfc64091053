"""Which pane stands where: places in columns, the panes that share each, and what is hidden.

A plan is how a layout begins; an arrangement is what somebody has made of it.  Both are values, and
so is where that puts every pane.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec


class Column(NamedTuple):
    """Places above each other."""

    width: int
    """In cells; 0: a share of what is left."""
    heights: tuple[int, ...]
    """Of its places, likewise."""


class Plan(NamedTuple):
    """A layout as it is at first."""

    columns: tuple[Column, ...]
    places: tuple[tuple[str, ...], ...]
    """The panes that share each place, column by column, then those of the one below them all."""
    foot: int = 0
    """How high that one is; 0: there is none."""


class Arrangement(msgspec.Struct, frozen=True):
    """Where somebody wants the panes."""

    places: tuple[tuple[str, ...], ...]
    front: tuple[str, ...]
    """Of each place the pane that is seen; "": none is."""
    hidden: tuple[str, ...] = ()

    def place(self, pane: str) -> int:
        """The number of the place that a pane is at.  ``ValueError``: there is no such pane."""
        return next(n for n, panes in enumerate(self.places) if pane in panes)

    def at(self, place: int) -> tuple[str, ...]:
        """The panes that share a place, those that are hidden left out."""
        return tuple(pane for pane in self.places[place] if pane not in self.hidden)

    @property
    def seen(self) -> tuple[str, ...]:
        """The panes that are in front, place by place."""
        return tuple(filter(None, self.front))

    def show(self, pane: str) -> "Arrangement":
        """Bring a pane forward at its place, hidden or not."""
        place = self.place(pane)
        front = (*self.front[:place], pane, *self.front[place + 1 :])
        hidden = tuple(each for each in self.hidden if each != pane)
        return Arrangement(self.places, front, hidden)

    def hide(self, pane: str) -> "Arrangement":
        """Take a pane away; the next of its place comes forward, or the others get its room."""
        place = self.place(pane)
        hidden = (*(each for each in self.hidden if each != pane), pane)
        left = Arrangement(self.places, self.front, hidden)
        if self.front[place] != pane:
            return left
        shown = self.at(place)
        later = shown[shown.index(pane) + 1 :] if pane in shown else ()
        following = (*later, *left.at(place), "")[0]
        front = (*self.front[:place], following, *self.front[place + 1 :])
        return Arrangement(self.places, front, hidden)

    def move(self, pane: str) -> "Arrangement":
        """Let a pane change places with the one that is seen at the next place, round and round;
        itself where there is no other."""
        here = self.place(pane)
        order = [*range(here + 1, len(self.places)), *range(here)]
        there = next((n for n in order if self.front[n]), here)
        other = self.front[there]
        exchanged = {pane: other, other: pane}
        places = tuple(tuple(exchanged.get(each, each) for each in panes) for panes in self.places)
        front = tuple(exchanged.get(each, each) for each in self.front)
        return Arrangement(places, front, self.hidden)


def arranged(plan: Plan) -> Arrangement:
    """A plan as nobody has changed it."""
    return Arrangement(plan.places, tuple(panes[0] if panes else "" for panes in plan.places))


def fitted(wanted: Arrangement, plan: Plan) -> Arrangement:
    """What is left of an arrangement for a plan that may have changed since: panes that there are
    no more are dropped, new ones stand where the plan has them."""
    known = {pane for panes in plan.places for pane in panes}
    count = len(plan.places)
    if len(wanted.places) != count:
        return arranged(plan)
    places: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for panes in wanted.places:
        kept = tuple(p for p in dict.fromkeys(panes) if p in known and p not in taken)
        taken.update(kept)
        places.append(kept)
    for n, panes in enumerate(plan.places):
        places[n] += tuple(pane for pane in panes if pane not in taken)
    hidden = tuple(pane for pane in wanted.hidden if pane in known)
    empty = Arrangement(tuple(places), ("",) * count, hidden)
    front = []
    for n, pane in enumerate((*wanted.front, *("",) * count)[:count]):
        shown = empty.at(n)
        front.append(pane if pane in shown else (*shown, "")[0])
    found = Arrangement(empty.places, tuple(front), hidden)
    return found if found.seen else arranged(plan)


LOW, OF = 3, 8
"""The part of a column that places with a size of their own have at least, together."""

Box = tuple[int, int, int, int]
"""Column, row, width and height, in cells."""


def boxes(plan: Plan, arrangement: Arrangement, width: int, height: int) -> Mapping[str, Box]:
    """Where each pane that is seen stands.  A place that nobody is at gives its room to the others
    of its column, an empty column to the other columns."""
    found: dict[str, Box] = {}
    foot = arrangement.front[-1] if plan.foot else ""
    low = min(max(plan.foot, height * LOW // OF), max(0, height - 1)) if foot else 0
    columns: list[tuple[int, list[tuple[str, int]]]] = []
    first = 0
    for column in plan.columns:
        fronts = arrangement.front[first : first + len(column.heights)]
        first += len(column.heights)
        heights = grown(column.heights, height - low)
        seen = [(pane, size) for pane, size in zip(fronts, heights, strict=True) if pane]
        if seen:
            columns.append((column.width, seen))
    if not columns:
        low = height if foot else 0
    left = 0
    for wide, (_width, seen) in zip(shares([w for w, _ in columns], width), columns, strict=True):
        top = 0
        heights = shares([size for _, size in seen], height - low)
        for (pane, _size), high in zip(seen, heights, strict=True):
            found[pane] = (left, top, wide, high)
            top += high
        left += wide
    if foot:
        found[foot] = (0, height - low, width, low)
    return found


def grown(wanted: Sequence[int], room: int) -> list[int]:
    """What places want where there is much *room*: so much more, in proportion, that those that
    want a size have their part of it, and the others not all that is more."""
    fixed = sum(wanted)
    if not fixed or all(wanted):
        return list(wanted)
    return [max(size, size * room * LOW // (OF * fixed)) for size in wanted]


def shares(wanted: Sequence[int], room: int) -> list[int]:
    """Divide *room*: each gets what it wants, those that want 0 what is left, in equal parts.

    Where nobody wants 0, the first gets what is left besides; where there is too little, what is
    wanted shrinks in proportion, so that a quarter is left for those that want 0.
    """
    if not wanted:
        return []
    free = [n for n, size in enumerate(wanted) if not size]
    fixed = sum(wanted)
    most = room if not free else max(0, room - max(room // 4, len(free)))
    sizes = list(wanted)
    if fixed > most:
        sizes = [size * most // fixed for size in wanted]
    rest = max(0, room - sum(sizes))
    if not free:
        sizes[0] += rest
        return sizes
    for n, place in enumerate(free):
        sizes[place] = rest // len(free) + (n < rest % len(free))
    return sizes


def alone(pane: str, width: int, height: int) -> Mapping[str, Box]:
    """One pane in the place of all."""
    return {pane: (0, 0, width, height)}
