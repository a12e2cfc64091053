"""What was typed, cut into statements that wait for their turn."""

from msgspec.structs import replace

from nsh.lang import compiler, parser
from nsh.lang.compiler import PROMPT
from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.shifting import shifted
from nsh.lang.source import position
from nsh.lang.tree import Narration, Script, Statement
from nsh.machine.program import Code
from nsh.machine.record import Record
from nsh.session.history import Place


class Pending(Record):
    """One statement, compiled; or a passage of narration, where ``code`` is None."""

    code: Code | None
    place: Place


def pending(text: str, name: str) -> list[Pending]:
    """The statements of *text*, in order.  Raises SyntaxProblem; then nothing is to be done.

    Consecutive lines of narration are one passage; it stands by itself, and with each
    statement up to the next passage that says something to the audience.
    """
    if not text:  # as where only what was loaded before is to be performed
        return []
    script = parser.parse(text, name)
    found: list[Pending] = []
    passage: list[str] = []
    narration = before = ""
    for statement in script.statements:
        place = position(script.source, statement.span.start)
        if isinstance(statement, Narration):
            if passage:
                line = found.pop().place.line
            else:
                line, before = place.line, narration
            passage.append(statement.text)
            from nsh.session.notes import parted  # noqa: PLC0415  # few scripts have any

            told = parted("\n".join(passage))
            found.append(Pending(None, Place(name, line, "", told.text, told.notes, told.pause)))
            narration = told.text or before
            continue
        passage = []
        shown = script.source[statement.span.start : statement.span.end]
        if name == PROMPT:
            code = _alone(script, statement, shown)
        else:
            code = compiler.compile_statement(script, statement)
        found.append(Pending(code, Place(name, place.line, shown, narration)))
    return found


def _alone(script: Script, statement: Statement, text: str) -> Code:
    """The code of a statement that knows of no other: so it is the same, typed line by line or as
    a script that was made of those lines."""
    start = statement.span.start
    own = Script(text, script.name, (shifted(statement, -start),))
    try:
        return compiler.compile_statement(own, own.statements[0])
    except SyntaxProblem as error:
        span = shifted(error.diagnostic.span, start)
        raise SyntaxProblem(replace(error.diagnostic, source=script.source, span=span)) from None
