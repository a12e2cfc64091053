"""Help on the command line: what fits a screen, and what the pager shows."""

from __future__ import annotations

import pytest

from nsh import cli
from tests._command import nsh, on_terminal


def paged(*arguments: str, **variables: str) -> str:
    """What `nsh ARGUMENTS` shows on a terminal, its pager's part included."""
    return on_terminal(*arguments, environ=variables).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("command", ["", "export proc", *cli._COMMANDS])
def test_help_fits_a_screen_and_shows_an_example(command: str) -> None:
    said = nsh(*command.split(), "--help").stdout
    lines = said.splitlines()
    assert len(lines) < 24  # the shell's prompt takes one
    assert all(len(line) <= 80 for line in lines)
    examples = said.partition("\nexamples:\n")[2].splitlines()
    assert examples
    assert all("nsh " in one for one in examples)
    known = cli._parser_of(command)._option_string_actions if command in cli._COMMANDS else ()
    for option in known:
        assert option in said or option in ("-h", "--help", "--out", "--kernel", "--max-tasks")


@pytest.mark.parametrize("topic", ["", "mechanisms", "documents", "policies", "demos", "P2", "S2"])
def test_lists_of_help_fit_80_columns(topic: str) -> None:
    said = nsh("help", *filter(None, [topic])).stdout
    assert said
    assert not [line for line in said.splitlines() if len(line) > 80]


def test_what_runs_off_the_screen_is_shown_by_the_pager() -> None:
    environ = {"PAGER": "sed s/^/paged:/", "LINES": "24", "COLUMNS": "80"}
    shown = paged("help", **environ).splitlines()
    assert shown[0].startswith("paged:usage: nsh")
    assert len(shown) > 200
    assert all(line.startswith("paged:") for line in shown)
    assert paged("help", "true", **environ).startswith("Usage: true")
    assert paged("help", **environ, TERM="dumb").startswith("usage: nsh")
    mine = environ | {"NSH_PAGER": "sed 's/^/mine: /'"}  # words as a shell has them
    assert paged("help", **mine).startswith("mine: usage: nsh")
    for none in ("", "cat", "/nowhere/less", "'"):
        assert "usage: nsh" in paged("help", **environ | {"NSH_PAGER": none})
    told = environ | {"NSH_PAGER": "sh -c 'env; cat > /dev/null'"}
    assert "LESS=FRX" in paged("help", **told).splitlines()
    assert "LESS=M" in paged("help", **told, LESS="M").splitlines()
    assert nsh("help").stdout.startswith("usage: nsh")
