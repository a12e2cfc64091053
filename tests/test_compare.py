"""``nsh compare`` at the command line."""

from __future__ import annotations

import json
import subprocess
import sys
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


def test_quiet_is_a_line_if_there_are_differences(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(str(DEMO), *TWO, "-q") == 1
    assert "differences between all and franke-2005" in capsys.readouterr().out
    assert compare(str(DEMO), "--profile", "all", "--profile", "all", "--quiet") == 0
    assert capsys.readouterr().out == ""
    with pytest.raises(SystemExit):
        compare(str(DEMO), *TWO, "-q", "--json")


def test_json_is_one_object_a_difference(capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(str(DEMO), *TWO, "--json") == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[0]["values"] == {"all": "2", "franke-2005": "-1 EPERM (Operation not permitted)"}
    assert lines[0]["line"] == 8


def test_model_and_linux(stage: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # numbers of namespaces are whatever is free, and lsns goes by them
    assert any(compare(str(DEMO)) == 0 for _time in range(6))
    assert "the same on model and linux" in capsys.readouterr().out
    script = tmp_path / "container.nsh"
    script.write_text("spawn a\nas a { echo web > /proc/container }\n", encoding="utf-8")
    assert compare(str(script), "--json") == 0  # neither mainline has it
    script.write_text("cat /proc/version\n", encoding="utf-8")
    assert compare(str(script)) == 1
    assert "stdout" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            "echo a\ncat /nope; echo b\necho c\n",
            "both stopped at step 6, {}:2, by an error: nsh: cat: /nope: No such file or directory "
            "(ENOENT)\n2 statements behind it were not performed, nor compared\n",
        ),
        (
            "false\n#: The end.\ntrue",
            "both stopped at step 1, {}:1, which failed: false\n1 statement ",
        ),
        ("expect 1 == 2", "by an error: `1` == `2` does not hold\n"),
        (
            "read x",
            "by an error: given up: init is blocked in read, and nobody is left to wake it\n",
        ),
    ],
)
def test_where_both_stopped_is_told(
    script: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.nsh"
    file.write_text(script, encoding="utf-8")
    assert compare(str(file), "--profile", "all", "--profile", "mainline") == 0
    out = capsys.readouterr().out
    assert "the same on all and mainline" in out
    assert told.format(file) in out


@pytest.mark.parametrize("script", ["cat /nope || echo on", "true", "exit 0", "! false"])
def test_a_script_that_went_to_its_end_was_not_stopped(
    script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.nsh"
    file.write_text(script, encoding="utf-8")
    assert compare(str(file), "--profile", "all", "--profile", "mainline") == 0
    assert "stopped" not in capsys.readouterr().out


def nice(file: Path, by: int) -> subprocess.CompletedProcess[str]:
    command = ["nice", "-n", str(by), sys.executable, "-m", "nsh", "compare", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_the_model_is_as_nice_as_nsh(stage: None, tmp_path: Path) -> None:
    file = tmp_path / "a.nsh"
    file.write_text("spawn w\nps -e -o pid,ni,stat,comm\nwait -n || true\n", encoding="utf-8")
    done = nice(file, 7)
    assert (done.returncode, "the same" in done.stdout) == (0, True), done.stdout


def test_an_end_of_init_is_the_same(
    stage: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "a.nsh"
    file.write_text("spawn w\nspawn v { sleep 1 }\nexit 3\n", encoding="utf-8")
    assert compare(str(file)) == 0, capsys.readouterr().out


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
    with pytest.raises(SystemExit, match="0"):
        compare("--help")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) < 80
