"""A new kind of namespace is a record and a function: no list knows the kinds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOY = Path(__file__).with_name("toy_namespace.py")
MOST = 60


def test_it_is_small() -> None:
    assert len(TOY.read_text(encoding="utf-8").splitlines()) < MOST


def test_it_is_made_entered_shown_and_ended_like_any_other() -> None:
    """By itself, for what it registers stays registered."""
    ran = subprocess.run([sys.executable, TOY], capture_output=True, text=True, check=False)
    assert ran.stderr == ""
    assert ran.stdout.splitlines() == [
        "['calm', 'merry']",
        "mood:[4026532000] mood:[4026532000]",
        "1 []",
    ]
