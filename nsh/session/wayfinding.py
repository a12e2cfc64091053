"""The words that find moments and hold them against each other: ``when``, ``mark``, ``beside``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nsh.session import search
from nsh.session.answers import Answer, Refused, Word, none
from nsh.session.entries import entries
from nsh.session.history import Step

if TYPE_CHECKING:
    from nsh.session.beside import Side
    from nsh.session.words import Words

SHOWN: Final = 12
"""Moments that ``when`` tells of."""
NOW: Final = "now"
SLACK: Final = 10_000
"""Steps that may be taken beyond those that were."""
WAYS: Final = {
    "when": Word(
        "when WHAT",
        "when something happened: web:7 dies, EPERM, calls kill",
        "spawn w\nkill -9 w\nwhen w dies\nwhen calls kill",
    ),
    "mark": Word("mark [NAME]", "give this moment a name that goto knows", "mark here\ngoto here"),
    "marks": Word("marks", "the moments that have a name", "mark here\nmarks"),
    "beside": Word(
        "beside A [B]",
        "two moments, branches, policy:X side by side",
        "spawn w\nbeside 0",
        "side",
    ),
}


class Marks:
    """Moments with names.  A mark stays with its step, whichever history leads there."""

    def __init__(self) -> None:
        self._steps: dict[str, Step] = {}

    def put(self, name: str, step: Step) -> None:
        """Call *step* so; a name leads to one step only."""
        self._steps[name] = step

    def free(self) -> str:
        """A name that is not in use."""
        names = (chr(code) for code in range(ord("a"), ord("z") + 1))
        unused = next((name for name in names if name not in self._steps), None)
        return unused or f"mark-{len(self._steps)}"

    def position(self, name: str, history: Sequence[Step]) -> int | None:
        """Where *name* leads in *history*; None if it does not."""
        return dict(self.on(history)).get(name)

    def on(self, history: Sequence[Step]) -> Iterator[tuple[str, int]]:
        """The marks that are in *history*, by position."""
        found = [
            (name, step.number)
            for name, step in self._steps.items()
            if step.number < len(history) and history[step.number] is step
        ]
        yield from sorted(found, key=lambda pair: (pair[1], pair[0]))


def when(words: "Words", arguments: Sequence[str]) -> Answer:
    """The steps of which a query is true."""
    history = words.session.history
    try:
        query = search.parse(" ".join(arguments))
    except search.QueryError as problem:
        raise Refused(str(problem)) from None
    found = search.every(history, query)
    if not found:
        raise Refused(f"at no step so far ({len(history) - 1} of them)")
    width = len(str(found[min(len(found), SHOWN) - 1]))
    lines = [f"step {at:>{width}}  {search.told(history, at)}" for at in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"(and {len(found) - SHOWN} more, the last at step {found[-1]})")
    return Answer("\n".join(lines))


def mark(words: "Words", arguments: Sequence[str]) -> Answer:
    """Give the moment a name."""
    if len(arguments) > 1 or any(one.isdigit() for one in arguments):
        raise Refused("it wants one NAME that is no number, or nothing")
    name = arguments[0] if arguments else words.marks.free()
    words.marks.put(name, words.session.step)
    return Answer(f"step {words.session.position} is {name}: goto {name}")


def marks(words: "Words", arguments: Sequence[str]) -> Answer:
    """The names there are."""
    none(arguments)
    history = words.session.history
    found = [
        f"{name}: step {at}, {search.told(history, at)}" for name, at in words.marks.on(history)
    ]
    return Answer("\n".join(found) or "no moment has a name yet: mark NAME gives it one")


def beside(words: "Words", arguments: Sequence[str]) -> Answer:
    """Two machines side by side."""
    from nsh.session import beside as pages  # noqa: PLC0415  # few prompts are asked

    if len(arguments) not in (1, 2):
        raise Refused(
            "it wants A, or A and B: a step, a mark, a branch, profile:NAME, policy:NAME=VALUE"
        )
    one, other = (_side(words, name) for name in (*arguments, NOW)[:2])
    text = "\n".join(pages.beside(one, other, words.columns))
    return Answer(text, sides=(one, other))


def _side(words: "Words", name: str) -> "Side":
    from nsh.session.beside import Side  # noqa: PLC0415  # the same

    session = words.session
    if name == NOW:
        return Side(name, words.branch, session.history, session.position)
    kind, colon, value = name.partition(":")
    if colon and kind in ("profile", "policy") and value:
        policy = value.replace("=", " ", 1) if kind == "policy" else value
        history = _otherwise(words, f"{kind} {policy}")
        return Side(name, f"{kind} {value}", history, len(history) - 1)
    branch = words.timelines().get(name)
    if branch is not None:
        return Side(name, name, branch.history, len(branch.history) - 1)
    if not name.isdecimal() and words.marks.position(name, session.history) is None:
        raise Refused(f"there is no step, mark or branch {name}: marks and branches list them")
    return Side(name, words.branch, session.history, words.moment(name))


def _otherwise(words: "Words", first: str) -> Sequence[Step]:
    """What the lines that were typed up to here would have done, had *first* gone before."""
    from nsh.session.session import Session  # noqa: PLC0415  # which needs the words' module first

    session = words.session
    history = session.history[: session.position + 1]
    again = Session(machine=history[0].machine, max_steps=len(history) + SLACK)
    result = again.submit(first)
    if not result.ok:
        raise Refused((result.stderr or f"{first!r} cannot be had").strip().removeprefix("nsh: "))
    for entry in entries(history):
        taken = _position_of(entry.text)
        if taken and first.startswith(f"{taken} "):
            continue  # the one to be seen without
        again.submit(entry.text)
        if taken:
            again.submit(first)
    return again.history


def _position_of(text: str) -> str:
    """``profile``, or ``policy NAME``, if a line takes a position; else ""."""
    said = text.split()
    return {"profile": "profile", "policy": " ".join(said[:2])}.get(" ".join(said[:1]), "")


DOING: Final[Mapping[str, Callable[["Words", Sequence[str]], Answer]]] = {
    "when": when,
    "mark": mark,
    "marks": marks,
    "beside": beside,
}
