"""Lines that Textual is handed again for as long as they look the same."""

from collections.abc import Sequence
from typing import Self

from textual.filter import LineFilter
from textual.geometry import Region
from textual.strip import Strip

from nsh.tui.direct import Direct


class Kept(Direct):
    """A widget that is drawn anew only after a refresh, where Textual looks at each of its lines
    in every frame.  Stands last among base classes: the first is whose style sheet counts."""

    _kept: tuple[Region, Sequence[LineFilter], list[Strip]] | None = None

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        self._kept = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        self._kept = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        kept, filters = self._kept, self.get_line_filters()
        if kept is None or kept[:2] != (crop, filters):
            kept = self._kept = crop, filters, self.drawn(crop, filters)
        return kept[2]

    def drawn(self, crop: Region, filters: Sequence[LineFilter]) -> list[Strip]:
        """Its lines as they look now."""
        lines = super().render_lines(crop)
        if self.BLANK and lines:  # all the same, and past Textual's filters
            line, ground = lines[0], self.background_colors[1]
            for each in filters:
                line = line.apply_filter(each, ground)
            lines = [line] * len(lines)
        return lines
