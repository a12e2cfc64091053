"""The command line, as a shell sees it: output, errors, exit status."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from contextlib import suppress
from pathlib import Path
from threading import Timer

import pytest

from nsh import Session, cli, console, runner

ROOT = Path(__file__).resolve().parent.parent


def nsh(*arguments: str, text: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nsh", *arguments],
        input=text,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def on_terminal(*arguments: str, **variables: str) -> str:
    """What `nsh ARGUMENTS` shows on a terminal of 24 lines."""
    pid, master = pty.fork()
    if pid == 0:
        try:
            environ = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **variables}
            os.execve(sys.executable, [sys.executable, "-m", "nsh", *arguments], environ)
        finally:
            os._exit(99)
    shown = b""
    with suppress(OSError):  # EIO: nobody has it any more
        while data := os.read(master, 65536):
            shown += data
    os.close(master)
    os.waitpid(pid, 0)
    return shown.decode().replace("\r\n", "\n")


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


@pytest.mark.parametrize("command", ["", "export proc", *cli._COMMANDS])
def test_help_fits_a_screen_and_shows_an_example(command: str) -> None:
    said = nsh(*command.split(), "--help").stdout
    lines = said.splitlines()
    assert len(lines) < 24  # the shell's prompt takes one
    assert all(len(line) <= 80 for line in lines)
    examples = said.partition("\nexamples:\n")[2].splitlines()
    assert examples
    assert all("nsh " in one for one in examples)
    known = cli._parser_of(command)._option_string_actions if command in cli._COMMANDS else ()
    for option in known:
        assert option in said or option in ("-h", "--help", "--out", "--kernel", "--max-tasks")


@pytest.mark.parametrize(
    ("locale", "plain"),
    [("C", "True"), ("POSIX", "True"), ("C.UTF-8", "False"), ("", "False")],
)
def test_a_locale_that_has_ascii_alone_gets_no_more(locale: str, plain: str) -> None:
    """C itself is one, though Python writes UTF-8 there; where none is set it takes C.UTF-8."""
    ran = subprocess.run(
        [sys.executable, "-c", "from nsh import console; print(console.only_ascii())"],
        env={"PYTHONPATH": str(ROOT), "LC_ALL": locale, "TERM": "xterm"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == plain


@pytest.mark.parametrize("topic", ["", "mechanisms", "documents", "policies", "demos", "P2", "S2"])
def test_lists_of_help_fit_80_columns(topic: str) -> None:
    said = nsh("help", *filter(None, [topic])).stdout
    assert said
    assert not [line for line in said.splitlines() if len(line) > 80]


def test_what_runs_off_the_screen_is_shown_by_the_pager() -> None:
    environ = {"PAGER": "sed s/^/paged:/", "LINES": "24", "COLUMNS": "80"}
    shown = on_terminal("help", **environ).splitlines()
    assert shown[0].startswith("paged:usage: nsh")
    assert len(shown) > 200
    assert all(line.startswith("paged:") for line in shown)
    assert on_terminal("help", "true", **environ).startswith("Usage: true")
    assert on_terminal("help", **environ, TERM="dumb").startswith("usage: nsh")
    mine = environ | {"NSH_PAGER": "sed 's/^/mine: /'"}  # words as a shell has them
    assert on_terminal("help", **mine).startswith("mine: usage: nsh")
    for none in ("", "cat", "/nowhere/less", "'"):
        assert "usage: nsh" in on_terminal("help", **environ | {"NSH_PAGER": none})
    told = environ | {"NSH_PAGER": "sh -c 'env; cat > /dev/null'"}
    assert "LESS=FRX" in on_terminal("help", **told).splitlines()
    assert "LESS=M" in on_terminal("help", **told, LESS="M").splitlines()
    assert nsh("help").stdout.startswith("usage: nsh")


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
        {"line", "task", "command", "stdout", "errno", "status", "changes"}
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


LEAVING = """
import atexit, os, sys
from nsh import console
atexit.register(os.write, 1, b"undone\\n")
{before}
sys.stdout.write("said\\n")
console.leave(3)
"""


@pytest.mark.parametrize(
    ("before", "said"), [("", "said\n"), ("import threading", "said\nundone\n")]
)
def test_the_interpreter_is_taken_down_only_where_something_may_run(before, said) -> None:
    code = LEAVING.format(before=before)
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout, run.stderr) == (3, said, "")


def test_what_cannot_be_written_is_no_success() -> None:
    buffered = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    with open("/dev/full", "w") as full:
        run = subprocess.run(
            [sys.executable, "-c", LEAVING.format(before="")],
            env=buffered,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (run.returncode, run.stderr) == (3, "nsh: write error: No space left on device\n")


def test_whoever_prints_nothing_needs_no_output() -> None:
    command = f"{sys.executable} -m nsh -c true >&-"
    assert subprocess.run(command, shell=True, cwd=ROOT, check=False).returncode == 0


def test_nobody_reading_is_no_error() -> None:
    command = f"{sys.executable} -m nsh -c 'seq 1 100000' | head -1"
    ran = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stdout == "1\n"
    assert "Traceback" not in ran.stderr


@pytest.mark.skipif(not Path("/proc/self/ns/pid").exists(), reason="not Linux")
def test_nobody_reading_the_machine_one_sits_at_is_no_error() -> None:
    command = f"{sys.executable} -m nsh live --once --json --all | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert "Broken pipe" not in ran.stderr
    assert ran.stdout == "0\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize(
    "arguments",
    ["-c ps", "--version", "help", "check demos/s0/init-dies.nsh", "live --once", "man"],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_told_in_a_line(arguments: str, unbuffered: str) -> None:
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "nsh", *arguments.split()],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            check=False,
            timeout=60,
        )
    said = [line for line in ran.stderr.splitlines() if "live: incomplete" not in line]
    assert said == ["nsh: write error: No space left on device"]
    assert ran.returncode in (1, 3)


ENDLESS = ("--max-steps", "999999999")


def interrupted(
    *arguments: str, presses: int = 1, ready: str = "ready\n"
) -> subprocess.CompletedProcess[str]:
    """nsh, sent SIGINT once it has said that it is ready, and *presses* - 1 times after a line."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "nsh", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    alarm = Timer(60, process.kill)
    alarm.start()
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        said = ""
        for _ in range(presses):
            while not said.endswith(ready):
                line = process.stdout.readline()
                assert line, (said, process.stderr and process.stderr.read())
                said += line
            said += " "
            process.send_signal(signal.SIGINT)
        rest, errors = process.communicate()
    alarm.cancel()
    return subprocess.CompletedProcess(arguments, process.returncode, said + rest, errors)


@pytest.mark.parametrize(
    ("script", "stdout", "stderr"),
    [
        ("{ echo ready; while true { } }", "ready\n ", "-c:1: given up: interrupted\n"),
        ("spawn w; as w { echo ready; while true { } }; echo no", "ready\n ", ""),
        ("( echo ready; cat ); echo no", "ready\n ", ""),
        ("{ echo ready; cat }; echo no", "ready\n ", "-c:1: given up: interrupted\n"),
        ("( trap INT { exit 0 }; echo ready; while true { } ); echo on", "ready\n on\n", ""),
    ],
)
def test_sigint_is_typed_to_the_foreground_group(script: str, stdout: str, stderr: str) -> None:
    ran = interrupted("-c", script, *ENDLESS)
    assert (ran.stdout, ran.stderr) == (stdout, stderr)
    assert ran.returncode == (0 if "on\n" in stdout else 130)


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


def test_between_two_statements_sigint_ends_the_script(monkeypatch, capsys) -> None:
    asked = iter(range(1000))
    monkeypatch.setattr(console.Interrupts, "heard", lambda _self: next(asked) == 0)
    assert runner.run("echo no", "-c", runner.Options()) == 130
    assert capsys.readouterr() == ("", "nsh: interrupted\n")


def test_a_trap_hears_sigint_and_the_second_gives_up() -> None:
    script = "trap INT { echo ready }; { echo ready; while true { sleep 1 } }"
    ran = interrupted("-c", script, *ENDLESS, presses=2)
    assert ran.stdout.startswith("ready\n ready\n")
    assert ran.returncode == 130
    assert "given up: interrupted" in ran.stderr


def test_check_is_interrupted_with_a_report(tmp_path, monkeypatch, capsys) -> None:
    script = tmp_path / "endless.nsh"
    script.write_text("expect 1 == 1\nwhile true { }\n")
    asked = iter(range(1000))
    monkeypatch.setattr(console.Interrupts, "heard", lambda _self: next(asked) == 50)
    monkeypatch.setattr("sys.argv", ["nsh", "check", str(script), str(script)])
    assert cli.main() == 130
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("ok 1 - ")
    assert lines[2].startswith("not ok 2 - ")
    assert lines[-2:] == ["1..2", "Bail out! interrupted"]


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
