"""Lines of text: harmless, and exactly as wide as asked for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.color import Color
from rich.style import Style

from nsh.tui.cells import Line, clean, fit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain ünï 二", "plain ünï 二"),
        ("\x1b[31mred\x07", "^[[31mred^G"),
        ("\x9b2J", "<9B>2J"),
        ("del\x7f", "del^?"),
        ("evil\u202egnp.exe", "evil<202E>gnp.exe"),
        ("zero\u200bwidth", "zero<200B>width"),
        ("a\tb", "a       b"),
        ("no\u00a0break", "no break"),
        ("line\nfeed\r", "line^Jfeed^M"),
    ],
)
def test_what_a_task_writes_is_shown_not_obeyed(text, expected):
    assert clean(text) == expected


@given(st.text())
def test_nothing_unprintable_survives(text):
    assert clean(text).isprintable()
    assert clean(clean(text)) == clean(text)


@given(st.text(), st.integers(0, 40), st.booleans())
def test_a_fitted_text_is_exactly_as_wide_as_asked(text, width, right):
    assert cell_len(fit(clean(text), width, right=right)) == width


def test_cutting_and_padding():
    assert fit("abcdef", 4) == "abc…"
    assert fit("abcdef", 4, more="~") == "abc~"
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, right=True) == "  ab"
    assert fit("二二二", 4) == "二 …"


@given(st.lists(st.text(max_size=10), max_size=6), st.integers(2, 30))
def test_a_line_is_exactly_as_wide_as_its_pane(texts, width):
    line = Line(Style(bgcolor="#000000"))
    for text in texts:
        line.add(text)
    strip = line.strip(width)
    assert sum(segment.cell_length for segment in strip) == strip.cell_length == width


def test_text_stands_on_the_ground_of_its_line_unless_it_has_its_own():
    line = Line(Style(bgcolor="#111111"))
    line.add("a", Style(color="#ffffff")).add("b", Style(bgcolor="#222222"))
    grounds = [segment.style and segment.style.bgcolor for segment in line.strip(2)]
    assert grounds == [Color.parse("#111111"), Color.parse("#222222")]


def test_no_line_goes_through_blanks():
    struck = Style(color="red", strike=True)
    line = (
        Line(Style()).column("gone", 8, struck).column("7", 4, struck, right=True).add("|", struck)
    )
    found = [(each.text, bool(each.style and each.style.strike)) for each in line.strip(20)]
    assert found == [
        *(("gone", True), (" " * 7, False), ("7|", True)),
        (" " * 7, False),
    ]
    assert "".join(text for text, _ in found) == "gone       7|" + " " * 7


def test_a_line_that_is_reversed_has_one_ground():
    """A terminal of sixteen colours has its selected row reversed: every role had a ground."""
    ground = Style(color="white", bgcolor="black", bold=True, reverse=True)
    line = Line(ground).add("1", Style(color="cyan")).add(" ").add("web", Style(color="magenta"))
    styles = {(each.style.color, each.style.bgcolor) for each in line.strip(20) if each.style}
    assert styles == {(ground.color, ground.bgcolor)}
    assert all(each.style.reverse for each in line.strip(20) if each.style)
