"""What a history tells over time: statements, chapters, narration and output.

A history grows at its end and, when somebody goes another way, is cut and grows anew.  Each
teller follows it, so that what holds at any position is looked up, not computed again.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from nsh.session.history import Output, Step

LINE_KEPT = 4096
"""Characters of one output line that are shown; the rest of a longer one is dropped."""


class Written(NamedTuple):
    """A line of output."""

    fd: int
    """The descriptor it was written to."""
    text: str
    terminal: int = 0
    task: int = 0
    """Who wrote it, or its end."""


class Story:
    """Follows one history; see :meth:`follow`."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self.statements: list[int] = []
        """Positions at which a statement begins, rising."""
        self.chapters: list[int] = []
        """Those of them that have a narration of their own."""
        self.calls: list[int] = []
        """Positions of the steps that asked the kernel something, or had something to say."""
        self._lines: list[Written] = []
        """Every line that was ended."""
        self._ends: list[tuple[int, Written | None]] = []
        """For each position: how many lines there are, and the one that is not ended yet."""
        self._concerned: dict[int, int] = {}
        """By a task, the first of those that it made or was named in."""
        self._firsts: dict[int, int] = {}
        """By a task or a terminal, the first line that was ended by it, or on it."""

    def follow(self, history: Sequence[Step]) -> None:
        """Take in what was added to *history* since, after forgetting what was cut off."""
        kept = min(len(self._steps), len(history))
        while kept and self._steps[kept - 1] is not history[kept - 1]:
            kept -= 1
        if kept < len(self._steps):
            self._forget(kept)
        for step in history[kept:]:
            self._add(step)

    def _forget(self, length: int) -> None:
        del self._steps[length:]
        del self._ends[length:]
        del self.statements[bisect_left(self.statements, length) :]
        del self.chapters[bisect_left(self.chapters, length) :]
        del self.calls[bisect_left(self.calls, length) :]
        del self._lines[self._ends[-1][0] if self._ends else 0 :]
        self._concerned = {key: at for key, at in self._concerned.items() if at < length}
        left = len(self._lines)
        self._firsts = {key: line for key, line in self._firsts.items() if line < left}

    def _add(self, step: Step) -> None:
        position = len(self._steps)
        if step.cursor != (self._steps[-1].cursor if self._steps else 0):
            self.statements.append(position)
            told = self._steps[self.chapters[-1]].narration if self.chapters else ""
            if step.narration and (not step.place.text or step.narration != told):
                self.chapters.append(position)
        if step.request is not None or step.message or step.typed:
            self.calls.append(position)
            self._concerned.setdefault(step.task, position)
            for crossing in step.crossings:
                self._concerned.setdefault(crossing.task, position)
        self._steps.append(step)
        open_line = self._ends[-1][1] if self._ends else None
        for piece in step.output:
            open_line = self._write(open_line, piece, step.task)
        if open_line is not None and step.failed:  # as a prompt would be, it is told in between
            self._end(open_line)
            open_line = None
        self._ends.append((len(self._lines), open_line))

    def _write(self, open_line: Written | None, piece: Output, task: int) -> Written | None:
        fd, terminal = piece.fd, piece.terminal
        if open_line is not None and (open_line.fd, open_line.terminal) != (fd, terminal):
            self._end(open_line)
            open_line = None
        *ended, rest = piece.text.replace("\r\n", "\n").split("\n")
        begun = "" if open_line is None else open_line.text
        for line in ended:
            self._end(Written(fd, (begun + line)[:LINE_KEPT], terminal, task))
            begun = ""
        rest = (begun + rest)[:LINE_KEPT]
        return Written(fd, rest, terminal, task) if rest else None

    def _end(self, line: Written) -> None:
        for key in (line.task, line.terminal):
            self._firsts.setdefault(key, len(self._lines))
        self._lines.append(line)

    def has_output(self, position: int, key: int) -> bool:
        """Whether any line of the output as it stood at *position* is of the task, or stands on the
        terminal, with that *key*.  O(1)."""
        if not self._ends:
            return False
        ended, open_line = self._ends[min(position, len(self._ends) - 1)]
        if self._firsts.get(key, ended) < ended:
            return True
        return open_line is not None and key in (open_line.task, open_line.terminal)

    def output_length(self, position: int) -> int:
        """How many lines of output there are at *position*."""
        if not self._ends:
            return 0
        ended, open_line = self._ends[min(position, len(self._ends) - 1)]
        return ended + (open_line is not None)

    def output(self, position: int, start: int, count: int) -> list[Written]:
        """Lines *start* … *start* + *count* of the output as it stood at *position*."""
        if not self._ends:
            return []
        ended, open_line = self._ends[min(position, len(self._ends) - 1)]
        lines = self._lines[start : min(start + count, ended)]
        if open_line is not None and start <= ended < start + count:
            lines.append(open_line)
        return lines

    def calls_at(self, position: int) -> int:
        """How many of ``calls`` there are up to *position*."""
        return bisect_right(self.calls, position)

    def has_call(self, position: int, task: int) -> bool:
        """Whether *task* made any of them, or is named in one.  O(1)."""
        first = self._concerned.get(task)
        return first is not None and first <= position

    def narration(self, position: int) -> str:
        """The Markdown that goes with *position*: the chapter's it is in, or before the first
        chapter that one's."""
        if not self.chapters:
            return ""
        index = max(0, bisect_right(self.chapters, position) - 1)
        return self._steps[self.chapters[index]].narration

    def opens_chapter(self, position: int) -> bool:
        """Whether a new narration begins at *position*."""
        index = bisect_left(self.chapters, position)
        return index < len(self.chapters) and self.chapters[index] == position

    def chapter(self, position: int) -> int:
        """Which chapter *position* is in, from 1; 0 before the first."""
        return bisect_right(self.chapters, position)

    def next_text(self, position: int) -> str:
        """The first statement that begins after *position*, as it was written; "" for none."""
        for later in self.statements[bisect_right(self.statements, position) :]:
            text = self._steps[later].place.text
            if text:
                return text
        return ""

    def statement(self, position: int) -> int:
        """Where the statement that *position* belongs to begins; 0 before the first."""
        index = bisect_right(self.statements, position)
        return self.statements[index - 1] if index else 0


def begun(steps: Sequence[Step]) -> list[str]:
    """The statements that began in *steps*, the first of which is the moment before."""
    cursor = steps[0].cursor
    found = {step.cursor: step.place.text for step in steps[1:] if step.cursor != cursor}
    return [text for text in found.values() if text]
