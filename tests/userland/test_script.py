"""script, beside the real one: the same command, the same typescript."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nsh.session.session import Session
from tests.userland import _linux

TIMES = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+]00:00")
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.environ["PATH"], "TERM": "linux", "TZ": "UTC"}


def kept(path: Path) -> bytes:
    return TIMES.sub(b"TIME", path.read_bytes())


@pytest.mark.parametrize(
    ("options", "typed"),
    [
        (["-c", "echo hi"], b""),
        (["-q", "-c", "echo hi"], b""),
        (["-c", "false"], b""),
        (["-e", "-c", "false"], b""),
        (["-qec", "false"], b""),
        (["-c", "cat"], b"one\ntwo\n"),
        (["-c", "cat"], b""),
        (["-c", "head -n 1"], b"one\n"),
        (["-c", "seq 3000"], b""),
        (["-a", "-c", "echo again"], b""),
    ],
    ids=str,
)
def test_without_a_terminal(options: list[str], typed: bytes, tmp_path: Path) -> None:
    (tmp_path / "old").write_text("before\n")
    names = ["ours", "real"]
    for name in names:
        (tmp_path / name).write_bytes(b"before\n")
    mine = _linux.run(
        "script", *options, str(tmp_path / "ours"), stdin=typed, variables=ENVIRONMENT
    )
    real = subprocess.run(
        ["script", *options, str(tmp_path / "real")],
        input=typed,
        capture_output=True,
        env=ENVIRONMENT,
        check=False,
        timeout=60,
    )
    assert (mine.status, mine.err) == (real.returncode, "")
    expected = real.stdout.replace(bytes(tmp_path / "real"), bytes(tmp_path / "ours"))
    assert mine.out.encode().replace(b"\r\n", b"\n") == expected.replace(b"\r\n", b"\n")
    assert kept(tmp_path / "ours") == kept(tmp_path / "real")


def on_a_terminal(argv: list[str], typed: bytes, *, ours: bool) -> bytes:
    """Perform it in a session on a pty, type, and reply what that shows."""
    sys.stdout.flush()
    pid, master = pty.fork()
    if pid == 0:
        try:
            if ours:
                os._exit(_linux.status_of(tuple(argv), ENVIRONMENT))
            os.execvpe(argv[0], argv, ENVIRONMENT)
        finally:
            os._exit(99)
    shown = b""
    while b"Script started" not in shown:
        shown += os.read(master, 65536)
    time.sleep(0.5)  # until the terminal is raw: what comes before is echoed there
    os.write(master, typed)
    try:
        while data := os.read(master, 65536):
            shown += data
    except OSError:
        pass
    os.close(master)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return shown


def test_on_a_terminal_what_is_typed_is_echoed_once(tmp_path: Path) -> None:
    shown = {}
    for ours in (True, False):
        path = tmp_path / "file"
        argv = ["script", "-c", "head -n 1", str(path)]
        shown[ours] = on_a_terminal(argv, b"typed\n", ours=ours)
        assert shown[ours].count(b"typed") == 2
        text = kept(path)
        assert b'COMMAND="head -n 1" TERM="linux" TTY="/dev/pts/' in text
        assert b'COLUMNS="-1" LINES="-1"]' in text
        assert b"typed\r\ntyped\r\n" in text
    assert shown[True] == shown[False]


def test_there_is_no_shell() -> None:
    assert _linux.run("script", variables=ENVIRONMENT).status == 1


@pytest.mark.parametrize("line", ["a; b", "a | b", "a > b", "(a)", "a && b"])
def test_what_only_a_shell_could_perform_is_refused(line: str) -> None:
    result = Session().run(f"script -c '{line}' || true")
    assert "performed without a shell" in result.stderr


def test_what_is_quoted_is_no_shells() -> None:
    result = Session().run("""script -qc 'echo "a; b" ";" x=#y' /tmp/t""")
    assert result.stdout.replace("\r", "") == "a; b ; x=#y\n"
