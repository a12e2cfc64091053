"""Where it is told that a script, or a program behind it, has ended: FILE:LINE, and why."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


ENDS = "the script ends here, for nothing tests whether this fails"


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (
            "def f(x) {\n  kill $x\n}\n\nfor i in 1 77 {\n  f $i\n}\n",
            f"mine.nsh:2: {ENDS}: kill $x\nmine.nsh:6: called here: f $i\n",
        ),
        (
            "spawn w\nas w {\n  { cd /nodir } > /dev/null\n}\n",
            f"mine.nsh:3: {ENDS}: cd /nodir\nmine.nsh:2: called here: as w {{ …\n",
        ),
        ("if true {\n  kill 77 || false\n}\n", f"mine.nsh:2: {ENDS}: false\n"),
        (
            "def f() {\n  f\n}\nf\n",
            f"mine.nsh:2: {ENDS}: f\n"
            + "mine.nsh:2: called here: f\n" * 4
            + "… 195 more\nmine.nsh:4: called here: f\n",
        ),
        ("def f() {\n  expect 1 == 2\n}\nf\n", "mine.nsh:2: expect failed: expect 1 == 2\n"),
        ("kill 77\n", ""),
        ("echo on\nexpect 1 == 2\n", "mine.nsh:2: expect failed: expect 1 == 2\n"),
        ("echo on; exit 3\n", "exitcode=0x00000300\n"),
        ("echo on\nkill 77 || true\n", "pid 77 is not visible here\n"),
    ],
)
def test_a_script_that_ends_early_tells_where(script, told, nsh, folder, capsys) -> None:
    (folder / "mine.nsh").write_text(script, encoding="utf-8")
    nsh("run", "mine.nsh")
    said = capsys.readouterr().err
    assert told in said
    assert said.count(ENDS) == told.count(ENDS)


def test_check_tells_what_the_command_said(nsh, folder, capsys) -> None:
    (folder / "mine.nsh").write_text(
        "spawn w\n! kill 11\nas w {\n  ! kill 22; kill 33\n}\n", encoding="utf-8"
    )
    assert nsh("check", "-q", "mine.nsh") == 1
    refused = "nsh: kill: No such process (ESRCH): pid {} is not visible here\n"
    assert capsys.readouterr().out == (
        "mine.nsh:4: kill 33\n  the command failed, and nothing tested it\n"
        f"  {refused.format(22)}  {refused.format(33)}  mine.nsh:3: called here: as w {{ …\n"
    )


@pytest.mark.parametrize(
    ("script", "left"),
    [
        ("expect 1 == 2\nkill 99\nexpect true\n", 1),
        ("exit 0\nspawn w { expect 1 == 1 }\nif true { expect true; expect true }\n", 3),
        ("if true {\n  expect true\n  kill 9\n  expect true\n}\ndef f() { expect true }\n", 2),
        ("expect true\nkill 99\n", 0),
    ],
)
def test_check_tells_what_was_not_tried(script, left, nsh, folder, capsys) -> None:
    (folder / "mine.nsh").write_text(script, encoding="utf-8")
    nsh("check", "mine.nsh")
    text = capsys.readouterr().out
    nsh("check", "--json", "mine.nsh")
    *_, last = map(json.loads, capsys.readouterr().out.splitlines())
    many = "1 expectation was" if left == 1 else f"{left} expectations were"
    told = f"the script ends here; {many} not tried"
    assert text.count(f"# {told}\n") == bool(left)
    assert last["detail"].endswith(told) == bool(left)


def test_an_end_that_was_meant_is_skipped_in_junit(nsh, folder, capsys) -> None:
    (folder / "mine.nsh").write_text("expect true\nexit 0\nexpect true\n", encoding="utf-8")
    assert nsh("check", "--junit", "-", "mine.nsh") == 0
    _held, ended = ET.fromstring(capsys.readouterr().out).iter("testcase")
    skipped = ended.find("skipped")
    assert ended.get("name") == "line 2: exit 0"
    assert skipped is not None
    assert skipped.get("message", "").startswith("the script ends here")


def test_a_program_behind_that_fails_says_where(nsh, folder, capsys) -> None:
    (folder / "mine.nsh").write_text(
        "def f() {\n  kill 44\n}\nspawn b {\n  f\n}\n{ kill 45; true } &\n", encoding="utf-8"
    )
    assert nsh("run", "mine.nsh") == 0
    said = capsys.readouterr().err
    assert (
        "mine.nsh:2: b's program ends here, and b waits to be told, "
        "for nothing tests whether this fails: kill 44\nmine.nsh:5: called here: f\n"
    ) in said
    assert said.count("for nothing tests") == 1  # a job's status is what tells


@pytest.mark.parametrize(
    ("code", "field", "told"),
    [
        ("foo", "stderr", "nsh: foo: command not found"),
        ("foo", "detail", f"-c:1: {ENDS}: foo"),
        ("expect { echo hi } prints ho", "detail", "it printed:\nhi"),
        ("while true { }", "detail", "-c:1: given up: 100 steps are spent"),
        ("exit 3", "detail", "exitcode=0x00000300"),
        ("echo hi >&2", "stderr", "hi\n"),
    ],
)
def test_json_tells_why(code, field, told, nsh, capsys) -> None:
    nsh("-c", code, "--json", "--max-steps", "100")
    found = json.loads(capsys.readouterr().out)
    assert told in found[field]
    assert found["task"] == "0:1"


def test_a_play_without_a_screen_says_where_it_ends(nsh, folder, capsys) -> None:
    (folder / "mine.nsh").write_text("if true {\n  kill 77\n}\necho on\n", encoding="utf-8")
    assert nsh("play", "mine.nsh") == 1
    assert f"mine.nsh:2: {ENDS}: kill 77\n" in capsys.readouterr().err
    assert nsh("export", "mine.nsh", "--format", "txt", "-o", "-") == 1
    assert f"mine.nsh:2: {ENDS}: kill 77\n" in capsys.readouterr().out
