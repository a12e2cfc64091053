"""Drawing a tree of processes side by side, as pstree does: ``sshd-+-cron`` (pstree(1))."""

from collections.abc import Callable
from typing import Final, NamedTuple


class Node:
    """One process or thread in the tree."""

    __slots__ = ("argv", "children", "links", "name", "parent", "pgid", "pid", "thread", "uid")

    def __init__(self, name: str, pid: int, pgid: int, uid: int, *, thread: bool = False) -> None:
        self.name = name
        self.pid = pid
        self.pgid = pgid
        self.uid = uid
        self.thread = thread
        self.argv: tuple[str, ...] = ()
        self.links: dict[str, str] = {}
        self.children: list[Node] = []
        self.parent: Node | None = None
        """The process above it, drawn or not."""


class Lines(NamedTuple):
    """The strokes: to an only child, the first of many, one of many, the last; past, beside."""

    only: str
    first: str
    more: str
    last: str
    past: str


ASCII: Final = Lines("---", "-+-", "|-", "`-", "| ")
UTF8: Final = Lines("───", "─┬─", "├─", "└─", "│ ")


class Style(NamedTuple):
    """How to draw."""

    lines: Lines
    compact: bool
    """Draw equal subtrees once, as ``3*[httpd]``."""
    arguments: bool
    """One line for each process, with its arguments."""
    facts: Callable[[Node, "Node | None"], list[str]]
    """What to say of a node besides its name, given the one it is drawn below."""


def draw(root: Node, style: Style) -> list[str]:
    """The lines of the tree below and including *root*."""
    shapes = _shapes(root, style) if style.compact else {}
    done: list[str] = []
    line = ""
    # Of each node still to be drawn: itself, the one above, how many it stands for, what leads
    # to it, what its own later lines begin with, and the brackets that its last leaf closes.
    todo: list[tuple[Node, Node | None, int, str, bool, str, int]] = [
        (root, None, 1, "", True, "", 0)
    ]
    while todo:
        node, above, count, lead, same_line, start, closing = todo.pop()
        if same_line:
            line += lead
        else:
            done.append(line)
            line = lead
        text = (f"{count}*[" if count > 1 else "") + _label(node, above, style)
        groups = _grouped(node.children, shapes)
        line += text if groups else text + "]" * closing
        inner = start + " " * (_indent(node) if style.arguments else len(text) + 1)
        for index in range(len(groups) - 1, -1, -1):
            child, copies = groups[index]
            last = index == len(groups) - 1
            first = index == 0 and not style.arguments
            if first:
                stroke = style.lines.only if last else style.lines.first
            else:
                stroke = inner + (style.lines.last if last else style.lines.more)
            later = inner + ("  " if last else style.lines.past)
            brackets = closing + (copies > 1)
            todo.append((child, node, copies, stroke, first, later, brackets))
    return [*done, line]


def _grouped(children: list[Node], shapes: dict[int, int]) -> list[tuple[Node, int]]:
    """Children, each with how often its like occurs; the first stands for all."""
    if not shapes:
        return [(child, 1) for child in children]
    found: dict[int, tuple[Node, int]] = {}
    for child in children:
        shape = shapes[child.pid]
        first, count = found.get(shape, (child, 0))
        found[shape] = (first, count + 1)
    return list(found.values())


def _shapes(root: Node, style: Style) -> dict[int, int]:
    """A number for each node, equal for those below which everything looks the same."""
    numbers: dict[tuple[object, ...], int] = {}
    shapes: dict[int, int] = {}
    order: list[tuple[Node, Node | None]] = []
    todo: list[tuple[Node, Node | None]] = [(root, None)]
    while todo:
        node, above = todo.pop()
        order.append((node, above))
        todo += [(child, node) for child in node.children]
    for node, above in reversed(order):  # children first
        look = (_label(node, above, style), *(shapes[child.pid] for child in node.children))
        shapes[node.pid] = numbers.setdefault(look, len(numbers))
    return shapes


def _label(node: Node, above: Node | None, style: Style) -> str:
    name = "{" + quoted(node.name) + "}" if node.thread else quoted(node.name)
    facts = style.facts(node, above)
    if not style.arguments:
        return f"{name}({','.join(facts)})" if facts else name
    text = ",".join((name, *facts))
    if not node.argv and not node.thread:
        return f"({text})"
    return " ".join((text, *(quoted(argument) for argument in node.argv[1:])))


def _indent(node: Node) -> int:
    return 1 + (not node.argv and not node.thread) + (len(quoted(node.name)) > 1)


def quoted(text: str) -> str:
    """*text* with what could move a terminal's cursor written in octal."""
    if text.isascii() and text.isprintable() and "\\" not in text:
        return text
    found = []
    for each in text:
        if each == "\\":
            found.append("\\\\")
        elif each.isprintable():
            found.append(each)
        else:
            data = each.encode("utf-8", "surrogateescape")
            found.append("".join(f"\\{byte:03o}" for byte in data))
    return "".join(found)
