"""docs/commands.md is what the commands declare.  `python -m tests.userland.test_commands_page`
writes it anew."""

from __future__ import annotations

from pathlib import Path

from nsh.userland import usage
from nsh.userland.registry import commands

PAGE = Path(__file__).resolve().parents[2] / "docs" / "commands.md"


def test_the_page_is_what_the_commands_declare() -> None:
    assert PAGE.read_text(encoding="utf-8") == usage.reference(commands), __doc__


def test_every_command_is_on_it_once() -> None:
    lines = usage.reference(commands).splitlines()
    named = [line.split("`")[1].split()[0] for line in lines if line.startswith("| `")]
    assert sorted(named) == commands.names()


if __name__ == "__main__":
    PAGE.write_text(usage.reference(commands), encoding="utf-8")
