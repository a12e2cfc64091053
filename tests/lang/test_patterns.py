"""Patterns match what those of the machine's own shells match."""

from __future__ import annotations

import random
import re

import pytest

from nsh.lang import patterns
from tests.lang import _shells
from tests.lang._shells import quoted

CLASSES = ["[[:digit:]]", "[[:alpha:]_]*", "[![:space:]]", "[]-a]", "[a-]", "[a-c-e]", "[[:no:]]"]


def cases(count: int) -> list[tuple[str, str]]:
    """Patterns and texts; a caret behind ``[`` means nothing to some shells, so none is there."""
    chance = random.Random(1)
    found: list[tuple[str, str]] = []
    while len(found) < count:
        pattern = "".join(chance.choice("ab*?[]!-\\:c") for _ in range(chance.randint(1, 5)))
        if chance.random() < 0.2:
            pattern += chance.choice(CLASSES)
        text = "".join(chance.choice("ab]-![\\c:1 ") for _ in range(chance.randint(0, 3)))
        if not pattern.endswith("\\"):  # of which each shell has its own opinion
            found.append((pattern, text))
    return found


@_shells.both
def test_what_matches_is_what_matches_in_a_shell(shell: str) -> None:
    asked = cases(4000)
    script = "".join(
        f"p={quoted(pattern)}; case {quoted(text)} in $p) echo 1;; *) echo 0;; esac\n"
        for pattern, text in asked
    )
    theirs = [answer == "1" for answer in _shells.printed(shell, script).split()]
    ours = [
        re.fullmatch(patterns.regex(pattern), text, re.DOTALL) is not None
        for pattern, text in asked
    ]
    assert sum(theirs) > 100
    differing = [case for case, a, b in zip(asked, theirs, ours, strict=True) if a != b]
    assert differing == []


@pytest.mark.parametrize("text", ["", "a", "*", "[a]", "\\", "[!a-z]*?\\", "]-^"])
def test_an_escaped_text_matches_itself_alone(text: str) -> None:
    pattern = patterns.escaped(text)
    assert not patterns.is_active(pattern)
    assert patterns.literal(pattern) == text
    assert re.fullmatch(patterns.regex(pattern), text)
    assert not re.fullmatch(patterns.regex(pattern), text + "a")


@pytest.mark.parametrize("pattern", ["*", "a?", "[a]", "[]]", "[!]]", "x[[:digit:]]", "[\\]]"])
def test_what_may_match_something_else(pattern: str) -> None:
    assert patterns.is_active(pattern)


def test_a_million_brackets_that_nothing_closes_are_looked_at_once() -> None:
    pattern = "[" * 1_000_000
    assert not patterns.is_active(pattern)
    assert re.fullmatch(patterns.regex(pattern[:1000] + "*"), pattern[:1000])


@pytest.mark.parametrize("pattern", ["", "[", "[]", "a]", "\\*", "[a", "\\[a]", "[\\]"])
def test_what_may_not(pattern: str) -> None:
    assert not patterns.is_active(pattern)
