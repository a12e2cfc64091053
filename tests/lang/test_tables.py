"""The parser's ready-made tables are those of the grammar, and are used only if they are."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from nsh import _resources
from nsh.lang import grammar, reading, tables
from tests.lang import regenerate

LARK = _resources.read("grammar", "nsh.lark")


def test_the_tables_are_those_of_the_grammar():
    text = _resources.read("grammar", "nsh.tables.json")
    ready = tables.load(text, LARK, **grammar.own_options(), **grammar.TRUSTING)
    assert ready is not None, "python -m tests.lang.regenerate makes them anew"
    assert text == regenerate.made()


def test_another_grammar_is_not_served_by_them():
    text = _resources.read("grammar", "nsh.tables.json")
    assert tables.load(text, LARK + " ", **grammar.own_options()) is None
    assert (
        tables.load(text.replace('"lark": "', '"lark": "0'), LARK, **grammar.own_options()) is None
    )


def test_both_parsers_agree():
    ready, built = grammar.parser(), grammar.build_parser(**grammar.TRUSTING)
    for text in ("ps", "if a { b } else { c }", "x=$(echo $((1+2))) | y && z &", "#: told\n"):
        assert ready.parse(text, start="start") == built.parse(text, start="start")


WORDS = st.text("abifelsnpr09-_./:, \t", max_size=30)


@given(WORDS)
@example("ps -e -o pid,comm\n")
@example("if a")
@example("  ps")
@example("")
def test_a_line_of_plain_words_says_the_same_to_the_grammar(text: str):
    found = reading.plain(text)
    if found is not None:
        assert found == grammar.parse_statements(text)


def test_most_simple_commands_need_no_grammar():
    assert reading.plain("ps -e -o pid,comm") is not None
    assert reading.plain("expect a") is None
    assert reading.plain("a; b") is None
