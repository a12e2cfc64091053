"""What a narration says to the presenter alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nsh.session.notes import Told, parted
from nsh.session.session import Session
from nsh.session.statements import pending


@pytest.mark.parametrize(
    ("narration", "told"),
    [
        ("plain *words*", Told("plain *words*", "", False)),
        ("before\n<!-- pause -->", Told("before", "", True)),
        ("<!-- note: look\n at them -->\nwords", Told("words", "look at them", False)),
        ("a <!-- speaker_note: b --> c", Told("a  c", "b", False)),
        ("<!-- notes: one --><!-- note: two -->", Told("", "one\ntwo", False)),
        ("x <!-- anything else -->", Told("x", "", False)),
        ("x <!-- pause", Told("x <!-- pause", "", False)),
        ("<!-- pauses -->", Told("", "", False)),
    ],
)
def test_the_parts_of_a_passage(narration, told):
    assert parted(narration) == told


@given(st.text())
def test_what_has_no_comment_stays_as_it_is(narration):
    if "<!--" not in narration:
        assert parted(narration) == Told(narration, "", False)


SCRIPT = """\
#: # First
#: <!-- note: say hello -->
echo one
#: <!-- pause -->
echo two
#: Second. <!-- pause -->
echo three
"""


def test_a_passage_of_comments_alone_leaves_the_narration():
    places = [one.place for one in pending(SCRIPT, "x")]
    assert [(one.text, one.narration, one.notes, one.pause) for one in places] == [
        ("", "# First", "say hello", False),
        ("echo one", "# First", "", False),
        ("", "", "", True),
        ("echo two", "# First", "", False),
        ("", "Second.", "", True),
        ("echo three", "Second.", "", False),
    ]
    assert [one.line for one in places] == [1, 3, 4, 5, 6, 7]


def test_a_transcript_says_nothing_of_them(capsys):
    from nsh import runner

    assert runner.transcript(SCRIPT, "x.nsh", runner.Options()) == 0
    shown = capsys.readouterr().out
    assert "hello" not in shown
    assert "pause" not in shown
    assert "0:1 init # echo one\none\n0:1 init # echo two\ntwo\n\nSecond.\n" in shown


def test_what_is_exported_says_nothing_of_them():
    from nsh.export import html, ink, moments, transcript
    from nsh.export.measure import Pace
    from nsh.session import themes

    def session():
        made = Session()
        made.load(SCRIPT, "x.nsh")
        return made

    theme = themes.load()[0]["dark"]
    play = moments.play(session(), "x", Pace())
    told = transcript.transcript(session(), "x")
    for text in (
        transcript.plain(told),
        transcript.as_markdown(told),
        html.page(play, told, theme, ink.paper(theme)).replace("pause, ", ""),
    ):
        assert "hello" not in text
        assert "<!--" not in text
    assert [name for name, _ in play.chapters] == ["First", "Second."]
