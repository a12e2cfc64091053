"""What the command line writes to: closed, full, left by its reader, or ASCII alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests._command import ROOT

UNWRITTEN = "nsh: write error: Bad file descriptor\n"


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


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("<&-", 0, ""),
        ("-c 'echo hi; cat' <&-", 0, "hi\n"),
        ("run - <&-", 0, ""),
        ("repl <&-", 0, "0:1 init # \n"),
        ("-c 'echo hi' >&-", 1, UNWRITTEN),
        ("-c 'echo hi' <&- >&-", 1, UNWRITTEN),
        ("--version >&-", 1, UNWRITTEN),
        ("play demos/s0/threads.nsh >&-", 1, UNWRITTEN),
        ("check demos/s0/threads.nsh >&-", 1, UNWRITTEN),
        ("-c 'echo hi; nosuch' 2>&-", 1, "hi\n"),
    ],
)
def test_a_descriptor_that_is_closed_is_an_end_or_told(command, status, said) -> None:
    shell = f"exec {sys.executable} -m nsh {command}"
    ran = subprocess.run(
        shell, shell=True, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stdout + ran.stderr) == (status, said)


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("check FAILS", 1),
        ("check --json FAILS", 1),
        ("check HOLDS", 0),
        ("explore FAILS", 1),
        ("run FAILS", 1),
        ("run HOLDS", 0),
        ("run LONG", 141),
        ("run --return LONG", 141),
        ("run --json LONG", 141),
        ("play LONG", 141),
        ("export --format txt -o - FAILS", 1),
    ],
)
def test_who_goes_away_decides_nothing(tmp_path, command: str, status: int) -> None:
    fails, holds, long = "expect false\n", "expect true\n", "seq 1 100000\n"
    for name, text in (("FAILS", fails), ("HOLDS", holds), ("LONG", long)):
        (tmp_path / name).write_text(text)
    pipe = f"{sys.executable} -m nsh {command} | true; echo ${{PIPESTATUS[0]}}"
    ran = subprocess.run(
        ["bash", "-c", pipe],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "Broken pipe" not in ran.stderr
    assert int(ran.stdout) == status


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
