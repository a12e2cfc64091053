"""Narration's Markdown."""

from rich.style import Style

from nsh.tui.markdown import paragraphs

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
