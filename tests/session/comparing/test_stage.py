"""The model's machine that is like a stage is a machine like any other, further in."""

from __future__ import annotations

from pathlib import Path

import pytest

from nsh.machine.invariants import violations
from nsh.session.comparing.facts import of_machine
from nsh.session.comparing.stage import like_a_stage
from nsh.session.session import Session

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = sorted(
    path
    for folder in ("nested", "orphaned-groups", "reparenting", "sessions", "unshare")
    for path in (ROOT / "tests" / "conformance" / folder).glob("*.nsh")
)


def test_it_is_sound() -> None:
    assert violations(like_a_stage()) == []


def test_nobody_in_it_sees_what_is_around() -> None:
    assert [(pid, facts.pids) for pid, facts in of_machine(like_a_stage()).items()] == [(1, (1,))]
    session = Session(machine=like_a_stage(), paranoid=True)
    shown = session.run(
        "spawn a; ps -e -o pid,ppid,pgid,sid,comm --no-headers; tcgetpgrp; "
        "grep -E '^NSpid|^NSsid' /proc/self/status; lsns -t pid -n -o nprocs"
    )
    assert shown.ok
    assert [line.split() for line in shown.stdout.splitlines()] == [
        ["1", "0", "1", "1", "init"],
        ["2", "1", "1", "1", "a"],
        ["1"],
        ["NSpid:", "1"],
        ["NSsid:", "1"],
        ["2"],
    ]


def test_init_is_a_parent_like_any_other_for_job_control() -> None:
    """In the machine's own first namespace it would not be one: the group would be orphaned."""
    script = "spawn a; setpgid a; spawn b; setpgid b a; kill -TSTP b; ps -o stat= -p b"
    here = Session(machine=like_a_stage()).run(script)
    assert here.stdout.strip() == "T"
    assert Session("mainline").run(script).stdout.strip() == "S"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_scripts_come_out_there_as_well(script: Path) -> None:
    session = Session(machine=like_a_stage(), keep=False, paranoid=True)
    result = session.run(script.read_text(encoding="utf-8"), script.name)
    assert result.ok, result.messages
