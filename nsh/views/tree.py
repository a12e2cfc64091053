"""The process tree, as a viewer sees it."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from immutables import Map

from nsh.machine.ids import NOBODY, SpaceId, TaskId
from nsh.machine.observed import parentless
from nsh.machine.pids import PidSpace
from nsh.machine.record import Record
from nsh.machine.tasks import Task
from nsh.machine.value import Machine
from nsh.views import ids, order, states
from nsh.views.changes import NO_MARKS, Mark, Marks

RAILS: Final = 64
"""How many of the innermost generations a row says to draw lines for."""


class TreeRow(Record):
    """One task in the tree.  Rows of one machine and viewer are told apart by ``task``."""

    task: TaskId
    number: int
    """The pid as the viewer sees it."""
    kpid: int
    comm: str
    state: str
    """Letter as ps(1) prints it."""
    cid: str
    """Where the task itself is: the name or number of its innermost pid space."""
    label: str
    depth: int
    """0 for a task whose parent the viewer does not see."""
    rails: tuple[bool, ...]
    """For each generation below the first, outermost first, whether a later sibling follows:
    the last is the row's own branch, those before it the lines that pass by."""
    thread: bool
    """Not the leader of its thread group."""
    mark: Mark | None


class Indent(NamedTuple):
    """How far a row is drawn to the right."""

    cut: int
    """Generations that are not drawn, the outermost ones."""
    rails: tuple[bool, ...]
    """Those that are, as a row has them."""


def indent(row: TreeRow, room: int, again: int) -> Indent:
    """How to draw a row's generations where there is room for *room* of them.

    Below that the indentation begins anew, every *again* generations: what stands one step further
    to the right is still a child of what is above it, and siblings stand below each other, where
    the innermost generations alone would look alike however deep they are.  Where a row stands
    depends on its depth alone, so that none moves while one scrolls.  Both are at least 1.
    """
    depth = row.depth
    cut = 0 if depth <= room else room + (depth - room - 1) // again * again
    return Indent(cut, row.rails[len(row.rails) - (depth - cut) :] if depth else ())


def process_tree(
    machine: Machine,
    viewer: SpaceId | TaskId | None = None,
    *,
    at: TaskId = NOBODY,
    skip: int = 0,
    count: int | None = None,
    marks: Marks = NO_MARKS,
) -> tuple[TreeRow, ...]:
    """The tree of the tasks that *viewer* sees: parents before children, siblings by age.

    A row is a root where the parent is invisible (getppid(2) is 0 there).  Threads come before
    the children of their leader.  The window starts *skip* rows after the row of *at* (the
    first row, if *at* is not in the tree) and has *count* rows, or all to the end; it ends with
    the last row rather than being short.  Tasks that *marks* says have departed keep a row.
    Cost: the rows of the window and of the skip; in a space other than the root's, a window
    that reaches past a root's last descendant looks for the next root among the pids there.
    """
    outline = _Outline(machine, ids.eyes(machine, viewer), marks)
    anchor = outline.anchor(at)
    if anchor is None:
        return ()
    rows = order.window([anchor], outline.backwards(anchor), outline.forwards(anchor), skip, count)
    return tuple(outline.row(tid) for tid in rows)


def task_rows(
    machine: Machine,
    tasks: Iterable[TaskId],
    viewer: SpaceId | TaskId | None = None,
    *,
    marks: Marks = NO_MARKS,
) -> tuple[TreeRow, ...]:
    """Rows of such *tasks* in the order given, whoever their parents are: none is drawn as
    anybody's child."""
    outline = _Outline(machine, ids.eyes(machine, viewer), marks)
    return tuple(outline.row(tid, alone=True) for tid in tasks)


class _Outline:
    """The order of the rows, walked from any of them in either direction."""

    def __init__(self, machine: Machine, space: SpaceId, marks: Marks) -> None:
        self.machine = machine
        self.space = space
        self.record = machine.get(PidSpace, space)
        self.tasks = machine.rows(Task)
        self.marks = marks
        self.ghosts: dict[TaskId, list[TaskId]] = {}
        for tid, task in sorted(marks.departed.items()):
            if ids.number(machine, task, space):
                self.ghosts.setdefault(_holder(tid, task), []).append(tid)
        self._rails: dict[TaskId, tuple[int, tuple[bool, ...]]] = {}

    def anchor(self, at: TaskId) -> TaskId | None:
        if at == order.LAST:
            root = next(self.roots(down=True), None)
            return None if root is None else self.last_of(root)
        if self.find(at) is not None and self.number(at):
            return at
        return next(self.roots(), None)

    def find(self, tid: TaskId) -> Task | None:
        return self.tasks.get(tid) or self.marks.departed.get(tid)

    def number(self, tid: TaskId) -> int:
        task = self.find(tid)
        if task is None:
            return 0
        if self.record.level == 0:  # it sees everybody
            return task.pids[0]
        return ids.number(self.machine, task, self.space)

    def parent(self, tid: TaskId) -> TaskId:
        """The row it hangs under; NOBODY for a root."""
        task = self.find(tid)
        above = NOBODY if task is None else _holder(tid, task)
        return above if above != NOBODY and self.number(above) else NOBODY

    def roots(self, beyond: TaskId = NOBODY, *, down: bool = False) -> Iterator[TaskId]:
        """The roots after (*down*: before) *beyond*, by number; all of them without it."""
        ghosts = {
            self.number(tid): tid
            for row in self.ghosts.values()
            for tid in row
            if self.parent(tid) == NOBODY
        }
        init = self.record.init
        if self.record.level == 0 and init in self.tasks:  # from whom all others descend
            outside = {self.number(tid): tid for tid in parentless(self.machine)}
            candidates = Map({**ghosts, **outside, self.number(init): init})
        else:
            candidates = self.record.task_of.update(ghosts)
        start = self.number(beyond) if beyond != NOBODY else 0
        if down:
            top = start - 1 if start else max(candidates, default=0)
            walk = order.descending(candidates, top)
        else:
            walk = order.ascending(candidates, start + 1)
        for nr in walk:
            tid = candidates[nr]
            task = self.find(tid)
            if task is None:  # only a group or session still has the number
                continue
            above = self.tasks.get(_holder(tid, task))
            if above is not None and above.space == self.space:  # cheap, and true of most
                continue
            if self.parent(tid) == NOBODY:
                yield tid

    def below(self, tid: TaskId) -> tuple[TaskId, ...]:
        """What hangs under a row, in order, the invisible too."""
        task = self.tasks.get(tid)
        ghosts = self.ghosts.get(tid)
        if task is None:
            return () if ghosts is None else tuple(ghosts)
        children = order.eldest_first(task.children)
        if ghosts:
            children = tuple(sorted({*children, *ghosts}))
        return task.threads + children if task.threads else children

    def sibling(self, tid: TaskId, *, down: bool = False) -> TaskId | None:
        """The next (*down*: previous) visible row under the same parent."""
        above = self.parent(tid)
        if above == NOBODY:
            return next(self.roots(tid, down=down), None)
        row = self.below(above)
        threads = len(self.tasks[above].threads) if above in self.tasks else 0
        place = bisect_left(row, tid, lo=threads)
        if place == len(row) or row[place] != tid:
            place = row.index(tid)
        indices = range(place - 1, -1, -1) if down else range(place + 1, len(row))
        return next((row[i] for i in indices if self.number(row[i])), None)

    def last_of(self, tid: TaskId) -> TaskId:
        """The last row of the subtree under (and with) *tid*."""
        while True:
            last = next((kid for kid in reversed(self.below(tid)) if self.number(kid)), None)
            if last is None:
                return tid
            tid = last

    def forwards(self, tid: TaskId) -> Iterator[TaskId]:
        while True:
            following = next((kid for kid in self.below(tid) if self.number(kid)), None)
            while following is None:
                following = self.sibling(tid)
                if following is None:
                    tid = self.parent(tid)
                    if tid == NOBODY:
                        return
            tid = following
            yield tid

    def backwards(self, tid: TaskId) -> Iterator[TaskId]:
        while True:
            before = self.sibling(tid, down=True)
            tid = self.parent(tid) if before is None else self.last_of(before)
            if tid == NOBODY:
                return
            yield tid

    def rails(self, tid: TaskId) -> tuple[int, tuple[bool, ...]]:
        """Depth and rails of a row; shared with the rows that were asked before."""
        path = []
        while tid not in self._rails:
            above = self.parent(tid)
            if above == NOBODY:
                self._rails[tid] = (0, ())
                break
            path.append(tid)
            tid = above
        depth, rails = self._rails[tid]
        for tid in reversed(path):
            depth += 1
            rails = (*rails[1 - RAILS :], self.sibling(tid) is not None)
            self._rails[tid] = (depth, rails)
        return depth, rails

    def row(self, tid: TaskId, *, alone: bool = False) -> TreeRow:
        task = self.tasks.get(tid)
        letter = "X" if task is None else states.letter(self.machine, tid, task)
        whom = self.marks.departed[tid] if task is None else task
        depth, rails = (0, ()) if alone else self.rails(tid)
        return TreeRow(
            tid,
            ids.number(self.machine, whom, self.space),
            whom.pids[0],
            whom.comm,
            letter,
            ids.cid(self.machine, whom.space),
            ids.label(self.machine, tid),
            depth,
            rails,
            whom.leader != tid,
            self.marks.tasks.get(tid),
        )


def _holder(tid: TaskId, task: Task) -> TaskId:
    """Whose row a task's own hangs under: a thread's leader, else the parent."""
    return task.parent if task.leader == tid else task.leader
