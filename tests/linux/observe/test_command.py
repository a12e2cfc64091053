"""``nsh live`` as it is typed."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from nsh.linux.observe import columns, schema
from tests.linux.observe.fake import Fake

ROOT = Path(__file__).parents[3]


def nsh(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nsh", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def proc(tmp_path):
    folder = tmp_path / "proc"
    folder.mkdir()
    fake = Fake(folder)
    fake.process(1, b"init")
    fake.process(20, b"shim", ppid=1)
    inside = {"pid": 4026532001}
    fake.process(21, b"\033[31mred", ppid=20, pids="21\t1", ns=inside)
    fake.process(300, b"two\nlines", ppid=21, pids="300\t12", ns=inside)
    return str(folder)


def test_the_tree_is_printed_with_each_pid_in_every_space(proc):
    run = nsh("live", "--once", "--proc", proc)
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert run.stdout.replace("root", "USER") == (
        "PID  INSIDE  S  USER  COMMAND\n"
        "  1          S  USER  init\n"
        " 20          S  USER  └─ shim\n"
        " 21  1:1     S  USER     └─ \\x1b[31mred\n"
        "300  1:12    S  USER        └─ two\\nlines\n"
        "\n"
        "SPACE       PIDNS  IN  TASKS  INIT\n"
        "    0  4026531836   -      2  1 init\n"
        "    1  4026532001  ~0      2  21 \\x1b[31mred\n"
    )


def test_columns_are_chosen_by_name(proc):
    run = nsh("live", "--once", "--proc", proc, "--columns", "pid,nspid,pidns")
    assert [line.split() for line in run.stdout.splitlines()[:5]] == [
        ["PID", "NSPID", "PIDNS"],
        ["1", "1", "4026531836"],
        ["20", "20", "4026531836"],
        ["21", "21/1", "4026532001"],
        ["300", "300/12", "4026532001"],
    ]


def test_json_is_one_object_that_says_its_version(proc):
    run = nsh("live", "--once", "--json", "--all", "--proc", proc)
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert (told["format"], told["version"], told["complete"]) == ("nsh-live", 1, True)
    assert [(task["pids"], task["spaces"]) for task in told["tasks"]] == [
        ([1], [0]),
        ([20], [0]),
        ([21, 1], [0, 1]),
        ([300, 12], [0, 1]),
    ]
    assert told["tasks"][3]["comm"] == "two\nlines"
    assert told["spaces"][1] == {
        "space": 1,
        "ns": 4026532001,
        "path": [0, 1],
        "init": 21,
        "tasks": 2,
        "evidence": {"path": "derived"},
    }


def test_what_is_hidden_makes_the_status_three(proc):
    Fake(Path(proc)).process(400, b"secret", ns={"net": "?"})
    for words in ((), ("--json",)):
        run = nsh("live", "--once", *words, "--proc", proc)
        assert run.returncode == 3
        assert run.stderr.startswith(
            "nsh: live: incomplete: the namespaces of 1 process are hidden"
        )
    assert json.loads(run.stdout)["complete"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--once", "--columns", "bogus"], "there is no column 'bogus'"),
        (["--once", "--proc", "/nowhere"], "/nowhere: No such file or directory"),
        (["restore", "x"], "expected nothing, --once or save FILE"),
        (["save"], "expected nothing, --once or save FILE"),
        ([], "the interface needs a terminal with a screen"),
        (["--interval", "0"], "is no time between"),
    ],
)
def test_wrong_usage_is_status_two_and_one_line(words, said):
    run = nsh("live", *words)
    assert run.returncode == 2
    assert said in run.stderr
    assert run.stderr.count("\n") == 1


def test_a_saved_machine_is_explored_in_the_model(proc, tmp_path):
    saved = str(tmp_path / "here.nsh")
    assert nsh("live", "save", saved, "--proc", proc).returncode == 0
    script = tmp_path / "script.nsh"
    script.write_text("ps -e -o pid,comm --no-headers\nkill -KILL 21\nps -e -o pid --no-headers\n")
    run = nsh("run", "--from", saved, str(script))
    assert run.returncode == 0, run.stderr
    assert run.stdout.split()[:4] == ["1", "init", "20", "shim"]
    assert run.stdout.split()[-2:] == ["20", "21"]  # a zombie: nobody has waited for it
    run = nsh("-c", "getpid", "--from", saved, "--as", "1:12")
    assert run.stdout == "12\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "line 1: the file is empty"), ("{}\n", "line 1: format"), (None, "No such file")],
)
def test_a_file_that_is_no_machine_is_refused(tmp_path, text, said):
    path = tmp_path / "bad.nsh"
    if text is not None:
        path.write_text(text)
    run = nsh("-c", "ps", "--from", str(path))
    assert run.returncode == 2
    assert run.stderr.startswith(f"nsh: {path}: {said}")


def on_a_terminal(*words: str, **extra: str) -> str:
    """What the command writes on a terminal of 40 columns."""
    master, slave = pty.openpty()
    import fcntl
    import struct
    import termios

    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("4H", 24, 40, 0, 0))
    environment = {**os.environ, "TERM": "xterm", **extra}
    command = [sys.executable, "-m", "nsh", *words]
    with subprocess.Popen(command, stdout=slave, stderr=slave, cwd=ROOT, env=environment) as run:
        os.close(slave)
        parts = []
        try:
            while data := os.read(master, 65536):
                parts.append(data)
        except OSError:  # EIO: the other side is closed
            pass
        run.wait(60)
    os.close(master)
    return b"".join(parts).decode()


def test_on_a_terminal_lines_are_cut_and_the_heading_is_bold(proc):
    text = on_a_terminal("live", "--once", "--proc", proc, "--columns", "+netns,mntns,utsns")
    lines = text.replace("\r", "").splitlines()
    assert "\033[1m" in text
    plain = [line.replace("\033[1m", "").replace("\033[0m", "") for line in lines]
    assert all(len(line) <= 40 for line in plain)
    assert plain[1].endswith("…")
    bare = on_a_terminal("live", "--once", "--proc", proc, NO_COLOR="1")
    assert "\033" not in bare


def test_help_fits_one_screen_and_names_every_column():
    run = nsh("live", "--help")
    assert run.returncode == 0
    lines = run.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert set(columns.COLUMNS) <= set(run.stdout.split())  # every column is named
    assert "examples:" in lines


def test_the_schema_is_stable():
    """A field that goes or changes its meaning needs another version; see docs/live.md."""
    page = (ROOT / "docs" / "live.md").read_text(encoding="utf-8")
    for record in (schema.Look, schema.Task, schema.Space, schema.Namespace, schema.Pts):
        for field in record.__struct_fields__:
            assert f"`{field}`" in page, f"{record.__name__}.{field}"
