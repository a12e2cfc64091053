"""Highlighting loses nothing of any text, and agrees with the grammar."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lark.exceptions import LarkError
from pygments import highlight
from pygments.formatters import NullFormatter
from pygments.lexers import get_lexer_by_name, get_lexer_for_filename
from pygments.token import Comment, Error, Keyword, Name, String, _TokenType

from nsh.lang.diagnostics import SyntaxProblem
from nsh.lang.grammar import interactive
from nsh.lang.highlight import pieces
from nsh.lang.lexer import NshLexer
from nsh.lang.parser import parse
from nsh.views.themes import ROLES
from tests.lang import test_parameters
from tests.lang.test_properties import SCRIPTS, texts

ROOT = Path(__file__).parents[2]
SCRIPT_FILES = sorted([*(ROOT / "demos").rglob("*.nsh"), *(ROOT / "tests").rglob("*.nsh")])
EXPANSIONS = sorted(
    {word for line in test_parameters.WORDS.split("\n") for word in line.split("|")}
)
WORDS = {"IF", "WHILE", "FOR", "IN", "REPEAT", "PAR", "DEF", "EXPECT", "PRINTS", "FAILS"}
KEYWORDS = WORDS | {"ELSE", "MATCHES", "NOT"}


def kinds(text: str) -> list[_TokenType]:
    """The kind of each character."""
    found: list[_TokenType] = []
    for at, kind, piece in NshLexer().get_tokens_unprocessed(text):
        assert at == len(found)
        found += [kind] * len(piece)
    return found


def agrees(text: str) -> None:
    """The grammar's keywords are Keywords, and so on; for a text that parses."""
    found = kinds(text)
    assert Error not in found
    reader = interactive(text)
    keywords = set()
    for token in reader.iter_parse():
        start, end = token.start_pos or 0, (token.end_pos or 0) - 1
        if token.type in KEYWORDS:
            keywords.add(end)
            assert found[end] is Keyword, (token, text)
        elif token.type in ("VARIABLE", "VARIABLE_MORE", "DEFAULT", "TRIM", "UNBRACE"):
            assert found[start] is Name.Variable, (token, text)
        elif token.type in ("QUOTE", "UNQUOTE", "STRING_TEXT"):
            assert String in found[end].split(), (token, text)
        elif token.type == "NARRATION":
            assert found[end] is Comment.Special, (token, text)
        elif token.type in ("LBRACE", "RBRACE", "WORD"):
            assert Comment not in found[end].split(), (token, text)
            assert found[end] is not Keyword, (token, text)
    marked = {at for at, kind in enumerate(found) if kind is Keyword}
    ends = {at for at in marked if at + 1 not in marked}
    assert ends == keywords, text


@pytest.mark.parametrize("word", EXPANSIONS)
def test_an_expansion_is_a_variable_from_brace_to_brace(word: str) -> None:
    agrees(f"echo {word}\n")


@given(st.one_of(texts, st.text()))
def test_nothing_is_lost_of_any_text(text):
    assert "".join(piece for _, _, piece in NshLexer().get_tokens_unprocessed(text)) == text


def test_every_script_is_coloured_as_the_grammar_reads_it():
    assert len(SCRIPT_FILES) > 200
    for path in SCRIPT_FILES:
        agrees(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("text", SCRIPTS)
def test_the_language_tests_are_coloured_as_the_grammar_reads_them(text):
    agrees(text)


@given(texts)
def test_whatever_parses_is_coloured_without_an_error(text):
    try:
        parse(text)
    except (SyntaxProblem, LarkError):
        return
    assert Error not in kinds(text)


@given(st.sampled_from(SCRIPTS), st.data())
def test_half_a_script_is_coloured_as_in_the_whole(text, data):
    """Up to the word that is being typed: a prompt must not flicker."""
    cursor = data.draw(st.integers(0, len(text)))
    start = max((text.rfind(c, 0, cursor) for c in " \t\n;{}()|&'\"`$\\#:=<>!"), default=0)
    if all(text.count(quote, 0, cursor) % 2 == 0 for quote in "'\"`"):
        assert kinds(text[:cursor])[: max(0, start)] == kinds(text)[: max(0, start)]


def test_pygments_knows_the_language_by_name_and_by_file():
    declared = [one.value for one in entry_points(group="pygments.lexers") if one.name == "nsh"]
    assert declared == ["nsh.lang.lexer:NshLexer"]
    text = "as web { getpid }\n"
    for lexer in (
        get_lexer_by_name("nsh-explorer"),
        get_lexer_for_filename("demo.nsh"),
        get_lexer_for_filename("demo.nsh", text),
    ):
        assert isinstance(lexer, NshLexer)
        assert highlight(text, lexer, NullFormatter()) == text


@pytest.mark.parametrize("arguments", [["-l", "nsh-explorer"], []], ids=["by name", "by file"])
def test_pygmentize_colours_a_script(arguments):
    demo = ROOT / "demos" / "s0" / "threads.nsh"
    run = subprocess.run(
        [sys.executable, "-m", "pygments", *arguments, "-f", "raw", str(demo)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    kinds_found = {line.partition("\t")[0] for line in run.stdout.splitlines()}
    assert {"Token.Comment.Special", "Token.Name.Builtin", "Token.Keyword"} <= kinds_found
    assert "Token.Error" not in kinds_found


@given(texts)
def test_pieces_have_roles_that_themes_know(text):
    found = list(pieces(text))
    assert "".join(piece for _, piece in found) == text
    assert {role for role, _ in found} <= {"", *ROLES}
