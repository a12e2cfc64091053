"""The user/kernel boundary: each system call, and each id before and after translation (P6)."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from nsh import console
from nsh._modules import late
from nsh.abi.request import Blocked, Failure
from nsh.machine import Machine
from nsh.machine.ids import NOBODY
from nsh.machine.tasks import Task
from nsh.session.concern import Concerns, written
from nsh.session.history import Step
from nsh.tui.cells import Line
from nsh.tui.paint import Paint
from nsh.tui.scene import Scene
from nsh.tui.tail import Tail
from nsh.views import ids
from nsh.views.boundary import Passage, boundary
from nsh.views.selection import NOTHING, Sort

if TYPE_CHECKING:
    from nsh.session import trace
else:  # no call has been made yet
    late(globals(), "nsh.session", "trace")


class BoundaryPane(Tail[int]):
    """The system calls up to now, newest last.  A row is the position of its step."""

    HELP = (
        "Each system call as its caller made it, with the answer it got. On the right what the "
        "kernel translated on the way: the caller's number to the task it names there (going "
        "in), and the task to the caller's number (coming out). `nobody`: the number names no "
        "task that the caller can see. Calls of the selected task, and calls that name it, are "
        "marked; of anything else that is selected those that changed it. Enter or a click goes to "
        "that moment."
    )

    class Seek(Message):
        """Someone wants to be at that position."""

        def __init__(self, position: int) -> None:
            super().__init__()
            self.position = position

    def __init__(self, paint: Paint, *, id: str | None = None) -> None:
        super().__init__(paint, id=id)
        self.cursor: int | None = None
        """The moment that the arrows lead to; None: the present."""
        self._concerns = Concerns(NOTHING)

    def show(self, scene: Scene, *, reveal: bool = False) -> None:
        if self.scene is None or scene.position != self.scene.position:
            self.cursor = None
        super().show(scene, reveal=reveal)

    def action_move(self, rows: int) -> None:
        """Lead the cursor to another call, without going there yet."""
        if self.scene is None or not self.length():
            return
        calls = self.scene.story.calls
        now = self.scene.position if self.cursor is None else self.cursor
        index = min(max(0, self.scene.story.calls_at(now) - 1 + rows), self.length() - 1)
        self.cursor = calls[index]
        first = max(self._top, 1) - 1
        if not first <= index < first + self.room:
            self._top = max(1, index + 1 if index < first else index + 2 - self.room)
        self.repaint()

    def action_enter(self) -> None:
        """Go to the moment that the cursor is at."""
        if self.cursor is not None:
            self.post_message(self.Seek(self.cursor))

    def length(self) -> int:
        return 0 if self.scene is None else self.scene.story.calls_at(self.scene.position)

    def slice(self, start: int, count: int) -> Sequence[int]:
        if self.scene is None:
            return ()
        return self.scene.story.calls[start : min(start + count, self.length())]

    def key_of(self, row: int) -> int:
        assert self.scene is not None
        return self.scene.story.calls_at(row)

    def chosen(self, row: int) -> bool:
        if self.scene is None:
            return False
        calls_at = self.scene.story.calls_at
        here = self.scene.position if self.cursor is None else self.cursor
        return calls_at(row) == calls_at(here)

    def related(self, row: int) -> str:
        """The selected task made the call, or was named in it; or it wrote what is selected."""
        if self.scene is None or not self.scene.picked:
            return ""
        return self._about(self.scene).word(self.scene.history[row])

    def _about(self, scene: Scene) -> Concerns:
        """What the calls have to do with the selection; the same as long as that stays."""
        if self._concerns.thing != scene.thing:
            self._concerns = Concerns(scene.thing)
        return self._concerns

    def nothing(self, scene: Scene) -> bool:
        if not scene.picked:
            return False
        if scene.thing.sort is Sort.TASK:
            return not scene.story.has_call(scene.position, scene.selected)
        return not written(scene.history[0].machine, scene.machine, scene.thing)

    def none(self, scene: Scene) -> str:
        return f"no call up to now has to do with {scene.called}"

    def picked(self, row: int) -> Message:
        return self.Seek(row)

    def titles(self) -> tuple[str, str]:
        if self.scene is None:
            return "boundary", ""
        failure = self.scene.history[self.scene.position].failure
        return "boundary", "" if failure is None else failure.reason

    def besides(self, row: int) -> Hashable:
        assert self.scene is not None
        return self.scene.history[row], self.scene.history[max(0, row - 1)]

    def draw(self, row: int, line: Line, width: int) -> None:
        assert self.scene is not None
        step = self.scene.history[row]
        before = self.scene.history[max(0, row - 1)].machine
        who = 16 if width >= 60 else 0
        paint = self.paint
        self.point(line, row)
        if step.typed:
            line.column("typed", who - 1 if who else 5, paint.muted).add(" ")
            line.column(_keys(step.typed), width - line.width, paint.style("call"))
            return
        if step.request is None:
            line.column(step.message, width - 1, paint.style("errno"))
            return
        if who:
            line.column(_who(before, step), who - 1, paint.style("container")).add(" ")
        passages = self._passages(step)
        translated = min(28, width // 3) if passages else 0
        call = f"{trace.name(step.request)}({trace.arguments(step.request)})"
        answer, role = _answer(step)
        room = width - line.width - translated - bool(passages)
        asked = min(len(call), max(room - len(answer) - 1, room * 2 // 3))
        line.column(call, asked, paint.style("call")).add(" ")
        if not passages:
            line.column(answer, width - line.width, paint.style(role))
        else:
            line.column(answer, width - translated - 1 - line.width, paint.style(role)).add(" ")
            self._translations(line, passages)

    def _passages(self, step: Step) -> list[Passage]:
        """The translations that changed a number: where V=R there is nothing to see."""
        found = boundary(step.machine, step.crossings)
        return [one for one in found if one.number != one.kpid or one.task == NOBODY]

    def _translations(self, line: Line, passages: list[Passage]) -> None:
        paint = self.paint
        arrow = f" {paint.pick('→', '->')} "
        for index, one in enumerate(passages):
            if index:
                line.add(", ", paint.muted)
            own = f"{one.cid}:{one.number}"
            kernel = f"kpid {one.kpid}" if one.kpid else "nobody"
            mine, its = paint.style("pid"), paint.style("foreign_pid" if one.kpid else "errno")
            if one.inward:
                line.add(own, mine).add(arrow, paint.muted).add(kernel, its)
            else:
                line.add(kernel, its).add(arrow, paint.muted).add(own, mine)


def _keys(typed: bytes) -> str:
    """What was typed, as a terminal echoes it."""
    return console.visible(
        typed.replace(b"\x16", b"").decode("utf-8", "replace").removesuffix("\n")
    )


def _who(before: Machine, step: Step) -> str:
    machine = before if before.find(Task, step.task) is not None else step.machine
    task = machine.find(Task, step.task)
    return f"{ids.reference(machine, step.task)} {'' if task is None else task.comm}"


def _answer(step: Step) -> tuple[str, str]:
    if isinstance(step.reply, Failure):
        return f"= -1 {step.reply.errno.name}", "errno"
    if isinstance(step.reply, Blocked):
        return "blocked", "stopped"
    return f"= {trace.answer(step.reply)}", "reply"
