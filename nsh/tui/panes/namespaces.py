"""The namespaces of every kind: who is in them, and what keeps them."""

from collections.abc import Hashable, Sequence

from nsh.machine.consoles import Console
from nsh.machine.ids import NOBODY, NamespaceId
from nsh.tui.cells import Line
from nsh.tui.panes import common
from nsh.tui.panes.cursor import CursorRows
from nsh.tui.panes.evidence import SIGNS
from nsh.tui.rows import TOP
from nsh.views import order
from nsh.views.changes import Mark
from nsh.views.namespaces import NamespaceRow, namespaces, place
from nsh.views.selection import Sort, Thing, ipc_namespace, ipc_object

_RELATED = 96
"""Columns from which on there are some for the namespace above, and the owner."""
_INUM = 11

MOST = 500
"""Rows among which the first is looked for that has to do with a terminal."""


class NamespacesPane(CursorRows[NamespaceRow]):
    """One namespace a line; those that have to do with the selection are marked."""

    MARGIN = True
    HELP = (
        "Every namespace by kind, with its inode number as in `KIND:[NUMBER]`, the container whose "
        "it is, the tasks that are in it themselves, one of them by the viewer's number (`·`: not "
        "visible there), and what keeps it besides them: an open descriptor of its file, a mount "
        "of that, namespaces below it or owned by it. UP is the namespace that it nests in, OWNER "
        "the user namespace that it was made in; where they have no column, the line below tells "
        "them. Over a real machine `~` in front says that something was concluded, `?` that "
        "something is hidden from you; `=` marks a namespace of the host's own that tasks of inner "
        "pid spaces are in as well."
    )

    SORT = Sort.NAMESPACE

    def window(self, at: int, skip: int, count: int) -> Sequence[NamespaceRow]:
        scene = self.scene
        if scene is None:
            return ()
        return namespaces(
            scene.machine,
            scene.viewer,
            at=at,
            skip=skip,
            count=count,
            whose=scene.whose,
            census=scene.census,
        )

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: NamespaceRow) -> int:
        return row.key

    def thing_of(self, row: NamespaceRow) -> Thing:
        return Thing(Sort.NAMESPACE, row.namespace)

    def key_for(self, thing: Thing) -> int | None:
        if self.scene is None or thing.sort is not Sort.NAMESPACE:
            return None
        kinds = self.scene.census.kinds(self.scene.machine)
        found = kinds.get(NamespaceId(thing.key))
        return None if found is None else place(found[0], NamespaceId(thing.key))

    def beside(self, thing: Thing) -> int | None:
        """Of an ipc object or a console its namespace, of a pseudo terminal the first that has to
        do with it."""
        machine = None if self.scene is None else self.scene.machine
        if machine is None:
            return None
        found = ipc_object(machine, thing.key) if thing.sort is Sort.IPC else None
        console = machine.find(Console, thing.key) if thing.sort is Sort.TERMINAL else None
        if found is not None:
            return self.key_for(Thing(Sort.NAMESPACE, ipc_namespace(machine, found)))
        if console is not None:
            return self.key_for(Thing(Sort.NAMESPACE, console.namespace))
        if thing.sort is not Sort.TERMINAL:
            return None
        rows = self.window(TOP, 0, MOST)
        return next((self.key_of(row) for row in rows if self.related(row)), None)

    def called(self, row: NamespaceRow) -> Hashable:
        return row.kind, row.whose or row.inum

    def said(self, row: NamespaceRow) -> Hashable:
        return row.tasks, row.number, row.comm, row.kept

    def titles(self) -> tuple[str, str]:
        chosen = next((row for row in self.rows if self.chosen(row)), None)
        return "namespaces", "" if chosen is None else _told(chosen)

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().add("   ").column("KIND", 7, style).column("NUMBER", _INUM, style)
        line.column("OF", _whose(width), style)
        if width >= _RELATED:
            line.column("UP", _INUM, style).column("OWNER", _INUM, style)
        line.column("TASKS", 6, style, right=True).column("PID", 6, style, right=True).add(" ")
        return line.column("FIRST; KEPT BY", max(0, width - line.width), style)

    def changed(self, row: NamespaceRow) -> Mark | None:
        return None if self.scene is None else self.scene.marks.rows.get(row.namespace)

    def besides(self, row: NamespaceRow) -> Hashable:
        return ()

    def draw(self, row: NamespaceRow, line: Line, width: int) -> None:
        paint = self.paint
        if self.mark_of(row) is None:
            self.point(line, row)
            line.add(SIGNS[row.evidence], paint.muted)
        else:
            self.margin(line, row)
        line.add(paint.glyph("shared") if row.guests else " ", paint.style("shared"))
        line.column(row.kind, 7, paint.style("container"))
        line.column(str(row.inum) if row.inum else "?", _INUM, paint.style("pid"))
        line.column(row.whose, _whose(width), paint.style("container"))
        if width >= _RELATED:
            for inum in (row.above, row.owner):
                line.column(str(inum) if inum else "-", _INUM, paint.style("foreign_pid"))
        line.column(str(row.tasks), 6, None if row.tasks else paint.muted, right=True)
        number = common.number(row.number) if row.number else common.unseen(paint)
        style = paint.style("pid") if row.number else paint.muted
        line.column(number if row.task != NOBODY else "", 6, style, right=True).add(" ")
        if row.task != NOBODY:
            line.column(row.comm, min(len(row.comm), width - line.width), paint.style("comm"))
        kept = "; ".join(row.kept) if row.kept or row.tasks else "somebody dead"
        if kept and width - line.width > 2:
            line.add("  " if row.task != NOBODY else "")
            line.column(kept, max(0, width - line.width), paint.muted)


def _whose(width: int) -> int:
    """Cells for the name of a container."""
    return max(5, min(12, width // 8))


def _told(row: NamespaceRow) -> str:
    """What may have no column."""
    told = [f"{row.kind}:[{row.inum or '?'}]"]
    if row.above:
        told.append(f"in [{row.above}]")
    if row.owner:
        told.append(f"owner user:[{row.owner}]")
    if row.guests:
        told.append(f"the host's, with {row.guests:,} of inner pid spaces in it")
    return "  ".join([*told, *row.kept])
