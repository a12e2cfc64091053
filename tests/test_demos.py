"""Every demo holds what it claims, under the invariants, the same on every run and hash seed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from nsh.lang.actions import Expected
from nsh.session.session import Session

ROOT = Path(__file__).resolve().parent.parent
DEMOS = sorted((ROOT / "demos").rglob("*.nsh"))
SHOWN = {
    "P1": "first-container",
    "P2": "same-pid-twice",
    "P3": "who-sees-whom",
    "P4": "who-sees-whom",
    "P5": "wanted-pids",
    "P6": "across-the-border",
    "P7": "fresh-move",
    "P8": "no-way-out",
    "P9": "forbidden-move",
    "P10": "init-dies",
    "P11": "signals-to-init",
    "P12": "threads",
    "P13": "shared-server",
    "R1": "classes",
    "R2": "classes",
    "R3": "classes",
    "R4": "classes",
    "R5": "classification-engine",
    "R6": "classification-engine",
    "G1": "process-containers",
    "G2": "process-containers",
    "G3": "removing",
    "G4": "removing",
    "G5": "container-clone",
    "G6": "process-containers",
    "G7": "cpusets",
    "G8": "process-containers",
    "G9": "shares-of-tasks",
    "G10": "open-files",
    "G11": "container-clone",
    "G12": "attach-by-path",
    "G13": "moved-while-forking",
    "N1": "ipc-isolated",
    "N2": "mqueue-mounted-twice",
    "N7": "what-about-mknod",
    "N8": "clone-newpts",
    "N9": "getty",
    "N10": "serial-line",
    "N11": "printk-isolated",
    "N15": "propagation",
    "N16": "hijack",
    "C1": "a-simple-application",
    "C2": "freezer",
    "C3": "a-tree-of-processes",
    "C4": "a-tree-of-processes",
    "C5": "never-a-bare-ebusy",
    "C7": "through-a-filter",
    "C8": "crfs",
    "C12": "from-inside",
    "C13": "from-inside",
    "C15": "heading-outside",
    "I2": "same-ids-again",
    "I4": "next-id-interleaved",
}
"""The demo that shows each row of the mechanisms' table."""


def name(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("demo", DEMOS, ids=name)
def test_a_demo_holds_what_it_claims(demo: Path) -> None:
    session = Session(paranoid=True, keep=False)
    session.load(demo.read_text(encoding="utf-8"), demo.name)
    expectations = 0
    while (step := session.forward()) is not None:
        assert not step.failed, f"{demo.name}:{step.place.line}: {step.place.text} {step.message}"
        expectations += isinstance(step.action, Expected)
    assert expectations >= 3, "a demo that expects nothing cannot fail"


@pytest.mark.parametrize("demo", DEMOS, ids=name)
def test_a_demo_tells_a_story(demo: Path) -> None:
    lines = demo.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("#: # "), "it opens with its title"
    assert sum(line.startswith("#:") for line in lines) >= 6
    assert all(len(line) <= 100 for line in lines)


@pytest.mark.parametrize("row", SHOWN)
def test_a_row_has_its_demo(row: str) -> None:
    (demo,) = [path for path in DEMOS if path.stem == SHOWN[row]]
    assert re.search(rf"^#.*\b{row}\b", demo.read_text(encoding="utf-8"), re.MULTILINE)


PLAY = """
import sys
from nsh.cli import main
demos = sys.argv[1:]
for demo in demos:
    sys.argv[1:] = ["play", demo]
    assert main() == 0, demo
    sys.stdout.write("\\0")
"""


def transcripts(seed: str) -> list[bytes]:
    """Of all demos, played one after the other by one process with that hash seed."""
    done = subprocess.run(
        [sys.executable, "-c", PLAY, *(str(demo.relative_to(ROOT)) for demo in DEMOS)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    return done.stdout.split(b"\0")[:-1]


def test_demos_print_the_same_bytes_with_any_hash_seed() -> None:
    first, second = transcripts("1"), transcripts("4242")
    assert all(first)
    assert dict(zip(DEMOS, first, strict=True)) == dict(zip(DEMOS, second, strict=True))
