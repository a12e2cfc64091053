"""One task, every space: what each calls it, and those it is related by."""

from collections.abc import Sequence

from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.tui.cells import Line
from nsh.tui.rows import Tail
from nsh.views import ids
from nsh.views.translation import IdRow, Translation, translation

COLUMN = 9


class IdsPane(Tail[tuple[int, IdRow]]):
    """The selected task's ids, a row per id, a column per space."""

    HELP = (
        "The selected task's ids as each space says them, as getpid(2), getppid(2), getpgrp(2) "
        "and getsid(2) would answer if it asked there. 0: the task that the id names stands "
        "outside that space. `not visible`: the selected task itself does."
    )

    def _seen(self) -> Translation | None:
        scene = self.scene
        if scene is None:
            return None
        task = scene.machine.find(Task, scene.selected)
        if task is None:
            return None
        spaces = [ids.root(scene.machine)]
        own = scene.machine.get(PidSpace, task.space).path
        spaces += [space for space in (*own, *scene.front) if space not in spaces]
        room = max(1, (self.size.width - 7) // COLUMN)
        chosen = list(dict.fromkeys(spaces))[:room]
        return translation(scene.machine, scene.selected, chosen)

    def length(self) -> int:
        seen = self._seen()
        return 0 if seen is None else len(seen.rows)

    def slice(self, start: int, count: int) -> Sequence[tuple[int, IdRow]]:
        seen = self._seen()
        return [] if seen is None else list(enumerate(seen.rows, 1))[start : start + count]

    def to_end(self) -> None:
        """The beginning is what one looks for here: there are few rows, and the pid is the
        first."""
        self._top = 1

    def key_of(self, row: tuple[int, IdRow]) -> int:
        return row[0]

    def titles(self) -> tuple[str, str]:
        seen = self._seen()
        if seen is None or self.scene is None:
            return "one task, every space", ""
        name = f"{ids.reference(self.scene.machine, seen.task)} {seen.comm}"
        return f"{name} in every space", ""

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().column(" as seen", 8, style)
        seen = self._seen()
        if seen is None:
            return line
        line = self.line().column(" in", 7, style)
        for cid in seen.cids:
            line.column(cid, COLUMN - 1, style, right=True).add(" ")
        return line

    def draw(self, row: tuple[int, IdRow], line: Line, width: int) -> None:
        paint = self.paint
        what, numbers = row[1].what, row[1].numbers
        line.column(f" {what}", 7, paint.style("comm"))
        for nr in numbers:
            if nr is None:
                text = "unseen" if what == "pid" else paint.glyph("invisible")
                line.column(text, COLUMN - 1, paint.style("invisible"), right=True).add(" ")
            else:
                style = paint.style("pid") if nr else paint.muted
                line.column(str(nr), COLUMN - 1, style, right=True).add(" ")
