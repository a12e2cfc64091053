"""The word that goes through all orders of the command that was typed last: ``explore``."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.session.answers import Answer, Refused, Word
from nsh.session.entries import entries

if TYPE_CHECKING:
    from nsh.lang import compiler
    from nsh.session import statements
    from nsh.session.exploring import search, telling
    from nsh.session.words import Words
else:
    late(globals(), "nsh.lang", "compiler")
    late(globals(), "nsh.session", "statements")
    late(globals(), "nsh.session.exploring", "search", "telling")

MOST: Final = 2_000
"""States that are looked at, for somebody waits."""
WORDS: Final = {
    "explore": Word(
        "explore [N]",
        "the last command in every order, or an outcome of it",
        "par { echo a } { echo b }\nexplore\nexplore 1",
    )
}


def explore(words: "Words", arguments: Sequence[str]) -> Answer:
    """What comes of the last command in any order of the steps that programs take meanwhile."""
    if len(arguments) > 1 or not all(one.isascii() and one.isdigit() for one in arguments):
        raise Refused("it wants the number of an outcome, or nothing")
    session = words.session
    done = entries(session.history, session.position)
    if not done:
        raise Refused("nothing has been done yet")
    entry = done[-1]
    start = session.history[entry.start].machine
    script = statements.pending(entry.text, compiler.PROMPT)
    going = search.Search(script, start, search.Limits(states=MOST))
    found = going.run()
    number = int(arguments[0]) if arguments else 0
    if number > len(found.outcomes):
        raise Refused(telling.no_outcome(found, number))
    if number:
        outcome = found.outcomes[number - 1]
        performed = going.ordered(outcome)
        performed.perform()
        lines = [telling.heading(number, outcome), *telling.story(performed)]
    else:
        first = entry.text.partition("\n")[0]
        lines = [telling.summary(found, first), *telling.outcomes(found)]
    return Answer("\n".join(lines), ok=not found.stopped)


DOING: Final[Mapping[str, Callable[["Words", Sequence[str]], Answer]]] = {"explore": explore}
"""What happens."""
