"""seq: count."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from nsh.abi.invocation import Invocation, Running
from nsh.userland.conversions import DIRECTIVE, EXACT, Directive, Shape
from nsh.userland.options import Given, Kind, UsageError, option, required
from nsh.userland.quoting import quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import encode, write

_AT_A_TIME: Final = 2000
_NUMBER: Final = re.compile(
    r"\s*\+?(-?(?:[0-9]+\.?[0-9]*|\.[0-9]+))([eE][-+]?[0-9]{1,3})?", re.ASCII
)
_ENDLESS: Final = re.compile(r"\s*\+?inf(?:inity)?", re.ASCII | re.IGNORECASE)
_LONGEST: Final = 1000
"""Characters of a number."""
_TAKE_A_VALUE: Final = frozenset({"-s", "-f", "--separator", "--format"})


def _negative_is_no_option(argv: Sequence[str]) -> Sequence[str]:
    """``seq -0.5 1``: the first number with a minus ends the options."""
    index = 0
    while index < len(argv) and argv[index].startswith("-") and argv[index] != "--":
        if re.match(r"-[0-9.]", argv[index]):
            return [*argv[:index], "--", *argv[index:]]
        index += 2 if argv[index] in _TAKE_A_VALUE else 1
    return argv


@command(
    "seq",
    "count from FIRST (1) by INCREMENT (1) to LAST",
    Topic.TEXT,
    options=(
        option("-f, --format=FORMAT", "print each by a printf FORMAT: %g, %f or %e"),
        option("-s, --separator=STRING", "what to print between two, if not a newline"),
        option("-w, --equal-width", "with zeros in front, as wide as the widest"),
    ),
    operands=(required("[FIRST [INCREMENT]] LAST", Kind.NUMBER, many=True),),
    man="seq(1)",
    gap="counts in exact decimals, so that no rounding shows",
    examples=("seq 3", "seq -s, 0 0.5 2", "for n in $(seq 3) { echo $n }"),
    see=("printf", "repeat"),
    stops=True,
    prepare=_negative_is_no_option,
)
def seq(call: Invocation, given: Given) -> Running:
    """Prints nothing if LAST lies before FIRST."""
    if len(given.operands) > 3:
        raise UsageError(f"extra operand {quoted(given.operands[3])}")
    if given.has("format") and given.has("equal-width"):
        raise UsageError("format string may not be specified when printing equal width strings")
    numbers = [_Number.read(text) for text in given.operands]
    last = numbers[-1]
    first = numbers[0] if len(numbers) > 1 else _ONE
    step = numbers[1] if len(numbers) > 2 else _ONE
    if not step.value:
        raise UsageError(f"invalid Zero increment value: {quoted(given.operands[1])}")
    if not first.value.is_finite() or not step.value.is_finite():
        raise UsageError("only LAST may be infinite")
    separator = given.get("separator", "\n")
    shown = _format(given, first, step, last)
    value, count = first.value, 0
    lines: list[str] = []
    while value <= last.value if step.value > 0 else value >= last.value:
        lines.append(shown(value))
        count += 1
        value = EXACT.add(value, step.value)
        if len(lines) == _AT_A_TIME:
            front = separator if count > _AT_A_TIME else ""
            yield from write(1, encode(front + separator.join(lines)))
            lines = []
    front = separator if count > _AT_A_TIME and lines else ""
    if count:
        yield from write(1, encode(front + separator.join(lines) + "\n"))
    return 0


class _Number(NamedTuple):
    """An operand: its value, its digits behind the point, and the width of what stands before."""

    value: Decimal
    precision: int
    width: int

    @classmethod
    def read(cls, text: str) -> "_Number":
        """:class:`UsageError` if it is none."""
        if _ENDLESS.fullmatch(text):
            return cls(Decimal("inf"), 0, 3)
        match = _NUMBER.fullmatch(text)
        if match is None or len(text) > _LONGEST:
            raise UsageError(f"invalid floating point argument: {quoted(text)}")
        value = Decimal(match[1] + (match[2] or ""))
        whole, _, fraction = match[1].partition(".")
        if match[2] is None:
            return cls(value, len(fraction), max(len(whole), len(f"{value:.0f}")))
        precision = max(0, len(fraction) - int(match[2][1:]))
        return cls(value, precision, len(f"{value:.{precision}f}".partition(".")[0]))


_ONE: Final = _Number(Decimal(1), 0, 1)


def _format(given: Given, first: _Number, step: _Number, last: _Number) -> Callable[[Decimal], str]:
    """How each number is printed."""
    text = given.get("format")
    if given.has("format"):
        return _by_directive(text)
    precision = max(first.precision, step.precision)
    width = max(first.width, last.width) + (precision + 1 if precision else 0)
    if given.has("equal-width"):
        return Shape("f", "0", width, precision).real
    return Shape("f", "", 0, precision).real


def _by_directive(text: str) -> Callable[[Decimal], str]:
    pieces: list[str] = []
    shape: Shape | None = None
    start = 0
    data = encode(text)
    for match in DIRECTIVE.finditer(data):
        pieces.append(data[start : match.start()].decode("utf-8", "surrogateescape"))
        start = match.end()
        if match[0] == b"%%":
            pieces.append("%")
            continue
        kind = match["kind"].decode("latin-1")
        if not kind:
            raise UsageError(f"format {quoted(text)} ends in %")
        odd = "*" if b"*" in match[0] else kind
        if odd not in "efgEFG":
            raise UsageError(f"format {quoted(text)} has unknown %{odd} directive")
        if shape is not None:
            raise UsageError(f"format {quoted(text)} has too many % directives")
        directive = Directive.of(match)
        precision = directive.precision
        digits = None if precision is None else int((precision or "0")[:9])
        shape = Shape.of(directive, int((directive.width or "0")[:9]), digits)
        before, pieces = "".join(pieces), []
    if shape is None:
        raise UsageError(f"format {quoted(text)} has no % directive")
    after = "".join(pieces) + data[start:].decode("utf-8", "surrogateescape")
    real = shape.real
    return lambda value: before + real(value) + after
