"""Narration's Markdown."""

from rich.style import Style

from nsh.tui.markdown import BULLET, Block, blocks, paragraphs, plain

BASE, CODE = Style(color="#ffffff"), Style(color="#00ff00")


def test_paragraphs_are_joined_lines_and_headings_stand_alone():
    found = paragraphs("# The *first*\none\ntwo\n\nthree", BASE, CODE)
    assert [text.plain for text in found] == ["The first", "one two", "three"]
    assert found[0].style == BASE + Style(bold=True)


def test_inline_marks():
    (text,) = paragraphs("a **b** *c* `d * e` [f](http://g) 2 * 3 * 4", BASE, CODE)
    assert text.plain == "a b c d * e f 2 * 3 * 4"
    marked = {text.plain[span.start : span.end]: span.style for span in text.spans}
    assert marked == {
        "b": Style(bold=True),
        "c": Style(italic=True),
        "d * e": CODE,
        "f": Style(underline=True),
    }


def test_a_script_cannot_paint_the_screen():
    (text,) = paragraphs("\x1b[2J [red]x[/red]", BASE, CODE)
    assert text.plain == "^[[2J [red]x[/red]"
    assert paragraphs("", BASE, CODE) == []


def test_tables():
    text = "# Two\n| *who* | pid |\n|:---|---|\n| `web` 日 | 1 |\n| no |\n\na | b\n- | -\nc|d"
    who, pid = "*who*", "pid"
    assert list(blocks(text)) == [
        Block(True, "Two"),
        Block(False, "*who*     pid", cells=(who, pid)),
        Block(False, "`web` 日  1", cells=("`web` 日", "1")),
        Block(False, "no", cells=("no",)),
        Block(False, "a  b", cells=("a", "b")),
        Block(False, "c  d", cells=("c", "d")),
    ]
    assert plain(text)[1:3] == ["who     pid", "web 日  1"]
    assert list(blocks("a\n| b")) == [Block(False, "a | b")]
    assert list(blocks("a | b\n---")) == [Block(False, "a | b ---")]


def test_lists():
    text = "Two things:\n- the *first*\n  goes on\n- 2 - 1\n\n1. one\n2) two\n\nend - not an item"
    assert list(blocks(text)) == [
        Block(False, "Two things:"),
        Block(False, "the *first* goes on", BULLET),
        Block(False, "2 - 1", BULLET),
        Block(False, "one", "1."),
        Block(False, "two", "2)"),
        Block(False, "end - not an item"),
    ]
    assert plain(text)[1] == "• the first goes on"
    assert list(blocks("*a* b\n**c** d")) == [Block(False, "*a* b **c** d")]
