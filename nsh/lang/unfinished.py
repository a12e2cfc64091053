"""Whether what was typed so far is a whole text, the beginning of one, or wrong: for prompts.

A text is unfinished if nothing in it is wrong and another line could finish it: a bracket or
quote is open, or it ends with ``|``, ``&&``, ``||`` or a backslash.  A mistake that no further
line can mend is told at once.
"""

from enum import StrEnum
from typing import Final

from nsh.lang.diagnostics import Diagnostic, SyntaxProblem
from nsh.lang.parser import parse
from nsh.lang.source import Span, normalise
from nsh.machine.record import Record


class Verdict(StrEnum):
    """What a text is."""

    COMPLETE = "complete"
    UNFINISHED = "unfinished"
    WRONG = "wrong"


class Opening(Record):
    """Something that waits for its other side."""

    what: str
    """``{``, ``(``, ``$(``, ``$((``, ``${``, a quote, ``<<``, ``|``, ``&&``, ``||``, backslash."""
    span: Span


class Judgement(Record):
    """The verdict on a text, and its ground."""

    verdict: Verdict
    openings: tuple[Opening, ...] = ()
    """What is open at the end of an unfinished text, outermost first."""
    problem: Diagnostic | None = None
    """What is wrong."""

    @property
    def depth(self) -> int:
        """How many blocks and parentheses are open: how far to indent the next line."""
        if self.openings and self.openings[-1].what == "<<":
            return 0  # its text is what is typed
        return sum(opening.what in _INDENTED for opening in self.openings)

    def waits(self, text: str) -> str:
        """What *text*, which is unfinished, waits for, in some words; "" of any other."""
        if not self.openings:
            return ""
        what, span = self.openings[-1].what, self.openings[-1].span
        line = text.count("\n", 0, span.start) + 1
        if what == "<<":
            return f"the text of << in line {line} has not ended"
        if what in _JOINING:
            return f"line {line} goes on behind {what}"
        return f"{what} of line {line} is open"


_JOINING: Final = frozenset({"|", "&&", "||", "\\"})
_INDENTED: Final = frozenset({"{", "(", "$("})
_COMPLETE: Final = Judgement(Verdict.COMPLETE)


def judge(text: str, name: str = "<prompt>") -> Judgement:
    """What *text* is; *name* is what messages call it.  Raises nothing whatever the text."""
    text = normalise(text)
    try:
        parse(text, name)
    except SyntaxProblem as problem:
        from nsh.lang.openings import openings as find  # noqa: PLC0415  # lark

        characters = problem.diagnostic.code == "NSH-E0001"
        openings = () if characters else find(text)
        if openings:
            return Judgement(Verdict.UNFINISHED, openings)
        return Judgement(Verdict.WRONG, problem=problem.diagnostic)
    return _COMPLETE
