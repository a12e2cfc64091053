"""One look as text: the process tree with each pid in every space, then the spaces."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nsh.linux.observe.columns import Column, cell
from nsh.linux.observe.facts import KINDS
from nsh.linux.observe.harmless import cells, cut, harmless
from nsh.linux.observe.sight import Sight


class Style(NamedTuple):
    """What the reader of the text can take."""

    width: int = 0
    """Columns of the terminal; 0: lines are not cut."""
    ascii: bool = False
    colour: bool = False

    @property
    def more(self) -> str:
        """The sign that something was cut off."""
        return "~" if self.ascii else "…"


def listing(
    sight: Sight, columns: Sequence[Column], style: Style, *, instances: bool = False
) -> Iterator[str]:
    """The lines.  In the last column, if it is a name, the tree is drawn.  *instances*: those of
    devpts as well."""
    tree = columns[-1].name in ("comm", "args")
    rows = [[column.heading for column in columns]]
    for one, rails in sight.tree:
        weak = sight.evidence(one)
        row = [cell(sight, one, column, weak) for column in columns]
        if tree:
            name = f"{{{row[-1]}}}" if one.tgid != one.pid else row[-1]
            row[-1] = _guides(rails, style) + name
        rows.append(row)
    yield from _table(rows, [column.right for column in columns], style)
    yield from _spaces(sight, style)
    yield from _kept(sight, style)
    if instances:
        yield from _devpts(sight, style)


def _guides(rails: tuple[bool, ...], style: Style) -> str:
    if not rails:
        return ""
    deep = "" if len(rails) <= 24 else ".. "
    rails = rails[-24:]
    bar, tee, end = ("|  ", "|- ", "`- ") if style.ascii else ("│  ", "├─ ", "└─ ")
    passing = "".join(bar if rail else "   " for rail in rails[:-1])
    return deep + passing + (tee if rails[-1] else end)


def _table(rows: list[list[str]], right: Sequence[bool], style: Style) -> Iterator[str]:
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    for index, row in enumerate(rows):
        words = []
        for text, width, flush in zip(row, widths, right, strict=True):
            pad = " " * (width - cells(text))
            words.append(pad + text if flush else text + pad)
        line = "  ".join(words).rstrip()
        if style.width:
            line = cut(line, style.width, style.more)
        yield f"\033[1m{line}\033[0m" if style.colour and index == 0 else line


def _spaces(sight: Sight, style: Style) -> Iterator[str]:
    placing = sight.placing
    if len(placing.paths) < 2:
        return
    members = Counter(path[-1] for path in placing.of.values())
    rows = [["SPACE", "PIDNS", "IN", "TASKS", "INIT"]]
    for key, number in sight.numbers.items():
        path = placing.paths[key]
        init = sight.inits.get(key)
        above = "-" if len(path) < 2 else str(sight.numbers[path[-2]])
        mark = "~" if key in placing.derived else ""
        who = "-" if init is None else f"{init.pid} {harmless(init.name)}"
        inum = str(key) if key > 0 else "?"
        rows.append([str(number), inum, mark + above, str(members[key]), who])
    yield ""
    yield from _table(rows, [True, True, True, True, False], style)


def _kept(sight: Sight, style: Style) -> Iterator[str]:
    """Namespaces that nobody is in, and what keeps them."""
    populated = {
        (kind, inum)
        for one in sight.snapshot.processes
        for kind, inum in zip(KINDS, one.links, strict=True)
    }
    rows = [["TYPE", "NS", "KEPT BY"]]
    for (kind, inum), keepers in held(sight).items():
        if (kind, inum) not in populated:
            rows.append([kind, str(inum), "; ".join(keepers)])
    if len(rows) > 1:
        yield ""
        yield from _table(rows, [False, True, False], style)


def _devpts(sight: Sight, style: Style) -> Iterator[str]:
    """Where each instance of devpts is mounted, and which terminals of it are in use."""
    rows = [["DEVPTS", "MNTNS", "PTYS", "MOUNTED ON"]]
    for one in sorted(sight.snapshot.devpts, key=lambda one: (one.device, one.mnt, one.path)):
        ptys = "?" if one.hidden else " ".join(map(str, one.ptys)) or "-"
        rows.append([one.device, str(one.mnt), ptys, harmless(one.path)])
    if len(rows) > 1:
        yield ""
        yield from _table(rows, [True, True, False, False], style)


def held(sight: Sight) -> dict[tuple[str, int], list[str]]:
    """Namespace -> the open files and mounts that were seen to keep it, in words."""
    found: dict[tuple[str, int], list[str]] = {}
    for holder in sight.snapshot.holders:
        what = "socket" if holder.socket else "fd"
        how = (
            f"{what} {holder.fd} of {holder.pid}"
            if holder.fd >= 0
            else f"mount {harmless(holder.path)}"
        )
        known = found.setdefault((holder.kind, holder.inum), [])
        if how not in known:
            known.append(how)
    return dict(sorted(found.items()))
