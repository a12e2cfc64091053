"""What the tasks wrote, as it stood at this moment."""

from collections.abc import Hashable, Sequence

from nsh.tui.cells import Line
from nsh.tui.rows import Tail
from nsh.tui.story import Written


class OutputPane(Tail[tuple[int, Written]]):
    """The output up to now.  It grows at the end; going back in time takes its end away again."""

    HELP = (
        "What the tasks wrote on their terminal. Lines written to descriptor 2, where errors go, "
        "have a bar in front. Control characters are shown, never obeyed."
    )

    def length(self) -> int:
        return 0 if self.scene is None else self.scene.story.output_length(self.scene.position)

    def slice(self, start: int, count: int) -> Sequence[tuple[int, Written]]:
        if self.scene is None:
            return ()
        lines = self.scene.story.output(self.scene.position, start, count)
        return list(enumerate(lines, start + 1))

    def key_of(self, row: tuple[int, Written]) -> int:
        return row[0]

    def titles(self) -> tuple[str, str]:
        return "output", ""

    def besides(self, row: tuple[int, Written]) -> Hashable:
        return ()

    def draw(self, row: tuple[int, Written], line: Line, width: int) -> None:
        paint = self.paint
        written = row[1]
        if written.fd == 2:
            style = paint.style("stderr")
            line.add(paint.glyph("stderr"), style).column(written.text, width - 1, style)
        else:
            line.add(" ").column(written.text, width - 1)
