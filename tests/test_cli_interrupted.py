"""SIGINT on the command line: who hears it, and what ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Timer

import pytest

from nsh import cli, console, runner
from tests._command import ROOT
from tests.repl._pty import Line

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


def test_what_is_said_of_it_is_not_said_behind_the_echo(tmp_path) -> None:
    arguments = ["nsh", "-c", "echo ready; cat"]
    run = Line(
        tmp_path, code=f"import sys; sys.argv = {arguments}\nfrom nsh.__main__ import run; run()"
    )
    try:
        run.wait(b"ready")
        run.read(0.3)
        run.send(b"\x03")
        assert run.end() == 130
        assert run.text.split() == ["ready", "^C", "-c:1:", "given", "up:", "interrupted"]
        assert "\n-c:1: given" in run.text
    finally:
        run.close()
