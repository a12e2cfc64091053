"""How ps arranges what it prints: chosen columns, order, the process tree, the page (ps(1))."""

from collections.abc import Iterable, Sequence

import msgspec

from nsh.spelling import suggestion
from nsh.userland.options import UsageError
from nsh.userland.proc import Process
from nsh.userland.ps_columns import COLUMNS, PID_WIDTH, Column, World

SOME = "pid, ppid, pgid, sid, tid, user, tty, stat, time, ni, wchan, comm, args, cid, vpid, nspid"
"""Columns that are asked for most."""
LEAST_PID_WIDTH = 5
INIT = 1


class Chosen(msgspec.Struct, frozen=True):
    """A column as the user wants it."""

    column: Column
    header: str
    width: int


class Row(msgspec.Struct, frozen=True):
    """A process and the branches that lead to it."""

    process: Process
    branch: str = ""


def choose(spec: str) -> list[Chosen]:
    """Take the argument of ``-o`` apart: ``pid,comm:20`` or, with other headers, ``pid=,comm=CMD``.

    ``UsageError`` for a column that does not exist.
    """
    found = []
    for item in spec.replace(" ", ",").split(","):
        wanted, equals, header = item.partition("=")
        name, colon, digits = wanted.partition(":")
        if not name or (colon and not (digits.isdecimal() and 0 < int(digits) < 1000)):
            raise UsageError("improper format list")
        column = COLUMNS.get(name)
        if column is None:
            hint = suggestion(name, COLUMNS) or f"; some are {SOME}; Tab lists all"
            raise UsageError(f'unknown user-defined format specifier "{name}"{hint}')
        width = int(digits) if colon else column.width
        if equals and width != PID_WIDTH:
            width = max(width, len(header))
        found.append(Chosen(column, header if equals else column.header, width))
    return found


def sort(processes: list[Process], keys: Sequence[str], world: World) -> None:
    """Sort in place by ``[+|-]COLUMN``, the first key first; ``UsageError`` for others."""
    for key in reversed(keys):
        value = sort_column(key).value
        processes.sort(key=lambda each: _comparable(value(each, world)), reverse=key[0] == "-")


def sort_column(key: str) -> Column:
    """The column that a sort key names."""
    column = COLUMNS.get(key.lstrip("+-"))
    if column is None:
        raise UsageError(f"unknown sort specifier{suggestion(key.lstrip('+-'), COLUMNS)}")
    return column


def _comparable(value: str | int) -> tuple[int, str]:
    return (value, "") if isinstance(value, int) else (0, value)


def forest(processes: list[Process], *, drawn: bool, ordered: bool) -> list[Row]:
    """Children below their parents; the last root first, as procps has it.

    With *drawn* the branches are drawn, otherwise they are blanks.  Siblings stand in the given
    order if that is *ordered* by the user, otherwise the oldest first.  No branches are drawn to
    init's children.
    """
    if not ordered:
        processes = sorted(processes, key=lambda each: each.start)
    processes = sorted(processes, key=lambda each: each.ppid)
    visible = {process.tgid for process in processes}
    children: dict[int, list[Process]] = {}
    todo: list[tuple[Process, str, str]] = []
    for process in processes:
        if process.ppid in visible and process.ppid != process.tgid:
            children.setdefault(process.ppid, []).append(process)
        else:
            todo.append((process, "", ""))
    rows: list[Row] = []
    while todo:
        process, branch, below = todo.pop()
        rows.append(Row(process, branch))
        young = children.get(process.tgid, [])
        for each in reversed(young):
            if not drawn:
                todo.append((each, below + "  ", below + "  "))
            elif process.tgid == INIT:
                todo.append((each, "", ""))
            else:
                edge = "    " if each is young[-1] else " |  "
                todo.append((each, below + " \\_ ", below + edge))
    return rows


def page(
    rows: Iterable[Row], chosen: Sequence[Chosen], world: World, pid_width: int, headers: bool
) -> list[str]:
    """The lines to print, header first."""
    widths = [each.width or max(pid_width, len(each.header)) for each in chosen]
    lines = []
    if headers and any(each.header for each in chosen):
        cells = [(each.header, each.column.right) for each in chosen]
        lines.append(_line(cells, widths, False))
    for row in rows:
        values = []
        for each in chosen:
            last = each is chosen[-1]
            text = str(each.column.value(row.process, world))
            if each.column.tree:
                text = row.branch + text
            elif each.column.abbreviated and len(text) > each.width and not last:
                text = text[: each.width - 1] + "+"
            values.append((text, each.column.right))
        lines.append(_line(values, widths, True))
    return lines


def _line(cells: Sequence[tuple[str, bool]], widths: Sequence[int], cut: bool) -> str:
    """Cells side by side: one that is too wide pushes the next ones only as far as it must."""
    line, start = "", 0
    for index, ((value, right), width) in enumerate(zip(cells, widths, strict=True)):
        text = value[:width] if cut and not right and index < len(cells) - 1 else value
        padding = start - len(line) + (max(0, width - len(text)) if right else 0)
        line += " " * max(padding, 1 if index else 0) + text
        start += width + 1
    return line
