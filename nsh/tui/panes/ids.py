"""One task, every space: what each calls it, and those it is related by."""

from collections.abc import Sequence

from nsh.machine.pids import PidSpace
from nsh.machine.tasks import Task
from nsh.tui.cells import Line
from nsh.tui.paint import Paint
from nsh.tui.rows import Tail
from nsh.views import ids
from nsh.views.translation import IdRow, Translation, translation

COLUMN = 9


class IdsPane(Tail[tuple[int, IdRow]]):
    """The selected task's ids, a row per id, a column per space."""

    HELP = (
        "The selected task's ids as each space says them, as getpid(2), gettid(2), getppid(2), "
        "getpgrp(2), getsid(2), tcgetpgrp(3) and getuid(2) would answer if it asked there. 0: the "
        "task that the id names stands outside that space. `unseen`: the selected task itself "
        "does. Users and groups are as the user namespace of that space's first task has them; "
        "65534: it has no number for that one. The line below says in how many spaces more the "
        "task is not visible; enlarged, the pane has room for them."
    )

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self._told: tuple[object, int, Translation | None] | None = None
        """The scene, the width, and what was translated for them."""

    def _seen(self) -> Translation | None:
        """Its own spaces, outermost first, then those in front, as many as there is room for."""
        scene, width = self.scene, self.size.width
        if self._told is not None and self._told[:2] == (scene, width):
            return self._told[2]
        found = None
        task = None if scene is None else scene.machine.find(Task, scene.selected)
        if scene is not None and task is not None:
            own = scene.machine.get(PidSpace, task.space).path
            room = max(1, (width - 7) // COLUMN)
            shown = own[:1] + own[1:][-(room - 1) :] if room > 1 else own[:1]
            others = [space for space in scene.front if space not in own]
            found = translation(scene.machine, scene.selected, (*shown, *others)[:room])
        self._told = (scene, width, found)
        return found

    def length(self) -> int:
        seen = self._seen()
        return 0 if seen is None else len(seen.rows)

    def slice(self, start: int, count: int) -> Sequence[tuple[int, IdRow]]:
        seen = self._seen()
        return [] if seen is None else list(enumerate(seen.rows, 1))[start : start + count]

    def to_end(self) -> None:
        """The beginning is what one looks for here, until somebody scrolls: the pid is first."""
        self._top = min(max(1, self._top), max(1, self.length() - self.room + 1))

    def key_of(self, row: tuple[int, IdRow]) -> int:
        return row[0]

    def titles(self) -> tuple[str, str]:
        seen = self._seen()
        if seen is None or self.scene is None:
            return "one task, every space", ""
        name = f"{ids.reference(self.scene.machine, seen.task)} {seen.comm}"
        return f"{name} in every space", self._elsewhere(seen)

    def _elsewhere(self, seen: Translation) -> str:
        """How many spaces have no column."""
        assert self.scene is not None
        machine = self.scene.machine
        own = machine.get(PidSpace, machine.get(Task, seen.task).space).path
        between = len(set(own) - set(seen.spaces))
        unseen = machine.count(PidSpace) - len(set(own) | set(seen.spaces))
        told = [f"+{between} between"] if between else []
        return ", ".join([*told, f"unseen in {unseen} more"] if unseen else told)

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
