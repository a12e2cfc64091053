"""What was typed, as a script that leads to the same machine."""

from collections.abc import Sequence
from typing import NamedTuple

from nsh.lang import parser, tree
from nsh.lang.actions import Expected
from nsh.machine.settings import Settings
from nsh.session.entries import entries
from nsh.session.history import Step
from nsh.session.pacing import GIVEN_UP


class Saved(NamedTuple):
    """A script."""

    text: str
    commands: int
    """How many there are."""
    warning: str
    """What it cannot do again; "" if there is nothing."""


def script(history: Sequence[Step]) -> Saved:
    """The statements of *history*, whose last moment is where the script leads.

    A command that failed at the prompt did not stop what was typed next, and does not stop the
    script.  What somebody typed at the terminal, ^C included, a script cannot type; what
    was given up, because it waited for nobody or for ever, would end it.
    """
    settings = history[0].machine.find(Settings, 0)
    profile = settings.profile if settings is not None else "all"
    lines = [] if profile == "all" else [f"# nsh run --profile {profile}"]
    done = entries(history)
    troubles: list[str] = []
    for entry in done:
        steps = history[entry.start + 1 : entry.end + 1]
        if entry.typed:
            troubles.append("somebody typed at the terminal")
            lines.append(f"# {troubles[-1]} here")
        if any(isinstance(step.action, Expected) and step.failed for step in steps):
            troubles.append("an expectation did not hold")
            lines += [f"# {line}" for line in entry.text.splitlines()]
            lines.append("false && true  # that was not as expected")
        elif any(step.message.startswith(GIVEN_UP) for step in steps):
            troubles.append("a command was given up")
            lines += [f"# {line}" for line in entry.text.splitlines()]
            lines.append("false && true  # that was given up")
        elif any(step.failed for step in steps):
            lines.append(_tolerant(entry.text))
        else:
            lines.append(entry.text)
    text = "".join(line + "\n" for line in lines)
    return Saved(text, len(done), ", ".join(dict.fromkeys(troubles)))


def _tolerant(text: str) -> str:
    """*text*, its failure tested and its status kept: behind it the script goes on."""
    (statement,) = parser.parse(text).statements
    if isinstance(statement, tree.Pipeline | tree.Simple | tree.Not) and "\n" not in text:
        return f"{text} && true"
    return f"{{\n{text}\n}} && true"
