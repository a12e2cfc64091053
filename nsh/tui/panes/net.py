"""The network namespaces, their links, and who listens in them."""

from collections.abc import Hashable, Sequence

from nsh.machine.ids import TaskId
from nsh.tui.cells import Line
from nsh.tui.panes import common
from nsh.tui.rows import Rows
from nsh.tui.scene import Scene
from nsh.views.net import LAST, NetRow, network


class NetPane(Rows[NetRow]):
    """A link or a port a line, namespace by namespace."""

    HELP = (
        "Every network namespace: its links, with the other end of a pair behind `@` (and whose "
        "network that is in), whether they are up, and their addresses; then the ports that "
        "somebody listens at, with who does, by the viewer's number (`·`: not visible there). A "
        "port that two namespaces have is two ports."
    )

    def window(self, at: int, skip: int, count: int) -> Sequence[NetRow]:
        scene = self.scene
        if scene is None:
            return ()
        return network(
            scene.machine, scene.viewer, at=at, skip=skip, count=count, whose=scene.whose
        )

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        del reveal
        self.scene = scene
        self.repaint()

    def last(self) -> int:
        return LAST

    def key_of(self, row: NetRow) -> int:
        return row.key

    def task_of(self, row: NetRow) -> TaskId:
        return row.task

    def key_for(self, task: TaskId) -> int | None:
        return None

    def chosen(self, row: NetRow) -> bool:
        return self.scene is not None and bool(row.task) and row.task == self.scene.selected

    def titles(self) -> tuple[str, str]:
        return "net", ""

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().add(" ").column("NETWORK", _narrow(width), style)
        line.add(" ").column("LINK, PORT", _wide(width), style).add(" ")
        line.column("STATE", 10, style).add(" ")
        return line.column("ADDRESS", max(0, width - line.width - 6), style).column(
            "PID", 6, style, right=True
        )

    def besides(self, row: NetRow) -> Hashable:
        return ()

    def draw(self, row: NetRow, line: Line, width: int) -> None:
        paint = self.paint
        common.pointer(line, paint, chosen=self.chosen(row))
        line.column(row.container if row.first else "", _narrow(width), paint.style("container"))
        line.add(" ").column(row.what, _wide(width), paint.style("comm")).add(" ")
        alive = row.state in ("UP", "LISTEN", "UNCONN")
        line.column(row.state, 10, paint.style("comm") if alive else paint.muted).add(" ")
        text = " ".join(row.addresses) or "-"
        style = paint.style("pts") if row.addresses else paint.muted
        line.column(text, max(0, width - line.width - 6), style)
        unseen = "·" if row.owner and not paint.ascii_only else "." if row.owner else ""
        shown = common.number(row.pid) if row.pid else unseen
        line.column(shown, 6, paint.style("pid") if row.pid else paint.muted, right=True)


def _narrow(width: int) -> int:
    """Cells for the name of a network."""
    return max(7, min(14, width // 6))


def _wide(width: int) -> int:
    """Cells for a link and where it leads."""
    return max(10, min(20, width // 4))
