"""The panes that share a place, as the frame of the one in front names them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from nsh.tui.frame import Label

_BEGIN: Final = 3
"""Cells of a frame in front of its title."""
_GAP: Final = "  "


class Tab(NamedTuple):
    """A pane that shares its place with others."""

    key: str
    """That brings it forward."""
    name: str
    short: str
    front: bool


def labels(tabs: Sequence[Tab], room: int) -> tuple[Label, ...]:
    """The tabs as a title: where there is little room, the names of those behind are short, or
    their keys alone."""
    found: list[Label] = []
    for tab, text in zip(tabs, _said(tabs, room), strict=True):
        found += [Label(_GAP), Label(text, muted=not tab.front)]
    return tuple(found[1:])


def tab_at(tabs: Sequence[Tab], room: int, column: int) -> Tab | None:
    """Which of them is at a column of such a frame."""
    begin = _BEGIN
    for tab, text in zip(tabs, _said(tabs, room), strict=True):
        if begin <= column < begin + len(text):
            return tab
        begin += len(text) + len(_GAP)
    return None


def _said(tabs: Sequence[Tab], room: int) -> list[str]:
    said: list[str] = []
    for names in ([tab.name for tab in tabs], [tab.short for tab in tabs], [""] * len(tabs)):
        said = [
            f"{tab.key} {tab.name if tab.front else name}".rstrip()
            for tab, name in zip(tabs, names, strict=True)
        ]
        if len(_GAP.join(said)) <= room:
            break
    return said
