"""``nsh compare`` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nsh import comparison
from nsh.cli import _parser
from nsh.linux.opening import Unavailable
from nsh.session.real.session import RealSession

DEMO = Path(__file__).parents[1] / "demos" / "s0" / "nested-spaces.nsh"
TWO = ["--profile", "all", "--profile", "franke-2005"]


def compare(*arguments: str) -> int:
    return comparison.main(list(arguments), _parser)


@pytest.fixture
def stage() -> None:
    try:
        RealSession().close()
    except Unavailable as missing:
        pytest.skip(f"no real processes here: {missing}")


def test_two_profiles_differ_where_the_documents_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(str(DEMO), *TWO) == 1
    out = capsys.readouterr().out
    assert "> step" in out
    assert "EPERM" in out
    assert "differences between all and franke-2005" in out


def test_the_same_profile_twice_differs_in_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(str(DEMO), "--profile", "all", "--profile", "all") == 0
    assert "the same on all and all" in capsys.readouterr().out


def test_json_is_one_object_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(str(DEMO), *TWO, "--json") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["values"] == {"all": "2", "franke-2005": "-1 EPERM (Operation not permitted)"}
    assert lines[0]["line"] == 8


def test_model_and_linux(stage: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert 0 in (compare(str(DEMO)), compare(str(DEMO)))  # once may be the machine's own rhythm
    assert "the same on model and linux" in capsys.readouterr().out
    script = tmp_path / "container.nsh"
    script.write_text("spawn a\nas a { echo web > /proc/container }\n", encoding="utf-8")
    assert compare(str(script), "--json") == 0  # neither mainline has it
    script.write_text("cat /proc/version\n", encoding="utf-8")
    assert compare(str(script)) == 1
    assert "stdout" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a", "b"],
        [str(DEMO), "--profile", "all"],
        ["/nowhere"],
        [str(DEMO), "--profile", "x", *TWO[:2]],
    ],
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    try:
        status = compare(*arguments)
    except SystemExit as leaving:
        status = int(str(leaving.code))
    assert status == 2
    assert capsys.readouterr().err.startswith("nsh: ")


def test_a_syntax_error_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "bad.nsh"
    script.write_text("spawn w {\n", encoding="utf-8")
    assert compare(str(script)) == 2
    assert "error[NSH-E" in capsys.readouterr().err


def test_help_fits_a_screen(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare("--help") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) < 80
