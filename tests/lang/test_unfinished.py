"""At a prompt a text that goes on is no mistake, and a mistake does not go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.lang.mistakes import STRUCTURE
from nsh.lang.unfinished import Verdict, judge

DEMOS = sorted((Path(__file__).parents[2] / "demos").rglob("*.nsh"))

UNFINISHED = [
    ("spawn w {", ["{"], 1),
    ("spawn w {\n  exit\n", ["{"], 1),
    ("if a { b } else {", ["{"], 1),
    ("if a { while b {", ["{", "{"], 2),
    ("( a", ["("], 1),
    ("x=$(ls", ["$("], 1),
    ("x=$(\n", ["$("], 1),
    ('echo "a', ['"'], 0),
    ('echo "a $(b', ['"', "$("], 1),
    ('echo "a $x', ['"'], 0),
    ("echo it's", ["'"], 0),
    ("echo 'a\nb", ["'"], 0),
    ("{ echo 'a", ["{", "'"], 1),
    ("echo `date", ["`"], 0),
    ("echo `if a {", ["`"], 0),
    ('echo "`date', ['"', "`"], 0),
    ("echo ${x:-a b", ["${"], 0),
    ('echo "${x#a', ['"', "${"], 0),
    ("echo ${x:-$(a", ["${", "$("], 1),
    ("echo ${x%'}", ["${", "'"], 0),
    ("cat <<E", ["<<"], 0),
    ("cat <<'E' > f\na\n", ["<<"], 0),
    ("spawn w {\n  cat <<-E\n", ["{", "<<"], 0),
    ("a |", ["|"], 0),
    ("a &&", ["&&"], 0),
    ("a || # why", ["||"], 0),
    ("{ a |", ["{", "|"], 1),
    ("echo \\", ["\\"], 0),
    ("echo a\\", ["\\"], 0),
    ("{ a \\", ["{"], 1),
    ('echo "a\\', ['"'], 0),
    ("def f(a, b) {", ["{"], 1),
    ("expect {", ["{"], 1),
    ("par { a } {", ["{"], 1),
    ("{ # it's", ["{"], 1),
]

COMPLETE = [
    "",
    "\n\n",
    "# it's { a comment |",
    "#: narration `",
    "ps",
    "a; b &",
    "if a { b }",
    "echo '\n'",
    "echo \\\\",
    "cat <<E\n{ a | 'b\nE",
    "echo ${x:-\n} ${y%\\}}",
    "echo a\\\nb",
    "expect { kill 9 } fails ESRCH",
]

WRONG = [
    ("}", "NSH-E0209"),
    ("if true\n", "NSH-E0201"),
    ("if true; then", "NSH-E0201"),
    ("par { a }", "NSH-E0206"),
    ("expect { a } prints", "NSH-E0205"),
    ("{ fi; ", "NSH-E0301"),
    ("{ a ) ", "NSH-E0209"),
    ("echo $1 {", "NSH-E0105"),
    ("echo `fi", "NSH-E0103"),
    ("par 'a", "NSH-E0103"),
    ("cat << $x", "NSH-E0108"),
    ("{ \x00", "NSH-E0001"),
    ("{" * 50, "NSH-E0002"),
]


@pytest.mark.parametrize(("text", "what", "depth"), UNFINISHED)
def test_what_is_open(text, what, depth):
    found = judge(text)
    assert found.verdict is Verdict.UNFINISHED
    assert [opening.what for opening in found.openings] == what
    assert found.depth == depth
    for opening in found.openings:
        assert text[opening.span.start : opening.span.end] == opening.what


@pytest.mark.parametrize("text", COMPLETE)
def test_what_is_whole(text):
    assert judge(text).verdict is Verdict.COMPLETE
    assert judge(text).waits(text) == ""


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("echo 'a\nb", "' of line 1 is open"),
        ("if a {\n  b $(c", "$( of line 2 is open"),
        ("echo a\necho b |", "line 2 goes on behind |"),
        ("a\\", "line 1 goes on behind \\"),
        ("cat <<E\na", "the text of << in line 1 has not ended"),
        ("{ a ) ", ""),
    ],
)
def test_what_it_waits_for_is_said(text, waits):
    assert judge(text).waits(text) == waits


@pytest.mark.parametrize(("text", "code"), WRONG)
def test_what_no_line_can_mend(text, code):
    found = judge(text)
    assert found.verdict is Verdict.WRONG
    assert found.problem is not None
    assert found.problem.code == code


@pytest.mark.parametrize("path", DEMOS, ids=lambda path: path.stem)
def test_the_first_lines_of_a_whole_script_are_never_wrong(path):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    for count in range(len(lines) + 1):
        assert judge("".join(lines[:count])).verdict is not Verdict.WRONG


@pytest.mark.parametrize(
    "example", [each for known in STRUCTURE for each in known.examples if "\n" in each]
)
def test_a_mistake_with_lines_behind_it_stays_one(example):
    assert judge(example + "\necho").verdict is Verdict.WRONG


PIECES = st.sampled_from(
    ["a", " ", "\n", "{", "}", "(", ")", "$(", "'", '"', "`", "|", "&&", "\\", "if", "$x", "#", ";"]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_judging_never_raises_and_says_what_is_open(text):
    found = judge(text)
    assert bool(found.openings) == (found.verdict is Verdict.UNFINISHED)
    assert (found.problem is None) == (found.verdict is not Verdict.WRONG)


@given(st.lists(PIECES, max_size=8).map("".join), st.lists(PIECES, max_size=8).map("".join))
def test_what_is_wrong_cannot_be_gone_on_with(first, second):
    """If a whole text begins with these lines, they are not wrong."""
    if judge(first + "\n" + second).verdict is Verdict.COMPLETE:
        assert judge(first).verdict is not Verdict.WRONG
