"""Widgets that stand aside until somebody has them displayed."""

from collections.abc import Sequence

from textual.widget import Widget


def put_aside(parent: Widget, made: Sequence[Widget]) -> None:
    """Let *parent* have these as well, out of sight."""
    for each in made:
        each.display = False
    if made:  # Textual's mount does so, too, and then has all of the parent painted anew
        parent.app._register(parent, *made)
