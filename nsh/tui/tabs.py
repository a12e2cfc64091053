"""The panes that share a place, as the frame of the one in front names them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from nsh.tui.frame import Label

_BEGIN: Final = 3
"""Cells of a frame in front of its title."""


class Tab(NamedTuple):
    """A pane that shares its place with others."""

    key: str
    """That brings it forward."""
    name: str
    short: str
    front: bool


def labels(tabs: Sequence[Tab], room: int) -> tuple[Label, ...]:
    """The tabs as a title: where there is little room, the names of those behind are short, or
    their keys alone, and these close together."""
    found: list[Label] = []
    said, gap = _said(tabs, room)
    for tab, text in zip(tabs, said, strict=True):
        found += [Label(gap), Label(text, muted=not tab.front)]
    return tuple(found[1:])


def tab_at(tabs: Sequence[Tab], room: int, column: int) -> Tab | None:
    """Which of them is at a column of such a frame."""
    begin = _BEGIN
    said, gap = _said(tabs, room)
    for tab, text in zip(tabs, said, strict=True):
        if begin <= column < begin + len(text):
            return tab
        begin += len(text) + len(gap)
    return None


def _said(tabs: Sequence[Tab], room: int) -> tuple[list[str], str]:
    """What each says, and what stands between: the first way for which there is room."""
    said, gap = list[str](), ""
    full, short, none = [tab.name for tab in tabs], [tab.short for tab in tabs], [""] * len(tabs)
    for front, behind, gap in (
        (full, full, "  "),
        (full, short, "  "),
        (full, none, "  "),
        (full, none, " "),
        (short, none, " "),
        (none, none, " "),
    ):
        said = [
            f"{tab.key} {mine if tab.front else name}".rstrip()
            for tab, mine, name in zip(tabs, front, behind, strict=True)
        ]
        if len(gap.join(said)) <= room:
            break
    return said, gap
