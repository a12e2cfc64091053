"""Transcripts: what a person reads who was not there."""

import re

from hypothesis import given
from hypothesis import strategies as st

from nsh.export import transcript
from nsh.export.transcript import as_markdown, plain
from nsh.tui import markdown
from tests.export.films import HOSTILE, SCRIPT, session


def made(script: str = SCRIPT) -> transcript.Transcript:
    return transcript.transcript(session(script), "two.nsh")


def test_text():
    assert plain(made()) == (
        "Two of them\n\nBoth believe that they are 2.\n\n"
        "0:1 init # spawn --pid --mount-proc web\n"
        "0:1 init # spawn --pid db\n"
        "0:1 init # as web ps -e -o pid=,comm=\n"
        "      1 web\n\n"
        "And one of them ends.\n\n"
        "0:1 init # as db exit 3\n"
        "0:1 init # waitpid\n"
        "3 exited 3\n"
    )


def test_markdown_keeps_the_marks_and_fences_the_rest():
    assert as_markdown(made()) == (
        "# Two of them\n\nBoth *believe* that they are `2`.\n\n"
        "```console\n"
        "0:1 init # spawn --pid --mount-proc web\n"
        "0:1 init # spawn --pid db\n"
        "0:1 init # as web ps -e -o pid=,comm=\n"
        "      1 web\n"
        "```\n\n"
        "And one of them ends.\n\n"
        "```console\n"
        "0:1 init # as db exit 3\n"
        "0:1 init # waitpid\n"
        "3 exited 3\n"
        "```\n"
    )


def test_a_demo_without_a_heading_gets_its_name():
    assert as_markdown(made("true\n")).startswith("# two.nsh\n\n```console\n")


def test_no_output_ends_its_fence():
    text = as_markdown(made("echo '```'\necho '`````'\nprintf '\\n```\\n<script>\\n'\n"))
    fence = "``````"
    assert text.count(f"\n{fence}") == 2
    inside = text.split(f"{fence}console\n")[1].split(f"\n{fence}\n")[0]
    assert "<script>" in inside


def test_narration_is_never_markup():
    script = (
        f"#: # <b>{HOSTILE}\n#: ``<script>alert(1)</script>`` ![x](http://evil/x.png)\n#:\n"
        "#: [a](javascript:alert(1)) [b](docs/x.md) [c]: http://evil\n#:\n"
        "#: ~~~ *a* **b** 2 * 3 _x_ a_b &lt; &amp\ntrue\n"
    )
    text = as_markdown(made(script))
    said = text[: text.index("```console")]
    assert "\\<b>" in said
    assert not re.search(r"(?<!\\)(?<!`)<(?![^`]*`)", said)
    assert not re.search(r"(?<!\\)!\[", said)
    assert "(javascript" not in said
    assert "[b](docs/x.md)" in said
    assert "\\~" in said
    assert "&amp;lt;" in said
    assert "a_b" in said
    assert "\\_x\\_" in said


def test_a_statement_that_fails_says_so():
    found = made("expect 1 == 2\n")
    assert found.failed
    assert "two.nsh:1: " in plain(found)
    assert not made("true").failed


def test_control_characters_are_shown():
    text = plain(made(f"printf '{HOSTILE}\\a\\n'\n"))
    assert "^[]0;PWN^G" in text
    assert not [char for char in text if not char.isprintable() and char != "\n"]


@given(st.lists(st.sampled_from(["`", "``", "*a*", "<b>", "[x](y:z)", "&lt;", "_", "# ", "x "])))
def test_code_spans_hold_nothing_that_ends_them(words):
    narration = "".join(words).strip() or "x"
    for span in markdown.spans(narration):
        said = transcript._span(span)
        if span.kind == "code":
            assert said.count("`") == 2
        else:
            assert not re.search(r"(?<!\\)[`<]", said)


def test_lists_stay_lists():
    script = "#: # Two\n#: - *one*\n#: - <two>\n#:\n#: 1. three\ntrue\n"
    assert as_markdown(made(script)).startswith("# Two\n\n- *one*\n\n- \\<two>\n\n1. three\n\n```")
    assert plain(made(script)).startswith("Two\n\n• one\n\n• <two>\n\n1. three\n\n0:1")
