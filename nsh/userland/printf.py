"""printf: print by a format."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from nsh.abi.invocation import Invocation, Running
from nsh.userland import escapes
from nsh.userland.conversions import (
    DIRECTIVE,
    EXACT,
    INT_MAX,
    INTEGERS,
    UINT_MAX,
    Directive,
    Shape,
    nearest,
    out_of_range,
)
from nsh.userland.options import Given, Kind, UsageError, optional, required
from nsh.userland.quoting import bare, quoted
from nsh.userland.registry import Topic, command
from nsh.userland.streams import encode, say, write

_INTEGER: Final = re.compile(
    r"[ \t\n\v\f\r]*([-+]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*)|([1-9][0-9]*))"
)
_REAL: Final = re.compile(
    r"[ \t\n\v\f\r]*([-+]?)(?:0[xX]([0-9a-fA-F]+)(?:\.([0-9a-fA-F]*))?(?:[pP]([-+]?[0-9]{1,5}))?"
    r"|((?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,9})?)|(inf(?:inity)?|nan))",
    re.IGNORECASE,
)
_DIGITS: Final = 4000
_FORMAT = required("FORMAT", Kind.TEXT)


def _no_options(argv: Sequence[str]) -> Sequence[str]:
    """A FORMAT may begin with a hyphen; only --help, alone, is an option, and ``--`` is dropped."""
    return argv if list(argv) == ["--help"] or argv[:1] == ["--"] else ["--", *argv]


@command(
    "printf",
    "print ARGUMENTs by FORMAT, again while there are more",
    Topic.TEXT,
    operands=(_FORMAT, optional("ARGUMENT", Kind.TEXT, many=True)),
    man="printf(1)",
    gap="no %a; at most a megabyte of width",
    examples=(r"printf '%-8s %5d\n' init 1 sshd 2", r"printf '%05.2f %#x %c\n' 3.14159 255 A"),
    see=("echo", "seq"),
    stops=True,
    prepare=_no_options,
)
def printf(call: Invocation, given: Given) -> Running:
    """Status 1 if something was no number."""
    printer = _Printer(given.operands[1:])
    problem = ""
    try:
        printer.run(encode(given.operands[0]))
    except UsageError as error:
        problem = str(error)
    yield from write(1, b"".join(printer.out))
    for complaint in printer.complaints:
        yield from say(call, complaint)
    if problem:
        yield from say(call, problem)
        return 1
    return printer.status


class _Printer:
    """Takes arguments as directives want them; a missing one is empty, or zero."""

    __slots__ = ("_arguments", "_at", "complaints", "out", "status")

    def __init__(self, arguments: Sequence[str]) -> None:
        self._arguments = arguments
        self._at = 0
        self.out: list[bytes] = []
        self.complaints: list[str] = []
        self.status = 0

    def run(self, text: bytes) -> None:
        """Use the format until no argument is left; :class:`UsageError` if it is none."""
        before = -1
        while before < self._at < max(1, len(self._arguments)):
            before = self._at
            self._once(text)
        if self._at < len(self._arguments):
            first = quoted(self._arguments[self._at])
            self.complaints.append(f"warning: ignoring excess arguments, starting with {first}")

    def _once(self, text: bytes) -> None:
        r"""Use the format once, up to a ``\c``, behind which no argument counts."""
        start = 0
        while True:
            match = DIRECTIVE.search(text, start)
            literal, stopped = escapes.expand(
                text[start : match.start() if match else len(text)], escapes.FORMAT
            )
            self.out.append(literal)
            if match is None or stopped:
                break
            start = match.end()
            if self._convert(Directive.of(match)):
                stopped = True
                break
        if stopped:
            self._at = max(1, len(self._arguments))

    def _convert(self, directive: Directive) -> bool:
        kind = directive.kind
        if directive.text == b"%%":
            self.out.append(b"%")
            return False
        width = self._star(directive.width or "0", "field width")
        precision = directive.precision
        digits = None if precision is None else self._star(precision or "0", "precision")
        directive.check()
        shape = Shape.of(directive, width, digits)
        argument = self._next()
        if kind == "b":
            expanded, stopped = escapes.expand(encode(argument), escapes.ARGUMENT)
            self.out.append(expanded)
            return stopped
        if kind == "q":
            self.out.append(encode(bare(argument)))
        elif kind == "s":
            self.out.append(shape.text(encode(argument)))
        elif kind == "c":
            self.out.append(shape.text(encode(argument)[:1] or b"\0"))
        elif kind in INTEGERS:
            self.out.append(encode(shape.integer(self._integer(argument, kind in "di"))))
        else:
            self.out.append(encode(shape.real(self._real(argument))))
        return False

    def _next(self) -> str:
        self._at += 1
        index = self._at - 1
        return self._arguments[index] if index < len(self._arguments) else ""

    def _star(self, text: str, what: str) -> int:
        if text != "*":
            return min(int(text[:10]), INT_MAX)
        argument = self._next()
        value = self._integer(argument, signed=True) if argument else 0
        if not -(1 << 31) <= value < 1 << 31:
            raise UsageError(f"invalid {what}: {quoted(argument)}")
        return value

    def _complain(self, text: str) -> None:
        self.complaints.append(text)
        self.status = 1

    def _character(self, text: str) -> int | None:
        """The code of what stands behind a quote: ``'A``."""
        if text[:1] not in ("'", '"') or len(text) < 2:
            return None
        if len(text) > 2:
            self.complaints.append(
                f"warning: {text[2:]}: character(s) following character constant have been ignored"
            )
        return encode(text[1])[0] if "\udc80" <= text[1] <= "\udcff" else ord(text[1])

    def _converted(self, text: str, end: int) -> None:
        if end == 0:
            self._complain(f"{quoted(text)}: expected a numeric value")
        elif end < len(text):
            self._complain(f"{quoted(text)}: value not completely converted")

    def _integer(self, text: str, signed: bool) -> int:
        code = self._character(text)
        if code is not None or not text:
            return code or 0
        match = _INTEGER.match(text)
        if match is None:
            self._converted(text, 0)
            return 0
        sign, hexadecimal, octal, decimal = match.groups()
        digits, base = (hexadecimal, 16) if hexadecimal else (octal, 8) if octal else (decimal, 10)
        size = int(digits, base) if len(digits) < _DIGITS else UINT_MAX + 1
        value = -size if sign == "-" else size
        limits = (-INT_MAX - 1, INT_MAX) if signed else (-UINT_MAX, UINT_MAX)
        if not limits[0] <= value <= limits[1]:
            self._complain(f"{quoted(text)}: Numerical result out of range")
            return max(limits[0], min(value, limits[1])) if signed else UINT_MAX
        self._converted(text, match.end())
        return value

    def _real(self, text: str) -> Decimal:
        code = self._character(text)
        if code is not None or not text:
            return Decimal(code or 0)
        match = _REAL.match(text)
        if match is None:
            self._converted(text, 0)
            return Decimal(0)
        sign, whole, part, power, decimal, word = match.groups()
        if whole:
            value = _hexadecimal(whole, part or "", int(power or 0))
        else:
            value = Decimal(decimal or word)
        if out_of_range(value):
            self._complain(f"{quoted(text)}: Numerical result out of range")
            value = Decimal("inf") if value.adjusted() > 0 else Decimal(0)
        else:
            self._converted(text, match.end())
            if value.is_finite():
                value = nearest(Fraction(*value.as_integer_ratio()))
        return value.copy_negate() if sign == "-" else value


def _hexadecimal(whole: str, part: str, power: int) -> Decimal:
    """``0x1.8p3``, exactly; beyond all range if it is that long."""
    if len(whole) + len(part) > _DIGITS or abs(power) > _DIGITS:
        return Decimal("1e9999")
    bits = int(whole + part, 16)
    shift = power - 4 * len(part)
    if shift >= 0:
        return Decimal(bits << shift)
    return EXACT.scaleb(Decimal(bits * 5**-shift), shift)
