"""What a picture shows, in words, for who does not see it."""

from typing import Final

from nsh.machine.value import Machine
from nsh.tui.cells import clean
from nsh.tui.markdown import plain
from nsh.tui.story import Story
from nsh.views.tree import TreeRow, process_tree

TASKS: Final = 40
"""Tasks that are named."""
LINES: Final = 6
"""The last lines of output that are."""
STATES: Final = {
    "Z": "zombie",
    "T": "stopped",
    "t": "stopped",
    "R": "running",
    "X": "reaped",
    "F": "frozen",
}


def told(machine: Machine, story: Story, position: int, last: int) -> str:
    """A few sentences: the moment, what is said of it, who exists, and what was printed last."""
    rows = process_tree(machine, count=TASKS + 1)
    tasks = [_task(row) for row in rows[:TASKS]]
    if len(rows) > TASKS:
        tasks.append("and more")
    sentences = [f"Step {position} of {last}.", *plain(story.narration(position))]
    sentences.append(f"Tasks by kernel pid: {'; '.join(tasks)}.")
    length = story.output_length(position)
    lines = story.output(position, max(0, length - LINES), LINES)
    if lines:
        sentences += ["Printed last:", *(clean(line.text) for line in lines)]
    return "\n".join(sentences)


def _task(row: TreeRow) -> str:
    state = STATES.get(row.state)
    where = "" if row.cid == "0" else f" in {clean(row.cid)}"
    return f"{row.number} {clean(row.comm)}{where}{f' ({state})' if state else ''}"
