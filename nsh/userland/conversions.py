"""What printf(3) does with one value: flags, width, precision, conversion."""

import re
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final, NamedTuple

from nsh.userland.options import UsageError

INTEGERS: Final = frozenset("diouxX")
FLOATS: Final = frozenset("eEfFgG")
UINT_MAX: Final = (1 << 64) - 1
INT_MAX: Final = (1 << 63) - 1
_WIDEST: Final = 1 << 20
"""Characters; the C library allows 2 GiB, of which nobody would see the end."""
_MANTISSA: Final = 64
"""Bits of an x86 ``long double``, in which GNU tools convert."""
_EXPONENTS: Final = range(-4950, 4932)
EXACT: Final = Context(prec=40000)
"""For numbers with a power of two below the line: all their digits."""
_REFUSED: Final = {"'": "ceEosxX", "#": "cdisu", "0": "cs"}
"""Flag -> conversions that it has no meaning for."""
DIRECTIVE: Final = re.compile(
    rb"%(?P<flags>[-+ #0']*)(?P<width>\*|[0-9]+)?(?:\.(?P<precision>\*|-?[0-9]*))?"
    rb"[hlLjtz]*(?P<kind>.?)",
    re.DOTALL,
)


class Directive(NamedTuple):
    """One ``%`` of a format.  ``width`` and ``precision``: "*" takes an argument, None is none."""

    text: bytes
    flags: str
    width: str | None
    precision: str | None
    kind: str

    @classmethod
    def of(cls, match: re.Match[bytes]) -> "Directive":
        """The directive that :data:`DIRECTIVE` found, which may still be nonsense."""
        flags, width, precision, kind = (
            None if part is None else part.decode("latin-1") for part in match.groups()
        )
        return cls(match[0], flags or "", width, precision, kind or "")

    def check(self) -> None:
        """:class:`UsageError` if there is no such conversion."""
        if not self._makes_sense():
            text = self.text.decode("utf-8", "surrogateescape")
            raise UsageError(f"{text}: invalid conversion specification")

    def _makes_sense(self) -> bool:
        if self.kind in ("%", "b", "q"):
            return len(self.text) == 2
        if not self.kind or (self.kind not in "cs" and self.kind not in INTEGERS | FLOATS):
            return False
        if self.kind == "c" and self.precision is not None:
            return False
        return not any(self.kind in _REFUSED.get(flag, "") for flag in self.flags)


class Shape(NamedTuple):
    """How a value is laid out: a directive with its stars replaced."""

    kind: str
    flags: str = ""
    width: int = 0
    precision: int | None = None

    @classmethod
    def of(cls, directive: Directive, width: int, precision: int | None) -> "Shape":
        """A negative width means the flag ``-``; a negative precision, none."""
        flags = directive.flags
        if width < 0:
            flags, width = flags + "-", -width
        if precision is not None and precision < 0:
            precision = None
        if width > _WIDEST or (precision or 0) > _WIDEST:
            raise UsageError(f"{directive.text.decode('ascii')}: wider than {_WIDEST} characters")
        return cls(directive.kind, flags, width, precision)

    def text(self, value: bytes) -> bytes:
        """``%s`` and ``%c``; width and precision count bytes."""
        cut = value if self.precision is None else value[: self.precision]
        return cut.ljust(self.width) if "-" in self.flags else cut.rjust(self.width)

    def integer(self, value: int) -> str:
        """``%d %i %o %u %x %X`` of a number that fits 64 bits."""
        if self.kind in "di":
            digits = str(abs(value))
        else:
            value &= UINT_MAX
            digits = format(value, {"u": "d"}.get(self.kind, self.kind))
        if self.precision is not None:
            digits = digits.zfill(self.precision) if value or self.precision else ""
        prefix = self._sign(value < 0) if self.kind in "di" else ""
        if "#" in self.flags:
            if self.kind == "o" and not digits.startswith("0"):
                digits = "0" + digits
            elif self.kind in "xX" and value:
                prefix = "0" + self.kind
        return self._padded(prefix, digits, zeros=self.precision is None)

    def real(self, value: Decimal) -> str:
        """``%e %f %g`` and their capitals."""
        sign = self._sign(value.is_signed())
        if not value.is_finite():
            body = "nan" if value.is_nan() else "inf"
            return self._padded(sign, body.upper() if self.kind.isupper() else body, zeros=False)
        precision = 6 if self.precision is None else self.precision
        body = _digits(value.copy_abs(), self.kind.lower(), precision, "#" in self.flags)
        return self._padded(sign, body.upper() if self.kind.isupper() else body, zeros=True)

    def _sign(self, negative: bool) -> str:
        if negative:
            return "-"
        return "+" if "+" in self.flags else " " if " " in self.flags else ""

    def _padded(self, prefix: str, digits: str, *, zeros: bool) -> str:
        if "-" in self.flags:
            return (prefix + digits).ljust(self.width)
        if "0" in self.flags and zeros:
            return prefix + digits.zfill(self.width - len(prefix))
        return (prefix + digits).rjust(self.width)


def _digits(value: Decimal, kind: str, precision: int, point: bool) -> str:
    if kind == "f":
        body = format(value, f".{precision}f")
        return body + "." if point and not precision else body
    if kind == "e":
        mantissa, exponent = _scientific(value, precision)
        if point and not precision:
            mantissa += "."
        return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02}"
    precision = precision or 1
    _, exponent = _scientific(value, precision - 1)
    if -4 <= exponent < precision:
        body, tail = _digits(value, "f", precision - 1 - exponent, point), ""
    else:
        body, mark, tail = _digits(value, "e", precision - 1, point).partition("e")
        tail = mark + tail
    if not point and "." in body:
        body = body.rstrip("0").rstrip(".")
    return body + tail


def _scientific(value: Decimal, precision: int) -> tuple[str, int]:
    if not value:
        return format(Decimal(0), f".{precision}f"), 0
    mantissa, _, exponent = format(value, f".{precision}e").partition("e")
    return mantissa, int(exponent)


def out_of_range(value: Decimal) -> bool:
    """Whether a ``long double`` cannot hold it."""
    return value.is_finite() and bool(value) and value.adjusted() not in _EXPONENTS


def nearest(value: Fraction) -> Decimal:
    """The ``long double`` nearest to *value* >= 0; its last digits show, as in C, if asked for."""
    if not value:
        return Decimal(0)
    shift = value.numerator.bit_length() - value.denominator.bit_length() - _MANTISSA
    scaled = value / Fraction(2) ** shift
    if scaled >= 1 << _MANTISSA:
        shift, scaled = shift + 1, scaled / 2
    whole = round(scaled)
    if shift >= 0:
        return Decimal(whole << shift)
    return EXACT.scaleb(Decimal(whole * 5**-shift), shift)
