"""Widgets that tell their screen at once what of them is to be painted."""

from typing import Self

from textual.dom import NoScreen
from textual.geometry import Region
from textual.widget import Widget


class Direct(Widget):
    """A widget whose plain repaints take no messages.  Textual has each widget wake itself by one,
    and then tell the screen by another: with ten that change in a frame, an eighth of its time.

    Its size comes from style sheets alone, so that nothing else that a refresh forgets depends on
    what it shows.
    """

    def refresh(
        self,
        *regions: Region,
        repaint: bool = True,
        layout: bool = False,
        recompose: bool = False,
    ) -> Self:
        if layout or recompose or not repaint or not self.is_mounted:
            return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)
        self._set_dirty(*regions)
        self._tell_screen()
        return self

    def repaint_region(self, *regions: Region) -> None:
        """Have regions of the whole widget painted again, whatever its style sheet puts around
        its content."""
        self._repaint_regions.update(regions)
        if self.is_mounted:
            self._tell_screen()

    def _tell_screen(self) -> None:
        try:
            screen = self.screen
        except NoScreen:  # it is being taken away
            return
        if self.display and screen in screen._compositor:  # else all of it is painted anyway
            screen._dirty_widgets.add(self)
            screen.check_idle()
