"""Tables as util-linux prints them: columns as wide as what is in them, one of them a tree."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from nsh.spelling import nearest
from nsh.userland.options import Given


class Heading(NamedTuple):
    """The head of a column."""

    name: str
    right: bool = False
    tree: bool = False
    """The branches are drawn in this one."""
    hint: int = 0
    """How wide it is if what is in it is as wide as the name, and no wider than this."""

    def width(self, cells: Sequence[str]) -> int:
        """How wide it is above those *cells* (count_column_width of libsmartcols)."""
        own, most = len(self.name), max(map(len, cells), default=0)
        return max(most, self.hint) if own <= most and own < self.hint else max(most, own)


Cell: TypeAlias = str | int | None
"""None: there is no such thing, which JSON has a word for."""


class Line:
    """One line, and those that hang below it."""

    __slots__ = ("below", "cells")

    def __init__(self, cells: Sequence[Cell]) -> None:
        self.cells = cells
        self.below: list[Line] = []


def columns(
    wanted: str, known: dict[str, Heading], default: Sequence[str]
) -> tuple[list[str], str]:
    """The columns that ``-o`` names (``+`` in front: behind the default ones), in lower case.

    The second value is the first name that is not *known*, and which was meant or could be; or "".
    """
    names = list(default) if wanted[:1] in ("", "+") else []
    names += [name for name in wanted.removeprefix("+").lower().split(",") if name]
    unknown = next((name for name in names if name not in known), "")
    if not unknown:
        return names, ""
    near = nearest(unknown, known).upper()
    every = f"there are {', '.join(known).upper()}"
    return names, f"{unknown}; {f'did you mean {near!r}?' if near else every}"


def names(known: Mapping[str, Heading]) -> list[str]:
    """What can stand behind ``-o``, as util-linux writes it."""
    return [name.upper() for name in known]


def chosen(
    given: Given,
    name: str,
    heads: Sequence[Heading],
    lines: Sequence[Line],
    *,
    headings: bool = True,
) -> list[str]:
    """The table in the form that the options json, raw and noheadings ask for."""
    if given.has("json"):
        return json(name, heads, lines)
    if given.has("pairs"):
        return pairs(heads, lines)
    headings = headings and not given.has("noheadings")
    return (raw if given.has("raw") else text)(heads, lines, headings=headings)


def text(heads: Sequence[Heading], lines: Sequence[Line], *, headings: bool = True) -> list[str]:
    """The table as it is shown.  No blanks behind the last column."""
    if not lines:
        return []
    rows = [[head.name for head in heads], *_flat(heads, lines)]
    widths = [head.width([row[at] for row in rows[1:]]) for at, head in enumerate(heads)]
    return [_row(row, heads, widths) for row in rows[0 if headings else 1 :]]


def raw(heads: Sequence[Heading], lines: Sequence[Line], *, headings: bool = True) -> list[str]:
    """The table for programs: one blank between columns, none within."""
    rows = [[head.name for head in heads]] if headings else []
    rows += _flat(heads, lines)
    return [" ".join(_escaped(cell) for cell in row) for row in rows]


def pairs(heads: Sequence[Heading], lines: Sequence[Line]) -> list[str]:
    """The table for shells: NAME="VALUE" of each column."""
    names = [head.name for head in heads]
    return [
        " ".join(f'{name}="{cell}"' for name, cell in zip(names, row, strict=True))
        for row in _flat(heads, lines)
    ]


def json(name: str, heads: Sequence[Heading], lines: Sequence[Line]) -> list[str]:
    """The table as a JSON object with one list, *name*."""
    return ["{", f'   "{name}": [', *_objects(heads, lines, "      "), "   ]", "}"]


def _flat(heads: Sequence[Heading], lines: Sequence[Line]) -> list[list[str]]:
    rows = []
    todo = [(line, "", "") for line in reversed(lines)]
    while todo:
        line, branch, start = todo.pop()
        row = []
        for head, cell in zip(heads, line.cells, strict=True):
            said = "" if cell is None else str(cell)
            row.append(branch + said if head.tree else said)
        rows.append(row)
        for each in reversed(line.below):
            last = each is line.below[-1]
            todo.append((each, start + ("└─" if last else "├─"), start + ("  " if last else "│ ")))
    return rows


def _row(cells: Sequence[str], heads: Sequence[Heading], widths: Sequence[int]) -> str:
    last = len(cells) - 1
    found = []
    for index, (cell, head, width) in enumerate(zip(cells, heads, widths, strict=True)):
        if head.right:
            found.append(cell.rjust(width))
        else:
            found.append(cell if index == last else cell.ljust(width))
    return " ".join(found)


def _escaped(cell: str) -> str:
    return "".join(
        each if "!" <= each <= "~" and each != "\\" else _hexadecimal(each) for each in cell
    )


def _hexadecimal(each: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in each.encode("utf-8", "surrogateescape"))


def _objects(heads: Sequence[Heading], lines: Sequence[Line], indent: str) -> list[str]:
    """The lines as JSON objects, those below in a list ``children``."""
    out: list[str] = []
    for index, line in enumerate(lines):
        out.append(indent + "{" if index == 0 else out.pop() + ",{")
        pairs = [
            f'{indent}   "{head.name.lower()}": {_value(cell)}'
            for head, cell in zip(heads, line.cells, strict=True)
        ]
        if line.below:
            pairs.append(f'{indent}   "children": [')
        out += [pair + "," for pair in pairs[:-1]]
        out.append(pairs[-1])
        if line.below:
            out += _objects(heads, line.below, indent + "      ")
            out.append(f"{indent}   ]")
        out.append(indent + "}")
    return out


def _value(cell: Cell) -> str:
    if isinstance(cell, str):
        cell = cell.encode("utf-8", "replace").decode()
    return msgspec.json.encode(cell).decode()
