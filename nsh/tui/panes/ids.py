"""One thing, every space: what each calls it, and those it is related by."""

from collections.abc import Sequence

from nsh.machine.ids import SpaceId
from nsh.machine.pids import PidSpace
from nsh.tui.cells import Line
from nsh.tui.paint import Paint
from nsh.tui.scene import GONE, Scene
from nsh.tui.tail import Tail
from nsh.views import ids
from nsh.views.selection import Sort, home
from nsh.views.sight import SightRow, sight

COLUMN = 9


class IdsPane(Tail[tuple[int, SightRow]]):
    """What is selected, a row per id, a column per space."""

    HELP = (
        "The selected task's ids as each space says them, as getpid(2), gettid(2), getppid(2), "
        "getpgrp(2), getsid(2), tcgetpgrp(3) and getuid(2) would answer if it asked there. 0: the "
        "task that the id names stands outside that space. `unseen`: the selected task itself "
        "does. Users and groups are as the user namespace of that space's first task has them; "
        "65534: it has no number for that one. Of a terminal: its name there and who sits at it; "
        "of an ipc object: its id there and who was last at it; of a namespace: the first task in "
        "it. The line below says in how many spaces more it is not visible; enlarged, the pane has "
        "room for them."
    )

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self._told: tuple[Scene, int, tuple[SightRow, ...]] | None = None
        """The scene, the width, and what is seen of it."""
        self._spaces: tuple[SpaceId, ...] = ()

    def _seen(self) -> tuple[SightRow, ...]:
        """In its own spaces, outermost first, then those in front, as many as there is room for."""
        scene, width = self.scene, self.inside.width
        if scene is None:
            return ()
        if self._told is not None and self._told[0] is scene and self._told[1] == width:
            return self._told[2]
        own = self._own(scene)
        room = max(1, (width - 7) // COLUMN)
        shown = own[:1] + own[1:][-(room - 1) :] if room > 1 else own[:1]
        others = [space for space in scene.front if space not in own]
        self._spaces = (*shown, *others)[:room]
        found = sight(scene.machine, scene.thing, self._spaces, scene.census)
        self._told = (scene, width, found)
        return found

    @staticmethod
    def _own(scene: Scene) -> tuple[SpaceId, ...]:
        """The spaces around where the thing is at home."""
        space = home(scene.machine, scene.thing, scene.whose) or ids.root(scene.machine)
        return scene.machine.get(PidSpace, space).path

    def length(self) -> int:
        return len(self._seen())

    def slice(self, start: int, count: int) -> Sequence[tuple[int, SightRow]]:
        return list(enumerate(self._seen(), 1))[start : start + count]

    def to_end(self) -> None:
        """The beginning is what one looks for here, until somebody scrolls: the pid is first."""
        self._top = min(max(1, self._top), max(1, self.length() - self.room + 1))

    def key_of(self, row: tuple[int, SightRow]) -> int:
        return row[0]

    def titles(self) -> tuple[str, str]:
        if self.scene is None or not self._seen():
            return "one task, every space", ""
        return f"{self.scene.called} in every space", self._elsewhere(self.scene)

    def _elsewhere(self, scene: Scene) -> str:
        """How many spaces have no column."""
        own = set(self._own(scene))
        between = len(own - set(self._spaces))
        more = scene.machine.count(PidSpace) - len(own | set(self._spaces))
        told = [f"+{between} between"] if between else []
        if more and scene.thing.sort is Sort.TASK:
            told.append(f"unseen in {more} more")
        elif more:
            told.append(f"{more} more")
        return ", ".join(told)

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        if self.scene is None or not self._seen():
            line = self.line()
            return line if self.scene is None else line.column(f" {GONE}", width, style)
        line = self.line().column(" in", 7, style)
        for space in self._spaces:
            name = ids.cid(self.scene.machine, space)
            line.column(name, COLUMN - 1, style, right=True).add(" ")
        return line

    def draw(self, row: tuple[int, SightRow], line: Line, width: int) -> None:
        paint = self.paint
        number, (what, seen) = row[0], (row[1].what, row[1].seen)
        line.column(f" {what}", 7, paint.style("comm"))
        for each in seen:
            if each is None:
                text = "unseen" if number == 1 else paint.glyph("invisible")
                line.column(text, COLUMN - 1, paint.style("invisible"), right=True).add(" ")
            else:
                style = paint.style("pid") if each else paint.muted
                line.column(str(each), COLUMN - 1, style, right=True).add(" ")
