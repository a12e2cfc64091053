"""What the instructions for words hold: the pieces that a word is put together from."""

from typing import TypeAlias

from nsh.machine.record import Record


class Wild(Record):
    """Where words become fields, part of a pattern (:mod:`nsh.lang.patterns`); else itself."""

    text: str


class Slot(Record):
    """A variable's value at the time the word is put together."""

    name: str
    quoted: bool


class Operand(Record):
    """A value that was computed before and stands on the stack; the first pushed comes first."""

    quoted: bool


class Prefix(Record):
    """Arithmetic: prefix operators, outermost first."""

    operators: str
    operand: "Formula"


class Series(Record):
    """Arithmetic: operators of one rank, from left to right."""

    first: "Formula"
    rest: tuple[tuple[str, "Formula"], ...]


class Choice(Record):
    """Arithmetic: ``condition ? then : otherwise``."""

    condition: "Formula"
    then: "Formula"
    otherwise: "Formula"


Formula: TypeAlias = int | Slot | Operand | Prefix | Series | Choice


class Computed(Record):
    """``$((…))``."""

    formula: Formula


Piece: TypeAlias = str | Wild | Slot | Operand | Computed
Template: TypeAlias = str | tuple[Piece, ...]
"""A word: its value, or the pieces it is put together from."""


class Mixed(Record):
    """A value on the stack of which parts are split and parts are not."""

    runs: tuple[tuple[str, bool], ...]
    """Each with whether it was quoted."""
