"""Whatever the text: a script or a SyntaxProblem, spans that nest, and code that comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.lang import tree
from nsh.lang.compiler import code_at, compile_script
from nsh.lang.diagnostics import Diagnostic, SyntaxProblem, render
from nsh.lang.parser import parse
from nsh.lang.source import Span
from nsh.lang.unquote import quote
from nsh.machine.digest import encode
from nsh.machine.program import Code
from tests.lang.test_mistakes import EXAMPLES
from tests.lang.test_stepper import RUNS

PIECES = [
    *"{}();&|<>'\"`$\\ \n\t#!=:*?-+/,0aß",
    *("if", "else", "while", "for", "in", "repeat", "def", "par", "expect", "prints", "matches"),
    *("fails", "spawn", "as", "trap", "$(", "$((", "${x}", "$x", "$$", ">>", "2>&1", "&>", "&&"),
    *("${x:-", "${x%", "${#x}", "<<E", "<<-'E'", "\nE\n", "<<< "),
    *("||", "==", "!=", "<=", "/re/", "#:", "x=", "x=1", "echo", ":1", "web:1", "EPERM", "-n"),
    "\r\n",
    "\ufeff",
    "\u00a0",
    "\x00",
    "\ud800",
]
texts = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=40).map("".join),
    st.text(max_size=80),
)
SCRIPTS = [text for text, _ in RUNS.values()]


def diagnosed(text: str) -> Diagnostic | None:
    """What is wrong with *text*, if anything is."""
    try:
        compile_script(parse(text))
    except SyntaxProblem as problem:
        return problem.diagnostic
    return None


@given(texts)
def test_any_text_is_a_script_or_a_syntax_problem(text: str) -> None:
    found = diagnosed(text)
    if found is not None:
        assert render(found).startswith(f"error[{found.code}]: {found.cause}\n")
        assert found.line >= 1


@given(st.sampled_from(SCRIPTS), st.data())
def test_a_damaged_script_is_no_surprise(text: str, data: st.DataObject) -> None:
    """One piece put in, or some characters taken out, of a script that works."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 3)))
    piece = data.draw(st.sampled_from(["", *PIECES]))
    damaged = text[:start] + piece + text[end:]
    found = diagnosed(damaged)
    if found is not None:
        assert found.source == damaged.removeprefix("\ufeff").replace("\r\n", "\n")
        assert found.span.end <= len(found.source) + 1


def nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, msgspec.Struct) and not isinstance(value, Span):
        yield value
        for name in value.__struct_fields__:
            yield from nodes(getattr(value, name))


@given(st.sampled_from(SCRIPTS))
def test_spans_nest_and_hold_what_they_name(text: str) -> None:
    script = parse(text)

    def check(value: Any, outer: Span) -> None:
        if isinstance(value, tuple):
            for item in value:
                check(item, outer)
        elif isinstance(value, msgspec.Struct) and not isinstance(value, Span):
            inner = getattr(value, "span", outer)
            assert outer.start <= inner.start <= inner.end <= outer.end
            for name in value.__struct_fields__:
                check(getattr(value, name), inner)

    check(script.statements, Span(0, len(text)))
    for node in nodes(script.statements):
        if isinstance(node, tree.Word) and node.literal is not None:
            written = text[node.span.start : node.span.end]
            if not set("'\"\\") & set(written):
                untabbed = re.sub("^\t+", "", written, flags=re.MULTILINE)  # as <<- does
                assert node.literal in (written, untabbed)


@given(st.sampled_from(SCRIPTS))
def test_code_comes_back_from_where_it_stands(text: str) -> None:
    script = parse(text, "some name")
    compiled = compile_script(script)
    assert compiled == compile_script(parse(text, "some name"))
    for node in nodes(compiled):
        if isinstance(node, Code):
            code_at.cache_clear()
            again = code_at(node.source, node.start, node.end, node.name)
            assert again == node
            assert encode(again) == encode(node)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=1, max_size=4))
def test_quoted_words_come_out_as_they_went_in(words: list[str]) -> None:
    argv = ("echo", *words)
    (statement,) = parse(quote(argv)).statements
    assert isinstance(statement, tree.Simple)
    assert tuple(word.literal for word in statement.words) == argv


@given(st.lists(st.sampled_from(SCRIPTS), min_size=2, max_size=3), st.booleans())
def test_scripts_may_stand_behind_each_other(parts: list[str], lines: bool) -> None:
    joined = ("\n" if lines else "\n\n# more\n").join(part.rstrip("\n") for part in parts)
    kinds = [type(item) for part in parts for item in parse(part).statements]
    assert [type(item) for item in parse(joined).statements] == kinds


@pytest.mark.parametrize(("code", "text"), EXAMPLES)
def test_a_mistake_is_the_same_on_a_later_line(code: str, text: str) -> None:
    found = diagnosed("echo fine\n" + text)
    assert found is not None
    assert (found.code, found.line >= 2) == (code, True)
