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
