"""What a command says about itself: help, and why a command line was not understood."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from nsh.abi.invocation import Invocation, Running
from nsh.userland.options import HELP, Option, UsageError
from nsh.userland.streams import write

if TYPE_CHECKING:
    from nsh.userland.registry import Declaration

WIDTH = 80
_WIDEST_SPEC = 28
_PREFACE = (
    "Each has the name and the options of the real tool whose page it cites, as far as `help NAME`"
    " lists them; where the last column is empty it means to behave the same. This page is made"
    " from the commands' own declarations."
)
_ANSWER = "an answer: a script goes on whatever it is"
_LABEL = 10


def refuse(call: Invocation, error: UsageError, status: int) -> Running:
    """Say what is wrong with the command line, and end with *status*, or that of the error."""
    yield from write(2, f"nsh: {call.name}: {error}\nTry 'help {call.name}' for more.\n")
    return status if error.status is None else error.status


def show(declaration: "Declaration") -> Running:
    """Print the help of a command."""
    yield from write(1, text(declaration))
    return 0


def synopsis(declaration: "Declaration") -> str:
    """``wait [OPTION]... [PID]...``"""
    words = [declaration.name]
    if declaration.grammar.options:
        words.append("[OPTION]...")
    words += [str(operand) for operand in declaration.grammar.operands]
    return " ".join(words)


def text(declaration: "Declaration", width: int = WIDTH) -> str:
    """The help of a command, with an example, in lines of at most *width*: a screen, of 80."""
    from nsh.abi import gaps  # noqa: PLC0415  # few runs ask for help

    lines = [f"Usage: {synopsis(declaration)}"]
    lines += _wrapped(declaration.summary[:1].upper() + declaration.summary[1:] + ".", width)
    if declaration.grammar.options:
        lines.append("")
        lines += _options((*declaration.grammar.options, HELP), width)
    lines.append("")
    lines += _examples(declaration.examples, width)
    manual = declaration.man or "none: real systems have no such command"
    lines += _labelled("Manual:", [manual], width)
    if declaration.answers:
        lines += _labelled("Status:", [_ANSWER], width)
    if declaration.gap:
        lines += _labelled("Differs:", [declaration.gap], width)
    lines += _labelled("Gap:", list(gaps.of_model(declaration.name)), width)
    lines += _labelled("On Linux:", list(gaps.of_stage(declaration.name)), width)
    if declaration.see:
        lines += _labelled("See also:", [", ".join(declaration.see)], width)
    return "\n".join(lines) + "\n"


def reference(declarations: Iterable["Declaration"]) -> str:
    """All commands as a Markdown page, by topic, each with what is not as on a real system."""
    by_topic: dict[str, list[Declaration]] = {}
    for each in declarations:
        by_topic.setdefault(each.topic, []).append(each)
    lines = ["# Commands", "", _PREFACE]
    for topic, members in sorted(by_topic.items()):
        lines += ["", f"## {topic}", "", *_row("Usage", "What it does", "Manual", "What differs")]
        for each in members:
            usage = f"`{synopsis(each)}`"
            lines += _row(usage, each.summary, each.man or "none", each.gap)[:1]
    return "\n".join(lines) + "\n"


def _row(*cells: str) -> list[str]:
    """A row of a table, and the line that follows it if it is the first."""
    escaped = (cell.replace("|", "\\|") for cell in cells)
    return [f"| {' | '.join(escaped)} |", "|" + "---|" * len(cells)]


def _options(options: tuple[Option, ...], room: int) -> list[str]:
    listed = [each for each in options if each.help]
    indents = [each.spec if each.letters else "    " + each.spec for each in listed]
    width = min(_WIDEST_SPEC, max(map(len, indents)))
    lines = []
    for spec, each in zip(indents, listed, strict=True):
        lines += _wrapped(each.help, room, f"  {spec:<{width}}  ", width + 4)
    return lines


def _labelled(label: str, values: Sequence[str], width: int) -> list[str]:
    lines = []
    for value in values:
        lines += _wrapped(value, width, f"{label:<{_LABEL}}", _LABEL)
        label = ""
    return lines


def _examples(values: Sequence[str], width: int) -> list[str]:
    """What is too long for a line goes on behind a ``;``, so that each line can be tried alone."""
    lines = []
    label = "Example:"
    for value in values:
        statements = value.replace(" ", "\N{NO-BREAK SPACE}").replace(";\N{NO-BREAK SPACE}", "; ")
        lines += _wrapped(statements, width, f"{label:<{_LABEL}}", _LABEL + 2)
        label = ""
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def _wrapped(words: str, width: int, start: str = "", indent: int = 0) -> list[str]:
    """*words* in lines of at most *width*, the first behind *start*, the others indented."""
    lines, line = [], start
    for word in words.split(" "):
        if len(line) > indent and len(line) + len(word) >= width and line != start:
            lines.append(line.rstrip())
            line = " " * indent
        line += word + " "
    return [*lines, line.rstrip()]
