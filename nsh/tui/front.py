"""Which containers are in front, where there is room for few of many."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

S = TypeVar("S")


def come_forward(
    shown: Sequence[S], wanted: Iterable[S], existing: Sequence[S], room: int
) -> tuple[S, ...]:
    """The spaces to show in *room* places.

    Those that *wanted* names come first to mind, most wanted first; who is shown already keeps
    its place; a newcomer takes a free place, or that of whoever is wanted least.  Free places
    go to the *existing* in order.  What no longer exists is not shown.
    """
    alive = set(existing)
    rank: dict[S, int] = {}
    for space in wanted:
        if space in alive:
            rank.setdefault(space, len(rank))
    for space in [*shown, *existing]:
        if space in alive:
            rank.setdefault(space, len(rank))
    chosen = set(sorted(rank, key=rank.__getitem__)[:room])
    places: list[S | None] = [space if space in chosen else None for space in shown[:room]]
    kept = set(places)
    newcomers = [space for space in existing if space in chosen and space not in kept]
    for index, place in enumerate(places):
        if place is None and newcomers:
            places[index] = newcomers.pop(0)
    return tuple(space for space in [*places, *newcomers] if space is not None)
