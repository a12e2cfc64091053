"""Modules are read in one sitting: CONTRIBUTING says how long they may be."""

from __future__ import annotations

from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
LONGEST, USUAL = 400, 150


def lengths(folder: str) -> dict[str, int]:
    files = (ROOT / folder).rglob("*.py")
    return {str(file.relative_to(ROOT)): file.read_bytes().count(b"\n") for file in files}


def test_none_is_too_long() -> None:
    found = lengths("nsh") | lengths("tests")
    assert len(found) > 1_000
    assert {name for name, length in found.items() if length > LONGEST} == set()


def test_most_of_the_program_is_short() -> None:
    assert median(lengths("nsh").values()) < USUAL
