"""What is pasted into the line shell, and what it reads from files."""

from __future__ import annotations

from pathlib import Path

from nsh.lang.pasting import entries
from nsh.userland.registry import is_command
from tests._command import nsh
from tests.repl._pty import Line

ROOT = Path(__file__).parents[2]


def test_a_pasted_transcript_is_performed_entry_by_entry(tmp_path):
    page = (ROOT / "docs/repl.md").read_text(encoding="utf-8")
    back, refusals = (page.partition(f"\n## {name}\n")[2] for name in ("Looking back", "Refusals"))
    line = Line(tmp_path, "--no-history")
    line.wait(b"step")
    for section, wanted in ((refusals, "Instead:"), (back, "sshd: write(")):
        shown = section.split("```")[1].removeprefix("console\n")
        assert len(entries(shown, is_command)) > 5
        since = len(line.output)
        line.send(b"\x1b[200~" + shown.encode() + b"\x1b[201~")
        line.read(0.3)
        line.send(b"\r")
        line.wait(wanted.encode(), since)
        line.wait(b"F1 help", line.output.index(wanted.encode(), since))
        line.send(b"goto 0\r")
        line.wait(b"the boot", since)
    told = line.text
    assert line.leave() == 0
    line.close()
    assert "undone: as sshd echo web" in told
    assert "done again: as sshd echo web" in told
    assert "a word of the prompt" not in told
    assert "the script ends here" not in told


def test_what_is_no_text_is_told_as_by_run(tmp_path):
    file = tmp_path / "odd.nsh"
    file.write_bytes(b"echo a\necho \xe7\x19\n")
    ran = nsh("repl", text=f"source {file}\n")
    assert f"{file}:2: byte 0xe7 is not UTF-8" in ran.stderr
