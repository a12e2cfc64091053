"""`nsh explore`, as a shell calls it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests._command import ROOT, nsh, on_terminal
from tests.session.exploring._programs import LOST_UPDATE


@pytest.fixture
def lost(tmp_path: Path) -> str:
    path = tmp_path / "lost.nsh"
    path.write_text(LOST_UPDATE)
    return str(path)


def test_outcomes_are_told_and_how_the_first_that_fails_comes_about(lost: str) -> None:
    ran = nsh("explore", lost)
    assert ran.returncode == 1
    lines = ran.stdout.splitlines()
    assert lines[0].startswith(f"{lost}: 2 outcomes; complete (")
    failed = lines.index(f"  {lost}:7: expect failed: expect $(cat /tmp/n) == 2")
    assert " fails, in " in lines[failed - 1]
    story = ran.stdout.partition("descriptors about)\n")[2].splitlines()
    assert sum('write(1, "1\\n") = 2' in line for line in story) >= 2  # both made one of nought
    lanes = {len(line) - len(line[14:].lstrip()) for line in story if "(" in line}
    assert len(lanes) > 2
    assert nsh("explore", lost).stdout == ran.stdout


def test_nothing_fails_and_one_line_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "fine.nsh"
    path.write_text("par { echo a } { echo b }\n")
    ran = nsh("explore", "-q", str(path))
    assert (ran.returncode, len(ran.stdout.splitlines())) == (0, 1)
    assert "1 outcome; complete" in ran.stdout
    apart = nsh("explore", "--screen", str(path)).stdout
    assert "2 outcomes; complete" in apart
    assert "it prints\n    a\n    b\n" in apart
    assert "it prints\n    b\n    a\n" in apart


def test_json(lost: str) -> None:
    ran = nsh("explore", "--json", lost)
    assert ran.returncode == 1
    *outcomes, last = map(json.loads, ran.stdout.splitlines())
    assert last["complete"] is True
    assert last["outcomes"] == len(outcomes) == 2
    assert {one["failed"] for one in outcomes} == {True, False}
    for one in outcomes:
        assert set(one) == {
            *("outcome", "failed", "message", "line", "asleep", "told"),
            *("orders", "steps", "switches", "order", "linux"),
        }
        assert one["line"] == (7 if one["failed"] else 0)


def test_one_outcome_is_told_that_is_asked_for(lost: str) -> None:
    told = nsh("explore", "--outcome", "2", lost).stdout
    assert "\nhow 2 comes about: " in told
    assert "comes about" not in nsh("explore", "--outcome", "0", lost).stdout
    none = nsh("explore", "--outcome", "9", lost)
    assert (none.returncode, none.stderr) == (2, "nsh: there is no outcome 9; there are 2\n")


def test_a_search_that_is_not_complete_says_so_and_does_not_pass(tmp_path: Path, lost: str) -> None:
    ran = nsh("explore", "--max-states", "5", lost)
    assert ran.returncode == 3
    assert "not complete: stopped after 5 states" in ran.stdout
    path = tmp_path / "endless.nsh"
    path.write_text("while true { echo on }\n")
    endless = nsh("explore", "--max-steps", "50", str(path))
    assert endless.returncode == 3
    assert "not complete: stopped after 50 steps of one program alone" in endless.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("nowhere.nsh",), "nowhere.nsh"),
        (("-q", "--json", "-"), "excludes --json"),
        (("--play", "1", "-"), "--play wants a terminal"),
        (("--profile", "linus", "-"), "mainline, not linus"),
        (("--max-states", "0", "-"), "is no positive number"),
        (("--linux", "--profile", "franke-2005", "-"), "excludes --from, --profile"),
        ((), "FILE"),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], complaint: str) -> None:
    ran = nsh("explore", *arguments, text="echo hi\n")
    assert ran.returncode == 2
    assert complaint in ran.stderr
    assert not ran.stdout


def test_a_mistake_in_the_script_is_shown_where_it_is() -> None:
    ran = nsh("explore", "-", text="par { echo a\n")
    assert ran.returncode == 2
    assert "error[NSH-" in ran.stderr


def test_the_page_shows_what_is_printed(tmp_path: Path) -> None:
    page = (ROOT / "docs/explore.md").read_text(encoding="utf-8")
    script, printed, *_ = re.findall(r"^```\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    name = script.partition("\n")[0].removeprefix("# ")
    (tmp_path / name).write_text(script)
    ran = nsh("explore", name, cwd=tmp_path)
    assert ran.stdout == printed
    assert nsh("run", name.removeprefix("# "), cwd=tmp_path).returncode == 0


def test_the_interface_plays_an_order(lost: str) -> None:
    shown = on_terminal("explore", lost, "--play", "1", quit_with=b"q")
    assert b"lost.nsh" in shown
