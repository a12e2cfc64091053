"""The frames of a play."""

from nsh.export import ink
from nsh.export.film import LAST, heading, shoot
from nsh.export.measure import Pace, Size
from tests.export.films import HOSTILE, SCRIPT, SMALL, film, session, still


def test_there_is_a_frame_for_each_moment_that_shows_something():
    made = film()
    commands = [frame.command for frame in made.frames if frame.command]
    assert "\n".join(commands).splitlines() == [
        line for line in SCRIPT.splitlines() if line and not line.startswith("#")
    ]
    assert [frame.chapter for frame in made.frames if frame.chapter] == [
        "Two of them",
        "And one of them ends.",
    ]
    positions = [frame.position for frame in made.frames]
    assert positions == sorted(positions)
    assert positions[-1] == made.last
    assert made.frames[-1].duration >= LAST
    assert not made.failed


def test_a_command_is_typed_before_it_is_performed():
    made = film()
    prompts = [ink.plain(frame.rows)[-2].strip() for frame in made.frames]
    typed = [prompt.removeprefix("0:1 init # ") for prompt in prompts]
    command = "as web ps -e -o pid=,comm="
    end = max(n for n, text in enumerate(typed) if text == command)
    shown = [text for text in typed[: end + 1] if command.startswith(text)]
    assert len(set(shown)) > 4
    assert "pid namespace web" not in "".join(ink.plain(made.frames[0].rows)[:-2])


def test_what_was_printed_is_there_and_every_row_is_as_wide_as_the_screen():
    made = film(size=Size(100, 40))
    for frame in made.frames:
        assert len(frame.rows) == 40
        for row in frame.rows:
            assert sum(run.width for run in row) == 100
            assert [run.column for run in row] == [
                sum(one.width for one in row[:n]) for n in range(len(row))
            ]
    assert "1 web" in "\n".join(ink.plain(made.frames[-1].rows))


def test_a_still_is_the_end_of_the_film():
    made = film()
    one = still()
    assert one.frames[0].position == made.last
    assert len(one.frames) == 1
    assert ink.plain(one.frames[0].rows)[0] == ink.plain(made.frames[-1].rows)[0]


def test_the_words_that_go_with_a_picture_say_who_exists():
    told = still().told
    assert told.startswith("Step ")
    assert "And one of them ends." in told
    assert "2 web in web" in told
    assert "\x1b" not in still(f"printf '{HOSTILE}'").told


def test_pace():
    assert Pace(2.0).milliseconds(500) == 250
    assert Pace(1.0, 0.2).milliseconds(500) == 200
    assert Pace(1000.0).milliseconds(1) == 1
    slow, fast = film().duration, film(speed=2).duration
    assert abs(slow / fast - 2) < 0.1


def test_a_statement_that_fails_is_told():
    assert film("expect 1 == 2\n").failed
    assert not film("false || true\n").failed


def test_a_theme_that_does_not_exist_is_refused():
    import pytest

    with pytest.raises(ValueError, match="no theme is called beige"):
        shoot(session(), "x", size=SMALL, theme="beige")


def test_a_long_narration_is_read_page_by_page():
    words = " ".join(f"word{n}" for n in range(120))
    made = film(f"#: {words}\ntrue\n")
    seen = "\n".join(line for frame in made.frames for line in ink.plain(frame.rows))
    assert all(f"word{n}" in seen for n in range(120))


def test_headings():
    assert heading("# The *same* pid\nmore") == "The same pid"
    assert heading("one two three four five six seven eight nine") == (
        "one two three four five six seven eight…"
    )
    assert heading("") == ""


def test_nothing_a_task_writes_is_in_a_frame_but_what_can_be_seen():
    made = film(f"printf '{HOSTILE}\\n'\nhostname \"$(printf '{HOSTILE}')\" || true\n")
    for frame in made.frames:
        assert all(line.isprintable() for line in ink.plain(frame.rows))
