"""Two runs of the model held against each other: what differs, where, and how it is told."""

from __future__ import annotations

import json

from nsh.session.comparing.differences import Pair, compare
from nsh.session.comparing.seen import Seen, of_model
from nsh.session.comparing.telling import json_lines, text_lines
from nsh.session.session import Session

NAMES = ("all", "mainline")
SCRIPT = """\
spawn a
echo web > /proc/container || true
spawn b
trap USR1 { true }
expect { getpid } prints "1"
"""


def run(text: str, profile: str = "all") -> list[Seen]:
    session = Session(profile, keep=False)
    session.load(text, "x.nsh")
    return list(of_model(session))


def both(text: str, *profiles: str) -> list[Pair]:
    return list(compare(*(run(text, profile) for profile in profiles or NAMES)))


def told(pairs: list[Pair]) -> list[tuple[int, str, str]]:
    found = []
    for pair in pairs:
        step = pair.one or pair.other
        assert step is not None
        found += [(step.place.line, item.what, item.about) for item in pair.differences]
    return found


def test_a_run_differs_in_nothing_from_itself() -> None:
    pairs = both(SCRIPT, "all", "all")
    assert len(pairs) > 10
    assert told(pairs) == []


def test_the_first_difference_is_the_call_that_was_answered_otherwise() -> None:
    found = told(both(SCRIPT))
    line, what, about = found[0]
    assert (line, what) == (2, "answer")
    assert about.startswith('open("/proc/container"')


def test_a_fact_is_told_once_for_as_long_as_it_lasts() -> None:
    found = told(both(SCRIPT))
    lasting = [(what, about) for line, what, about in found if about == "pid 1" and line > 2]
    assert len(lasting) == len(set(lasting))
    assert ("pids", "pid 1") in [(what, about) for _line, what, about in found]


def test_a_run_that_stops_earlier_is_said_to() -> None:
    pairs = both("true\nsetns --pid x || echo web > /proc/container\ntrue\n", "all", "mainline")
    lines = "\n".join(text_lines(pairs, NAMES, 100))
    assert "only all performs it" in lines


def test_what_only_one_run_goes_on_with_is_told_in_a_line() -> None:
    script = "setns --pid x || echo web > /proc/container\ntrue\n\n#: And then.\nps\necho b\n"
    lines = "\n".join(text_lines(both(script, "all", "mainline"), NAMES, 100))
    assert lines.endswith(":2: true\n    only all performs it, and 2 more, to line 6")


def test_what_happens_at_once_may_come_in_either_order() -> None:
    one = run("repeat 1 { spawn a { exit 0 }; spawn b { exit 0 }; wait }")
    steps = [step for step in one if step.call == "exit_group(0)"]
    assert len(steps) == 2
    first, second = (one.index(step) for step in steps)
    other = list(one)
    other[first], other[second] = other[second], other[first]
    assert [
        item for pair in compare(one, other) for item in pair.differences if item.what != "state"
    ] == []


def test_json_names_the_runs_and_the_place() -> None:
    lines = [json.loads(line) for line in json_lines(both(SCRIPT), NAMES)]
    assert lines[0]["line"] == 2
    assert lines[0]["what"] == "answer"
    assert set(lines[0]["values"]) == set(NAMES)
    assert lines[0]["values"]["mainline"].startswith("-1 ENOENT")


def test_text_fits_and_marks_the_first() -> None:
    pairs = both(SCRIPT)
    for width in (60, 80, 120):
        lines = list(text_lines(pairs, NAMES, width))
        assert all(len(line) <= width for line in lines)
        assert sum(line.startswith(">") for line in lines) == 1
        assert "x.nsh:2: echo web > /proc/container || true" in "\n".join(lines)


def test_of_a_long_text_the_beginning_is_shown() -> None:
    one, other = (run(f"seq {first} {first + 5000}") for first in (1, 2))
    lines = list(text_lines(list(compare(one, other)), NAMES, 80))
    assert len(lines) < 100
    assert any("more rows of it (--json tells all)" in line for line in lines)
    assert all(len(line) <= 80 for line in lines)
