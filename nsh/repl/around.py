"""The lines around what is typed: the prompt in front, who acts below."""

from prompt_toolkit.formatted_text import StyleAndTextTuples

from nsh.machine.pids import PidSpace
from nsh.machine.program import Director
from nsh.machine.settings import Settings
from nsh.machine.tasks import Task
from nsh.machine.value import Machine

NARROW = 60
"""Columns below which the prompt is short."""
LEAST = 24
"""Columns to type in that a prompt has to leave."""
MORE = "> "
GAP = "  "


def prompt(text: str, width: int) -> StyleAndTextTuples:
    """The prompt *text* (``0:1 init # ``) in its colours, shorter where there is little room."""
    where, _, rest = text.partition(" ")
    name, _, mark = rest.rpartition(" ")[0].rpartition(" ")
    if width < NARROW and len(text) > width - LEAST:
        room = max(0, width - LEAST - len(where) - len(mark) - 3)
        name = name[: room - 1] + "…" if room > 1 else ""
    found: StyleAndTextTuples = [("class:pid", where)]
    if name:
        found += [("", " "), ("class:comm", name)]
    return [*found, ("", " "), ("class:actor", mark), ("", " ")]


def continuation(width: int, room: int) -> StyleAndTextTuples:
    """What stands in front of a further line, under a prompt *width* cells wide."""
    indent = width - len(MORE) if room >= NARROW else 0
    return [("class:suggestion", " " * max(0, indent) + MORE)]


def facts(machine: Machine, step: int, last: int) -> list[str]:
    """Who acts, in which container, under which profile, at which step; what matters most first."""
    actor = machine.find(Task, machine.get(Director, 0).actor)
    settings = machine.find(Settings, 0)
    found = []
    if actor is None:
        found.append("nobody acts")
    else:
        space = machine.get(PidSpace, actor.space)
        found.append(f"{actor.comm} is {_where(space)}:{actor.pids[-1]}")
        if len(actor.pids) > 1:
            found.append(f"kpid {actor.pids[0]}")
    found.append(f"step {step}" if step == last else f"step {step} of {last}: redo, or goto {last}")
    found.append(f"profile {settings.profile if settings is not None else 'all'}")
    return found


def _where(space: PidSpace) -> str:
    return space.name or str(space.number)


def toolbar(found: list[str], width: int) -> str:
    """As many of the facts as there is room for."""
    line = " "
    for fact in found:
        if len(line) + len(fact) + 1 > width:
            break
        line += fact + GAP
    return line.rstrip() or " "
