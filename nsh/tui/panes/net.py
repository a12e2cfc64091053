"""The network namespaces, their links, and who listens in them."""

from collections.abc import Hashable, Sequence

from nsh.machine.net import Net
from nsh.machine.observed import NetSighting
from nsh.tui.cells import Line
from nsh.tui.panes import common
from nsh.tui.panes.cursor import CursorRows
from nsh.tui.scene import Scene
from nsh.views import order
from nsh.views.changes import Mark
from nsh.views.inside import namespaces_of
from nsh.views.net import network, networks, place
from nsh.views.net_rows import NetRow
from nsh.views.selection import Sort, Thing, a_task


class NetPane(CursorRows[NetRow]):
    """A link or a port a line, namespace by namespace."""

    MARGIN = True
    HELP = (
        "Every network namespace: its links, with the other end of a pair behind `@` (and whose "
        "network that is in), whether they are up, and their addresses; then the ports that "
        "somebody listens at, with who does, by the viewer's number (`·`: not visible there). A "
        "port that two namespaces have is two ports. Over a real machine links do not say whether "
        "they are up, nor which of them has which address of IPv4."
    )

    def window(self, at: int, skip: int, count: int) -> Sequence[NetRow]:
        scene = self.scene
        if scene is None:
            return ()
        return network(
            scene.machine, scene.viewer, at=at, skip=skip, count=count, whose=scene.whose
        )

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: NetRow) -> int:
        return row.key

    def thing_of(self, row: NetRow) -> Thing:
        """Of a port who listens at it, of a link the network."""
        return a_task(row.task) if row.task else Thing(Sort.NAMESPACE, row.namespace)

    def related(self, row: NetRow) -> str:
        """A row is of its network besides; only who listens has to do with a task."""
        if self.scene is None or self.chosen(row):
            return ""
        thing, about = self.scene.thing, self.thing_of(row)
        if thing == about:
            return "listens" if row.task else "in it"
        if thing.sort is Sort.TASK and row.task:
            return self.scene.related.word(about)
        network = Thing(Sort.NAMESPACE, row.namespace)
        return "in it" if thing == network else self.scene.related.word(network)

    def beside(self, thing: Thing) -> int | None:
        if self.scene is None:
            return None
        if thing.sort is Sort.TASK:
            network = namespaces_of(self.scene.machine, thing.key).get("net")
            return None if network is None else place(network)
        machine = self.scene.machine
        known = machine.find(Net, thing.key) or machine.find(NetSighting, thing.key)
        return None if known is None else place(thing.key)

    def called(self, row: NetRow) -> Hashable:
        return row.container, row.what, row.addresses

    def said(self, row: NetRow) -> Hashable:
        return row.state, row.owner, row.pid

    def titles(self) -> tuple[str, str]:
        return "net", ""

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().add("  ").column("NETWORK", _narrow(width), style)
        line.add(" ").column("LINK, PORT", _wide(width), style).add(" ")
        line.column("STATE", 10, style).add(" ")
        return line.column("ADDRESS", max(0, width - line.width - 6), style).column(
            "PID", 6, style, right=True
        )

    def nothing(self, scene: Scene) -> bool:
        if not scene.there or scene.thing.sort in (Sort.TERMINAL, Sort.IPC):  # which none has
            return True
        return not scene.related.any_among(Sort.NAMESPACE, networks(scene.machine))

    def changed(self, row: NetRow) -> Mark | None:
        return None if self.scene is None else self.scene.marks.rows.get(row.record)

    def besides(self, row: NetRow) -> Hashable:
        return ()

    def draw(self, row: NetRow, line: Line, width: int) -> None:
        paint = self.paint
        self.margin(line, row)
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
