"""The layouts: what fits 80x24, 120x40, 200x60, and a corner of a screen, and what can be read from
the last row."""

from typing import Final

from nsh.tui.arrangement import Column, Plan

SIZES: Final = (
    *((160, 54, "large"), (100, 34, "medium")),
    *((60, 18, "small"), (0, 0, "tiny")),
)
"""From how many columns and rows on each layout is used, where nobody has chosen one."""
_TURNS: Final = ("devpts", "ipc", "net", "namespaces", "changes")
_BELOW: Final = (
    *("output", "ids", "boundary", "devpts", "consoles", "ipc", "net", "namespaces", "changes"),
)
_RIGHT: Final = (("tables",), ("consoles",), ("output",), ("boundary",))
_ALL: Final = (("tree", "tables", *_BELOW),)
_ONE: Final = (Column(0, (0,)),)

TINY: Final = "tiny"
"""One pane at a time: there is no room for a second.  Nobody chooses it."""

PLANS: Final = {
    TINY: Plan(_ONE, _ALL),
    "small": Plan((*_ONE, *_ONE), (("tree",), ("tables",), _BELOW), foot=7),
    "medium": Plan(
        (Column(44, (0, 7, 8)), Column(0, (0, 7, 7, 8))),
        (("tree",), _TURNS, ("ids",), *_RIGHT),
    ),
    "large": Plan(
        (Column(56, (0, 9, 11)), Column(0, (0, 20, 9, 11))),
        (("tree",), _TURNS, ("ids",), *_RIGHT),
    ),
    "projection": Plan(_ONE, _ALL),
}

_LIVE_BELOW: Final = ("namespaces", "ids", "facts", "devpts", "ipc", "net")
_LIVE_RIGHT: Final = (("tables",), ("namespaces", "devpts", "ipc", "net"), ("facts",), ("ids",))

_LIVE_ONE: Final = (("tree", "tables", *_LIVE_BELOW),)

LIVE: Final = {
    TINY: Plan(_ONE, _LIVE_ONE),
    "small": Plan((*_ONE, *_ONE), (("tree",), ("tables",), _LIVE_BELOW), foot=9),
    "medium": Plan(
        (Column(48, (0,)), Column(0, (0, 11, 8, 10))),
        (("tree",), *_LIVE_RIGHT),
    ),
    "large": Plan(
        (Column(64, (0,)), Column(0, (0, 14, 12, 11))),
        (("tree",), *_LIVE_RIGHT),
    ),
    "projection": Plan(_ONE, _LIVE_ONE),
}
"""Over the real machine, where nothing is told and nothing typed."""


def fitting(width: int, height: int) -> str:
    """The layout for a terminal of that size."""
    return next(name for w, h, name in SIZES if width >= w and height >= h)
