"""The command line, as a shell sees it: input, answers, errors, exit status."""

from __future__ import annotations

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from nsh import Session
from tests._command import ROOT, nsh


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("-c", "true"), 0),
        (("-c", "false"), 1),
        (("-c", "exit 0"), 0),
        (("-c", "exit 3"), 1),
        (("-c", "kill 99"), 1),
        (("-c", "expect 1 == 2"), 1),
        (("-c", "if {"), 2),
        (("-c",), 2),
        (("run", "no/such/file"), 2),
        (("run",), 2),
        (("nosuch",), 2),
        (("--nosuch",), 2),
        (("-c", "true", "--profile", "nobody"), 2),
        (("-c", "true", "--max-steps", "many"), 2),
        (("-c", "true", "--as", "init"), 2),
        (("run", "-", "--as", "init"), 2),
        (("check", "-", "--as", "init"), 2),
        (("play", "-", "--as", "init"), 2),
        (("export", "-", "--as", "init", "--format", "md"), 2),
        (("-c", "true", "--from", "x", "--kernel", "linux"), 2),
        (("check", "-", "--paranoid", "--kernel", "linux"), 2),
        (("-c", "true", "--max-tasks", "3"), 2),
        (("-c", "true", "--max-tasks", "0", "--kernel", "linux"), 2),
        (("--help",), 0),
        (("help",), 0),
        (("help", "ps"), 0),
        (("help", "spawn"), 0),
        (("help", "pid.move"), 0),
        (("help", "nosuch"), 2),
        (("run", "--help"), 0),
        (("check", "--help"), 0),
        (("play", "--help"), 0),
    ],
)
def test_the_exit_status_says_what_happened(arguments: tuple[str, ...], status: int) -> None:
    ran = nsh(*arguments)
    assert ran.returncode == status, ran.stderr
    assert "Traceback" not in ran.stderr
    assert bool(ran.stderr) == (status == 2 or (status == 1 and arguments[1] != "false"))


def test_a_misspelt_word_is_answered_with_the_right_one() -> None:
    assert "did you mean 'check'" in nsh("chekc").stderr
    assert "did you mean 'unshare'" in nsh("help", "unshar").stderr


@pytest.mark.parametrize("verb", ["run", "check", "play", "compare", "repl"])
def test_a_script_that_is_no_text_is_told_and_not_performed(verb: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"echo one\necho caf\xe9\n")
    ran = nsh(verb, "x", cwd=tmp_path)
    assert ran.stderr == "nsh: x:2: byte 0xe9 is not UTF-8, as a script has to be\n"
    assert (ran.returncode, ran.stdout) == (2, "")


@pytest.mark.parametrize("arguments", [(), ("run", "-")])
def test_a_pipe_that_brings_no_text_is_told(arguments: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "nsh", *arguments],
        input=b"\xff",
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert ran.stderr == b"nsh: <stdin>:1: byte 0xff is not UTF-8, as a script has to be\n"
    assert (ran.returncode, ran.stdout) == (2, b"")


def test_a_file_instead_of_a_command_is_told_how_it_is_performed(tmp_path: Path) -> None:
    (tmp_path / "my demo.nsh").write_text("ps\n", encoding="utf-8")
    told = nsh("my demo.nsh", cwd=tmp_path).stderr
    assert told == (
        "nsh: there is no command 'my demo.nsh'; to perform that file: nsh run 'my demo.nsh' "
        "(see nsh --help)\n"
    )
    assert nsh("--nosuch", "-c", "ps").stderr.startswith("nsh: there is no option '--nosuch' ")
    assert nsh("-x").stderr == "nsh: there is no option '-x' (see nsh --help)\n"


def test_errors_go_to_stderr_and_answers_to_stdout() -> None:
    ran = nsh("-c", "echo answer; kill 99 || true; echo more")
    assert ran.stdout == "answer\nmore\n"
    assert "ESRCH" in ran.stderr


@pytest.mark.parametrize(
    ("script", "answers", "errors"),
    [
        ("echo a >&2", "", "a\n"),
        ("echo a 3>&1 1>&2 2>&3", "", "a\n"),
        ("{ echo a >&2; echo b } 2>&1", "a\nb\n", ""),
        ("exec 2>&1; echo a >&2", "a\n", ""),
        ("{ echo a >&2 } 2>&1; echo b >&2", "a\n", "b\n"),
        ("spawn w; as w echo a >&2", "", "a\n"),
        ("( echo a >&2; echo b )", "b\n", "a\n"),
        ("echo a > /dev/tty", "a\n", ""),
    ],
)
def test_an_error_is_what_reaches_the_first_descriptor_2(script, answers, errors) -> None:
    result = Session().run(script)
    assert (result.stdout, result.stderr) == (answers, errors)


def test_a_pipe_is_a_script() -> None:
    assert nsh(text="echo from a pipe\n").stdout == "from a pipe\n"
    assert nsh("run", "-", text="echo again\n").stdout == "again\n"


def test_a_syntax_error_names_line_column_and_remedy(tmp_path: Path) -> None:
    script = tmp_path / "bad.nsh"
    script.write_text("echo fine\nspawn web {\n")
    ran = nsh("run", str(script))
    assert ran.stdout == ""
    assert "bad.nsh:2:11" in ran.stderr
    assert "NSH-E" in ran.stderr
    assert "^" in ran.stderr
    assert "help:" in ran.stderr


def test_json_tells_one_statement_a_line() -> None:
    ran = nsh("-c", "spawn w\nas w getpid\nkill 99", "--json")
    assert ran.returncode == 1
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [line["line"] for line in lines] == [1, 2, 3]
    assert [set(line) for line in lines] == [
        {"line", "task", "command", "stdout", "errno", "status", "changes", "stderr", "detail"}
    ] * 3
    assert [line["stdout"] for line in lines] == ["", "2\n", ""]
    assert [line["errno"] for line in lines] == [None, None, "ESRCH"]
    assert lines[0]["task"] == "0:1"
    assert any(change.startswith("+Task") for change in lines[0]["changes"])


def test_check_reports_every_expectation(tmp_path: Path) -> None:
    script = tmp_path / "some.nsh"
    script.write_text("expect 1 == 1\nexpect 1 == 2\nexpect { kill 99 } fails ESRCH\n")
    report = tmp_path / "report.xml"
    ran = nsh("check", str(script), "--junit", str(report), "--paranoid")
    assert ran.returncode == 1
    lines = ran.stdout.splitlines()
    assert lines[0] == "TAP version 14"
    assert [line.split(" - ")[0] for line in lines[1:-1] if line[0] != "#"] == [
        "ok 1",
        "not ok 2",
        "ok 3",
    ]
    assert lines[-1] == "1..3"
    (suite,) = ET.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")


def test_play_to_a_pipe_is_a_transcript() -> None:
    ran = nsh("play", "demos/s0/first-container.nsh")
    assert ran.returncode == 0
    assert "# The first container" in ran.stdout
    assert '0:1 init # as sshd { echo "web" > /proc/container }' in ran.stdout
    assert "    4     2  web     3 httpd.2" in ran.stdout


@pytest.mark.parametrize(
    ("script", "status", "exit_status"),
    [
        ("true", 0, 0),
        ("false || true", 0, 0),
        ("kill 99", 1, 1),
        ("nosuch", 127, 1),
        ("expect 1 == 2", 1, 1),
        ("spawn w { exit 3 }; wait $!", 3, 0),
        ("spawn w; as w kill -9 $$", 137, 1),
        ("spawn w\nas w\nkill -9 $$", 137, 1),
        ("spawn w; wait", 130, 1),
    ],
)
def test_json_tells_the_status_that_a_statement_left(script, status, exit_status) -> None:
    ran = nsh("-c", script, "--json")
    assert json.loads(ran.stdout.splitlines()[-1])["status"] == status
    assert ran.returncode == exit_status


@pytest.mark.parametrize(
    ("script", "text", "stdout"),
    [
        ("read x; echo got $x", "one\n", "got one\n"),
        ("while read x { echo [$x] }", "one\n\ntwo\n", "[one]\n[]\n[two]\n"),
        ("read x || echo $x: no newline", "last", "last: no newline\n"),
        ("cat; cat", "a\x03b\x04\tc\x7f\n", "a\x03b\x04\tc\x7f\n"),
        ("cat | wc -c", "x" * 3000 + "\n" + "y" * 10, "3011\n"),
        ("spawn --pid web; as web:1 cat", "in\n", "in\n"),
        ("read x || echo nothing", "", "nothing\n"),
        ("( while true { } ) & read x; read y; echo $x $y", "a\nb\n", "a b\n"),
    ],
)
def test_what_is_read_from_the_terminal_is_standard_input(script, text, stdout) -> None:
    ran = nsh("-c", script, text=text)
    assert (ran.stdout, ran.stderr, ran.returncode) == (stdout, "", 0)


def test_a_script_that_is_the_input_leaves_none_to_read() -> None:
    assert nsh("run", "-", text="read x || echo nothing\n").stdout == "nothing\n"


def test_a_transcript_shows_what_was_typed(tmp_path: Path) -> None:
    script = tmp_path / "reads.nsh"
    script.write_text("read x\necho $x\n")
    ran = nsh("play", str(script), text="typed\n")
    assert ran.stdout == "0:1 init # read x\ntyped\n0:1 init # echo $x\ntyped\n"


def test_a_container_moves_to_another_machine_through_a_pipe() -> None:
    """However long its lines are."""
    program = "x=$(seq 3000); echo ready; while true { sleep 1; hostname moved }"
    sent = nsh("-c", f"spawn --pid --uts web {{ {program} }}; sleep 0.5; checkpoint --kill web")
    image = sent.stdout.partition("ready\n")[2]
    assert max(map(len, image.splitlines())) > 10_000
    there = nsh("-c", "restart; sleep 2; nsenter -t $! -u hostname", text=image)
    assert (there.stdout, there.stderr, there.returncode) == ("moved\n", "", 0)
