"""What is known of one task of an observed machine, and how."""

from collections.abc import Sequence

from nsh.tui.cells import Line
from nsh.tui.panes.evidence import SIGNS
from nsh.tui.scene import Scene
from nsh.tui.tail import Tail
from nsh.views import ids
from nsh.views.observed import Fact, facts


class FactsPane(Tail[tuple[int, Fact]]):
    """A line for each value, with its evidence in front."""

    HELP = (
        "The selected task's values. In front of each, how it is known: nothing is a fact that "
        "the kernel told, `~` was concluded, `?` is hidden from you. Numbers stand as each pid "
        "space has them, the outermost first; 0 where whoever is named is not visible. `=`: the "
        "task is in an inner pid space, and this namespace of it is the host's."
    )

    def _found(self) -> tuple[Fact, ...]:
        return () if self.scene is None else facts(self.scene.machine, self.scene.selected)

    def length(self) -> int:
        return len(self._found())

    def slice(self, start: int, count: int) -> Sequence[tuple[int, Fact]]:
        return list(enumerate(self._found(), 1))[start : start + count]

    def to_end(self) -> None:
        """Stay where somebody has scrolled to."""
        self._top = min(max(1, self._top), max(1, self.length() - self.room + 1))

    def key_of(self, row: tuple[int, Fact]) -> int:
        return row[0]

    def nothing(self, scene: Scene) -> bool:
        return not self._found()

    def none(self, scene: Scene) -> str:
        return f"{scene.called} is no task"

    def titles(self) -> tuple[str, str]:
        if self.scene is None or not self._found():
            return "what is known of it", ""
        return f"what is known of {ids.reference(self.scene.machine, self.scene.selected)}", ""

    def draw(self, row: tuple[int, Fact], line: Line, width: int) -> None:
        paint, fact = self.paint, row[1]
        line.add(f" {SIGNS[fact.evidence]} ", paint.muted)
        line.column(fact.name, 9, paint.style("header"))
        style = paint.muted if fact.evidence else paint.style("comm")
        if not fact.shared:
            line.column(fact.value, max(0, width - line.width), style)
            return
        line.add(f"{fact.value} ", style)
        line.add(f"{paint.glyph('shared')} the host's own", paint.style("shared"))
