"""The words that write a script and perform one: ``save``, ``source``."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from nsh._modules import late
from nsh.lang.diagnostics import SyntaxProblem
from nsh.session.answers import Answer, Refused, Word
from nsh.session.history import Step
from nsh.session.session import Session
from nsh.session.wayfinding import SLACK

if TYPE_CHECKING:
    from nsh.lang import compiler, parser
    from nsh.session import saving
    from nsh.session.words import Words
else:
    late(globals(), "nsh.lang", "compiler", "parser")
    late(globals(), "nsh.session", "saving")

WORDS: Final = {
    "save": Word(
        "save FILE", "write what was typed as a script", "spawn w\nsave saved.nsh", "file"
    ),
    "source": Word(
        "source FILE", "perform a script", "x=1\nsave saved.nsh\nsource saved.nsh", "file"
    ),
}


def save(words: "Words", arguments: Sequence[str]) -> Answer:
    """Write what was typed up to here, and tell whether it leads to the same machine."""
    path = _file(arguments)
    history = words.session.history[: words.session.position + 1]
    made = saving.script(history)
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(made.text)
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    kept = f"{made.commands} command{'s' * (made.commands != 1)} in {path}"
    if _leads_to(history, made.text):
        return Answer(f"{kept}; they lead to the same machine")
    why = made.warning or (
        "`explore` found it in another order of steps, or this is no moment between two commands"
    )
    return Answer(f"{kept}; they do not lead to the same machine: {why}")


def _leads_to(history: Sequence[Step], text: str) -> bool:
    """Whether performing *text* from the start of *history* leads to where it ends."""
    from nsh.machine.digest import digest  # noqa: PLC0415  # as Session.digest does

    again = Session(machine=history[0].machine, keep=False, max_steps=len(history) + SLACK)
    again.run(text, compiler.PROMPT)
    return again.digest == digest(history[-1].machine)


def source(_words: "Words", arguments: Sequence[str]) -> Answer:
    """Have a script performed, if all of it can be read."""
    path = _file(arguments)
    try:
        with open(path, "rb") as file:
            data = file.read()
        text = data.decode()
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError as error:
        line, odd = data.count(b"\n", 0, error.start) + 1, data[error.start]
        why = f"byte {odd:#04x} is not UTF-8, as a script has to be"
        raise Refused(f"{path}:{line}: {why}") from None
    try:
        parser.parse(text, path)
    except SyntaxProblem as problem:
        raise Refused(f"nothing of it has been performed\n{problem}") from None
    return Answer(perform=text)


def _file(arguments: Sequence[str]) -> str:
    if len(arguments) != 1:
        raise Refused("it wants one FILE")
    return arguments[0]


DOING: Final[Mapping[str, Callable[["Words", Sequence[str]], Answer]]] = {
    "save": save,
    "source": source,
}
