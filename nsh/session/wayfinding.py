"""The words that find moments and hold them against each other: ``when``, ``mark``, ``beside``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nsh.machine.value import Machine
from nsh.session import search
from nsh.session.answers import Answer, Refused, Word, none
from nsh.session.entries import entries
from nsh.session.history import Step

if TYPE_CHECKING:
    from nsh.session.words import Words

SHOWN: Final = 12
"""Moments that ``when`` tells of."""
NOW: Final = "now"
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
    names = (arguments[0], arguments[1] if len(arguments) > 1 else NOW)
    one, other = (_machine(words, name) for name in names)
    return Answer("\n".join(pages.beside(one, other, names, words.columns)))


def _machine(words: "Words", name: str) -> Machine:
    session = words.session
    if name == NOW:
        return session.machine
    kind, colon, value = name.partition(":")
    if colon and kind in ("profile", "policy") and value:
        policy = value.replace("=", " ", 1) if kind == "policy" else value
        return _otherwise(words, f"{kind} {policy}")
    branch = words.timelines().get(name)
    if branch is not None:
        return branch.history[-1].machine
    return session.history[words.moment(name)].machine


def _otherwise(words: "Words", first: str) -> Machine:
    """What the lines that were typed up to here would have led to, had *first* gone before."""
    from nsh.session.session import Session  # noqa: PLC0415  # which needs the words' module first

    session = words.session
    history = session.history[: session.position + 1]
    again = Session(machine=history[0].machine, keep=False, max_steps=len(history) + SLACK)
    result = again.submit(first)
    if not result.ok:
        raise Refused((result.stderr or f"{first!r} cannot be had").strip().removeprefix("nsh: "))
    for entry in entries(history):
        again.submit(entry.text)
    return again.machine


SLACK: Final = 10_000
"""Steps that may be taken beyond those that were."""
DOING: Final[Mapping[str, Callable[["Words", Sequence[str]], Answer]]] = {
    "when": when,
    "mark": mark,
    "marks": marks,
    "beside": beside,
}
