"""The history as what was entered: one entry a statement, with the moments before and behind it."""

from collections.abc import Sequence

from nsh.machine.record import Record
from nsh.machine.value import Machine
from nsh.session.history import Step


class Entry(Record):
    """One statement that was performed."""

    text: str
    start: int
    """The position in the history just before it."""
    end: int
    """The position behind its last step, and what programs behind did before the next."""
    typed: bool = False
    """Somebody typed at the terminal meanwhile."""


def entries(history: Sequence[Step], last: int | None = None) -> list[Entry]:
    """Every statement up to position *last*, or to the end."""
    found: list[Entry] = []
    end = len(history) if last is None else last + 1
    for position in range(1, end):
        step = history[position]
        if not step.place.text:
            continue
        typed = bool(step.typed)
        if found and found[-1].end == position - 1 and step.cursor == history[position - 1].cursor:
            one = found[-1]
            found[-1] = Entry(one.text, one.start, position, one.typed or typed)
        else:
            found.append(Entry(step.place.text, position - 1, position, typed))
    return found


def changed(before: Machine, after: Machine) -> bool:
    """Whether anything is otherwise that a person would want to undo."""
    from nsh.session.difference import differences  # noqa: PLC0415  # once somebody wants to know
    from nsh.views.pairs import Pairs  # noqa: PLC0415

    return next(differences(Pairs(before, after)), None) is not None


def differing(before: Machine, after: Machine) -> list[str]:
    """A line for each row that is otherwise."""
    from nsh.session.difference import difference  # noqa: PLC0415  # few prompts are asked

    return difference(before, after)
