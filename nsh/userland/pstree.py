"""pstree: the processes that the reader's /proc shows, as a tree."""

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import Given, Kind, UsageError, option, optional
from nsh.userland.proc import CMDLINE, NAMESPACES, STATUS, Process, processes, threads
from nsh.userland.pstree_draw import ASCII, UTF8, Node, Style, draw
from nsh.userland.refs import number, pid_of
from nsh.userland.registry import Topic, command
from nsh.userland.streams import Asking, is_terminal, joined, say, write
from nsh.userland.users import Names, names

INIT = 1


@command(
    "pstree",
    "show processes as a tree, below init or PID, or of USER",
    Topic.PROCESSES,
    options=(
        option("-p, --show-pids", "show pids; equal subtrees are not merged then"),
        option("-g, --show-pgids", "show process groups"),
        option("-u, --uid-changes", "show where the user changes"),
        option("-S, --ns-changes", "show where namespaces change"),
        option("-N, --ns-sort=TYPE", "a tree for each namespace of TYPE", Kind.NAMESPACE),
        option("-a, --arguments", "a line for each process, with its arguments"),
        option("-c, --compact-not", "do not merge equal subtrees"),
        option("-n, --numeric-sort", "children by pid, not by name"),
        option("-s, --show-parents", "show the parents of PID too"),
        option("-t, --thread-names", "show the names of threads"),
        option("-T, --hide-threads", "show no threads"),
        option("-A, --ascii", "draw in ASCII, as on a pipe"),
        option("-U, --unicode", "draw in Unicode, as on a terminal"),
        option("-l, --long", ""),
    ),
    operands=(optional("PID|USER", Kind.PID),),
    man="pstree(1)",
    gap="lines are never cut; an operand that is neither pid nor user is a task's reference",
    examples=("spawn sshd; sshd spawn -n 3 httpd; pstree; pstree -p",),
    see=("ps", "lsns"),
    rows=("P3", "P10"),
)
def pstree(call: Invocation, given: Given) -> Running:
    """Status 1 if there is nothing to draw for a user."""
    kind = given.get("ns-sort")
    if kind and kind not in NAMESPACES:
        raise UsageError(f"unknown namespace type '{kind}'")
    known = yield from names()
    nodes, parents = yield from _nodes(given, kind)
    style = yield from _style(given, known)
    if not nodes:
        return 1
    _link(nodes, parents, by_pid=given.has("numeric-sort"))
    if kind:
        yield from write(1, joined(_by_namespace(nodes, parents, kind, style)))
        return 0
    roots = yield from _roots(given, nodes, parents, known)
    if roots is None:
        yield from say(call, "No processes found.")
        return 1
    yield from write(1, joined(line for root in roots for line in draw(root, style)))
    return 0


def _nodes(given: Given, kind: str) -> Asking[tuple[dict[int, Node], dict[int, int]]]:
    """Every process by pid, with its threads below it; and who is whose parent."""
    needs = {STATUS}
    if given.has("arguments"):
        needs.add(CMDLINE)
    if given.has("ns-changes"):
        needs |= set(NAMESPACES)
    if kind:
        needs.add(kind)
    nodes: dict[int, Node] = {}
    parents: dict[int, int] = {}
    for process in (yield from processes(frozenset(needs))):
        node = Node(process.comm, process.pid, process.pgrp, process.uid())
        node.argv = process.argv
        node.links = process.links
        nodes[process.pid] = node
        parents[process.pid] = process.ppid
        if process.threads > 1 and not given.has("hide-threads"):
            yield from _add_threads(node, process, given.has("thread-names"))
    return nodes, parents


def _add_threads(node: Node, process: Process, named: bool) -> Asking[None]:
    for thread in (yield from threads(process)):
        if thread.pid != process.pid:
            name = thread.comm if named else process.comm
            below = Node(name, thread.pid, process.pgrp, node.uid, thread=True)
            below.links = node.links
            below.parent = node
            node.children.append(below)


def _link(nodes: dict[int, Node], parents: dict[int, int], *, by_pid: bool) -> None:
    """Hang every process below its parent, those whose parent is out of sight below init."""
    for pid, node in nodes.items():
        above = parents[pid] if parents[pid] in nodes else INIT
        if above != pid and above in nodes:
            parents[pid] = above
            nodes[above].children.append(node)
            node.parent = nodes[above]
    for node in nodes.values():
        if by_pid:
            node.children.sort(key=lambda each: each.pid)
        else:
            node.children.sort(key=lambda each: (_sort_name(each), each.uid, each.pid))


def _sort_name(node: Node) -> bytes:
    name = "{" + node.name + "}" if node.thread else node.name
    return name.encode("utf-8", "surrogateescape")


def _style(given: Given, known: Names) -> Asking[Style]:
    last = given.last("ascii", "unicode")
    unicode = last == "unicode" or (not last and (yield from is_terminal(1)))
    show_pids = given.has("show-pids")
    compact = not (show_pids or given.has("arguments") or given.has("compact-not"))

    def facts(node: Node, above: Node | None) -> list[str]:
        found = []
        if show_pids:
            found.append(str(node.pid))
        if given.has("show-pgids"):
            found.append(str(node.pgid or ""))
        if given.has("uid-changes") and node.uid != (above.uid if above else 0):
            found.append(known.user(node.uid))
        if given.has("ns-changes") and node.parent is not None:
            found += [kind for kind in NAMESPACES if _differs(node, node.parent, kind)]
        return found

    return Style(UTF8 if unicode else ASCII, compact, given.has("arguments"), facts)


def _differs(node: Node, above: Node, kind: str) -> bool:
    mine, theirs = node.links.get(kind), above.links.get(kind)
    return bool(mine and theirs and mine != theirs)


def _roots(
    given: Given, nodes: dict[int, Node], parents: dict[int, int], known: Names
) -> Asking[list[Node] | None]:
    """Where to begin; None for a user without processes."""
    operand = given.operand(0)
    if not operand:
        root = nodes.get(INIT)
        return [root] if root else _tops(nodes, parents, nodes)
    uid = known.uid(operand)
    if number(operand) is None and uid is not None:
        own = {pid: node for pid, node in nodes.items() if node.uid == uid}
        return _tops(own, parents, own) or None
    pid = yield from pid_of(operand)
    if pid not in nodes:
        return []
    if not given.has("show-parents"):
        return [nodes[pid]]
    node = nodes[pid]
    while (above := parents.get(pid, 0)) in nodes and above != pid:
        nodes[above].children = [node]
        node, pid = nodes[above], above
    return [node]


def _tops(wanted: dict[int, Node], parents: dict[int, int], among: dict[int, Node]) -> list[Node]:
    return [node for pid, node in wanted.items() if parents[pid] not in among or pid == INIT]


def _by_namespace(
    nodes: dict[int, Node], parents: dict[int, int], kind: str, style: Style
) -> list[str]:
    """A tree, or several, for each namespace, in the order in which a walk from init meets them."""
    order: dict[str, list[Node]] = {}
    todo = list(reversed(_tops(nodes, parents, nodes)))
    while todo:
        node = todo.pop()
        inum = node.links.get(kind, "").rpartition("[")[2].rstrip("]") or "0"
        order.setdefault(inum, []).append(node)
        todo += reversed(node.children)
    lines = []
    for inum, members in order.items():
        lines.append(f"[{inum}]")
        inside = {node.pid for node in members}
        for node in members:
            node.children = [child for child in node.children if child.pid in inside]
        for node in members:
            if node.parent is None or node.parent.pid not in inside:
                lines += draw(node, style)
    return lines
