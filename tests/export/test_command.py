"""`nsh export` on the command line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nsh import cli
from tests.export.films import SCRIPT

KINDS = ("svg", "png", "cast", "cast2", "html", "tape", "txt", "md")
BEGINNINGS = {
    "svg": b"<svg ", "png": b"\x89PNG", "cast": b'{"version": 3', "cast2": b'{"version": 2',
    "html": b"<!DOCTYPE html>", "txt": b"Two of them\n", "md": b"# Two of them\n",
    "tape": b"# two.nsh, typed into nsh repl",
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "two.nsh").write_text(SCRIPT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def export(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr("sys.argv", ["nsh", "export", *arguments])
    try:
        return cli.main()
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize("kind", KINDS)
def test_each_format_by_its_extension(kind, monkeypatch, folder):
    out = folder / f"out.{kind.rstrip('2')}"
    options = ["--format", kind] if kind == "cast2" else []
    assert export(monkeypatch, "two.nsh", "-o", str(out), "--size", "60x20", *options) == 0
    assert out.read_bytes().startswith(BEGINNINGS[kind])


@pytest.mark.parametrize(
    ("out", "complaint"),
    [("nowhere/x.svg", "No such file or directory"), ("two.nsh/x.svg", "Not a directory")],
)
def test_nothing_is_performed_for_a_place_that_is_not_there(out, complaint, monkeypatch, capsys):
    monkeypatch.setattr("nsh.export.command._make", lambda *_: pytest.fail("it was performed"))
    assert export(monkeypatch, "two.nsh", "-o", out) == 2
    assert capsys.readouterr().err == f"nsh: {out}: {complaint}\n"


def test_the_same_bytes_whatever_the_hash_seed_the_place_and_the_environment(folder):
    code = (
        "import sys\nfrom nsh import cli\nfor kind in sys.argv[2:]:\n"
        " sys.argv[1:] = ['export', 'two.nsh', '--size', '80x24', '--format', kind,"
        " '-o', f'{out}.{kind}']\n assert cli.main() == 0\n"
    ).replace("for kind", "out = sys.argv[1]\nfor kind", 1)
    made = []
    for seed, more in (
        ("1", {"NO_COLOR": "1", "COLUMNS": "33"}),
        ("2", {"TERM": "dumb", "TZ": "X"}),
    ):
        place = folder / seed
        place.mkdir()
        (place / "two.nsh").write_text(SCRIPT, encoding="utf-8")
        environ = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(cli.__file__).parents[1])}
        run = subprocess.run(
            [sys.executable, "-c", code, "out", *KINDS],
            cwd=place, env={**environ, **more}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert run.returncode == 0, run.stderr
        made.append({kind: (place / f"out.{kind}").read_bytes() for kind in KINDS})
    assert made[0] == made[1]
    for data in made[0].values():
        assert str(folder).encode() not in data


def test_stills_are_of_the_moment_that_is_named(monkeypatch, capsysbinary):
    def still(*moment: str) -> bytes:
        assert export(monkeypatch, "two.nsh", "--format", "svg", *moment) == 0
        made: bytes = capsysbinary.readouterr().out
        return made

    end = still("--at", "end")
    assert b"animation" not in end
    assert b"step 44 of 44" in end
    assert still("--step", "44") == end
    assert still("--at", "and one") == end
    assert still("--at", "2") == end
    assert b"step 0 of 44" in still("--at", "start")
    first = still("--at", "1")
    assert first == still("--at", "Two of them")
    assert b"1 web" in first
    assert b"exited" not in first
    assert b"pid namespace 2" not in still("--at", "line:4")


def test_it_plays_as_fast_as_asked(monkeypatch, capsys):
    def duration(*options: str) -> float:
        import json

        assert export(monkeypatch, "two.nsh", "--format", "cast2", *options) == 0
        seconds: float = json.loads(capsys.readouterr().out.splitlines()[0])["duration"]
        return seconds

    usual = duration()
    assert duration("--speed", "2") == pytest.approx(usual / 2, rel=0.05)
    assert duration("--idle-limit", "0.1") < usual / 3


def test_a_title_and_a_profile(monkeypatch, capsys):
    assert export(monkeypatch, "two.nsh", "--format", "svg", "--at", "end", "--title", "A & B") == 0
    out = capsys.readouterr().out
    assert '<title id="t">A &amp; B</title>' in out
    assert "two.nsh" not in out
    assert export(monkeypatch, "two.nsh", "--format", "html", "--profile", "franke-2005") in (0, 1)
    assert "profile franke-2005" in capsys.readouterr().out


def test_standard_input(monkeypatch, capsys):
    monkeypatch.setattr("nsh.console.read_stdin", lambda: "echo hello\n")
    assert export(monkeypatch, "-", "--format", "txt") == 0
    assert capsys.readouterr().out == "0:1 init # echo hello\nhello\n"


def test_a_demo_that_fails_is_written_and_told(monkeypatch, capsys, folder):
    (folder / "bad.nsh").write_text("expect 1 == 2\n", encoding="utf-8")
    for kind in ("svg", "cast", "html", "txt"):
        out = folder / f"bad.{kind}"
        assert export(monkeypatch, "bad.nsh", "-o", str(out)) == 1
        assert out.stat().st_size > 50
        assert "bad.nsh: a statement failed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["two.nsh"], "where to? -o OUT.svg"),
        (["two.nsh", "-o", "x.gif"], "what is 'x.gif' to be?"),
        (["two.nsh", "-o", "x.svg", "--size", "big"], "'big' is no size; 120x40 is one"),
        (["two.nsh", "-o", "x.svg", "--size", "9x9"], "9x9 is not between 40x12 and 500x200"),
        (["two.nsh", "-o", "x.svg", "--theme", "beige"], "no theme is called beige; there are"),
        (["two.nsh", "-o", "x.html", "--at", "end"], "stills, svg and png, not for html"),
        (["two.nsh", "-o", "x.svg", "--at", "end", "--step", "1"], "not allowed with argument"),
        (["two.nsh", "-o", "x.svg", "--step", "99"], "there is no step 99; the last is 44"),
        (["two.nsh", "-o", "x.svg", "--step", "-1"], "no number"),
        (["two.nsh", "-o", "x.svg", "--at", "x"], "no chapter begins with 'x'; the chapters"),
        (["two.nsh", "-o", "x.svg", "--at", "line:2"], "no statement begins on line 2; some"),
        (["two.nsh", "-o", "x.svg", "--speed", "0"], "'0' is no number from 0.01"),
        (["two.nsh", "-o", "x.svg", "--speed", "nan"], "'nan' is no number from 0.01"),
        (["none.nsh", "-o", "x.svg"], "none.nsh: No such file"),
        (["two.nsh", "-o", "no/where.svg"], "no/where.svg: No such file"),
        (["two.nsh", "-o", "x.svg", "--profile", "zz"], "zz"),
        (["bad.nsh", "-o", "x.svg"], "NSH-E"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(arguments, said, monkeypatch, capsys, folder):
    (folder / "bad.nsh").write_text("echo 'x\n", encoding="utf-8")
    assert export(monkeypatch, *arguments) == 2
    assert said in capsys.readouterr().err
    assert not [one for one in os.listdir(folder) if one.startswith("x.")]


def test_without_pillow(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert export(monkeypatch, "two.nsh", "-o", "x.png") == 2
    assert "nsh-explorer[png]" in capsys.readouterr().err
    assert not Path("x.png").exists()
