"""The objects of ipc namespaces: whose, how full, who waits, who was there last."""

from collections.abc import Hashable, Sequence
from typing import Final

from nsh.tui.cells import Line
from nsh.tui.panes import common
from nsh.tui.panes.cursor import CursorRows
from nsh.views import order
from nsh.views.changes import Mark
from nsh.views.ipc import IpcRow, ipc, place
from nsh.views.selection import Sort, Thing

_NUMBERS: Final = (("N", 4), ("WAIT", 5), ("PID", 6), ("PID", 6))
_CELLS: Final = sum(cells for _name, cells in _NUMBERS)
_LEAST: Final = 11
"""Cells that the column of keys needs."""


class IpcPane(CursorRows[IpcRow]):
    """One object a line, namespace by namespace."""

    MARGIN = True
    HELP = (
        "Every ipc namespace by its container, and its objects: segments (shm), semaphore sets "
        "(sem) and SysV queues (msg) by id and key, POSIX queues (mq) by name. N: attachments, "
        "semaphores or messages; WAIT: tasks that sleep on it. The pids are those of who made and "
        "who last attached a segment, last changed the first and the last semaphore, last sent "
        "and received, or is to be notified, by the viewer's numbers (`·`: nobody there). `x`: it "
        "goes with its last user."
    )

    SORT = Sort.IPC

    def window(self, at: int, skip: int, count: int) -> Sequence[IpcRow]:
        scene = self.scene
        if scene is None:
            return ()
        return ipc(scene.machine, scene.viewer, at=at, skip=skip, count=count, whose=scene.whose)

    def last(self) -> int:
        return order.LAST

    def key_of(self, row: IpcRow) -> int:
        return row.key

    def thing_of(self, row: IpcRow) -> Thing | None:
        return Thing(Sort.IPC, row.object) if row.object else None

    def key_for(self, thing: Thing) -> int | None:
        scene = self.scene
        return (
            None if scene is None or thing.sort is not Sort.IPC else place(scene.machine, thing.key)
        )

    def called(self, row: IpcRow) -> Hashable:
        return row.whose, row.kind, row.id, row.name

    def said(self, row: IpcRow) -> Hashable:
        return row.uid, row.mode, row.amount, row.waiting, row.made, row.last, row.doomed

    def titles(self) -> tuple[str, str]:
        observed = self.scene is not None and self.scene.observed
        return "ipc", "the observer's own namespace: others are not told" if observed else ""

    def head(self, width: int) -> Line | None:
        style = self.paint.style("header")
        line = self.line().add("  ").column("NS", _whose(width), style)
        line.add(" ").column("KIND", 5, style).column("ID", _id(width), style)
        if _key(width):
            line.column("KEY", _key(width), style)
        for name, cells in _NUMBERS:
            line.column(name, cells, style, right=True)
        return line

    def changed(self, row: IpcRow) -> Mark | None:
        return None if self.scene is None else self.scene.marks.rows.get(row.object)

    def besides(self, row: IpcRow) -> Hashable:
        return ()

    def draw(self, row: IpcRow, line: Line, width: int) -> None:
        paint = self.paint
        posix = row.kind == "mqueue"
        self.margin(line, row)
        line.column(row.whose if row.first else "", _whose(width), paint.style("container"))
        line.add(" ").column("mq" if posix else row.kind, 4, paint.style("header"))
        line.add("x" if row.doomed else " ", paint.style("dead"))
        line.column(row.name if posix else str(row.id), _id(width), paint.style("pts"))
        if _key(width):
            line.column("" if posix else row.name, _key(width), paint.muted)
        quiet = paint.muted
        for (_name, cells), number, style in zip(
            _NUMBERS[:2],
            (row.amount, row.waiting),
            (paint.style("comm"), paint.style("sleeping") if row.waiting else quiet),
            strict=True,
        ):
            line.column(str(number), cells, style, right=True)
        for pid in (row.made, row.last):
            unseen = "." if paint.ascii_only else "·"
            text = common.number(pid) if pid else unseen
            line.column(text, 6, paint.style("pid") if pid else quiet, right=True)


def _whose(width: int) -> int:
    """Cells for the name of a namespace."""
    return max(6, min(14, width // 6))


def _rest(width: int) -> int:
    return max(0, width - 8 - _whose(width) - _CELLS)


def _id(width: int) -> int:
    """Cells for an id, or a queue's name."""
    return _rest(width) - _key(width)


def _key(width: int) -> int:
    """Cells for the key; 0 where there is no room for it."""
    return _LEAST if _rest(width) >= _LEAST + 7 else 0
