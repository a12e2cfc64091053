"""The word that goes through all orders of the command that was typed last: ``explore``."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.session.answers import Answer, Refused, Word
from nsh.session.entries import entries
from nsh.session.history import Timeline

if TYPE_CHECKING:
    from nsh.lang import compiler
    from nsh.session import statements
    from nsh.session.exploring import search, telling
    from nsh.session.exploring.orders import Ordered
    from nsh.session.session import Session
    from nsh.session.words import Words
else:
    late(globals(), "nsh.lang", "compiler")
    late(globals(), "nsh.session", "statements")
    late(globals(), "nsh.session.exploring", "search", "telling")

MOST: Final = 5_000
"""States that are looked at, for somebody waits."""
WORDS: Final = {
    "explore": Word(
        "explore [N [NAME]]",
        "the last command in every order; outcome N, as a branch",
        "par { echo a } { echo b }\nexplore\nexplore 1\nexplore 1 other",
    )
}


def explore(words: "Words", arguments: Sequence[str]) -> Answer:
    """What comes of the last command in any order of the steps that programs take meanwhile; how
    one outcome comes about; or the history in which it has."""
    number, name = (*arguments, "", "")[:2]
    if len(arguments) > 2 or not ((number.isascii() and number.isdigit()) or not number):
        raise Refused("it wants the number of an outcome, and maybe the NAME of a branch")
    session = words.session
    done = entries(session.history, session.position)
    if not done:
        raise Refused("nothing has been done yet")
    entry = done[-1]
    start = session.history[entry.start].machine
    script = statements.pending(entry.text, compiler.PROMPT)
    going = search.Search(script, start, search.Limits(states=MOST))
    found = going.run()
    if not number:
        first = entry.text.partition("\n")[0]
        lines = [telling.summary(found, first), *telling.outcomes(found)]
        return Answer("\n".join(lines), ok=not found.stopped)
    if not 0 < int(number) <= len(found.outcomes):
        raise Refused(telling.no_outcome(found, int(number)))
    outcome = found.outcomes[int(number) - 1]
    performed = going.ordered(outcome)
    performed.perform()
    if name:
        return words.part(name, _behind(session, entry.start, performed))
    lines = [telling.heading(int(number), outcome), *telling.story(performed)]
    return Answer("\n".join(lines))


def _behind(session: "Session", position: int, performed: "Ordered") -> Timeline:
    """What *performed* has done, as the history of *session* behind *position*."""
    before = session.history[: position + 1]
    last = before[-1]
    steps = performed.history[1:]
    for step in steps:
        step.number += last.number
        step.cursor += last.cursor
    cursor = last.cursor + 1
    script = session.timeline().script[:cursor]
    history = (*before, *steps)
    return Timeline(history, len(history) - 1, cursor, script, steps[-1].place)


DOING: Final[Mapping[str, Callable[["Words", Sequence[str]], Answer]]] = {"explore": explore}
"""What happens."""
