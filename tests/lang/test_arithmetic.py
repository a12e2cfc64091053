"""Arithmetic is C's, and so what the machine's own shells make of the same formulas."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lang import _shells
from tests.lang.fake import Kernel

INFIXES = [
    "+",
    "-",
    "*",
    "/",
    "%",
    "==",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "&&",
    "||",
    "&",
    "|",
    "^",
    "<<",
    ">>",
]
NAMES = {"a": 7, "b": -3, "zero": 0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("2 - 3 - 4", -5),
        ("64 / 4 / 2", 8),
        ("7 - 2 < 4 + 2", 1),
        ("1 < 2 == 1", 1),
        ("1 || 0 && 0", 1),
        ("!1 + 1", 1),
        ("- -3 * -2", -6),
        ("-9223372036854775807 - 2", 2**63 - 1),
        ("2 * 4611686018427387904", -(2**63)),
        ("0x7fffffffffffffff + 1", -(2**63)),
        ("2 == 1 < 2", 0),
        ("1 | 6 ^ 2 & 3 == 3", 7),
        ("1 << 2 + 1", 8),
        ("~5 & 0xff", 250),
        ("-1 >> 70", -1),
        ("0 && 1 / 0", 0),
        ("2 || 1 / 0", 1),
        ("1 ? 2 : 1 / 0", 2),
        ("0 ? 1 : 0 ? 2 : 3", 3),
        ("1 ? 0 ? 5 : 6 : 7", 6),
        ("1 + 1 ? 2 + 2 : 3", 4),
    ],
)
def test_arithmetic_is_c_s(text: str, value: int) -> None:
    assert Kernel().run(f"echo $(({text}))").out == f"{value}\n"


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_quotient_and_remainder_fit(a: int, b: int) -> None:
    """As C has it: (a / b) * b + a % b == a, and the quotient is cut towards zero."""
    kernel = Kernel().run(f"a={a}; b={b}; echo $((a / b)) $((a % b)) $(((a / b) * b + a % b))")
    if b == 0:
        assert kernel.errors == "nsh: division by zero\n"
        return
    quotient, remainder, again = (int(word) for word in kernel.out.split())
    assert again == a
    assert abs(remainder) < abs(b)
    assert remainder == 0 or (remainder < 0) == (a < 0)
    assert quotient == -(2**63) or abs(quotient) == abs(a) // abs(b)


def made_up(count: int) -> list[str]:
    chance = random.Random(4)

    def one(depth: int) -> str:
        if depth == 0 or chance.random() < 0.2:
            return chance.choice(["0", "1", "2", "5", "0x1f", "a", "b", "zero", "$a", "9999999999"])
        kind = chance.random()
        if kind < 0.15:
            return f"({one(depth - 1)})"
        if kind < 0.3:
            return f"{chance.choice('-+!~')} {one(depth - 1)}"
        if kind < 0.4:
            return f"{one(depth - 1)} ? {one(depth - 1)} : {one(depth - 1)}"
        return f"{one(depth - 1)} {chance.choice(INFIXES)} {one(depth - 1)}"

    return [one(4) for _ in range(count)]


@_shells.both
def test_any_formula_has_the_value_that_a_shell_finds(shell: str) -> None:
    formulas = made_up(600)
    given_names = "; ".join(f"{name}={value}" for name, value in NAMES.items())
    script = given_names + "\n" + "".join(f"(echo $(({f}))) 2>&- || echo\n" for f in formulas)
    theirs = _shells.printed(shell, script).split("\n")[:-1]
    kernels = [Kernel().run(f"{given_names}; echo $(({formula}))") for formula in formulas]
    ours = ["" if kernel.errors else kernel.out.rstrip("\n") for kernel in kernels]
    differing = [each for each in zip(formulas, theirs, ours, strict=True) if each[1] != each[2]]
    assert differing == []
