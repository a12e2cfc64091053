"""Screens over the panes, which are seen through them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from rich.console import RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen

Result = TypeVar("Result")


class Over(ModalScreen[Result]):
    """The base of such screens."""

    CSS_PATH = "over.tcss"

    def render(self) -> RenderableType:
        below = super().render()
        if isinstance(below, BackgroundScreen):
            return _Below(below.screen, below.color)
        return below


class _Below(BackgroundScreen):
    """What is below, in colours that are mixed once for each style, where Textual mixes them for
    each of the two thousand segments of a screen."""

    @classmethod
    def process_segments(cls, segments: Iterable[Segment], color: Color) -> Iterable[Segment]:
        for text, style, control in segments:
            yield Segment(text, style if control else _seen_through(style, color), control)


@lru_cache(1024)
def _seen_through(style: Style | None, color: Color) -> Style | None:
    (mixed,) = BackgroundScreen.process_segments([Segment("", style)], color)
    return mixed.style
