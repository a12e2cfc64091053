"""The expectations that a script never came to, because it had ended before."""

from collections.abc import Iterator
from typing import Final

from nsh.lang import instructions as op
from nsh.machine.program import Code, Frame, Function
from nsh.session.statements import Pending

_EXPECTATIONS: Final = (
    op.ExpectStatus,
    op.ExpectComparison,
    op.ExpectOutput,
    op.ExpectFailure,
)


def count(under: Pending | None, behind: list[Pending], tried: set[int]) -> int:
    """How many stand in what was not performed: in the statements *behind*, and in the last that
    was, *under*, but for those *tried*, by where they begin."""
    found: set[int] = set()
    if under is not None and under.code is not None:
        found = set(_starts(under.code)) - tried
    for pending in behind:
        if pending.code is not None:
            found.update(_starts(pending.code))
    return len(found)


def _starts(code: Code) -> Iterator[int]:
    for instruction in code.instructions:
        if isinstance(instruction, _EXPECTATIONS):
            yield instruction.span.start
        for field in instruction.__struct_fields__:
            yield from _within(getattr(instruction, field))


def _within(value: object) -> Iterator[int]:
    """Those of a block that is performed by others, or later."""
    match value:
        case Code():
            yield from _starts(value)
        case Function():
            yield from _starts(value.body)
        case tuple():
            for item in value:
                if isinstance(item, Frame):
                    yield from _starts(item.code)
